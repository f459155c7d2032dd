"""Grade certificates: who may issue them, their numbers, their fields, the list for the national system."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from pypdf import PdfReader

from qzcompete.adapters.sheets import read_sheets
from qzcompete.certificates import queries, services
from qzcompete.certificates.queries import grades as grade_queries
from qzcompete.certificates.rules.grade import NUMBER, unexplained
from qzcompete.core.actor import SYSTEM
from qzcompete.core.clock import in_city, now
from qzcompete.core.errors import RuleBroken
from qzcompete.core.transaction import unit
from qzcompete.results import services as results
from qzcompete.results.queries import PromotionCard, confirmed_promotions, promotions_of
from qzcompete.results.rules.promotion import Rule
from qzcompete.worker import Worker
from tests.results.contest import CODE, held_contest, publish

SignIn = Callable[..., FlaskClient]


@pytest.fixture
def promoted(app: Flask, keys: None) -> list[PromotionCard]:
    """The first two of an event, promoted to 三级 by the city's table and confirmed one by one."""
    event = held_contest()
    publish(event)
    with unit():
        table = results.start_table(SYSTEM, "钦州市晋级对照表")
        results.edit_table(
            SYSTEM, table.version, [Rule("city_1", "workers", 1, 2, None, None, 3, "", "试行办法")]
        )
        results.put_in_force(SYSTEM, table.version)
        results.propose(SYSTEM, event.id)
    for card in promotions_of(event.id):
        with unit():
            results.state_held_level(SYSTEM, card.id, None, "联网查询")
            results.confirm_promotion(SYSTEM, card.id)
    return list(confirmed_promotions(CODE))


def body(**changes: Any) -> int:
    draft = services.BodyDraft("钦州市焊接行业协会", "S", "0000", "070001", date(2020, 1, 1))
    with unit():
        made = services.register_body(SYSTEM, replace(draft, **changes))
        services.file_scope(SYSTEM, made, "6-18-02-04", 3)
    return made


def photo(person_id: int) -> None:
    picture = io.BytesIO()
    Image.new("RGB", (800, 600), (250, 250, 250)).save(picture, "PNG")
    with unit():
        services.keep_photo(SYSTEM, person_id, picture.getvalue())


def refused(promotion_id: int) -> str:
    with pytest.raises(RuleBroken) as refusal, unit():
        services.issue_grade(SYSTEM, promotion_id)
    return refusal.value.code


def test_it_is_refused_with_the_reason_where_no_body_may_issue(promoted: list[PromotionCard]) -> None:
    assert refused(1) == "not_filed"
    body(valid_to=date(2021, 1, 1))
    assert refused(1) == "ended"
    body(name="另一机构", serial="070002")
    assert refused(1) == "no_photo"
    assert refused(99) == "not_confirmed"


def test_it_has_the_number_and_the_fields_of_the_notice(app: Flask, promoted: list[PromotionCard]) -> None:
    body()
    photo(promoted[0].person_id)
    with unit():
        key = services.issue_grade(SYSTEM, 1).id
    Worker(app).run(until_idle=True)

    made = queries.certificate(key)
    text = "".join(
        page.extract_text() for page in PdfReader(io.BytesIO(queries.files().get(made.file_hash or ""))).pages
    )
    found = NUMBER.fullmatch(made.number)
    assert found is not None and found["level"] == "3" and found["serial"] == "000001"
    assert made.number.startswith("S000045070001") and found["year"] == f"{made.issued_on.year % 100:02d}"
    for words in (
        "职业技能等级证书",
        "三级/高级工",
        "--",
        "11010519491231002X",
        "居民身份证",
        "焊工",
        made.number,
    ):
        assert words in text.replace("\n", "")
    assert "11010519491231002X" not in str(made.text)
    assert refused(1) == "issued"


def test_numbers_run_without_a_gap_that_is_not_explained(promoted: list[PromotionCard]) -> None:
    issuer = body()
    for card in promoted:
        photo(card.person_id)
    with unit():
        first = services.issue_grade(SYSTEM, 1).number
    with unit():
        void = services.void_number(SYSTEM, issuer, 3, "空白证书印坏")
    with unit():
        second = services.issue_grade(SYSTEM, 2).number

    used = {int(number[-6:]) for number in (first, second)}
    assert [number[-6:] for number in (first, void, second)] == ["000001", "000002", "000003"]
    assert unexplained(3, used, {int(void[-6:])}) == []
    assert [row.reason for row in queries.body_page(issuer).void] == ["空白证书印坏"]


def test_a_second_certificate_of_the_same_level_is_found_before(
    promoted: list[PromotionCard], monkeypatch: pytest.MonkeyPatch
) -> None:
    body()
    photo(promoted[0].person_id)
    with unit():
        services.issue_grade(SYSTEM, 1)
    again = replace(promoted[0], id=7)
    monkeypatch.setattr(grade_queries, "confirmed_promotions", lambda: [again])

    assert refused(7) == "duplicate"


def test_a_reissued_one_has_the_next_number_of_the_same_body(promoted: list[PromotionCard]) -> None:
    body()
    photo(promoted[0].person_id)
    with unit():
        key = services.issue_grade(SYSTEM, 1).id

    with unit():
        new = services.reissue(SYSTEM, key, "lost")

    assert new.number[-6:] == "000002" and new.number[:13] == "S000045070001"


def test_the_list_for_the_national_system_has_every_field(
    sign_in: SignIn, promoted: list[PromotionCard]
) -> None:
    body()
    photo(promoted[0].person_id)
    with unit():
        number = services.issue_grade(SYSTEM, 1).number

    book = sign_in("officer").get(f"/certificates/national-{in_city(now()).year}.xlsx")

    (rows,) = read_sheets(book.data).values.values()
    assert rows[0][:4] == ["证书编号", "姓名", "证件类型", "证件号码"]
    assert rows[1][:10] == [
        number,
        "韦梅静",
        "居民身份证",
        "11010519491231002X",
        "焊工",
        "6-18-02-04",
        "--",
        "三级/高级工",
        promoted[0].parts.get("theory"),
        promoted[0].parts["practice"],
    ]
    assert rows[1][9]


def test_the_office_keeps_the_register_and_issues_from_its_page(
    sign_in: SignIn, promoted: list[PromotionCard]
) -> None:
    officer = sign_in("officer")
    wrong = officer.post("/certificates/bodies/new", data={"name": "协会", "kind": "S", "code": "1"})
    right = officer.post(
        "/certificates/bodies/new",
        data={
            "name": "协会",
            "kind": "S",
            "code": "0000",
            "province": "45",
            "serial": "070009",
            "valid_from": "2024-01-01",
        },
    )
    page = right.headers["Location"]
    unknown = officer.post(f"{page}/scopes", data={"occupation_code": "9-99-99-99", "level": "3"})
    filed = officer.post(f"{page}/scopes", data={"occupation_code": "6-18-02-04", "level": "3"})
    picture = io.BytesIO()
    Image.new("RGB", (300, 420), "white").save(picture, "JPEG")
    picture.seek(0)
    kept = officer.post(
        f"/certificates/grades/{promoted[0].person_id}/photo", data={"file": (picture, "a.jpg")}
    )
    listed = officer.get("/certificates/grades")
    issued = officer.post("/certificates/grades/1/issue")

    assert (wrong.status_code, right.status_code, unknown.status_code, filed.status_code) == (
        422,
        302,
        422,
        302,
    )
    assert (kept.status_code, issued.status_code) == (302, 302)
    assert "4 位数字" in wrong.text and "没有这个编码的职业" in unknown.text
    assert "焊工" in listed.text and "三级/高级工" in listed.text
    assert officer.get(page).status_code == 200
    assert officer.get(issued.headers["Location"]).status_code == 200
