"""One event through the pages: from an empty machine to a certificate that a stranger verifies."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook
from playwright.sync_api import Browser, Page, expect

from tests.e2e.conftest import Server, command

PASSWORD = "peace-of-mind-7"
JUDGES = ("judge1", "judge2", "judge3")
TABLET = {"viewport": {"width": 1180, "height": 820}, "has_touch": True}
ENTRANTS = (
    ("韦𬱖", "452824198901109262", "灵山县公共实训基地"),
    ("梁彩霞", "450701197801109728", "钦州市锐丰陶艺有限公司"),
    ("阿依古丽·买买提", "11010519491231002X", "钦州港国际码头有限公司"),
    ("玉景明", "450703199403239975", "钦州市技工学校"),
)
SCHEME = {
    "pass_total": "1",
    "awards": {
        "rule": "places",
        "on_tie": "share",
        "list": [{"code": "一等奖", "count": 1}, {"code": "二等奖", "count": 1}],
    },
    "modules": [
        {
            "code": "A",
            "name": "拉坯成型",
            "criteria": [
                {
                    "code": "A1",
                    "name": "成型质量",
                    "aspects": [
                        {
                            "code": "A1.1",
                            "name": "尺寸符合图样",
                            "kind": "measurement",
                            "max": "2",
                            "step": "2",
                        },
                        {
                            "code": "A1.2",
                            "name": "器形美观",
                            "kind": "judgement",
                            "max": "3",
                            "panel": 3,
                            "benchmarks": ["不达标", "达标", "良好", "优秀"],
                        },
                        {
                            "code": "A1.3",
                            "name": "整体效果",
                            "kind": "panel",
                            "max": "10",
                            "step": "0.5",
                            "panel": 3,
                        },
                    ],
                }
            ],
        }
    ],
}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("walk")
    command(folder, "db", "upgrade")
    for username, role in (
        ("office", "officer"),
        *((judge, "judge") for judge in JUDGES),
        ("chief", "chief_judge"),
    ):
        words = (
            "user",
            "create",
            username,
            "--name",
            f"{username}裁判",
            "--role",
            role,
            "--password",
            PASSWORD,
        )
        command(folder, *words)
    started = Server(folder)
    yield started
    started.stop()


def signed_in(browser: Browser, server: Server, username: str, **options: Any) -> Page:
    context = browser.new_context(base_url=server.url, locale="zh-CN", timezone_id="Asia/Shanghai", **options)
    page = context.new_page()
    page.goto("/sign-in")
    page.get_by_label("用户名").fill(username)
    page.get_by_label("密码", exact=True).fill(PASSWORD)
    page.locator("main form button[type=submit]").click()
    expect(page).to_have_url(f"{server.url}/desk")
    return page


def entrants_file(folder: Path) -> Path:
    book = Workbook()
    sheet = book.active
    sheet.append(["姓名", "证件类型", "证件号码", "单位", "指导教师", "是否外卡"])
    for name, number, unit in ENTRANTS:
        sheet.append([name, "居民身份证", number, unit, "", "否"])
    book.save(folder / "entrants.xlsx")
    return folder / "entrants.xlsx"


def send(page: Page) -> None:
    """Press the main button of the page's form."""
    page.locator("main form button[type=submit].btn-primary").first.click()


def make_event(page: Page, folder: Path) -> None:
    """The officer: a competition, an event, its scheme, entrants and panel, then the draw."""
    page.goto("/office/competitions/new")
    page.locator("#name").fill("2026年钦州市职业技能大赛")
    page.locator("#year").fill("2026")
    page.locator("#code").fill("ZY2026")
    page.locator("#committee").fill("2026年钦州市职业技能大赛组委会")
    page.locator("#venue").fill("钦州市公共实训基地")
    send(page)
    page.goto("/office/competitions/ZY2026/events/new")
    page.locator("#name").fill("坭兴陶制作")
    page.locator("#occupation_code").fill("6-15-05-02")
    page.locator("#code").fill("NX26")
    page.locator("#venue").fill("一号实训楼")
    page.locator("#starts_at").fill("2026-11-28T09:00")
    send(page)
    scheme = folder / "scheme.json"
    scheme.write_text(json.dumps(SCHEME, ensure_ascii=False))
    for address, file in (("scheme/import", scheme), ("entries/import", entrants_file(folder))):
        page.goto(f"/office/events/NX26/{address}")
        page.locator("#file").set_input_files(file)
        send(page)
        send(page)
    page.goto("/office/events/NX26/panel")
    for judge in JUDGES:
        page.get_by_label(f"{judge}裁判").check()
    page.get_by_label("chief裁判").check()
    send(page)
    page.goto("/office/events/NX26/draw")
    page.get_by_role("button", name="抽签").first.click()
    page.locator("dialog[open] button[type=submit]").click()


def test_officer_prepares_an_event_and_draws_the_codes(
    browser: Browser, server: Server, tmp_path: Path
) -> None:
    page = signed_in(browser, server, "office")

    make_event(page, tmp_path)

    expect(page.locator("main")).to_contain_text("作品编号")
    page.goto("/office/events/NX26/entries")
    expect(page.locator("main")).to_contain_text("韦𬱖")
    expect(page.locator("main")).not_to_contain_text("452824198901109262")
