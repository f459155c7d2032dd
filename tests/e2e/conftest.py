"""A filled demo city, real servers in processes of their own, and Debian's Chromium."""

from __future__ import annotations

import atexit
import fcntl
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from urllib.error import URLError

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

ROOT = Path(__file__).resolve().parent.parent.parent
CHROMIUM = "/usr/bin/chromium"
QZCOMPETE = str(Path(sys.executable).parent / "qzcompete")
PATIENCE_S = 120
DEMO_PASSWORD = "qinzhou-demo-18"
# A machine under load is slow, not wrong.
expect.set_options(timeout=20_000)


HERE = Path(__file__).resolve().parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A real browser on a machine under load may stumble: its tests run once more before they fail, and tell so."""
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.flaky(reruns=1))


def command(data_dir: Path, *words: str, port: int = 8000) -> None:
    subprocess.run([QZCOMPETE, *words], env=environment(data_dir, port), check=True, cwd=ROOT)


@cache
def migrated_folder() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="qz-migrated-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    command(folder, "db", "upgrade")
    return folder


def migrate(folder: Path) -> Path:
    """Make it a data folder with empty tables: the migrations run once in a process, and are copied from then on."""
    return shutil.copytree(migrated_folder(), folder, dirs_exist_ok=True)


def environment(data_dir: Path, port: int) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("QZ_")}
    given = {"QZ_DATA_DIR": str(data_dir), "QZ_PORT": str(port), "QZ_LOG_LEVEL": "ERROR"}
    return kept | given | {"QZ_SECOND_FACTOR_ROLES": ""}


@pytest.fixture(scope="session")
def demo_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder of a demo city, its certificates rendered: filled once for all processes of a test run."""
    own = tmp_path_factory.getbasetemp()
    run = own.parent if "PYTEST_XDIST_WORKER" in os.environ else own
    filled = run / "demo-city"
    with (run / "demo-city.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not filled.exists():
            filling = run / "demo-city-filling"
            for words in (("db", "upgrade"), ("demo",), ("worker", "--until-idle")):
                command(filling, *words)
            filling.rename(filled)
    return shutil.copytree(filled, tmp_path_factory.mktemp("demo") / "city")


def open_desk(page: Page, username: str, password: str = DEMO_PASSWORD) -> None:
    """From whatever page to the desk of the account."""
    page.goto("/sign-in")
    page.get_by_label("用户名").fill(username)
    page.get_by_label("密码", exact=True).fill(password)
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_url("**/desk")


class Server:
    """`qzcompete serve` as a process; stopped with its job workers."""

    def __init__(self, folder: Path, **settings: str) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.folder = folder
        self.process = subprocess.Popen(
            [QZCOMPETE, "serve"], env=environment(folder, self.port) | settings, cwd=folder
        )
        self.wait_until_ready()

    def wait_until_ready(self) -> None:
        # A machine under load is slow, not wrong.
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline:
            try:
                with urllib.request.urlopen(f"{self.url}/readyz", timeout=2) as answer:
                    if answer.status == 200:
                        return
            except (URLError, ConnectionError, TimeoutError):
                time.sleep(0.2)
        raise AssertionError("the server did not become ready")

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(timeout=PATIENCE_S)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Closed after each file: while it runs, its event loop keeps everything else in the process from having one."""
    assert shutil.which(CHROMIUM), (
        "Chromium is missing: sudo apt-get install -y --no-install-recommends chromium"
    )
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        yield started
        started.close()


@pytest.fixture(autouse=True)
def close_pages(request: pytest.FixtureRequest) -> Iterator[None]:
    """A page that is left open works on, and slows whatever comes after it."""
    if "browser" not in request.fixturenames:
        yield
        return
    browser: Browser = request.getfixturevalue("browser")
    shared = list(browser.contexts)
    yield
    for context in browser.contexts:
        if context not in shared:
            context.close()
