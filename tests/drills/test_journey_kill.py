"""A contest in real browsers, from its first page to a certificate that a stranger verifies, while processes are killed.

Two web processes and a job worker on PostgreSQL. People do what they would: who gets no answer looks whether it is done, and
does it again where not. A tablet is left to itself once its page is open. At the end everything is there, and there once.
"""

from __future__ import annotations

import os
import random
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from flask_migrate import upgrade
from playwright.sync_api import Browser, Page, Request, Response
from playwright.sync_api import Error as BrowserError
from sqlalchemy import text

from qzcompete.certificates import queries as certificates
from qzcompete.core.transaction import unit
from qzcompete.extensions import db
from tests.drills.mark_server import MarkServer, quiet_port
from tests.e2e import walk
from tests.e2e.conftest import open_desk
from tests.e2e.hall import family
from tests.postgres import server

WHOLE = os.environ.get("QZ_DRILL") == "whole"
# Besides those of the imported list, entered one by one.
ENTERED = 16 if WHOLE else 1
ENTRANTS = len(walk.ENTRANTS) + ENTERED
# A process needs a second or two until it serves.
PAUSE = (1.0, 3.0)
# Of the requests that change something, so many see a process die a moment after they went off.
STRUCK = 0.2
# Each time that a job's worker dies its lease must run out, and after five times it is given up, as it should be.
WORKERS_KILLED = 4
PATIENCE_S = 240
STEP_MS = 8_000
AWARDED = "SELECT count(*) FROM result_row WHERE award IS NOT NULL"
# What a tablet knows as acknowledged.
ACKNOWLEDGED = """() => new Promise((told) => {
  const opening = indexedDB.open("tablet");
  opening.onsuccess = () => {
    const asking = opening.result.transaction("journal").objectStore("journal").getAllKeys();
    asking.onsuccess = () => told(asking.result);
  };
})"""

pytestmark = pytest.mark.drill


class Killer(threading.Thread):
    """Kills one process of the server after the other, never the one that starts them anew."""

    def __init__(self, hall: MarkServer, chance: random.Random) -> None:
        super().__init__(daemon=True)
        self.hall, self.chance = hall, chance
        self.workers = WORKERS_KILLED
        self.killed = {"web": 0, "worker": 0}
        self.strike, self.stop = threading.Event(), False

    def run(self) -> None:
        while not self.stop:
            self.strike.wait(self.chance.uniform(*PAUSE))
            self.strike.clear()
            self.kill_one()

    def kill_one(self) -> None:
        assert self.hall.process is not None
        _first, *others = family(self.hall.process.pid)
        victim = self.chance.choice(others) if others else 0
        kind = "worker" if is_worker(victim) else "web"
        if victim and (kind == "web" or self.killed["worker"] < self.workers):
            with suppress(ProcessLookupError):
                os.kill(victim, signal.SIGKILL)
                self.killed[kind] += 1

    def end(self) -> None:
        self.stop = True
        self.strike.set()
        self.join()


def is_worker(pid: int) -> bool:
    try:
        return b"worker" in Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return False


@dataclass
class Someone:
    """Somebody at a browser. `answered`: the status of the last answer to what changes something."""

    page: Page
    killer: Killer
    stumbled: int = 0
    answered: int = 0

    def __post_init__(self) -> None:
        self.page.set_default_timeout(STEP_MS)
        self.page.on("request", self.sees_request)
        self.page.on("response", self.sees_answer)

    def sees_request(self, request: Request) -> None:
        if request.method != "POST":
            return
        self.answered = 0
        if self.killer.chance.random() < STRUCK:
            self.killer.strike.set()

    def sees_answer(self, response: Response) -> None:
        if response.request.method == "POST":
            self.answered = response.status

    def do(self, step: Callable[[Page], object], done: Callable[[], bool]) -> None:
        """Take the step until it is done. An answer that says so must be true."""
        until = time.monotonic() + PATIENCE_S
        while not done():
            assert time.monotonic() < until, f"never done: {step}\n{self.page.locator('body').inner_text()}"
            try:
                step(self.page)
                self.page.wait_for_load_state("load")
            except (BrowserError, AssertionError):
                self.stumbled += 1
            else:
                assert done() or self.answered != 302, f"was answered, and is not done: {step}"


def number(query: str) -> int:
    with db.engine.connect() as reading:
        return int(reading.execute(text(query)).scalar_one() or 0)


def holds(query: str, count: int = 1) -> Callable[[], bool]:
    """Whether the query counts so many, or more."""
    return lambda: number(query) >= count


def enter(place: int, page: Page) -> None:
    page.goto(f"/office/events/{walk.CODE}/entries/new")
    page.locator("#name_1").fill(f"选手{'甲乙丙丁'[place // 10]}{'子丑寅卯辰巳午未申酉'[place % 10]}")
    page.locator("#document_kind_1").select_option("passport")
    page.locator("#document_number_1").fill(f"E{20000000 + place}")
    page.locator("#unit").fill("钦州市技工学校")
    walk.send(page)


def prepare(office: Someone, folder: Path) -> None:
    entries = "SELECT count(*) FROM entry"
    office.do(walk.make_competition, holds("SELECT count(*) FROM competition"))
    office.do(walk.make_event, holds("SELECT count(*) FROM event"))
    office.do(partial(walk.import_scheme, folder=folder), holds("SELECT count(*) FROM aspect", 3))
    office.do(partial(walk.import_entries, folder=folder), holds(entries, len(walk.ENTRANTS)))
    for place in range(ENTERED):
        office.do(partial(enter, place), holds(entries, len(walk.ENTRANTS) + place + 1))
    office.do(walk.name_panel, holds("SELECT count(*) FROM seat", 4))
    office.do(walk.draw_codes, holds("SELECT count(*) FROM candidate"))


def mark(judge: Someone) -> list[str]:
    """The ids of the ops that the tablet knows as acknowledged."""
    judge.do(
        partial(walk.open_tablet, count=ENTRANTS),
        lambda: judge.page.locator("#candidates button").count() == ENTRANTS,
    )
    walk.mark_everything(judge.page, 2, ENTRANTS)
    return judge.page.evaluate(ACKNOWLEDGED)


def publish(office: Someone, chief: Someone, killer: Killer) -> None:
    closed = "SELECT count(*) FROM assessment WHERE state = 'closed'"
    chief.do(lambda page: walk.press(walk.watch(page), "结束评分并签字"), holds(closed))
    office.do(walk.compile_results, holds("SELECT count(*) FROM result_set"))
    published = "SELECT count(*) FROM result_set WHERE state = 'published'"
    office.do(lambda page: press_at_results(page, "公布成绩"), holds(published))
    if not WHOLE:
        killer.workers = 0
    office.do(lambda page: press_at_results(page, "制发证书"), holds("SELECT count(*) FROM certificate"))
    until = time.monotonic() + PATIENCE_S
    while number("SELECT count(*) FROM certificate WHERE file_hash IS NOT NULL") < number(AWARDED):
        assert time.monotonic() < until, "the certificates are never made"
        time.sleep(0.2)


def press_at_results(page: Page, button: str) -> None:
    page.goto(f"/office/events/{walk.CODE}/results")
    walk.press(page, button)


@contextmanager
def killing(hall: MarkServer) -> Iterator[Killer]:
    hall.serve()
    killer = Killer(hall, random.Random(20261126))
    killer.start()
    try:
        yield killer
    finally:
        killer.end()
        hall.kill()


def journey(browser: Browser, hall: MarkServer, folder: Path, killer: Killer) -> dict[str, Any]:
    def comes(username: str, **options: Any) -> Someone:
        context = browser.new_context(
            base_url=f"http://127.0.0.1:{hall.port}",
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            **options,
        )
        one = Someone(context.new_page(), killer)
        if username:
            one.do(
                partial(open_desk, username=username, password=walk.PASSWORD),
                lambda: one.page.url.endswith("/desk") and one.page.locator("main").count() == 1,
            )
        return one

    office = comes("office")
    prepare(office, folder)
    judges = [comes(name, **walk.TABLET) for name in walk.JUDGES]
    acknowledged = [op_id for judge in judges for op_id in mark(judge)]
    chief = comes("chief", **walk.TABLET)
    publish(office, chief, killer)
    stranger = comes("")
    for one in certificates.of_event(walk.CODE):
        genuine = stranger.page.get_by_text("真实有效").first
        stranger.do(lambda page, token=one.token: page.goto(f"/V/{token}"), genuine.is_visible)
    people = [office, *judges, chief, stranger]
    return {"stumbled": sum(one.stumbled for one in people), "acknowledged": acknowledged}


def test_a_contest_in_browsers_is_held_to_its_end_when_processes_are_killed(
    browser: Browser,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    with server(durable=True) as url:
        hall = MarkServer(tmp_path, url, port=quiet_port(), job_workers=1)
        with hall.app().app_context():
            upgrade()
            with unit():
                walk.make_accounts()
            with killing(hall) as killer:
                seen = journey(browser, hall, tmp_path, killer)
            with db.engine.connect() as reading:
                stored = Counter(reading.scalars(text("SELECT op_id FROM mark_op")))
            numbers, awarded = [one.number for one in certificates.of_event(walk.CODE)], number(AWARDED)
            counts = {
                name: number(query)
                for name, query in {
                    "competitions": "SELECT count(*) FROM competition",
                    "events": "SELECT count(*) FROM event",
                    "entries": "SELECT count(*) FROM entry",
                    "persons": "SELECT count(DISTINCT document_index) FROM person",
                    "marks": "SELECT count(*) FROM mark WHERE op_id IS NOT NULL",
                    "signed": "SELECT count(*) FROM sheet WHERE state = 'signed'",
                }.items()
            }
            check = hall.check()
            db.session.remove()
            db.engine.dispose()

    with capsys.disabled():
        told = {"killed": killer.killed, "stumbled": seen["stumbled"], "ops": len(stored), **counts}
        print(f"\na contest in browsers, two web processes and a worker: {told}, check {check}")
    assert min(killer.killed.values()) >= 1
    assert counts == {
        "competitions": 1,
        "events": 1,
        "entries": ENTRANTS,
        "persons": ENTRANTS,
        "marks": 3 * 3 * ENTRANTS,
        "signed": 3 * ENTRANTS,
    }
    assert stored == Counter(seen["acknowledged"]) and set(stored.values()) == {1}
    assert len(set(numbers)) == len(numbers) == awarded >= 2
    assert check == "whole"
