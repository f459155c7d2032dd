"""A passkey in a real browser with a device of its own: set up, used to sign in, called off, removed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, CDPSession, Page, expect

from tests.e2e.conftest import Server, command, migrate, open_desk

PASSWORD = "peace-of-mind-7"
DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("passkeys")
    migrate(folder)
    command(folder, "user", "create", "wei", "--name", "韦老师", "--role", "officer", "--password", PASSWORD)
    started = Server(folder)
    yield started
    started.stop()


def visitor(browser: Browser, host: str) -> Page:
    return browser.new_context(base_url=host, locale="zh-CN").new_page()


def device_of(page: Page, **changed: bool) -> tuple[CDPSession, str]:
    """A device that keeps passkeys, as the browser plays it: the wire to it, and its id."""
    wire = page.context.new_cdp_session(page)
    wire.send("WebAuthn.enable")
    return wire, wire.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE | changed})[
        "authenticatorId"
    ]


def test_a_passkey_is_set_up_signs_in_and_is_removed(browser: Browser, server: Server) -> None:
    page = visitor(browser, f"http://localhost:{server.port}")
    wire, device = device_of(page)
    open_desk(page, "wei", PASSWORD)

    page.goto("/account/security")
    page.get_by_role("link", name="设置通行密钥").click()
    page.get_by_label("设备名称").fill("办公电脑")
    page.get_by_label("当前密码").fill(PASSWORD)
    page.get_by_role("button", name="下一步").click()
    page.get_by_role("button", name="创建通行密钥").click()
    expect(page.locator(".code-list li")).to_have_count(10)
    assert len(wire.send("WebAuthn.getCredentials", {"authenticatorId": device})["credentials"]) == 1

    page.context.clear_cookies()
    page.goto("/sign-in?next=/account/security")
    page.get_by_role("button", name="使用通行密钥登录").click()
    expect(page).to_have_url(f"http://localhost:{server.port}/account/security")
    expect(page.get_by_role("table", name="通行密钥")).not_to_contain_text("从未使用")

    page.get_by_role("button", name="删除", exact=True).click()
    page.locator("dialog[open]").get_by_label("当前密码").fill(PASSWORD)
    page.locator("dialog[open]").get_by_role("button", name="删除", exact=True).click()
    expect(page.locator("main")).to_contain_text("尚未设置通行密钥")
    page.context.clear_cookies()
    page.goto("/sign-in")
    page.get_by_role("button", name="使用通行密钥登录").click()
    expect(page.get_by_role("alert").first).to_contain_text("无法识别该通行密钥")


def test_a_device_that_does_not_answer_leaves_the_page_as_it_was(browser: Browser, server: Server) -> None:
    page = visitor(browser, f"http://localhost:{server.port}")
    device_of(page, isUserVerified=False)
    page.goto("/sign-in")

    page.get_by_role("button", name="使用通行密钥登录").click()

    expect(page.get_by_text("设备未作应答")).to_be_visible()
    expect(page.get_by_role("button", name="使用通行密钥登录")).to_be_enabled()
    open_desk(page, "wei", PASSWORD)


def test_under_a_bare_address_no_passkey_is_offered(browser: Browser, server: Server) -> None:
    page = visitor(browser, server.url)
    page.goto("/sign-in")

    expect(page.get_by_role("button", name="登录", exact=True)).to_be_visible()
    expect(page.get_by_role("button", name="使用通行密钥登录")).to_be_hidden()
