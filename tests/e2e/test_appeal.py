"""Results are published; an entrant appeals, the arbiter upholds it, the ranking changes, and everybody sees how and why."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from qzcompete.app import create_app
from qzcompete.config import load_settings
from qzcompete.core.actor import CITY, SYSTEM
from qzcompete.core.transaction import unit
from qzcompete.people.services import create_account
from tests.e2e.conftest import ROOT, Server, migrate, open_desk
from tests.results.contest import CODE, held_contest, person_of, publish

PASSWORD = "correct-horse-9"
APPELLANT = "阿依古丽·买买提"
PUBLIC = f"/results/{CODE}"


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Server]:
    """A published contest of four, with accounts for everybody that an appeal needs."""
    migrate(tmp_path)
    app = create_app(load_settings({"QZ_DATA_DIR": str(tmp_path)}))
    with app.app_context():
        event = held_contest()
        publish(event)
        with unit():
            for name, role in (("office", "officer"), ("arbiter", "arbiter")):
                create_account(SYSTEM, name, name, PASSWORD, [(role, CITY)])
            person = person_of(event, APPELLANT)
            roles = [("competitor", CITY)]
            create_account(SYSTEM, "entrant", APPELLANT, PASSWORD, roles, person_id=person)
    server = Server(tmp_path)
    yield server
    server.stop()


@pytest.fixture
def sign_in(browser: Browser, site: Server) -> Iterator[Callable[[str], Page]]:
    contexts = []

    def signed_in(username: str) -> Page:
        context = browser.new_context(base_url=site.url, locale="zh-CN")
        contexts.append(context)
        page = context.new_page()
        open_desk(page, username, PASSWORD)
        return page

    yield signed_in
    for context in contexts:
        context.close()


def evidence(folder: Path) -> Path:
    """A picture that anybody would send: one of our own screenshots."""
    target = folder / "现场照片.jpg"
    shutil.copy(ROOT / "docs" / "screenshots" / "home.jpg", target)
    return target


def file_appeal(page: Page, file: Path) -> None:
    page.goto("/appeals")
    page.get_by_role("link", name="申诉", exact=False).filter(has_text=APPELLANT).first.click()
    page.fill("#grounds", "焊缝余高测量记录与现场不符")
    page.get_by_label("A1-1").check()
    page.set_input_files("#files", file)
    page.get_by_role("button", name="提交申诉").click()
    expect(page.get_by_text("待指定仲裁员").first).to_be_visible()


def name_arbiter(page: Page) -> None:
    page.goto("/appeals")
    page.get_by_role("link", name=APPELLANT).first.click()
    page.select_option("#arbiter", label="arbiter")
    page.fill("#unit", "钦州市技工学校")
    page.get_by_role("button", name="指定仲裁员").click()
    expect(page.get_by_text("同单位").first).to_be_visible()
    page.fill("#unit", "北部湾职业技术学校")
    page.get_by_role("button", name="指定仲裁员").click()
    expect(page.get_by_text("仲裁中").first).to_be_visible()


def uphold(page: Page) -> None:
    page.goto("/appeals")
    page.get_by_role("link", name=APPELLANT).first.click()
    expect(page.get_by_text("现场照片.jpg")).to_be_visible()
    page.get_by_label("申诉成立：评分有误，更正后重新排名").check()
    page.fill("#finding", "调取原始记录，焊缝测量应为99分")
    page.select_option("#wrong", "J1:A1-1")
    page.fill("#value", "99")
    page.get_by_role("button", name="记录裁决").click()
    expect(page.get_by_text("申诉成立，执行中").first).to_be_visible()


def correct(page: Page) -> None:
    page.goto("/desk")
    page.get_by_role("link", name="焊接").first.click()
    page.get_by_label("事由").first.fill("按仲裁裁决更正")
    page.get_by_role("button", name="更正为99").click()
    expect(page.get_by_text("已更正").first).to_be_visible()


def publish_again(page: Page) -> None:
    page.goto(f"/office/events/{CODE}/results")
    page.get_by_role("button", name="汇总成绩").click()
    page.get_by_role("button", name="公布成绩").first.click()
    page.fill("#publish-reason", "仲裁认定测量有误，予以更正")
    page.locator("dialog[open] button[type=submit]").click()
    expect(page.get_by_text("第2版").first).to_be_visible()


def test_an_upheld_appeal_changes_the_ranking_for_everybody_to_see(
    browser: Browser, site: Server, sign_in: Callable[[str], Page], tmp_path: Path
) -> None:
    visitor = browser.new_context(base_url=site.url, locale="zh-CN").new_page()
    visitor.goto(PUBLIC)
    expect(visitor.locator("tbody tr").first).to_contain_text("韦梅静")

    file_appeal(sign_in("entrant"), evidence(tmp_path))
    name_arbiter(sign_in("office"))
    visitor.wait_for_timeout(1100)
    visitor.goto(PUBLIC)
    expect(visitor.get_by_text("申诉中").first).to_be_visible()
    uphold(sign_in("arbiter"))
    correct(sign_in("panel-chief"))
    publish_again(sign_in("office"))

    visitor.wait_for_timeout(1100)
    visitor.goto(PUBLIC)
    expect(visitor.locator("tbody tr").first).to_contain_text(APPELLANT)
    expect(visitor.get_by_text("仲裁认定测量有误，予以更正").first).to_be_visible()
    changed = visitor.get_by_role("row", name=APPELLANT).filter(has_text="总分")
    expect(changed).to_contain_text("80.00")
    expect(changed).to_contain_text("99.00")
    visitor.context.close()
