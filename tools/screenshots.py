#!/usr/bin/env python3
"""Takes the pictures of docs/screenshots from a demo city that it fills and serves itself."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError

from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "docs" / "screenshots"
QZCOMPETE = str(Path(sys.executable).parent / "qzcompete")
PASSWORD = "qinzhou-demo-18"
PORT = 8790
URL = f"http://127.0.0.1:{PORT}"
DESKTOP = {"width": 1440, "height": 900}
TABLET = {"width": 1024, "height": 768}

# account -> name of the picture -> address
PAGES = {
    "": {"home": "/", "sign-in": "/sign-in", "public-results": "/results/{event}", "verify": "/verify"},
    "office": {
        "desk": "/desk",
        "competitions": "/office/competitions",
        "competition": "/office/competitions/{competition}",
        "event": "/office/events/{event}",
        "scheme": "/office/events/{event}/scheme",
        "entries": "/office/events/{event}/entries",
        "results": "/office/events/{event}/results",
        "certificates": "/certificates",
        "jobs": "/jobs",
    },
    "judge1": {"marking": "/marking"},
    "chief1": {"watch-list": "/marking/watch"},
    "admin": {"accounts": "/accounts"},
    "winner": {"my-certificates": "/my/certificates"},
}


@contextmanager
def demo_server() -> Iterator[None]:
    with tempfile.TemporaryDirectory() as folder:
        environ = os.environ | {"QZ_DATA_DIR": folder, "QZ_PORT": str(PORT), "QZ_LOG_LEVEL": "ERROR"}
        for words in (("db", "upgrade"), ("demo",), ("worker", "--until-idle")):
            subprocess.run([QZCOMPETE, *words], env=environ, check=True)
        server = subprocess.Popen([QZCOMPETE, "serve"], env=environ)
        try:
            wait_until_ready()
            yield
        finally:
            server.terminate()
            server.wait()


def wait_until_ready() -> None:
    for _ in range(100):
        try:
            with urllib.request.urlopen(f"{URL}/readyz", timeout=2):
                return
        except (URLError, ConnectionError):
            time.sleep(0.2)
    raise SystemExit("the demo did not start")


def signed_in(browser: Browser, username: str) -> Page:
    page = browser.new_context(base_url=URL, locale="zh-CN", timezone_id="Asia/Shanghai").new_page()
    if username:
        page.goto("/sign-in")
        page.fill("#username", username)
        page.fill("#password", PASSWORD)
        page.locator("main form button[type=submit]").click()
        page.wait_for_url("**/desk")
    return page


def take(page: Page, name: str) -> None:
    for suffix, size in (("", DESKTOP), ("-tablet", TABLET)):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        page.wait_for_timeout(150)
        page.screenshot(path=FOLDER / f"{name}{suffix}.jpg", type="jpeg", quality=82)


def take_judge(browser: Browser) -> None:
    page = signed_in(browser, "judge1")
    page.set_viewport_size({"width": 1180, "height": 820})
    page.goto("/marking")
    page.locator("main form button").first.click()
    page.wait_for_selector(".aspect")
    page.locator("#unmarked").click() if page.locator("#unmarked").count() else None
    for name, size in (("judge", (1180, 820)), ("judge-upright", (820, 1180)), ("judge-phone", (390, 844))):
        page.set_viewport_size({"width": size[0], "height": size[1]})
        page.wait_for_timeout(200)
        page.screenshot(path=FOLDER / f"{name}.jpg", type="jpeg", quality=82)


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    year = time.gmtime().tm_year
    names = {"event": f"NX{year}", "competition": f"NMG{year}"}
    with demo_server(), sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        for username, pages in PAGES.items():
            page = signed_in(browser, username)
            for name, address in pages.items():
                page.goto(address.format(**names))
                take(page, name)
        page = signed_in(browser, "chief1")
        page.goto("/marking/watch")
        page.locator("main table a").first.click()
        take(page, "watch")
        take_judge(browser)
        browser.close()


if __name__ == "__main__":
    main()
