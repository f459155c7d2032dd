"""What people do in the walk of one event, page by page: the office, the judges at their tablets, the chief judge."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from playwright.sync_api import Browser, Page, expect

from qzcompete.core.actor import CITY, SYSTEM
from qzcompete.people.services import create_account
from tests.e2e.conftest import open_desk

CODE = "NX26"
ACCOUNTS = (
    ("office", "officer"),
    ("judge1", "judge"),
    ("judge2", "judge"),
    ("judge3", "judge"),
    ("chief", "chief_judge"),
)
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


def make_accounts() -> None:
    """Whoever takes part in the walk, under the names and the roles by which `ACCOUNTS` knows them."""
    for username, role in ACCOUNTS:
        create_account(SYSTEM, username, f"{username}裁判", PASSWORD, [(role, CITY)])


def signed_in(browser: Browser, url: str, username: str, **options: Any) -> Page:
    context = browser.new_context(base_url=url, locale="zh-CN", timezone_id="Asia/Shanghai", **options)
    page = context.new_page()
    open_desk(page, username, PASSWORD)
    expect(page).to_have_url(f"{url}/desk")
    return page


def send(page: Page) -> None:
    """Press the main button of the page's form."""
    page.locator("main form button[type=submit].btn-primary").first.click()


def press(page: Page, button: str) -> None:
    """Press a button and confirm what it asks."""
    page.get_by_role("button", name=button).first.click()
    page.locator("dialog[open] button[type=submit]").click()


def make_competition(page: Page) -> None:
    page.goto("/office/competitions/new")
    page.locator("#name").fill("2026年钦州市职业技能大赛")
    page.locator("#year").fill("2026")
    page.locator("#code").fill("ZY2026")
    page.locator("#committee").fill("2026年钦州市职业技能大赛组委会")
    page.locator("#venue").fill("钦州市公共实训基地")
    send(page)


def make_event(page: Page) -> None:
    page.goto("/office/competitions/ZY2026/events/new")
    page.locator("#name").fill("坭兴陶制作")
    page.locator("#occupation_code").fill("6-15-05-02")
    page.locator("#code").fill(CODE)
    page.locator("#venue").fill("一号实训楼")
    page.locator("#starts_at").fill("2026-11-28T09:00")
    send(page)


def import_scheme(page: Page, folder: Path) -> None:
    file = folder / "scheme.json"
    file.write_text(json.dumps(SCHEME, ensure_ascii=False))
    import_file(page, "scheme", file)


def import_entries(page: Page, folder: Path) -> None:
    book = Workbook()
    sheet = book.active
    sheet.append(["姓名", "证件类型", "证件号码", "单位", "指导教师", "是否外卡"])
    for name, number, employer in ENTRANTS:
        sheet.append([name, "居民身份证", number, employer, "", "否"])
    file = folder / "entrants.xlsx"
    book.save(file)
    import_file(page, "entries", file)


def import_file(page: Page, what: str, file: Path) -> None:
    page.goto(f"/office/events/{CODE}/{what}/import")
    page.locator("#file").set_input_files(file)
    send(page)
    send(page)


def name_panel(page: Page) -> None:
    page.goto(f"/office/events/{CODE}/panel")
    for judge in JUDGES:
        page.get_by_label(f"{judge}裁判").check()
    page.get_by_label("chief裁判").check()
    send(page)


def draw_codes(page: Page) -> None:
    page.goto(f"/office/events/{CODE}/draw")
    press(page, "抽签")


def open_tablet(page: Page, count: int = len(ENTRANTS)) -> None:
    page.goto("/marking")
    page.get_by_role("button", name="开始评分").click()
    expect(page.locator("#candidates button")).to_have_count(count)


def mark_everything(page: Page, level: int, count: int = len(ENTRANTS)) -> None:
    """A judge marks and signs every work on the tablet page; `level` is what this judge thinks of the first work."""
    works = page.locator("#candidates button")
    for place in range(count):
        works.nth(place).click()
        give(page, level if place == 0 else place % 3)
        page.locator("#review").click()
        page.locator("#sign").click()
        expect(page.locator("#announce")).to_contain_text("已签名")
        expect(works.nth(place)).to_contain_text("已签名")
    expect(page.locator("#pill")).to_contain_text("已全部上传", timeout=60_000)


def give(page: Page, level: int) -> None:
    """Yes to the first aspect, a level for the second, a number for the third."""
    page.locator("#option-A1\\.1-2").click()
    expect(page.locator("#input h2")).to_contain_text("A1.2")
    page.wait_for_timeout(300)
    page.locator(f"#level-{level}").click()
    expect(page.locator("#input h2")).to_contain_text("A1.3")
    page.wait_for_timeout(300)
    for key in ("7", ".", "5"):
        page.get_by_role("button", name=key, exact=True).click()
    page.locator("#enter").click()
    page.wait_for_timeout(300)


def watch(page: Page) -> Page:
    page.goto("/marking/watch")
    page.get_by_role("link", name="坭兴陶制作").click()
    return page


def compile_results(page: Page) -> None:
    page.goto(f"/office/events/{CODE}/results")
    page.get_by_role("button", name="汇总成绩").click()
    expect(page.locator("main")).to_contain_text("一等奖")
