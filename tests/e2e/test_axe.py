"""Axe finds nothing on any kind of page, for each role: upright by all its rules, on a desktop by those of the layout."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.e2e.conftest import ROOT, Server, open_desk

AXE = next((ROOT / "tests" / "vendor").rglob("axe.min.js"))
DESKTOP, UPRIGHT = {"width": 1280, "height": 800}, {"width": 820, "height": 1180}
# What may differ when the same page is laid out anew.
LAYOUT_RULES = [
    "target-size",
    "scrollable-region-focusable",
    "region",
    "link-in-text-block",
    "aria-hidden-focus",
]
PAGES = {
    "": (
        "/",
        "/calendar",
        "/calendar?view=month",
        "/calendar?view=list",
        "/sign-in",
        "/verify",
        "/style",
        "/results/{nx}",
        "/results/{zf}",
        "/competitions/{competition}/teams",
        "/competitions/{competition}",
        "/notices",
        "/notices/7",
        "/notices/7/objection",
        "/objections/follow",
        "/studios",
        "/studios/1",
        "/selections",
        "/nowhere",
    ),
    "office": (
        "/desk",
        "/account/password",
        "/account/security",
        "/account/data",
        "/account/second-factor",
        "/account/passkeys/new",
        "/office/competitions",
        "/office/competitions/new",
        "/office/competitions/{competition}",
        "/office/competitions/{competition}/edit",
        "/office/competitions/{competition}/events/new",
        "/office/occupations?q=焊工",
        "/office/events/{nx}",
        "/office/competition-calendar",
        "/office/clashes",
        "/office/outer-competitions",
        "/office/competitions/{competition}/copy",
        "/office/competitions/{competition}/dates",
        "/office/competitions/{competition}/dates/award",
        "/office/competitions/{competition}/settings",
        "/office/events/{ds}/stations",
        "/office/events/{ds}/equipment",
        "/office/events/{ds}/equipment/print",
        "/office/events/{ds}/regulations",
        "/office/events/{ds}/schedule",
        "/office/events/{ds}/schedule/new",
        "/office/judges",
        "/office/judges/8",
        "/office/incidents",
        "/office/events/{ds}/incidents",
        "/office/events/{nx}/scheme",
        "/office/events/{nx}/entries",
        "/office/events/{nx}/draw",
        "/office/events/{nx}/results",
        "/office/events/{ds}/edit",
        "/office/events/{ds}/scheme/import",
        "/office/events/{ds}/panel",
        "/office/events/{ds}/entries/new",
        "/office/events/{open}/entries",
        "/office/entries/{submitted}",
        "/office/events/{open}/eligibility",
        "/office/events/{open}/rules",
        "/office/events/{open}/winners",
        "/office/events/{team}/entries/new",
        "/office/competitions/{open_competition}/quotas",
        "/office/competitions/{open_competition}/quotas/new",
        "/organisations",
        "/office/persons?q=li",
        "/office/persons/1",
        "/organisations/1",
        "/office/events/{ds}/entries/import",
        "/office/events/{nx}/results/judges",
        "/office/competitions/{competition}/result-settings",
        "/office/competitions/{competition}/results",
        "/appeals",
        "/appeals/1",
        "/promotions",
        "/promotions/tables/1",
        "/promotions/events/{nx}",
        "/promotions/2",
        "/certificates",
        "/certificates/1",
        "/certificates/1/revoke",
        "/certificates/1/reissue",
        "/certificates/new",
        "/certificates/ledger",
        "/certificates/templates",
        "/certificates/templates/2/1",
        "/certificates/grades",
        "/certificates/bodies",
        "/certificates/bodies/1",
        "/certificates/bodies/new",
        "/office/notices",
        "/office/notices/7",
        "/office/notices/new",
        "/office/calendar",
        "/office/objections",
        "/jobs",
        "/jobs/1",
        "/marking/paper",
        "/marking/paper/{hall}",
        "/marking/paper/{hall}/{seat}/{work}",
    ),
    "bureau": (
        "/office/selections",
        "/office/selections/new",
        "/office/selections/1",
        "/office/selections/1/edit",
        "/office/selections/classes/1",
        "/office/selections/classes/1/panel",
        "/office/selections/classes/3/settings",
        "/office/selections/classes/3/sheet",
        "/office/selections/classes/3/quotas",
        "/office/selections/units",
        "/office/experts",
        "/office/experts/1",
        "/office/applications/1",
        "/office/applications/1/visit",
        "/office/applications/1/visit/plan",
        "/office/designations",
        "/office/designations/2",
        "/office/studios",
        "/office/studios/4",
        "/office/grants",
        "/office/studios/1/grant",
        "/office/studios/3/assess/2026",
        "/office/designations/2/assessments/2025",
    ),
    "old5": ("/studios/mine", "/studios/mine/1"),
    "base12": ("/apply", "/apply/20", "/apply/20/section/capacity", "/apply/20/files", "/apply/20/check"),
    "unit-pb": ("/recommend", "/recommend/19"),
    "expert1": ("/review", "/review/1"),
    "admin": ("/accounts", "/accounts/new", "/accounts/1", "/tokens"),
    "judge1": (
        "/calendar/mine",
        "/office/my-relations",
        "/marking",
    ),
    "chief1": (
        "/marking/watch",
        "/marking/watch/{hall}",
        "/marking/watch/{hall}/panel",
        "/marking/watch/{hall}/panel/{seat}/substitute",
        "/marking/watch/{hall}/rounds/{work}",
        "/marking/watch/{hall}/time/{work}",
        "/marking/watch/{hall}/tablets/hand-in",
        "/marking/watch/{hall}/ties",
        "/office/events/{cy}/corrections",
        "/marking/watch/{hall}/unlock/{seat}/{work}",
    ),
    "winner": ("/my/certificates", "/my/results", "/my/results/{nx}"),
    "supervisor": ("/office/events/{cy}/recheck", "/office/objections/5"),
    "arbiter": ("/desk", "/appeals/1"),
    "entrant": ("/appeals",),
    "school": ("/nominations", "/nominations/{school}/{open}", "/nominations/{school}/{open}/new"),
    "alone": ("/my/entries", "/my/entries/new/{welding}", "/register/{open_competition}"),
    "steward": ("/check-in", "/check-in/{ds}"),
}


@pytest.fixture(scope="module")
def server(demo_folder: Path) -> Iterator[Server]:
    started = Server(demo_folder)
    yield started
    started.stop()


def visit(browser: Browser, server: Server, username: str) -> Page:
    # The policy of the pages allows no foreign script; only for this check is it set aside.
    context = browser.new_context(base_url=server.url, locale="zh-CN", bypass_csp=True)
    page = context.new_page()
    if username:
        open_desk(page, username)
    return page


def violations(page: Page, rules: list[str] | None = None) -> list[str]:
    """What axe finds by these rules, or by all."""
    if page.evaluate("() => !('axe' in window)"):
        page.add_script_tag(path=AXE)
    found: dict[str, Any] = page.evaluate(
        "(only) => axe.run({resultTypes: ['violations'], ...(only && {runOnly: only})})", rules
    )
    return [f"{one['id']}: {one['nodes'][0]['html'][:120]}" for one in found["violations"]]


def signed_sheet(server: Server) -> dict[str, int | str]:
    """A sheet of the assessment under way that a judge has signed."""
    with sqlite3.connect(f"file:{server.folder / 'qzcompete.sqlite3'}?mode=ro", uri=True) as db:
        found = db.execute(
            "SELECT s.id, s.assessment_id, c.code FROM sheet h JOIN seat s ON s.id = h.seat_id"
            " JOIN candidate c ON c.id = h.candidate_id JOIN assessment a ON a.id = s.assessment_id"
            " WHERE a.state = 'open' AND h.state = 'signed' ORDER BY s.id, c.code"
        ).fetchone()
    return dict(zip(("seat", "hall", "work"), found, strict=True))


def open_entries(server: Server, year: int) -> dict[str, int | str]:
    """The competition that is open for nomination: its events, an entry that waits for the office, a school."""
    with sqlite3.connect(f"file:{server.folder / 'qzcompete.sqlite3'}?mode=ro", uri=True) as db:
        found = db.execute(
            "SELECT e.id, (SELECT id FROM organisation WHERE name = '钦州市技工学校') FROM entry e"
            " JOIN event v ON v.id = e.event_id WHERE e.admission = 'submitted' AND v.code = ? ORDER BY e.id",
            (f"DGZ{year}",),
        ).fetchone()
    names = {
        "open": f"DGZ{year}",
        "welding": f"HGZ{year}",
        "team": f"WRJ{year}",
        "open_competition": f"ZYJN{year}",
    }
    return names | dict(zip(("submitted", "school"), found, strict=True))


@pytest.mark.parametrize("username", PAGES)
def test_axe_finds_nothing(browser: Browser, server: Server, username: str) -> None:
    page = visit(browser, server, username)
    year = page.evaluate("new Date().getFullYear()")
    names = {"nx": f"NX{year}", "ds": f"DS{year}", "zf": f"ZF{year}", "cy": f"CY{year}"}
    names |= {"competition": f"NMG{year}"} | signed_sheet(server)
    names |= open_entries(server, year + 1)

    faults = {}
    for address in PAGES[username]:
        page.goto(address.format(**names))
        for size, rules in ((UPRIGHT, None), (DESKTOP, LAYOUT_RULES)):
            page.set_viewport_size(size)  # type: ignore[arg-type]
            if found := violations(page, rules):
                faults[f"{address} {size['width']}"] = found

    assert faults == {}


def test_axe_finds_nothing_on_the_tablet_page(browser: Browser, server: Server) -> None:
    page = visit(browser, server, "judge1")
    page.goto("/tablet/")
    page.wait_for_selector("#card")
    faults = violations(page)
    page.goto("/marking")
    page.get_by_role("button", name="开始评分").click()
    page.wait_for_selector(".aspect")

    for size in (DESKTOP, UPRIGHT):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        for row in range(page.locator(".aspect").count()):
            page.locator(".aspect-name").nth(row).click()
            faults += violations(page)
    for opener, dialog in (("#pill", "#state-dialog"), ("#call", "#call-dialog")):
        page.locator(opener).click()
        faults += violations(page)
        page.locator(f"{dialog} [data-close-dialog]").click()

    assert faults == []
