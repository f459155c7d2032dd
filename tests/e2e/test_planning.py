"""An organiser plans a competition from last year's: a clash is mended, the missing list cleared, and the city sees it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import pikepdf
import pytest
from playwright.sync_api import Browser, Page, expect

from qzcompete.app import create_app
from qzcompete.competitions import services
from qzcompete.competitions.services import CompetitionDraft, EventDraft, SessionDraft
from qzcompete.config import load_settings
from qzcompete.core.actor import CITY, SYSTEM
from qzcompete.core.clock import CITY as CITY_TIME
from qzcompete.core.clock import now
from qzcompete.core.transaction import unit
from qzcompete.demo.schemes import EVENTS, scheme_document
from qzcompete.demo.year import points_around
from qzcompete.people.services import create_account, ensure_organisation
from tests.e2e.conftest import Server, migrate, open_desk

PASSWORD = "peace-of-mind-7"
LAST = now().astimezone(CITY_TIME).year
NEXT = LAST + 1
HALL = "体育中心一号厅"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("planning")
    migrate(folder)
    with create_app(load_settings({"QZ_DATA_DIR": str(folder)})).app_context(), unit():
        create_account(SYSTEM, "office", "覃海燕", PASSWORD, [("officer", CITY)])
        host = ensure_organisation(SYSTEM, "钦州市人力资源和社会保障局", "bureau").id
        held("ZY", f"{LAST}年钦州市职业技能大赛", LAST, host, "焊接")
        held("ZG", f"{NEXT}年钦州市职工职业技能大赛", NEXT, host, "电工")
    started = Server(folder)
    yield started
    started.stop()


def held(code: str, name: str, year: int, host: int, event_name: str) -> None:
    """A competition in the middle of June with one event and its morning in the same hall."""
    first = date(year, 6, 16)
    draft = CompetitionDraft(
        name,
        "vocational" if code == "ZY" else "employees",
        "city_1",
        year,
        code=f"{code}{year}",
        host_id=host,
        committee=f"{name}组委会",
        venue="体育中心",
        starts_on=first,
        ends_on=first,
    )
    made = services.create_competition(SYSTEM, draft)
    services.set_time_points(SYSTEM, made.id, points_around(first, first))
    starts = datetime(year, 6, 16, 8, 30, tzinfo=CITY_TIME)
    shape = EventDraft(
        event_name, "6-18-02-04", code=f"{code}{year}-01", venue=HALL, starts_at=starts, target_level=3
    )
    event = services.create_event(SYSTEM, made.id, shape)
    services.set_scheme(SYSTEM, event.id, scheme_document(EVENTS[4]))
    morning = SessionDraft("上午场", "", HALL, starts, starts + timedelta(hours=3))
    services.save_session(SYSTEM, event.id, morning)


def send(page: Page) -> None:
    page.locator("main form button[type=submit].btn-primary").first.click()


def copy_last_year(page: Page) -> None:
    page.goto(f"/office/competitions/ZY{LAST}")
    page.get_by_role("link", name="复制到其他年度").click()
    expect(page.locator("#year")).to_have_value(str(NEXT))
    send(page)
    expect(page.locator("#sessions_begin")).to_have_value(f"{NEXT}-06-16T08:30")
    send(page)
    expect(page.get_by_role("heading", level=1)).to_have_text(f"{NEXT}年钦州市职业技能大赛")


def mend_the_clash(page: Page) -> None:
    page.locator("main table").get_by_role("link", name="焊接").click()
    page.get_by_role("link", name="赛程安排").click()
    page.get_by_role("link", name="上午场").click()
    send(page)
    expect(page.locator(".notice-warning")).to_contain_text(f"场地冲突：{HALL}")
    page.locator("#venue").fill("体育中心二号厅")
    send(page)
    expect(page.locator("main table")).to_contain_text("体育中心二号厅")


def clear_what_is_missing(page: Page, folder: Path) -> None:
    page.locator(".crumbs").get_by_role("link", name="职业技能大赛").click()
    missing = page.locator(".task-list").first
    expect(missing.get_by_role("link")).to_have_count(1)
    missing.get_by_role("link", name="上传赛项规程").click()
    with pikepdf.new() as document:
        document.add_blank_page()
        document.save(folder / "regulations.pdf")
    page.locator("#file").set_input_files(folder / "regulations.pdf")
    send(page)
    page.locator(".crumbs").get_by_role("link", name="职业技能大赛").click()
    expect(page.locator(".notice-success")).to_contain_text("可在下方开放报名")


def test_organiser_plans_a_competition_from_last_years_and_the_city_sees_it(
    browser: Browser, server: Server, tmp_path: Path
) -> None:
    page = browser.new_context(base_url=server.url, locale="zh-CN", timezone_id="Asia/Shanghai").new_page()
    open_desk(page, "office", PASSWORD)
    expect(page).to_have_url(f"{server.url}/desk")

    copy_last_year(page)
    mend_the_clash(page)
    clear_what_is_missing(page, tmp_path)
    page.get_by_role("button", name="报名中").click()
    page.locator("dialog[open] button[type=submit]").click()

    visitor = browser.new_context(base_url=server.url, locale="zh-CN").new_page()
    visitor.goto(f"/calendar?view=list&year={NEXT}")
    expect(visitor.locator("main table")).to_contain_text(f"{NEXT}年钦州市职业技能大赛")
    feed = visitor.request.get("/calendar/vocational.ics").text()
    for one in (page, visitor):
        one.context.close()
    assert f"DTSTART;VALUE=DATE:{NEXT}0616" in feed.replace("\r\n", "\n")
