#!/usr/bin/env python3
"""Takes the pictures of docs/screenshots from a demo city that it fills and serves itself."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from urllib.error import URLError
from urllib.parse import urlsplit

from bs4 import BeautifulSoup
from playwright.sync_api import Browser, Page, sync_playwright
from werkzeug.exceptions import MethodNotAllowed, NotFound
from werkzeug.routing import MapAdapter, RequestRedirect

from qzcompete.adapters.sheets import Table, write_sheets
from qzcompete.app import create_app

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.e2e.conftest import DEMO_PASSWORD, open_desk  # noqa: E402
from tests.e2e.hall import Hall, prepare  # noqa: E402
from tests.e2e.test_crawl import ACCOUNTS  # noqa: E402
from tests.e2e.test_passkeys import device_of  # noqa: E402
from tests.e2e.test_tablet import LANDSCAPE, choose, enter, number  # noqa: E402
from tests.e2e.test_tablet_kinds import SCHEME as MEASURING  # noqa: E402

FOLDER = ROOT / "docs" / "screenshots"
QZCOMPETE = str(Path(sys.executable).parent / "qzcompete")
PORT = 8790
URL = f"http://localhost:{PORT}"
DESKTOP = {"width": 1440, "height": 900}
TABLET = {"width": 1024, "height": 768}

# account -> name of the picture -> address
PAGES = {
    "": {
        "home": "/",
        "sign-in": "/sign-in",
        "calendar": "/calendar",
        "calendar-month": "/calendar?view=month",
        "calendar-list": "/calendar?view=list",
        "public-results": "/results/{event}",
        "verify": "/verify",
        "public-under-appeal": "/results/{appealed}",
        "public-teams": "/competitions/{competition}/teams",
        "notices": "/notices",
        "notice": "/notices/7",
        "objection": "/notices/7/objection",
        "follow-objection": "/objections/follow",
        "studios": "/studios",
        "studio": "/studios/1",
    },
    "office": {
        "office-notices": "/office/notices",
        "office-notice": "/office/notices/7",
        "notice-new": "/office/notices/new",
        "working-days": "/office/calendar",
        "objections": "/office/objections",
        "messages": "/messages",
        "messages-sent": "/office/messages",
        "desk": "/desk",
        "competitions": "/office/competitions",
        "competition": "/office/competitions/{competition}",
        "event": "/office/events/{event}",
        "office-calendar": "/office/competition-calendar",
        "time-points": "/office/competitions/{competition}/dates",
        "postpone": "/office/competitions/{competition}/dates/award",
        "competition-settings": "/office/competitions/{competition}/settings",
        "outer-competitions": "/office/outer-competitions",
        "copy-competition": "/office/competitions/{competition}/copy",
        "stations": "/office/events/{event}/stations",
        "equipment": "/office/events/{event}/equipment",
        "equipment-print": "/office/events/{event}/equipment/print",
        "regulations": "/office/events/{event}/regulations",
        "schedule": "/office/events/{event}/schedule",
        "clashes": "/office/clashes",
        "judges": "/office/judges",
        "judge-register": "/office/judges/8",
        "panel": "/office/events/{open}/panel",
        "session": "/office/events/{open}/schedule/new",
        "incidents": "/office/events/{marked}/incidents",
        "scheme": "/office/events/{event}/scheme",
        "entries": "/office/events/{event}/entries",
        "results": "/office/events/{event}/results",
        "results-blocked": "/office/events/{marked}/results",
        "results-settings": "/office/competitions/{competition}/result-settings",
        "results-book": "/office/competitions/{competition}/results",
        "judges-report": "/office/events/{event}/results/judges",
        "disqualify": "/office/events/{event}/results/disqualify/1",
        "appeals": "/appeals",
        "appeal-office": "/appeals/1",
        "promotions": "/promotions",
        "promotion-table": "/promotions/tables/1",
        "promotion-event": "/promotions/events/{event}",
        "promotion": "/promotions/2",
        "certificates": "/certificates",
        "certificate": "/certificates/1",
        "certificate-template": "/certificates/templates/2/1",
        "certificate-grades": "/certificates/grades",
        "certificate-bodies": "/certificates/bodies/1",
        "jobs": "/jobs",
        "admission": "/office/events/{entering}/entries",
        "entry": "/office/entries/{submitted}",
        "eligibility": "/office/events/{entering}/eligibility",
        "rules": "/office/events/{entering}/rules",
        "quotas": "/office/competitions/{open_competition}/quotas",
        "organisations": "/organisations",
    },
    "school": {
        "nominations": "/nominations",
        "nomination": "/nominations/{school}/{entering}",
        "nominate": "/nominations/{school}/{entering}/new",
    },
    "alone": {"my-entries": "/my/entries"},
    "steward": {"check-in": "/check-in/{open}"},
    "judge1": {
        "my-dates": "/calendar/mine",
        "my-relations": "/office/my-relations",
        "marking": "/marking",
        "early-results": "/my/results/early",
        "early-result": "/my/results/early/{event}",
    },
    "supervisor": {"objection-case": "/office/objections/5", "recheck": "/office/events/{rechecked}/recheck"},
    "arbiter": {"appeal-arbiter": "/appeals/1"},
    "entrant": {"appeals-entrant": "/appeals"},
    "bureau": {
        "selections": "/office/selections",
        "selection-round": "/office/selections/1",
        "selection-class": "/office/selections/classes/1",
        "selection-panel": "/office/selections/classes/1/panel",
        "selection-application": "/office/applications/1",
        "selection-visit": "/office/applications/1/visit",
        "designations": "/office/designations",
        "designation-list": "/office/designations/2",
        "studios-office": "/office/studios",
        "studio-office": "/office/studios/4",
        "grants": "/office/grants",
        "grant-ledger": "/office/studios/1/grant",
        "assessment": "/office/studios/3/assess/2026",
        "assessments": "/office/designations/2/assessments/2025",
    },
    "base12": {
        "application": "/apply/20",
        "application-section": "/apply/20/section/capacity",
        "application-files": "/apply/20/files",
        "application-check": "/apply/20/check",
    },
    "unit-pb": {"recommendations": "/recommend", "recommendation": "/recommend/19"},
    "expert1": {"review": "/review/1"},
    "old5": {"my-studio": "/studios/mine/1"},
    "chief1": {"watch-list": "/marking/watch", "corrections": "/office/events/{rechecked}/corrections"},
    "admin": {"accounts": "/accounts"},
    "winner": {
        "my-certificates": "/my/certificates",
        "my-results": "/my/results",
        "my-result": "/my/results/{event}",
    },
}

PICTURED: set[str] = {"", "static"}


@contextmanager
def demo_server() -> Iterator[None]:
    with tempfile.TemporaryDirectory() as folder:
        environ = os.environ | {"QZ_DATA_DIR": folder, "QZ_PORT": str(PORT), "QZ_LOG_LEVEL": "ERROR"}
        environ["QZ_SECOND_FACTOR_ROLES"] = ""
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
    # Else the tablet's worker sends marks behind a page that is to be shown offline.
    page.add_init_script(
        "Object.defineProperty(ServiceWorkerRegistration.prototype, 'sync', {value: undefined})"
    )
    if username:
        open_desk(page, username)
    return page


def take(page: Page, name: str) -> None:
    PICTURED.add(view_of(urlsplit(page.url).path))
    for suffix, size in (("", DESKTOP), ("-tablet", TABLET)):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        page.wait_for_timeout(150)
        page.screenshot(path=FOLDER / f"{name}{suffix}.jpg", type="jpeg", quality=82)


def shot(page: Page, name: str, width: int = 1180, height: int = 820) -> None:
    page.set_viewport_size({"width": width, "height": height})
    page.wait_for_timeout(350)
    page.screenshot(path=FOLDER / f"{name}.jpg", type="jpeg", quality=82)


def tablet(browser: Browser, username: str) -> Page:
    """A tablet on which this judge has begun to mark, the first work that is not marked yet open."""
    page = signed_in(browser, username)
    page.set_viewport_size({"width": 1180, "height": 820})
    page.goto("/marking")
    page.locator("main form button").first.click()
    page.wait_for_selector("html[data-ready]")
    page.wait_for_selector(".aspect")
    page.evaluate("navigator.serviceWorker.ready.then(() => null)")
    page.wait_for_function("navigator.serviceWorker.controller")
    return page


def take_tablet(browser: Browser) -> None:
    """Every state of the judge's page, as it comes about in a hall."""
    page = signed_in(browser, "")
    page.goto("/tablet/")
    page.wait_for_selector("#card")
    shot(page, "tablet-entry", 820, 1180)
    page = tablet(browser, "judge1")
    rows = page.locator(".aspect")
    shot(page, "judge")
    shot(page, "judge-upright", 820, 1180)
    shot(page, "judge-phone", 390, 844)
    page.emulate_media(color_scheme="dark")
    shot(page, "judge-dark")
    page.emulate_media(color_scheme="light")
    page.context.set_offline(True)
    mark_sheet(page)
    shot(page, "tablet-offline")
    page.locator("#pill").click()
    shot(page, "tablet-unsent")
    page.locator("#state-dialog [data-close-dialog]").click()
    for place in range(rows.count()):
        rows.nth(place).locator(".aspect-name").click()
        if page.locator("#key-7").count():
            break
    shot(page, "tablet-pad", 1180, 820)
    shot(page, "tablet-pad-upright", 820, 1180)
    take_conflict(browser, page)
    page.locator("#call").click()
    page.fill("#call-text", "设备报警停机约三分钟")
    shot(page, "tablet-call")
    page.locator("#call-send").click()
    page.locator("#review").click()
    canvas = page.locator("#review-canvas").bounding_box()
    assert canvas
    page.wait_for_timeout(300)
    page.mouse.move(canvas["x"] + 60, canvas["y"] + 70)
    page.mouse.down()
    for x, y in ((120, 30), (150, 90), (200, 40), (260, 80), (330, 50)):
        page.mouse.move(canvas["x"] + x, canvas["y"] + y, steps=6)
    page.mouse.up()
    shot(page, "tablet-sign")
    page.locator("#sign").click()
    shot(page, "tablet-signed")
    page.locator("#review").click()
    shot(page, "tablet-receipt")


def take_measuring(browser: Browser) -> None:
    """The ways to measure and the clock of a work, in a hall whose scheme has them all."""
    with tempfile.TemporaryDirectory() as folder:
        hall = Hall(prepare(Path(folder), MEASURING))
        page = enter(browser.new_context(base_url=hall.url, **LANDSCAPE))  # type: ignore[arg-type]
        page.locator("#timer-go").tap()
        page.locator("#level-2").tap()
        number(page, "5")
        choose(page, 1)
        for key in "25.04":
            page.locator("#key-" + key.replace(".", "\\.")).tap()
        shot(page, "tablet-measure")
        shot(page, "tablet-measure-upright", 820, 1180)
        shot(page, "tablet-measure-phone", 390, 844)
        page.locator('[data-aspect="M3"] .aspect-name').tap()
        shot(page, "tablet-found")
        page.goto("/tablet/en")
        page.wait_for_selector(".aspect")
        page.locator('[data-aspect="M2"] .aspect-name').tap()
        shot(page, "tablet-measure-english")
        page.context.close()
        hall.stop()


def take_states(browser: Browser) -> None:
    """The other kinds of marks, English, and a tablet whose right to send has ended over unsent marks."""
    with tempfile.TemporaryDirectory() as folder:
        hall = Hall(prepare(Path(folder)))
        page = enter(browser.new_context(base_url=hall.url, **LANDSCAPE))  # type: ignore[arg-type]
        choose(page, 2)
        page.locator('[data-aspect="B1.4"] .aspect-name').tap()
        shot(page, "tablet-deduction")
        page.goto("/tablet/en")
        page.wait_for_selector(".aspect")
        page.locator('[data-aspect="A1.1"] .aspect-name').tap()
        shot(page, "tablet-english")
        shot(page, "tablet-english-phone", 390, 844)
        page.locator("#call").tap()
        shot(page, "tablet-english-call", 820, 1180)
        page.locator("#call-dialog [data-close-dialog]").first.tap()
        page.goto("/tablet/")
        page.wait_for_selector(".aspect")
        hall.change("UPDATE tablet_grant SET expires_at = '2020-01-01 00:00:00.000000'")
        page.locator('[data-aspect="A1.2"] .option').nth(3).tap()
        page.wait_for_selector("#pill.pill-danger")
        shot(page, "tablet-ended")
        page.locator("#pill").tap()
        shot(page, "tablet-enter-again", 820, 1180)
        page.context.close()
        hall.stop()


def mark_sheet(page: Page) -> None:
    """Mark all that is open of this work, each aspect as its input asks for it."""
    while page.locator("#unmarked").count():
        page.wait_for_timeout(300)
        if page.locator("#level-2").count():
            page.locator("#level-2").click()
        elif page.locator(".level").count():
            page.locator(".level").first.click()
        else:
            page.locator("#key-1").click()
            page.locator("#enter").click()
        page.wait_for_timeout(300)


def take_conflict(browser: Browser, page: Page) -> None:
    """The same judge marks the same work otherwise on another tablet, before this one comes back to the network."""
    other = tablet(browser, "judge1")
    other.locator(".option").nth(1).click()
    other.wait_for_selector(".aspect[data-state=sent]")
    page.context.set_offline(False)
    page.wait_for_selector(".quarrel", timeout=60_000)
    page.locator(".quarrel").first.scroll_into_view_if_needed()
    shot(page, "tablet-conflict")
    page.locator(".quarrel .choice").last.click()
    page.wait_for_selector(".quarrel", state="detached")
    page.wait_for_selector("#pill.pill-success", timeout=60_000)


def take_hall(browser: Browser) -> None:
    """The chief judge's pages of the assessment under way, and the paper sheets that the office prints."""
    page = signed_in(browser, "chief1")
    page.goto("/marking/watch")
    page.locator("main table a").first.click()
    take(page, "watch")
    hall = page.url.rsplit("/", 1)[1]
    page.goto(f"/marking/watch/{hall}/panel")
    take(page, "cards")
    page.goto(f"/marking/watch/{hall}")
    page.locator(f"main a[href*='/watch/{hall}/rounds/']").first.click()
    take(page, "rounds")
    page.goto(page.url.replace("/rounds/", "/time/"))
    take(page, "working-time")
    page.goto(f"/marking/watch/{hall}/tablets/hand-in")
    take(page, "hand-in")
    page = signed_in(browser, "office")
    page.goto(f"/marking/paper/{hall}")
    take(page, "paper")
    page.locator("main table").nth(1).locator("a").first.click()
    take(page, "paper-sheet")


def keys_of(page: Page, username: str, names: dict[str, str]) -> dict[str, str]:
    """The keys in the addresses of an entry that waits for the office, and of a school."""
    if username == "office":
        page.goto(f"/office/events/{names['entering']}/entries?admission=submitted")
        return {"submitted": last_part(page.locator("a.row-link").first.get_attribute("href"))}
    if username == "school":
        page.goto("/nominations")
        path = page.locator("a.row-link").first.get_attribute("href") or ""
        return {"school": path.split("/")[2]}
    return {}


def last_part(path: str | None) -> str:
    return (path or "").rsplit("/", 1)[-1]


@cache
def views() -> MapAdapter:
    return create_app().url_map.bind("localhost")


def view_of(path: str) -> str:
    try:
        return str(views().match(path)[0])
    except (NotFound, MethodNotAllowed, RequestRedirect):
        return ""


def take_rest(browser: Browser, accounts: Iterable[str]) -> None:
    """Every page that no other picture shows: each account follows the links from its desk, one address of a kind."""
    for username in accounts:
        page = signed_in(browser, username)
        waiting, met = deque(["/", "/desk"]), set[str]()
        while waiting:
            path = waiting.popleft()
            view = view_of(path)
            if view in met or path.endswith((".pdf", ".xlsx", ".zip", ".ics")):
                continue
            met.add(view)
            answer = page.request.get(path)
            if not answer.headers["content-type"].startswith("text/html") or not answer.ok:
                continue
            soup = BeautifulSoup(answer.text(), "html.parser")
            waiting += [
                urlsplit(str(link["href"])).path for link in soup.find_all("a", href=re.compile("^/"))
            ]
            if view not in PICTURED:
                page.goto(path)
                take(page, re.sub(r"[._]", "-", view))
        page.context.close()


def take_preview(browser: Browser, names: dict[str, str]) -> None:
    """A sheet with three faulty rows, as the school sees it before it mends them."""
    page = signed_in(browser, "union")
    page.goto("/nominations")
    page.get_by_role("link", name="焊接").click()
    page.get_by_role("link", name="批量导入").click()
    header = ("姓名", "证件类型", "证件号码", "联系电话", "身份类别")
    rows = (
        ("黄㛃", "居民身份证", "110101199003070038", "13877770000", "职工"),
        ("韦梅静1", "居民身份证", "110101199003070070", "13877770001", "职工"),
        ("阿依古丽•买买提", "学生证", "360426199101010071", "", "职工"),
        ("农秀兰", "居民身份证", "412723199010050013", "", "工人"),
    )
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "报名表.xlsx"
        file.write_bytes(write_sheets([Table("报名表", header, rows)]))
        page.locator("#file").set_input_files(file)
        page.locator("main form button[type=submit]").first.click()
        page.wait_for_selector("[aria-invalid=true]")
    take(page, "nomination-preview")
    page = signed_in(browser, "")
    page.goto(f"/register/{names['open_competition']}")
    take(page, "register")


def take_passkey(browser: Browser) -> None:
    """A passkey from its making to signing in, by a device that the browser plays."""
    page = signed_in(browser, "clerk")
    device_of(page)
    page.goto("/account/passkeys/new")
    take(page, "passkey-new")
    page.locator("#name").fill("办公电脑")
    page.locator("#password").fill(DEMO_PASSWORD)
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_selector("form[data-passkey]:not([hidden])")
    take(page, "passkey-make")
    page.locator("form[data-passkey] button").click()
    page.wait_for_selector(".code-list")
    take(page, "recovery-codes")
    page.goto("/account/security")
    take(page, "passkey-kept")
    page.context.clear_cookies()
    page.goto("/sign-in")
    page.fill("#username", "clerk")
    page.fill("#password", DEMO_PASSWORD)
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_url("**/sign-in/code*")
    take(page, "passkey-asked")


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    year = time.gmtime().tm_year
    names = {
        "event": f"NX{year}",
        "open": f"DS{year}",
        "marked": f"WR{year}",
        "appealed": f"ZF{year}",
        "rechecked": f"CY{year}",
        "competition": f"NMG{year}",
        "entering": f"DGZ{year + 1}",
        "open_competition": f"ZYJN{year + 1}",
    }
    with demo_server(), sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        for username, pages in PAGES.items():
            page = signed_in(browser, username)
            names |= keys_of(page, username, names)
            for name, address in pages.items():
                page.goto(address.format(**names))
                take(page, name)
        take_preview(browser, names)
        take_tablet(browser)
        take_states(browser)
        take_measuring(browser)
        take_hall(browser)
        take_passkey(browser)
        take_rest(browser, ACCOUNTS)
        browser.close()


if __name__ == "__main__":
    main()
