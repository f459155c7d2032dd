"""Notices: numbered, counted in working days, ended by themselves, never early, masked wherever they go."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pypdf import PdfReader
from sqlalchemy import text, update
from sqlalchemy.exc import IntegrityError

from qzcompete.core.errors import NotAllowed, RuleBroken
from qzcompete.core.transaction import unit
from qzcompete.extensions import db
from qzcompete.notices import services
from qzcompete.notices.models import Notice, NoticeState
from qzcompete.notices.queries.notices import notice_card
from qzcompete.notices.services.calendar import set_special_days
from qzcompete.notices.services.notices import draft_notice, edit_notice, publish_notice
from tests.conftest import Outbox
from tests.notices.board import account, city_time, draft, running_notice, work

SignIn = Callable[..., FlaskClient]
NUMBER = "450702199001011234"


def test_publicity_runs_for_its_working_days_and_ends_by_itself(app: Flask, outbox: Outbox) -> None:
    office = account("office")
    notice = running_notice(office)

    with city_time(16, hour=23):
        work(app)
        still = notice_card(notice.id).state
    with city_time(17, hour=0):
        work(app)
        ended = notice_card(notice.id)

    assert (notice.number, notice.first_day, notice.last_day) == (
        "钦人社公示〔2026〕1号",
        date(2026, 11, 10),
        date(2026, 11, 16),
    )
    assert still == "published"
    assert (ended.state, ended.clear) == ("ended", True)
    assert [message.subject for message in outbox.of_kind("notice.ended")] == [f"公示期满：{notice.title}"]


def test_a_day_off_that_is_entered_meanwhile_prolongs_the_period(app: Flask) -> None:
    office = account("office")
    notice = running_notice(office)
    with unit():
        set_special_days(office, 2026, [(date(2026, 11, 12), False, "台风停工")])

    with city_time(17, hour=0):
        work(app)
        prolonged = notice_card(notice.id)
    with city_time(18, hour=0):
        work(app)

    assert (prolonged.state, prolonged.last_day) == ("published", date(2026, 11, 17))
    assert notice_card(notice.id).state == "ended"


@pytest.mark.parametrize("moment", [datetime(2026, 11, 16, 15, 59, tzinfo=UTC), None])
def test_the_database_refuses_a_notice_that_ends_before_its_last_day_is_over(
    both_engines: Flask, moment: datetime | None
) -> None:
    notice = running_notice(account("office"))
    change = update(Notice).where(Notice.id == notice.id)

    with pytest.raises(IntegrityError), unit():
        db.session.execute(change.values(state=NoticeState.ENDED, ended_at=moment))


def test_it_is_taken_down_after_its_time_and_its_page_says_so(app: Flask, client: FlaskClient) -> None:
    notice = running_notice(account("office"))
    with city_time(17):
        work(app)
    before = client.get(f"/notices/{notice.id}")

    with city_time(18, month=12):
        work(app)

    after = client.get(f"/notices/{notice.id}")
    assert (before.status_code, after.status_code) == (200, 410)
    assert "已下架" in after.text
    assert "韦梅静" not in after.text
    assert client.get(f"/notices/{notice.id}.pdf").status_code == 404
    assert "目前没有公告公示" in client.get("/notices").text


def test_a_withdrawn_notice_says_why_and_shows_no_more(app: Flask, client: FlaskClient) -> None:
    office = account("office")
    notice = running_notice(office)
    with unit():
        services.withdraw_notice(office, notice.id, "名单有误")

    page = client.get(f"/notices/{notice.id}")

    assert page.status_code == 410
    assert "原因：名单有误" in page.text
    assert "韦梅静" not in page.text


def test_personal_numbers_are_nowhere_once_the_draft_is_saved(app: Flask) -> None:
    office = account("office")
    rows = [("1", f"韦梅静 {NUMBER}")]
    notice = running_notice(office, title=f"公示{NUMBER}", body=f"联系13807771234，{NUMBER}。", rows=rows)
    work(app)

    with db.engine.connect() as connection:
        stored = str(connection.execute(text("SELECT * FROM notice")).all())
    content = app.test_client().get(f"/notices/{notice.id}.pdf").data
    pdf = PdfReader(io.BytesIO(content))
    printed = "".join(page.extract_text() for page in pdf.pages).replace("\n", "")

    assert NUMBER not in stored
    assert NUMBER.encode() not in content
    assert "450702********1234" in printed
    assert "138****1234" in printed
    assert (pdf.metadata.title, pdf.metadata.author) == ("公示450702********1234", None)


def test_the_pdf_has_the_layout_of_an_official_notice(app: Flask) -> None:
    notice = running_notice(account("office"))
    work(app)

    pdf = PdfReader(io.BytesIO(app.test_client().get(f"/notices/{notice.id}.pdf").data))
    first, annex = (page.extract_text() for page in pdf.pages)

    assert first.splitlines()[0] == "钦州市人力资源和社会保障局"
    assert "钦人社公示〔2026〕1号" in first
    assert "公示时间：2026年11月10日至2026年11月16日" in first.replace("\n", "")
    assert "2026年11月9日" in first
    assert "钦州市陆志远电工技能大师工作室" in annex


def test_a_published_notice_is_never_changed(app: Flask) -> None:
    office = account("office")
    notice = running_notice(office)

    with pytest.raises(RuleBroken) as refused, unit():
        edit_notice(office, notice.id, draft(title="另一个名单"))

    assert refused.value.code == "published"


def test_characters_that_no_font_has_are_named_before_publication(app: Flask) -> None:
    office = account("office")
    with unit():
        notice_id = draft_notice(office, draft(body="名单如下\U00013000。"))

    with pytest.raises(RuleBroken) as refused, unit():
        publish_notice(office, notice_id)

    assert "\U00013000" in str(refused.value.message)


def test_nobody_without_the_right_publishes(app: Flask) -> None:
    judge = account("judge", "judge")

    with pytest.raises(NotAllowed), unit():
        draft_notice(judge, draft())


def test_the_office_writes_looks_publishes_and_withdraws(sign_in: SignIn, client: FlaskClient) -> None:
    office = sign_in("officer")
    data = {
        "kind": "publicity",
        "title": "拟认定名单公示",
        "body": "现予公示。",
        "annex": "序号\t姓名\n1\t韦梅静",
        "working_days": "5",
        "issuer": "钦州市人力资源和社会保障局",
        "red_head": "y",
    }

    made = office.post("/office/notices/new", data=data)
    hidden = client.get("/notices/1").status_code
    published = office.post("/office/notices/1/publish")

    assert (made.status_code, hidden, published.status_code) == (302, 404, 302)
    assert "韦梅静" in client.get("/notices/1").text
    assert "拟认定名单公示" in client.get("/notices?q=拟认定").text
    assert office.post("/office/notices/1/withdraw", data={"reason": ""}).status_code == 422
    assert office.post("/office/notices/1/withdraw", data={"reason": "名单有误"}).status_code == 302


def test_an_annex_with_uneven_lines_is_refused_and_nothing_typed_is_lost(sign_in: SignIn) -> None:
    office = sign_in("officer")
    data = {
        "kind": "publicity",
        "title": "公示",
        "body": "现予公示。",
        "annex": "序号\t姓名\n1",
        "working_days": "5",
        "issuer": "局",
    }

    answer = office.post("/office/notices/new", data=data)

    assert answer.status_code == 422
    assert "附件各行的列数应与首行一致" in answer.text
    assert "序号\t姓名\n1</textarea>" in answer.text.replace("\r", "")
