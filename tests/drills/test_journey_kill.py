"""A contest from its entries to its certificates, over HTTP, while web processes and job workers are killed at random.

Two web processes and a job worker on PostgreSQL. People and tablets do what they would: who gets no answer looks whether it
is done, and does it again where not; a tablet sends the same ops again. At the end everything is there, and there once.
"""

from __future__ import annotations

import http.client
import json
import os
import random
import re
import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

import pytest
from flask_migrate import upgrade
from sqlalchemy import text

from qzcompete.certificates import queries as certificates
from qzcompete.competitions import queries as competition_queries
from qzcompete.competitions import services as competitions
from qzcompete.competitions.queries import EventCard
from qzcompete.competitions.services import EventDraft
from qzcompete.core.actor import CITY, SYSTEM
from qzcompete.core.clock import now
from qzcompete.core.transaction import unit
from qzcompete.extensions import db
from qzcompete.marking import queries as marking
from qzcompete.marking.services.tablets import new_grant
from qzcompete.people.services import create_account
from tests.competitions.running import let_run
from tests.drills.mark_server import MarkServer, quiet_port
from tests.e2e.hall import family
from tests.postgres import server
from tests.results.contest import CODE, SCHEME, panel, the_competition

WHOLE = os.environ.get("QZ_DRILL") == "whole"
ENTRANTS = 40 if WHOLE else 8
# A process needs a second or two until it serves.
PAUSE = (1.0, 3.0)
# Each time that a job's worker dies its lease must run out, and after five times it is given up, as it should be.
WORKERS_KILLED = 4
PATIENCE_S = 240
PASSWORD = "correct-horse-9"
AWARDS = 3

pytestmark = pytest.mark.drill


@dataclass
class Person:
    """Somebody at a browser: signed in, with a cookie and the token of the forms."""

    port: int
    username: str
    cookie: str = ""
    token: str = ""
    unanswered: int = 0

    def ask(self, path: str, fields: dict[str, str] | None = None) -> tuple[int, str]:
        """The status and the page; 0 where the server hung up or was busy."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        headers = {"Cookie": self.cookie, "Content-Type": "application/x-www-form-urlencoded"}
        body = None if fields is None else urlencode(fields | {"csrf_token": self.token})
        try:
            connection.request("GET" if fields is None else "POST", path, body, headers)
            answer = connection.getresponse()
            page = answer.read().decode()
        except (OSError, http.client.HTTPException):
            self.unanswered += 1
            return 0, ""
        finally:
            connection.close()
        if answer.status == 503:
            self.unanswered += 1
            return 0, ""
        if sent := answer.getheader("Set-Cookie"):
            self.cookie = sent.partition(";")[0]
        if found := re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page):
            self.token = found[1]
        return answer.status, page

    def sign_in(self) -> None:
        until = time.monotonic() + PATIENCE_S
        while time.monotonic() < until:
            if self.ask("/sign-in")[0] == 200:
                status, _ = self.ask("/sign-in", {"username": self.username, "password": PASSWORD})
                # The token belongs to the session, which is another from here on.
                if status == 302 and self.ask("/desk")[0] == 200:
                    return
        raise AssertionError(f"{self.username} cannot sign in")

    def do(self, path: str, fields: dict[str, str], done: Callable[[], bool]) -> None:
        """Press the button until it is done. An answer that says so must be true."""
        until = time.monotonic() + PATIENCE_S
        while not done():
            assert time.monotonic() < until, f"{path} is never done"
            status, page = self.ask(path, fields)
            if status == 302:
                assert done(), f"{path} was answered, and is not done"
            else:
                # A second try may come after a first that was done, unheard: it is refused.
                assert status in (0, 409, 422) or done(), f"{path}: {status}\n{page[:2000]}"


@dataclass
class Killer(threading.Thread):
    """Kills one process of the server after the other, never the one that starts them anew."""

    hall: MarkServer
    chance: random.Random
    workers: int = WORKERS_KILLED
    killed: dict[str, int] = field(default_factory=lambda: {"web": 0, "worker": 0})

    def __post_init__(self) -> None:
        super().__init__(daemon=True)
        self.stop = threading.Event()

    def run(self) -> None:
        while not self.stop.wait(self.chance.uniform(*PAUSE)):
            assert self.hall.process is not None
            _first, *others = family(self.hall.process.pid)
            victim = self.chance.choice(others) if others else 0
            kind = "worker" if is_worker(victim) else "web"
            if victim and (kind == "web" or self.killed["worker"] < self.workers):
                with suppress(ProcessLookupError):
                    os.kill(victim, signal.SIGKILL)
                    self.killed[kind] += 1

    __hash__ = threading.Thread.__hash__


def is_worker(pid: int) -> bool:
    try:
        return b"worker" in Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return False


def number(query: str) -> int:
    with db.engine.connect() as reading:
        return int(reading.execute(text(query)).scalar_one() or 0)


def prepared() -> EventCard:
    with unit():
        create_account(SYSTEM, "office", "office", PASSWORD, [("officer", CITY)])
        competition = competitions.create_competition(SYSTEM, the_competition("2026年钦州市职业技能大赛"))
        let_run(competition.id)
        draft = EventDraft(
            name="焊接", occupation_code="6-18-02-04", code=CODE, venue="实训基地", starts_at=now()
        )
        event = competitions.create_event(SYSTEM, competition.id, draft)
        competitions.set_scheme(SYSTEM, event.id, SCHEME)
        competitions.name_panel(SYSTEM, event.id, panel())
        competitions.open_event(SYSTEM, event.id)
    return competition_queries.event_card(CODE)


def passport(place: int) -> str:
    return f"E{20000000 + place}"


def is_entered(place: int) -> bool:
    return number("SELECT count(*) FROM entry") > place


def enter_all(office: Person, event: EventCard) -> None:
    for place in range(ENTRANTS):
        fields = {
            "name_1": f"选手{'甲乙丙丁戊己庚辛壬癸'[place // 10]}{'子丑寅卯辰巳午未申酉'[place % 10]}",
            "document_kind_1": "passport",
            "document_number_1": passport(place),
            "unit": "钦州市技工学校",
        }
        office.do(
            f"/office/events/{CODE}/entries/new",
            fields,
            partial(is_entered, place),
        )


def mark_all(port: int, event: EventCard) -> int:
    """Every judge's tablet marks and signs every work; how many ops were acknowledged."""
    seats = marking.marking_seats(event.assessment_id)
    with unit():
        tokens = {seat: new_grant(SYSTEM, seat, 72, str(uuid4()))[0] for seat, _ in seats}
    with db.engine.connect() as reading:
        codes = list(reading.scalars(text("SELECT code FROM candidate ORDER BY code")))
    acknowledged = 0
    for place, code in enumerate(codes):
        for seat, token in tokens.items():
            mark = {"op_id": str(uuid4()), "kind": "set", "value": f"{50 + place}", "aspect": "A1-1"}
            acknowledged += send(port, token, code, mark, seq=2 * place + 1)
            db.session.rollback()
            digest = marking.digest_of(seat, event.assessment_id, code)
            signature = {"op_id": str(uuid4()), "kind": "sign", "value": digest, "aspect": None}
            acknowledged += send(port, token, code, signature, seq=2 * place + 2)
    return acknowledged


def send(port: int, token: str, code: str, given: dict[str, Any], seq: int) -> int:
    """The same op until it is acknowledged."""
    one = {"candidate": code, "base_rev": 0, "client_ts": 1764000000000, "resolves": [], "extra": None}
    body = {"proto": 1, "batch_id": str(uuid4()), "clock_offset_ms": 3, "device": {"pending": 1}}
    wire = json.dumps(body | {"ops": [one | given | {"seq": seq}]})
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {token}"}
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        try:
            connection.request("POST", "/api/v1/tablet/ops", wire, headers)
            answer = connection.getresponse()
            content = answer.read()
        except (OSError, http.client.HTTPException):
            continue
        finally:
            connection.close()
        if answer.status == 200:
            (result,) = json.loads(content)["results"]
            assert (result["op_id"], result["status"]) == (given["op_id"], "applied"), result
            return 1
        assert answer.status == 503, content
    raise AssertionError("a tablet is never answered")


def journey(hall: MarkServer, event: EventCard, killer: Killer) -> dict[str, Any]:
    office, chief = Person(hall.port, "office"), Person(hall.port, "panel-chief")
    office.sign_in()
    enter_all(office, event)
    office.do(f"/office/events/{CODE}/draw", {}, lambda: number("SELECT count(*) FROM candidate") > 0)
    acknowledged = mark_all(hall.port, event)
    chief.sign_in()
    closed = "SELECT count(*) FROM assessment WHERE state = 'closed'"
    chief.do(f"/marking/watch/{event.assessment_id}/close", {}, lambda: number(closed) == 1)
    office.do(
        f"/office/events/{CODE}/results/compile", {}, lambda: number("SELECT count(*) FROM result_set") > 0
    )
    newest = number("SELECT max(id) FROM result_set")
    published = "SELECT count(*) FROM result_set WHERE state = 'published'"
    office.do(f"/office/events/{CODE}/results/{newest}/publish", {}, lambda: number(published) == 1)
    if not WHOLE:
        killer.workers = 0
    issued = "SELECT count(*) FROM certificate"
    office.do(f"/office/events/{CODE}/certificates", {}, lambda: number(issued) > 0)
    until = time.monotonic() + PATIENCE_S
    while number("SELECT count(*) FROM certificate WHERE file_hash IS NOT NULL") < AWARDS:
        assert time.monotonic() < until, "the certificates are never made"
        time.sleep(0.2)
    return {"acknowledged": acknowledged, "unanswered": office.unanswered + chief.unanswered}


@contextmanager
def killing(hall: MarkServer) -> Iterator[Killer]:
    hall.serve()
    killer = Killer(hall, random.Random(20261126))
    killer.start()
    try:
        yield killer
    finally:
        killer.stop.set()
        killer.join()
        hall.kill()


def verified(hall: MarkServer, tokens: Sequence[str]) -> list[bool]:
    stranger = Person(hall.port, "")
    pages = []
    for token in tokens:
        status, page = 0, ""
        while status == 0:
            status, page = stranger.ask(f"/V/{token}")
        pages.append("真实有效" in page)
    return pages


def test_a_contest_is_held_to_its_end_when_processes_are_killed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with server(durable=True) as url:
        hall = MarkServer(tmp_path, url, port=quiet_port(), job_workers=1)
        with hall.app().app_context():
            upgrade()
            event = prepared()
            with killing(hall) as killer:
                seen = journey(hall, event, killer)
                genuine = verified(hall, [str(one.token) for one in certificates.of_event(CODE)])
            numbers = [one.number for one in certificates.of_event(CODE)]
            seen |= {
                "killed": killer.killed,
                "entries": number("SELECT count(*) FROM entry"),
                "persons": number("SELECT count(DISTINCT document_index) FROM person"),
                "ops": number("SELECT count(*) FROM mark_op"),
                "signed": number("SELECT count(*) FROM sheet WHERE state = 'signed'"),
                "first": number("SELECT count(*) FROM result_row WHERE rank = 1"),
                "check": hall.check(),
            }
            db.session.remove()
            db.engine.dispose()

    with capsys.disabled():
        print(f"\n{ENTRANTS} entrants, two web processes and a worker: {seen}")
    assert min(seen["killed"].values()) >= 1
    assert (seen["entries"], seen["persons"]) == (ENTRANTS, ENTRANTS)
    assert seen["ops"] == seen["acknowledged"] == 2 * 3 * ENTRANTS
    assert (seen["signed"], seen["first"]) == (3 * ENTRANTS, 1)
    assert len(set(numbers)) == AWARDS and genuine == [True] * AWARDS
    assert seen["check"] == "whole"
