"""S12: pages of a demo city beside the tablet's, as Lighthouse sees them on a phone with slow 4G, cold."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from statistics import median
from typing import Any

from playwright.sync_api import sync_playwright

from bench.tablet import CATEGORIES, RUNS, installed, report, row
from qzcompete.core.clock import today
from tests.e2e.conftest import CHROMIUM, Server, command, open_desk

VISITOR = (
    "/",
    "/calendar",
    "/competitions/NMG{year}",
    "/results/NX{year}",
    "/notices",
    "/studios",
    "/verify",
    "/sign-in",
)
OFFICER = (
    "/desk",
    "/office/competitions",
    "/office/events/NX{year}/entries",
    "/office/events/NX{year}/results",
    "/certificates",
)
LIGHTEST_PERFORMANCE, MOST_KIB = 95, 150
TARGET = "performance ≥ 95, 100, 100, ≤ 150 KiB"


def run() -> list[dict[str, Any]]:
    with tempfile.TemporaryDirectory() as folder:
        city = Path(folder) / "city"
        for words in (("db", "upgrade"), ("demo",), ("worker", "--until-idle")):
            command(city, *words)
        server = Server(city)
        try:
            signed_in = f"--extra-headers={json.dumps({'Cookie': cookie(server, 'office')})}"
            seen = [measured(server, path, []) for path in of_year(VISITOR)]
            return seen + [measured(server, path, [signed_in]) for path in of_year(OFFICER)]
        finally:
            server.stop()


def of_year(paths: tuple[str, ...]) -> list[str]:
    """The demo city is of this year."""
    return [path.format(year=today().year) for path in paths]


def cookie(server: Server, username: str) -> str:
    """The cookie of a session, as a browser gets it."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_context(base_url=server.url).new_page()
        open_desk(page, username)
        kept = "; ".join(f"{one['name']}={one['value']}" for one in page.context.cookies())
        browser.close()
    return kept


def measured(server: Server, path: str, more: list[str]) -> dict[str, Any]:
    """The medians of some runs; Lighthouse follows no link and says so where it was sent elsewhere."""
    lighthouse = installed()
    reports = [report(lighthouse, f"{server.url}{path}", *more) for _ in range(RUNS)]
    landed = reports[0]["finalDisplayedUrl"]
    assert landed == f"{server.url}{path}", f"{path} led to {landed}"
    performance, accessibility, practices = (
        round(100 * median(one["categories"][name]["score"] for one in reports)) for name in CATEGORIES
    )
    kib = (
        sum(one["transferSize"] for one in reports[0]["audits"]["network-requests"]["details"]["items"])
        / 1024
    )
    met = performance >= LIGHTEST_PERFORMANCE and (accessibility, practices) == (100, 100) and kib <= MOST_KIB
    return row(f"S12 {path}", f"{performance}/{accessibility}/{practices}, {kib:.0f} KiB", TARGET, met)
