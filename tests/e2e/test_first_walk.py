"""One event through the pages: from an empty machine to a certificate that a stranger verifies."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from openpyxl import Workbook
from playwright.sync_api import Browser, Page, expect

from qzcompete.app import create_app
from qzcompete.certificates import queries
from qzcompete.config import load_settings
from qzcompete.core.actor import CITY, SYSTEM
from qzcompete.core.transaction import unit
from qzcompete.people.services import create_account
from tests.e2e.conftest import Server, command
from tests.pictures import codes_of

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
    for name, number, employer in ENTRANTS:
        sheet.append([name, "居民身份证", number, employer, "", "否"])
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


def mark_everything(page: Page, level: int) -> None:
    """A judge marks and signs every work on the tablet page; `level` is what this judge thinks of the first work."""
    page.goto("/marking")
    page.get_by_role("button", name="开始评分").click()
    works = page.locator("#candidates button")
    expect(works).to_have_count(len(ENTRANTS))
    for place in range(len(ENTRANTS)):
        works.nth(place).click()
        give(page, level if place == 0 else place % 3)
        page.locator("#review").click()
        page.locator("#sign").click()
        expect(page.locator("#announce")).to_contain_text("已签名")
        expect(works.nth(place)).to_contain_text("已签名")
    expect(page.locator("#pill")).to_contain_text("已全部上传")


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


def call_chief(page: Page, what: str) -> None:
    page.locator("#candidates button").first.click()
    page.locator("#call").click()
    page.locator("#call-text").fill(what)
    with page.expect_response("**/api/v1/tablet/ops"):
        page.locator("#call-send").click()


@pytest.mark.parametrize(("judge", "level"), [("judge1", 3), ("judge2", 3), ("judge3", 1)])
def test_judges_mark_by_codes_and_sign(browser: Browser, server: Server, judge: str, level: int) -> None:
    page = signed_in(browser, server, judge, **TABLET)
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))

    mark_everything(page, level)
    if judge == JUDGES[-1]:
        call_chief(page, "转盘停转两分钟")

    assert errors == []
    assert not any(name in page.content() for name, _, _ in ENTRANTS)


def watched(page: Page) -> Page:
    page.goto("/marking/watch")
    page.get_by_role("link", name="坭兴陶制作").click()
    return page


def close_marking(page: Page) -> None:
    page.get_by_role("button", name="结束评分并签字").first.click()
    page.locator("dialog[open] button[type=submit]").click()


def test_chief_judge_is_kept_from_closing_answers_the_call_and_asks_for_a_round(
    browser: Browser, server: Server
) -> None:
    page = watched(signed_in(browser, server, "chief", **TABLET))
    expect(page.get_by_role("table", name="评分分歧")).to_contain_text("器形美观")
    close_marking(page)
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
    page = signed_in(browser, server, judge, **TABLET)
    page.goto("/marking")
    page.get_by_role("button", name="开始评分").click()
    works = page.locator("#candidates button")
    works.first.click()

    page.locator("#aspects .aspect").filter(has_text="请重新评分").locator(".aspect-name").click()
    page.locator(f"#level-{level}").click()
    page.locator("#review").click()
    page.locator("#sign").click()

    expect(page.locator("#announce")).to_contain_text("已签名")
    expect(page.locator("#pill")).to_contain_text("已全部上传")


def test_chief_judge_closes_when_nothing_stands_open(browser: Browser, server: Server) -> None:
    page = watched(signed_in(browser, server, "chief", **TABLET))
    expect(page.locator("main")).to_contain_text("没有待处理事项")
    expect(page.locator("main")).to_contain_text("补时两分钟")
    expect(page.get_by_role("table", name="平板")).not_to_contain_text("有未上传的评分")

    close_marking(page)

    expect(page.locator("main")).to_contain_text("评分已结束")
    assert not any(name in page.content() for name, _, _ in ENTRANTS)


def test_officer_publishes_and_issues(browser: Browser, server: Server) -> None:
    page = signed_in(browser, server, "office")
    page.goto("/office/events/NX26/results")
    page.get_by_role("button", name="汇总成绩").click()
    expect(page.locator("main")).to_contain_text("一等奖")

    for button in ("公布成绩", "制发证书"):
        page.get_by_role("button", name=button).first.click()
        page.locator("dialog[open] button[type=submit]").click()

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
    command(server.folder, "certificates", "export", "--event", "NX26", "--out", str(tmp_path))

    page.goto(urlsplit(codes_of(tmp_path / "QZJN-2026-000001.pdf")[0]).path)

    expect(page.locator("main")).to_contain_text("真实有效")
    expect(page.locator("main")).to_contain_text("QZJN-2026-000001")


def test_winner_downloads_the_own_certificate(browser: Browser, server: Server) -> None:
    winner_account(server.folder)
    page = signed_in(browser, server, "winner")
    page.goto("/my/certificates")

    with page.expect_download() as download:
        page.locator("main a").filter(has_text="坭兴陶制作").click()

    assert Path(str(download.value.path())).read_bytes().startswith(b"%PDF")


def winner_account(folder: Path) -> None:
    """An account for the person of the first certificate, made by a service as an officer will from a page."""
    app = create_app(load_settings({"QZ_DATA_DIR": str(folder)}))
    with app.app_context(), unit():
        person_id = queries.of_event("NX26")[0].person_id
        create_account(SYSTEM, "winner", "获奖选手", PASSWORD, [("competitor", CITY)], person_id=person_id)
