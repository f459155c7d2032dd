"""A school nominates by xlsx with three faulty rows and mends them; the office accepts; a pass is printed and scanned."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pypdfium2 as pdfium
import pytest
from openpyxl import load_workbook
from playwright.sync_api import Browser, Page, expect

from qzcompete.app import create_app
from qzcompete.config import load_settings
from qzcompete.core.transaction import unit
from tests.e2e.conftest import CHROMIUM, Server, migrate, open_desk
from tests.pictures import codes_of
from tests.registration.nominations import PASSWORD, PEOPLE, open_for_nomination

TABLET = {"viewport": {"width": 820, "height": 1180}, "has_touch": True}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A competition that is open for nomination, one school with a quota of five, an officer and a steward."""
    folder = tmp_path_factory.mktemp("nomination")
    migrate(folder)
    app = create_app(load_settings({"QZ_DATA_DIR": str(folder)}))
    with app.app_context():
        from qzcompete.core.actor import CITY, SYSTEM
        from qzcompete.people.services import create_account

        open_for_nomination(quota=5)
        with unit():
            for username, role in (("office", "officer"), ("door", "steward")):
                create_account(SYSTEM, username, "经办人", PASSWORD, [(role, CITY)])
    started = Server(folder)
    yield started
    started.stop()


def signed_in(browser: Browser, server: Server, username: str, **options: Any) -> Page:
    page = browser.new_context(
        base_url=server.url, locale="zh-CN", timezone_id="Asia/Shanghai", **options
    ).new_page()
    open_desk(page, username, PASSWORD)
    expect(page).to_have_url(f"{server.url}/desk")
    return page


def filled_in(template: Path) -> Path:
    """The downloaded template with five people, three of them with a fault."""
    book = load_workbook(template)
    sheet = book["报名表"]
    rows = [[name, "居民身份证", number] for name, number in PEOPLE]
    rows[1][0] = "黄㛃1"
    rows[2][1] = "学生证"
    rows[3][2] = "110101199003070071"
    for row in rows:
        sheet.append(row)
    book.save(template)
    return template


def test_a_school_mends_three_rows_and_submits(browser: Browser, server: Server, tmp_path: Path) -> None:
    page = signed_in(browser, server, "school")
    page.get_by_role("link", name="我的报名").first.click()
    page.get_by_role("link", name="焊接").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="下载模板").click()
    file = tmp_path / "报名表.xlsx"
    download.value.save_as(file)

    page.get_by_role("link", name="批量导入").click()
    page.locator("#file").set_input_files(filled_in(file))
    page.get_by_role("button", name="校验").click()
    expect(page.locator("main")).to_contain_text("有 3 行、共 3 个单元格需要更正")
    expect(page.locator("input[aria-invalid=true]")).to_have_count(3)
    page.locator("#cell-3-name").fill("黄㛃")
    page.locator("#cell-4-document_kind").fill("居民身份证")
    page.locator("#cell-5-document_number").fill(PEOPLE[3][1])
    page.get_by_role("button", name="重新校验").click()
    expect(page.locator("input[aria-invalid=true]")).to_have_count(0)
    page.get_by_role("button", name="提交报名").click()

    expect(page.locator("main")).to_contain_text("新增报名5条")
    expect(page.get_by_text("待审核")).to_have_count(5)


def test_the_office_accepts_and_prints_a_pass_that_opens_the_door(
    browser: Browser, server: Server, tmp_path: Path
) -> None:
    office = signed_in(browser, server, "office")
    office.goto("/office/events/HJ2026/entries")
    office.get_by_role("button", name="批量通过符合条件的报名").click()
    office.locator("dialog[open] button[type=submit]").click()
    expect(office.locator("main")).to_contain_text("已通过 5 项")
    passes = tmp_path / "passes.pdf"
    passes.write_bytes(office.request.get("/office/events/HJ2026/passes.pdf").body())
    scanned = codes_of(passes)[0]

    door = signed_in(browser, server, "door", **TABLET)
    door.goto("/check-in/HJ2026")
    expect(door.locator("#typed")).to_be_focused()
    door.keyboard.type(scanned)
    door.keyboard.press("Enter")

    expect(door.locator(".door-name")).to_contain_text(PEOPLE[0][0])
    expect(door.locator(".progress-count")).to_contain_text("1 / 5")
    door.get_by_role("button", name="撤销").first.click()
    expect(door.locator(".progress-count")).to_contain_text("0 / 5")


def test_the_camera_of_the_door_reads_a_pass(browser: Browser, server: Server, tmp_path: Path) -> None:
    """The browser's camera shows the printed page; this browser has no reader of its own."""
    office = signed_in(browser, server, "office")
    passes = office.request.get("/office/events/HJ2026/passes.pdf").body()
    film = tmp_path / "door.y4m"
    film.write_bytes(film_of(passes))
    seeing = browser.browser_type.launch(
        executable_path=CHROMIUM,
        args=[
            "--no-sandbox",
            "--use-fake-ui-for-media-stream",
            "--use-fake-device-for-media-stream",
            f"--use-file-for-fake-video-capture={film}",
        ],
    )
    door = signed_in(seeing, server, "door", **TABLET)
    door.goto("/check-in/HJ2026")
    door.get_by_role("button", name="摄像头").click()

    expect(door.locator(".door-name")).to_contain_text(PEOPLE[0][0])
    expect(door.locator(".progress-count")).to_contain_text("1 / 5")
    seeing.close()


def film_of(pdf: bytes, width: int = 640, height: int = 480) -> bytes:
    """A film of one picture, as Chromium takes for a camera: the code of the page's first pass, in grey."""
    page = pdfium.PdfDocument(pdf)[0].render(scale=300 / 72).to_pil().convert("L")
    grey = page.crop((500, 800, 500 + width, 800 + height)).tobytes()
    colourless = bytes([128]) * (width * height // 2)
    return f"YUV4MPEG2 W{width} H{height} F10:1 Ip A1:1 C420jpeg\nFRAME\n".encode() + grey + colourless
