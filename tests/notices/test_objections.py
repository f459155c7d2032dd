"""Objections: from anybody, protected, examined by somebody without a conflict, answered by the receipt."""

from __future__ import annotations

import io
import re
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import text, update
from sqlalchemy.exc import IntegrityError

from qzcompete.adapters.files import kept_files
from qzcompete.core.actor import Actor
from qzcompete.core.errors import NotAllowed, RuleBroken
from qzcompete.core.transaction import unit
from qzcompete.extensions import db
from qzcompete.notices.models import Evidence, Objection
from qzcompete.notices.queries import objections as queries
from qzcompete.notices.queries.notices import NoticeCard, notice_card
from qzcompete.notices.services import objections as services
from tests.conftest import Outbox
from tests.notices.board import account, city_time, object_to, running_notice, work

SignIn = Callable[..., FlaskClient]


@pytest.fixture
def office(app: Flask) -> Actor:
    return account("office")


@pytest.fixture
def handler(app: Flask) -> Actor:
    return account("handler")


@pytest.fixture
def notice(office: Actor, handler: Actor) -> NoticeCard:
    return running_notice(office)


def assigned(notice: NoticeCard, office: Actor, handler: Actor, **changes: object) -> int:
    object_to(notice, **changes)
    objection_id = queries.cases_of_notice(notice.id)[-1].id
    with city_time(11), unit():
        services.assign(office, objection_id, handler, no_conflict=True)
    return objection_id


def picture() -> bytes:
    packed = io.BytesIO()
    Image.new("RGB", (40, 30), "navy").save(packed, "PNG")
    return packed.getvalue()


def test_a_notice_is_not_clear_while_an_objection_is_open(
    app: Flask, notice: NoticeCard, office: Actor, handler: Actor
) -> None:
    objection_id = assigned(notice, office, handler)
    with city_time(17):
        work(app)
    waiting = notice_card(notice.id)

    with city_time(18), unit():
        services.decide(
            handler, objection_id, upheld=True, finding="名册中有三人不实。", reply="经核查，异议成立。"
        )

    assert (waiting.state, waiting.open_objections, waiting.clear) == ("ended", 1, False)
    assert notice_card(notice.id).clear
    assert queries.upheld_subjects(notice.id) == [("application:1", objection_id)]


def test_the_receipt_opens_the_own_case_and_its_answer(
    notice: NoticeCard, office: Actor, handler: Actor
) -> None:
    receipt = object_to(notice)
    objection_id = queries.cases_of_notice(notice.id)[0].id
    with city_time(11), unit():
        services.assign(office, objection_id, handler, no_conflict=True)
        services.decide(handler, objection_id, upheld=False, finding="名册属实。", reply="经核查，名册属实。")

    found = queries.followed(receipt.code.lower().replace("-", " "))

    assert found is not None
    assert (receipt.number, receipt.deadline) == ("异〔2026〕0001号", "2026年11月24日")
    assert (found.state, found.reply, found.may_withdraw) == ("dismissed", "经核查，名册属实。", False)
    assert queries.followed("AAAAA-AAAAA-AAAAA-AAAAA") is None


def test_the_objector_withdraws_by_the_receipt(notice: NoticeCard) -> None:
    receipt = object_to(notice)

    with city_time(11), unit():
        services.withdraw(receipt.code)

    assert queries.cases_of_notice(notice.id)[0].state == "withdrawn"
    assert notice_card(notice.id).open_objections == 0


def test_nothing_of_the_objector_or_the_case_is_readable_in_the_database(notice: NoticeCard) -> None:
    object_to(notice, files=[("黎明的名单.png", picture())])

    with db.engine.connect() as connection:
        stored = str(connection.execute(text("SELECT * FROM objection")).all())
        stored += str(connection.execute(text("SELECT * FROM objection_evidence")).all())

    for secret in ("黎明", "13807771234", "带徒人数", "203.0.113.7"):
        assert secret not in stored
    evidence = db.session.query(Evidence).one()
    assert b"JFIF" not in kept_files().get(evidence.file_hash)


def test_who_objected_is_shown_to_the_handler_alone(
    notice: NoticeCard, office: Actor, handler: Actor
) -> None:
    objection_id = assigned(notice, office, handler)

    with pytest.raises(NotAllowed), unit():
        services.identify(office, objection_id)
    with unit():
        shown = services.identify(handler, objection_id)

    assert shown == ("黎明", "13807771234")


def test_only_the_handler_decides(notice: NoticeCard, office: Actor, handler: Actor) -> None:
    objection_id = assigned(notice, office, handler)

    with pytest.raises(NotAllowed), unit():
        services.decide(office, objection_id, upheld=True, finding="有", reply="有")


@pytest.mark.parametrize("who", ["office", "concerned"])
def test_the_case_is_not_given_to_somebody_with_a_conflict(app: Flask, who: str) -> None:
    office, concerned = account("office"), account("concerned")
    notice = running_notice(office, concerned=(concerned.account_id,))
    object_to(notice)
    objection_id = queries.cases_of_notice(notice.id)[0].id

    with pytest.raises(RuleBroken) as refused, unit():
        services.assign(office, objection_id, {"office": office, "concerned": concerned}[who], True)

    assert refused.value.field == "handler"


def test_who_is_concerned_is_not_told_of_the_objection(app: Flask, outbox: Outbox) -> None:
    office, concerned = account("office"), account("concerned")
    object_to(running_notice(office, concerned=(concerned.account_id,)))

    assert [message.account_id for message in outbox.of_kind("objection.received")] == [office.account_id]


def test_the_handler_is_reminded_before_the_deadline_unless_it_is_decided(
    app: Flask, notice: NoticeCard, office: Actor, handler: Actor, outbox: Outbox
) -> None:
    assigned(notice, office, handler)
    done = assigned(notice, office, handler)
    with city_time(12), unit():
        services.decide(handler, done, upheld=False, finding="属实。", reply="属实。")

    with city_time(23, hour=10):
        work(app)

    assert [message.key for message in outbox.of_kind("objection.due")] == [
        f"objection:1:{handler.account_id}"
    ]


def test_the_answer_is_told_to_the_contact_without_its_contents(
    app: Flask, notice: NoticeCard, office: Actor, handler: Actor, outbox: Outbox
) -> None:
    objection_id = assigned(notice, office, handler, contact="liming@example.cn")
    with city_time(12), unit():
        services.decide(handler, objection_id, upheld=False, finding="属实。", reply="名册属实。")

    with city_time(12, hour=10):
        work(app)

    letter = outbox.mail.letters[0]
    assert (letter.to, "名册属实" in letter.body) == ("liming@example.cn", False)


def test_none_is_taken_after_the_last_day(notice: NoticeCard) -> None:
    object_to(notice, day=16)

    with pytest.raises(RuleBroken) as refused:
        object_to(notice, day=17)

    assert refused.value.code == "ended"


def test_the_database_refuses_a_decision_without_handler_and_finding(
    both_engines: Flask,
) -> None:
    object_to(running_notice(account("office")))

    with pytest.raises(IntegrityError), unit():
        db.session.execute(update(Objection).values(state="upheld"))


def form(**changes: object) -> dict[str, object]:
    return {
        "subject": "application:1",
        "statement": "所报带徒人数与事实不符，附名单。",
        "objector": "黎明",
        "contact": "13807771234",
        "protected": "y",
        **changes,
    }


def test_anybody_objects_and_follows_the_case_without_an_account(
    app: Flask, client: FlaskClient, notice: NoticeCard
) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    with city_time(10):
        answer = client.post(
            f"/notices/{notice.id}/objection", data=form(files=(io.BytesIO(picture()), "名单.png"))
        )
    code = re.search(r'id="receipt-code">([A-Z0-9-]{23})<', answer.text)

    assert code is not None
    case = client.post("/objections/follow", data={"code": code[1]})
    assert "异〔2026〕0001号" in case.text
    assert "黎明" not in case.text
    assert client.post("/objections/withdraw", data={"code": code[1]}).status_code == 302
    assert "没有找到该回执码" in client.post("/objections/follow", data={"code": "AAAA"}).text


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"contact": "见面再说"}, "请填写能够联系到您的电话号码或电子邮箱"),
        ({"statement": ""}, "请写明异议事项和理由"),
        ({"files": (io.BytesIO(b"MZ\x90\x00" + b"\x00" * 90), "名单.pdf")}, "名单.pdf"),
        ({"subject": "application:9"}, "请选择异议对象"),
    ],
)
def test_a_wrong_objection_is_refused_beside_its_field_and_stays_typed(
    app: Flask, client: FlaskClient, notice: NoticeCard, changes: dict[str, object], message: str
) -> None:
    app.config["WTF_CSRF_ENABLED"] = False

    with city_time(10):
        answer = client.post(f"/notices/{notice.id}/objection", data=form(**changes))

    assert answer.status_code == 422
    assert message in answer.text
    assert 'value="黎明"' in answer.text
    assert queries.cases_of_notice(notice.id) == []


def test_the_office_walks_a_case_through_its_pages(app: Flask, sign_in: SignIn) -> None:
    boss, handling = sign_in("officer"), sign_in("supervisor")
    notice = running_notice(account("publisher"))
    object_to(notice, files=[("名单.png", picture())])

    assert "异〔2026〕0001号" in boss.get("/office/objections").text
    refused = boss.post("/office/objections/1/assign", data={"handler": "2"})
    given = boss.post("/office/objections/1/assign", data={"handler": "2", "no_conflict": "y"})
    hidden = boss.post("/office/objections/1/identity")
    shown = handling.post("/office/objections/1/identity")
    file = handling.post("/office/objections/1/evidence/1")
    unsaid = handling.post("/office/objections/1/decide", data={"outcome": "uphold", "finding": "不实"})
    decided = handling.post(
        "/office/objections/1/decide", data={"outcome": "uphold", "finding": "不实", "reply": "异议成立"}
    )

    assert (refused.status_code, given.status_code, hidden.status_code) == (422, 302, 403)
    assert "没有利害关系" in refused.text
    assert "黎明" in shown.text
    assert (file.mimetype, file.data[:3]) == ("image/jpeg", b"\xff\xd8\xff")
    assert (unsaid.status_code, decided.status_code) == (422, 302)
    assert "异议成立" in boss.get("/office/objections/1").text


def test_too_many_objections_of_one_address_are_refused_and_stay_typed(
    app: Flask, client: FlaskClient, notice: NoticeCard
) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    with city_time(10):
        answers = [client.post(f"/notices/{notice.id}/objection", data=form()) for _ in range(6)]

    assert [answer.status_code for answer in answers] == [200] * 5 + [422]
    assert "尝试次数过多" in answers[5].text
    assert 'value="黎明"' in answers[5].text
    assert len(queries.cases_of_notice(notice.id)) == 5
