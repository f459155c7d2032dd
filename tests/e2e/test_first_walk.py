"""One event through the pages: from an empty machine to a certificate that a stranger verifies."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from qzcompete.app import create_app
from qzcompete.certificates import queries
from qzcompete.config import load_settings
from qzcompete.core.actor import CITY, SYSTEM
from qzcompete.core.transaction import unit
from qzcompete.people.services import create_account
from tests.e2e.conftest import Server, command, migrate
from tests.e2e.walk import (
    CODE,
    ENTRANTS,
    JUDGES,
    PASSWORD,
    TABLET,
    compile_results,
    draw_codes,
    import_entries,
    import_scheme,
    make_accounts,
    make_competition,
    make_event,
    mark_everything,
    name_panel,
    open_tablet,
    press,
    send,
    signed_in,
    watch,
)
from tests.pictures import codes_of


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("walk")
    migrate(folder)
    with create_app(load_settings({"QZ_DATA_DIR": str(folder)})).app_context(), unit():
        make_accounts()
    started = Server(folder)
    yield started
    started.stop()


def test_officer_prepares_an_event_and_draws_the_codes(
    browser: Browser, server: Server, tmp_path: Path
) -> None:
    page = signed_in(browser, server.url, "office")

    make_competition(page)
    make_event(page)
    import_scheme(page, tmp_path)
    import_entries(page, tmp_path)
    name_panel(page)
    draw_codes(page)

    expect(page.locator("main")).to_contain_text("作品编号")
    page.goto("/office/events/NX26/entries")
    expect(page.locator("main")).to_contain_text("韦𬱖")
    expect(page.locator("main")).not_to_contain_text("452824198901109262")


def call_chief(page: Page, what: str) -> None:
    page.locator("#candidates button").first.click()
    page.locator("#call").click()
    page.locator("#call-text").fill(what)
    with page.expect_response("**/api/v1/tablet/ops"):
        page.locator("#call-send").click()


@pytest.mark.parametrize(("judge", "level"), [("judge1", 3), ("judge2", 3), ("judge3", 1)])
def test_judges_mark_by_codes_and_sign(browser: Browser, server: Server, judge: str, level: int) -> None:
    page = signed_in(browser, server.url, judge, **TABLET)
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))

    open_tablet(page)
    mark_everything(page, level)
    if judge == JUDGES[-1]:
        call_chief(page, "转盘停转两分钟")

    assert errors == []
    assert not any(name in page.content() for name, _, _ in ENTRANTS)


def test_chief_judge_is_kept_from_closing_answers_the_call_and_asks_for_a_round(
    browser: Browser, server: Server
) -> None:
    page = watch(signed_in(browser, server.url, "chief", **TABLET))
    expect(page.get_by_role("table", name="评分分歧")).to_contain_text("器形美观")
    press(page, "结束评分并签字")
    expect(page.get_by_role("alert")).to_contain_text("未评完或有分歧")

    page.get_by_role("link", name="答复").first.click()
    page.locator("#text").fill("补时两分钟")
    send(page)
    page.get_by_role("link", name="查看与复评").first.click()
    page.get_by_label("器形美观").check()
    page.locator("#reason").fill("对照样件重新讨论")
    send(page)

    expect(page.get_by_role("table", name="各轮评分")).to_contain_text("等待 J1、J2、J3")
    assert not any(name in page.content() for name, _, _ in ENTRANTS)


@pytest.mark.parametrize(("judge", "level"), [("judge1", 3), ("judge2", 3), ("judge3", 2)])
def test_judges_mark_again_what_was_too_far_apart(
    browser: Browser, server: Server, judge: str, level: int
) -> None:
    page = signed_in(browser, server.url, judge, **TABLET)
    open_tablet(page)
    page.locator("#candidates button").first.click()

    page.locator("#aspects .aspect").filter(has_text="请重新评分").locator(".aspect-name").click()
    page.locator(f"#level-{level}").click()
    page.locator("#review").click()
    page.locator("#sign").click()

    expect(page.locator("#announce")).to_contain_text("已签名")
    expect(page.locator("#pill")).to_contain_text("已全部上传")


def test_chief_judge_closes_when_nothing_stands_open(browser: Browser, server: Server) -> None:
    page = watch(signed_in(browser, server.url, "chief", **TABLET))
    expect(page.locator("main")).to_contain_text("没有待处理事项")
    expect(page.locator("main")).to_contain_text("补时两分钟")
    expect(page.get_by_role("table", name="平板")).not_to_contain_text("有未上传的评分")

    press(page, "结束评分并签字")

    expect(page.locator("main")).to_contain_text("评分已结束")
    assert not any(name in page.content() for name, _, _ in ENTRANTS)


def test_officer_publishes_and_issues(browser: Browser, server: Server) -> None:
    page = signed_in(browser, server.url, "office")

    compile_results(page)
    press(page, "公布成绩")
    press(page, "制发证书")

    expect(page.locator(".progress-end")).to_be_visible(timeout=60_000)
    page.goto("/certificates")
    expect(page.get_by_role("link", name="PDF")).to_have_count(2)


def test_stranger_sees_the_results_and_verifies_the_certificate(
    browser: Browser, server: Server, tmp_path: Path
) -> None:
    page = browser.new_context(base_url=server.url, locale="zh-CN").new_page()
    page.goto("/")
    page.get_by_role("link", name="坭兴陶制作").click()
    expect(page.locator("main")).to_contain_text("一等奖")
    command(server.folder, "certificates", "export", "--event", CODE, "--out", str(tmp_path))

    page.goto(urlsplit(codes_of(tmp_path / "QZJN-2026-000001.pdf")[0]).path)

    expect(page.locator("main")).to_contain_text("真实有效")
    expect(page.locator("main")).to_contain_text("QZJN-2026-000001")


def test_winner_downloads_the_own_certificate(browser: Browser, server: Server) -> None:
    winner_account(server.folder)
    page = signed_in(browser, server.url, "winner")
    page.goto("/my/certificates")

    with page.expect_download() as download:
        page.locator("main a").filter(has_text="坭兴陶制作").click()

    assert Path(str(download.value.path())).read_bytes().startswith(b"%PDF")


def winner_account(folder: Path) -> None:
    """An account for the person of the first certificate, made by a service as an officer will from a page."""
    app = create_app(load_settings({"QZ_DATA_DIR": str(folder)}))
    with app.app_context(), unit():
        person_id = queries.of_event(CODE)[0].person_id
        create_account(SYSTEM, "winner", "获奖选手", PASSWORD, [("competitor", CITY)], person_id=person_id)
