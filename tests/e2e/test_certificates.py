"""Certificates from the template to the stranger: designed, issued in a batch, downloaded, verified, revoked by two.

QZ_TEST_CERTIFICATES: how many are issued (default 8).
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from qzcompete.app import create_app
from qzcompete.config import load_settings
from qzcompete.core.actor import CITY, SYSTEM
from qzcompete.core.transaction import unit
from qzcompete.demo.people import made_people
from qzcompete.people.services import create_account
from tests.e2e.conftest import Server, command, migrate, open_desk
from tests.pictures import codes_of
from tests.results.contest import CODE, SCHEME, held_contest, person_of, publish

COUNT = int(os.environ.get("QZ_TEST_CERTIFICATES", "8"))
PASSWORD = "peace-of-mind-7"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with a published result of so many winners, signing keys and four accounts."""
    folder = tmp_path_factory.mktemp("certificates")
    migrate(folder)
    command(folder, "keys", "make")
    app = create_app(load_settings({"QZ_DATA_DIR": str(folder)}))
    with app.app_context():
        fill()
    started = Server(folder)
    yield started
    started.stop()


def fill() -> None:
    people = made_people(COUNT, 7)
    awards = {"rule": "places", "on_tie": "share", "list": [{"code": "优秀奖", "count": COUNT}]}
    counted = ("".join("零一二三四五六七八九"[int(digit)] for digit in str(place)) for place in range(COUNT))
    names = tuple(f"{person.name[:2]}{number}" for person, number in zip(people, counted, strict=True))
    event = held_contest(
        names=names,
        units=("钦州市技工学校",) * COUNT,
        totals=tuple(f"{99 - place * 0.2:.1f}" for place in range(COUNT)),
        documents=tuple(person.document_number for person in people),
        scheme={**SCHEME, "awards": awards},
    )
    publish(event)
    with unit():
        create_account(SYSTEM, "office", "覃海燕", PASSWORD, [("officer", CITY)])
        create_account(SYSTEM, "second", "农秀兰", PASSWORD, [("supervisor", CITY)])
        first = person_of(event, names[0])
        create_account(SYSTEM, "winner", names[0], PASSWORD, [("competitor", CITY)], person_id=first)


def signed_in(browser: Browser, server: Server, username: str) -> Page:
    page = stranger(browser, server)
    open_desk(page, username, PASSWORD)
    expect(page).to_have_url(f"{server.url}/desk")
    return page


def stranger(browser: Browser, server: Server, **options: Any) -> Page:
    return browser.new_context(base_url=server.url, locale="zh-CN", **options).new_page()


def send(page: Page) -> None:
    page.locator("main form button[type=submit].btn-primary").first.click()


def test_the_officer_designs_and_issues_a_batch(browser: Browser, server: Server) -> None:
    page = signed_in(browser, server, "office")
    page.goto("/certificates/templates")
    page.locator("#name").fill("红榜模板")
    send(page)
    page.locator("#title").fill("获奖证书")
    page.locator("#wording").fill("在{{ competition }}“{{ event }}”赛项中技艺出众，荣获")
    send(page)
    expect(page.locator("main")).to_contain_text("模板已保存")

    page.goto(f"/certificates?event={CODE}")
    page.get_by_role("button", name="制发证书").click()
    page.locator("dialog[open] button[type=submit]").click()

    expect(page.locator(".progress-end")).to_be_visible(timeout=120_000)
    page.goto(f"/certificates?event={CODE}")
    expect(page.get_by_role("link", name="PDF").first).to_be_visible()
    expect(page.locator("main")).to_contain_text(f"共{COUNT}条")


@pytest.fixture(scope="module")
def file(browser: Browser, server: Server, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the winner downloads."""
    page = signed_in(browser, server, "winner")
    page.goto("/my/certificates")
    with page.expect_download() as download:
        page.locator("main a").filter(has_text="焊接").click()
    kept = tmp_path_factory.mktemp("own") / download.value.suggested_filename
    download.value.save_as(kept)
    return kept


def link_of(file: Path) -> str:
    (address,) = codes_of(file)
    return urlsplit(address).path


def verified(page: Page, file: Path) -> Page:
    page.goto("/verify")
    page.locator("#file").set_input_files(file)
    page.get_by_role("button", name="查验文件").click()
    return page


def test_a_stranger_verifies_by_code_and_by_file(
    browser: Browser, server: Server, file: Path, tmp_path: Path
) -> None:
    page = stranger(browser, server)
    changed = tmp_path / "changed.pdf"
    content = bytearray(file.read_bytes())
    content[5000] ^= 1
    changed.write_bytes(content)

    page.goto(link_of(file))
    expect(page.locator("main")).to_contain_text("真实有效")
    expect(verified(page, file).locator("main")).to_contain_text("签名后未被改动")
    expect(verified(page, changed).locator("main")).to_contain_text("不是原件")


def test_every_exported_file_is_signed_for_our_own_tool_and_for_popplers(
    server: Server, file: Path, tmp_path: Path
) -> None:
    command(server.folder, "certificates", "export", "--event", CODE, "--out", str(tmp_path))
    exported = sorted(tmp_path.glob("*.pdf"))

    told = [
        subprocess.run(["pdfsig", "-nocert", str(one)], capture_output=True, text=True).stdout
        for one in exported
    ]

    assert len(exported) == COUNT
    assert all("Signature is Valid" in said and "Total document signed" in said for said in told)
    command(server.folder, "certificates", "verify", str(exported[0]))
    assert (tmp_path / file.name).read_bytes() == file.read_bytes()


def test_a_phone_verifies_the_code_without_a_network(browser: Browser, server: Server, file: Path) -> None:
    page = stranger(browser, server, viewport={"width": 390, "height": 844})
    page.goto("/V/")
    page.wait_for_selector("html[data-ready]")

    page.context.set_offline(True)
    page.goto(link_of(file))

    expect(page.locator("#state")).to_have_text("签名有效")
    expect(page.locator("#facts")).to_contain_text(file.stem)


def test_two_people_revoke_and_the_stranger_sees_it(browser: Browser, server: Server, file: Path) -> None:
    officer, second = signed_in(browser, server, "office"), signed_in(browser, server, "second")
    officer.goto("/certificates?q=" + file.stem)
    officer.get_by_role("link", name=file.stem, exact=True).click()
    officer.get_by_role("link", name="撤销").click()
    officer.locator("#reason").fill("经查不符合参赛资格")
    officer.locator("main form button[type=submit]").click()
    expect(officer.locator("main")).to_contain_text("须由另一人确认")

    second.goto("/certificates")
    second.get_by_role("link", name=file.stem, exact=True).first.click()
    second.get_by_role("button", name="确认撤销").click()
    second.locator("dialog[open] button[type=submit]").click()

    page = stranger(browser, server)
    page.goto(link_of(file))
    expect(page.locator("main")).to_contain_text("已被撤销")
    expect(page.locator("main")).to_contain_text("经查不符合参赛资格")
