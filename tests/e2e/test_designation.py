"""From the panel's decision to a plaque that a phone verifies: an upheld objection moves the next candidate up."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from qzcompete.app import create_app
from qzcompete.config import load_settings
from qzcompete.core import clock
from qzcompete.extensions import db
from tests.conftest import PASSWORD
from tests.e2e.conftest import Server, migrate, open_desk
from tests.pictures import codes_of
from tests.selection.decided import Decided, days_later, decided, end_notices

REMOVED, MOVED_UP = "钦州市韦梅静焊工技能大师工作室", "钦州市黄永福焊工技能大师工作室"


@pytest.fixture(scope="module")
def hall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, Flask, Decided]]:
    """A served city whose panel has decided: two chosen, three on the reserve list."""
    folder = tmp_path_factory.mktemp("designation")
    migrate(folder)
    app = create_app(load_settings({"QZ_DATA_DIR": str(folder), "QZ_SECOND_FACTOR_ROLES": ""}))
    with app.app_context():
        made = decided()
        db.session.remove()
    server = Server(folder)
    yield server, app, made
    server.stop()


def visit(browser: Browser, server: Server, username: str = "") -> Page:
    page = browser.new_context(base_url=server.url, locale="zh-CN", timezone_id="Asia/Shanghai").new_page()
    if username:
        open_desk(page, username, PASSWORD)
    return page


def confirmed(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).first.click()
    page.locator("dialog[open]").get_by_role("button", name=name, exact=True).click()


def test_from_the_decision_to_a_verified_plaque(
    browser: Browser, hall: tuple[Server, Flask, Decided]
) -> None:
    server, app, made = hall
    bureau = visit(browser, server, "bureau")

    publish(bureau)
    public = object_to(browser, server)
    assign_and_uphold(browser, server, bureau)
    renew(bureau, public)
    # The full period runs.
    with app.app_context(), clock.held_at(days_later(60)):
        end_notices(made)
        db.session.remove()
    designate(bureau, public)
    verify(browser, server, public)


def publish(bureau: Page) -> None:
    bureau.goto("/office/designations")
    bureau.locator(".link-card a").first.click()
    confirmed(bureau, "公示名单")
    expect(bureau.locator("main")).to_contain_text("下一步")


def object_to(browser: Browser, server: Server) -> Page:
    """Anybody finds the notice from the home page, objects, and follows the case by its receipt."""
    page = visit(browser, server)
    page.goto("/notices")
    page.get_by_role("link", name=re.compile("拟认定名单")).first.click()
    expect(page.locator("main")).to_contain_text(REMOVED)
    page.get_by_role("link", name="提出异议").click()
    page.select_option("#subject", label=REMOVED)
    page.fill("#statement", "所报带徒名册中有三人未在该单位工作。")
    page.fill("#objector", "黎明")
    page.fill("#contact", "稍后告知")
    page.get_by_role("button", name="提交异议").click()
    expect(page.locator("#contact-error")).to_be_visible()
    expect(page.locator("#objector")).to_have_value("黎明")
    page.fill("#contact", "0777-2821234")
    page.get_by_role("button", name="提交异议").click()
    expect(page.locator("#receipt-code")).to_be_visible()
    return page


def assign_and_uphold(browser: Browser, server: Server, bureau: Page) -> None:
    bureau.goto("/office/objections")
    bureau.locator("a.row-link").first.click()
    bureau.select_option("#handler", label="second（second）")
    bureau.locator("#no_conflict").check()
    bureau.get_by_role("button", name="指定办理人").click()
    handler = visit(browser, server, "second")
    handler.goto("/office/objections")
    handler.locator("a.row-link").first.click()
    handler.locator("input[name=outcome][value=uphold]").check()
    handler.fill("#finding", "名册中有三人未在该单位工作。")
    handler.fill("#reply", "您反映的情况经核查属实。")
    handler.get_by_role("button", name="作出结论").click()
    expect(handler.locator("main")).to_contain_text("成立")


def renew(bureau: Page, public: Page) -> None:
    """The list is published anew; the old notice is gone, and the new one names who moved up."""
    bureau.goto("/office/designations")
    bureau.locator(".link-card a").first.click()
    confirmed(bureau, "调整并重新公示")
    expect(bureau.locator("main")).to_contain_text(MOVED_UP)
    public.goto("/notices")
    public.get_by_role("link", name=re.compile("调整后")).first.click()
    expect(public.locator("main")).to_contain_text(MOVED_UP)
    expect(public.locator("main")).not_to_contain_text(REMOVED)


def designate(bureau: Page, public: Page) -> None:
    bureau.reload()
    confirmed(bureau, "全部认定")
    confirmed(bureau, "发布认定公告")
    public.goto("/studios")
    expect(public.locator("main")).to_contain_text(MOVED_UP)
    expect(public.locator("main")).not_to_contain_text(REMOVED)


def verify(browser: Browser, server: Server, public: Page) -> None:
    """Who moved up downloads the plaque; a passer-by scans its code."""
    studio = visit(browser, server, "applicant3")
    studio.goto("/studios/mine")
    studio.get_by_role("link", name=MOVED_UP).first.click()
    address = studio.get_by_role("link", name="铜牌").get_attribute("href") or ""
    for _ in range(100):
        answer = studio.request.get(address)
        if answer.ok:
            break
        studio.wait_for_timeout(300)
    public.goto(codes_of(answer.body())[0])
    expect(public.locator("main")).to_contain_text("现行有效")
    expect(public.locator("main")).to_contain_text(MOVED_UP)
