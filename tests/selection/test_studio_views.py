"""The pages of what follows a decision: each actor walks the own part, others are turned away, plaques verify."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient
from openpyxl import load_workbook

from qzcompete.certificates.queries import ended_ids, plaque_of
from qzcompete.core import clock
from qzcompete.core.transaction import unit
from qzcompete.selection.services import aftercare
from qzcompete.worker import Worker
from tests.conftest import PASSWORD
from tests.pictures import codes_of
from tests.selection.decided import Decided, days_later, decided, end_notices
from tests.selection.test_grants import DAY, PDF, book, confirm, designated

SignIn = Callable[..., FlaskClient]


def client_of(app: Flask, username: str) -> FlaskClient:
    app.config["WTF_CSRF_ENABLED"] = False
    client = app.test_client()
    assert client.post("/sign-in", data={"username": username, "password": PASSWORD}).status_code == 302
    return client


@pytest.fixture
def walked(app: Flask) -> tuple[Decided, int]:
    """A designated class with a paid instalment."""
    made, key = designated(app)
    confirm(made.second, book(made.office, key, "payment", instalment=1))
    return made, key


def test_the_bureau_goes_from_the_decision_to_the_announcement(app: Flask) -> None:
    made = decided()
    with clock.held_at(days_later(0)):
        bureau = client_of(app, "bureau")
        before = bureau.get(f"/office/designations/{made.class_id}").text
        published = bureau.post(f"/office/designations/{made.class_id}/publish")
        early = bureau.post(f"/office/designations/{made.class_id}/designate")
    with clock.held_at(days_later(8)):
        end_notices(made)
        bureau = client_of(app, "bureau")
        page = bureau.get(f"/office/designations/{made.class_id}").text
        done = bureau.post(f"/office/designations/{made.class_id}/designate")
        announced = bureau.post(f"/office/designations/{made.class_id}/announce")
        register = app.test_client().get("/studios").text
        announcement = app.test_client().get(announced.headers["Location"].replace("/office", ""))

    assert "下一步：公示拟认定名单" in before
    assert (published.status_code, early.status_code, done.status_code) == (302, 422, 302)
    assert "公示期未满" in early.text
    assert "可以认定" in page
    assert "钦州市韦梅静焊工技能大师工作室" in register
    assert "灵山县人力资源和社会保障局" in register
    assert "关于公布2026—2027年度钦州市技能大师工作室名单的公告" in announcement.text


def test_the_code_of_a_plaque_leads_to_the_one_page_of_verification(
    app: Flask, walked: tuple[Decided, int]
) -> None:
    _made, key = walked
    with clock.held_at(days_later(11)):
        early = client_of(app, "bureau").get(f"/studios/{key}/plaque.pdf")
        Worker(app).run(until_idle=True)
        bureau = client_of(app, "bureau").get(f"/studios/{key}/plaque.pdf")
        studio = client_of(app, "applicant1").get(f"/studios/{key}/plaque.pdf")
        other = client_of(app, "applicant2").get(f"/studios/{key}/plaque.pdf")
        path = codes_of(bureau.data)[0].split(":8000", 1)[1]
        valid = app.test_client().get(path).text

    assert "铜牌正在制作" in early.text
    assert bureau.data == studio.data
    assert other.status_code == 403
    assert path.upper().startswith("/V/")
    assert "现行有效" in valid
    assert "QZGZS-2026-01" in valid
    assert "钦州市韦梅静焊工技能大师工作室" in valid


def test_a_plaque_ends_with_its_title(app: Flask, walked: tuple[Decided, int]) -> None:
    made, key = walked
    with clock.held_at(days_later(11)):
        Worker(app).run(until_idle=True)
        plaque = plaque_of(key)
        assert plaque is not None
        path, plaque_id = f"/v/{plaque.token}", plaque.id
        with unit():
            aftercare.remove(made.office, key, "弄虚作假")
        removed = app.test_client().get(path).text
        Worker(app).run(until_idle=True)
        ended = ended_ids(plaque_id, plaque_id + 1)
    with clock.held_at(days_later(900)):
        later = app.test_client().get(path).text

    assert "铜牌已失效" in removed
    assert "铜牌已失效" in later
    assert list(ended) == [plaque_id]


def test_a_plaque_is_worth_nothing_after_its_term(app: Flask, walked: tuple[Decided, int]) -> None:
    _made, key = walked
    with clock.held_at(days_later(11)):
        Worker(app).run(until_idle=True)
    plaque = plaque_of(key)
    assert plaque is not None
    with clock.held_at(days_later(900)):
        later = app.test_client().get(f"/v/{plaque.token}").text

    assert "建设周期已届满" in later


def test_a_studio_enters_an_expense_and_a_second_person_confirms_it(
    app: Flask, walked: tuple[Decided, int]
) -> None:
    _made, key = walked
    form = {"use": "exchange", "amount": "1200.50", "purpose": "技能交流会", "on_day": str(DAY)}
    with clock.held_at(days_later(11)):
        studio = client_of(app, "applicant1")
        wrong = studio.post(f"/studios/mine/{key}/expenses", data={**form, "amount": "99999"})
        right = studio.post(
            f"/studios/mine/{key}/expenses", data={**form, "receipt": (io.BytesIO(PDF), "发票.pdf")}
        )
        own = studio.get(f"/studios/mine/{key}").text
        bureau = client_of(app, "bureau")
        confirmed = bureau.post("/office/grants/2/confirm")
        ledger = bureau.get(f"/office/studios/{key}/grant").text
        receipt = studio.get("/grants/receipts/2")

    assert wrong.status_code == 422
    assert 'value="技能交流会"' in wrong.text
    assert (right.status_code, confirmed.status_code) == (302, 302)
    assert "待第二人确认" in own
    assert "46,799.50" in ledger
    assert receipt.data == PDF


def test_finance_gets_every_booking_as_a_workbook(app: Flask, walked: tuple[Decided, int]) -> None:
    with clock.held_at(days_later(11)):
        content = client_of(app, "bureau").get("/office/grants.xlsx").data

    book = load_workbook(io.BytesIO(content))

    assert book.sheetnames == ["余额汇总", "收支明细"]
    rows = list(book["收支明细"].iter_rows(values_only=True))
    assert rows[1][0] == "钦州市韦梅静焊工技能大师工作室"
    assert (rows[1][2], rows[1][4], rows[1][8], rows[1][9]) == ("拨付", 48000, "bureau", "second")


def test_the_log_is_kept_and_the_sheet_is_prefilled_from_it(app: Flask, walked: tuple[Decided, int]) -> None:
    made, key = walked
    entry = {"kind": "apprentice", "on_day": "2026-11-18", "title": "收徒仪式", "persons": "5"}
    marks = {f"line_{code}": "10" for code in ("A1", "A2", "B1", "B2", "C1", "C2")}
    with clock.held_at(days_later(11)):
        studio = client_of(app, "applicant1")
        added = studio.post(f"/studios/mine/{key}/log", data=entry)
        late = studio.post(f"/studios/mine/{key}/log", data={**entry, "on_day": "2030-01-01"})
        bureau = client_of(app, "bureau")
        sheet = bureau.get(f"/office/studios/{key}/assess/2026").text
        too_much = bureau.post(f"/office/studios/{key}/assess/2026", data={**marks, "line_A1": "16"})
        saved = bureau.post(f"/office/studios/{key}/assess/2026", data=marks)
        early = bureau.post(f"/office/designations/{made.class_id}/assessments/2026/grade")

    assert (added.status_code, late.status_code, saved.status_code) == (302, 422, 302)
    assert re.search(r'name="line_B1"[^>]*value="12.5"', sheet)
    assert (too_much.status_code, early.status_code) == (422, 422)
    assert "尚未考核：钦州市陆志远焊工技能大师工作室" in early.text


def test_the_end_of_a_term_is_assessed_before_its_renewal(app: Flask, walked: tuple[Decided, int]) -> None:
    _made, key = walked
    page, sheet = f"/office/studios/{key}", f"/office/studios/{key}/assess/term"
    marks = {f"line_{code}": "10" for code in ("A1", "A2", "A3", "B1", "B2", "C1")}
    with clock.held_at(days_later(11)):
        early = client_of(app, "bureau").get(page).text
    with clock.held_at(datetime(2028, 10, 1, tzinfo=UTC)):
        bureau = client_of(app, "bureau")
        open_now = bureau.get(page).text
        too_much = bureau.post(sheet, data={**marks, "line_A1": "11"})
        refused = bureau.post(f"{page}/renew", data={"renewal-reason": "到期"})
        saved = bureau.post(sheet, data=marks)
        passed = bureau.get(page).text
        renewed = bureau.post(f"{page}/renew", data={"renewal-reason": "期满评估合格"})

    assert ("期满评估自" in early, "进行期满评估" in open_now, "续期" in passed) == (True, True, True)
    assert 'id="line_A1-error"' in too_much.text
    assert "期满评估合格后方可续期" in refused.text
    assert [answer.status_code for answer in (too_much, refused, saved, renewed)] == [422, 422, 302, 302]


@pytest.mark.parametrize(
    ("username", "address", "status"),
    [
        ("applicant2", "/studios/mine/1", 404),
        ("applicant2", "/studios/mine/1/plaque.pdf", 404),
        ("applicant1", "/office/studios/1", 403),
        ("applicant1", "/office/grants", 403),
        ("overseer", "/office/studios/1", 200),
        ("overseer", "/office/grants", 403),
        ("bureau", "/office/designations", 200),
        ("bureau", "/office/designations/1/assessments/2026", 200),
        ("bureau", "/office/studios?kind=studio", 200),
        ("applicant1", "/studios/mine", 200),
    ],
)
def test_each_page_is_for_those_whose_it_is(
    app: Flask, walked: tuple[Decided, int], username: str, address: str, status: int
) -> None:
    with clock.held_at(days_later(11)):
        assert client_of(app, username).get(address).status_code == status
