"""Random schedules of two tablets against a model: no mark lost, none doubled, every conflict visible.

`QZ_SCHEDULES` says how many (500 for the drill); the real server is killed and started again between them.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.e2e.conftest import ROOT, environment, migrate
from tests.e2e.hall import Hall

SCHEDULES = int(os.environ.get("QZ_SCHEDULES") or 20)
SEED = int(os.environ.get("QZ_SCHEDULES_SEED") or 20261124)
STEPS = 14
AT_ONCE = 10

PREPARE = """
import json, sys
from uuid import uuid4
from qzcompete.app import create_app
from qzcompete.core.actor import SYSTEM
from qzcompete.core.transaction import unit
from qzcompete.marking import queries, services
from qzcompete.people.services import create_account
aspects = [{"code": code, "kind": "measurement", "max": "3", "step": "1"} for code in ("A1", "A2")]
scheme = {"modules": [{"code": "M", "criteria": [{"code": "C", "aspects": aspects}]}]}
made = []
with create_app().app_context():
    with unit():
        account = create_account(SYSTEM, "judge", "王敏", "schedule-password-18", [])
    actor = account.actor
    for number in range(int(sys.argv[1])):
        with unit():
            row = services.create_assessment(SYSTEM, f"S{number}", "随机日程")
            services.set_scheme(SYSTEM, row.id, scheme)
            services.add_candidates(SYSTEM, row.id, [services.CandidateSpec(code) for code in ("K1", "K2")])
            services.seat_judges(SYSTEM, row.id, [services.SeatSpec("J1", "王敏", account.id)])
            services.open_assessment(SYSTEM, row.id)
            seat = queries.own_seat(row.id, account.id)
            tokens = [services.start_tablet(actor, seat.id, 72)[0] for _ in range(2)]
        made.append({"assessment": f"S{number}", "judge": "J1", "tokens": tokens})
print(json.dumps(made))
"""


@pytest.fixture(scope="module")
def seats(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[dict[str, Any]]]:
    folder = tmp_path_factory.mktemp("schedules")
    migrate(folder)
    words = [sys.executable, "-c", PREPARE, str(SCHEDULES)]
    done = subprocess.run(words, env=environment(folder, 8000), cwd=ROOT, check=True, capture_output=True)
    return folder, json.loads(done.stdout)


def test_random_schedules_of_two_tablets_lose_and_double_nothing(
    browser: Browser, seats: tuple[Path, list[dict[str, Any]]]
) -> None:
    folder, all_seats = seats
    hall = Hall(folder)
    script = (ROOT / "tests" / "e2e" / "schedules.js").read_text()
    page = browser.new_context(base_url=hall.url).new_page()
    page.set_default_timeout(600_000)
    faults: Counter[str] = Counter()
    acts = conflicts = 0
    for first in range(0, len(all_seats), AT_ONCE):
        page.goto("/sign-in")
        given = {"seats": all_seats[first : first + AT_ONCE], "seed": SEED + first, "steps": STEPS}
        told = page.evaluate(script, given)
        faults.update(told["counts"])
        for life in told["lives"]:
            acts += sum(len(tablet["kept"]) for tablet in life["tablets"])
            conflicts += check_life(hall, life)
        hall.kill()
        hall.start()
    hall.stop()

    print(f"{len(all_seats)} schedules, {acts} acts, {conflicts} open conflicts, network: {dict(faults)}")
    assert conflicts > 0
    assert all(faults[fault] > 0 for fault in ("lost", "late", "twice", "no_answer", "portal", "none"))


def check_life(hall: Hall, life: dict[str, Any]) -> int:
    """Hold one schedule against the model; how many conflicts are open at its end."""
    ledger = ledger_of(hall, life["assessment"])
    told = {
        act["op_id"]: (act["candidate"], act["aspect"], act["value"])
        for tablet in life["tablets"]
        for act in tablet["kept"]
    }

    assert all(tablet["left"] == 0 for tablet in life["tablets"])
    # Every act that a tablet kept has arrived once, with the value it last had there; nothing else has.
    assert {op["op_id"]: (op["candidate"], op["aspect"], op["value"]) for op in ledger} == told
    cells, open_conflicts = model(ledger)
    assert marks_of(hall, life["assessment"]) == cells
    for tablet in life["tablets"]:
        for shown in tablet["shown"]:
            cell = (shown["candidate"], shown["aspect"])
            expected = open_conflicts.get(cell, set())
            assert set(shown["conflict"]) == expected, (life["assessment"], cell)
            if not expected:
                assert (shown["value"], shown["rev"]) == cells.get(cell, (None, 0))
    return sum(map(len, open_conflicts.values()))


def ledger_of(hall: Hall, assessment: str) -> list[dict[str, Any]]:
    rows = hall.rows(
        "SELECT o.op_id, c.code, a.code, o.value, o.base_rev, o.status, o.resolved_by, o.result_rev FROM mark_op o"
        " JOIN candidate c ON c.id = o.candidate_id JOIN aspect a ON a.id = o.aspect_id"
        f" JOIN assessment s ON s.id = c.assessment_id WHERE s.code = '{assessment}' ORDER BY o.rowid"
    )
    keys = ("op_id", "candidate", "aspect", "value", "base_rev", "status", "resolved_by", "rev")
    return [dict(zip(keys, row, strict=True)) for row in rows]


def model(ledger: list[dict[str, Any]]) -> tuple[dict[Any, Any], dict[Any, set[str]]]:
    """The rule of the protocol told again: (value, rev) of each cell, and the conflicts nobody has settled."""
    cells: dict[Any, tuple[str | None, int]] = {}
    conflicts: dict[Any, set[str]] = {}
    for op in ledger:
        cell = (op["candidate"], op["aspect"])
        value, rev = cells.get(cell, (None, 0))
        if rev and op["value"] == value:
            expected = "same"
        elif op["base_rev"] == rev:
            expected = "applied"
            cells[cell] = (op["value"], rev + 1)
        else:
            expected = "conflict"
            if op["resolved_by"] is None:
                conflicts.setdefault(cell, set()).add(op["op_id"])
        assert op["status"] == expected, op
        assert op["rev"] == cells.get(cell, (None, 0))[1], op
    return cells, conflicts


def marks_of(hall: Hall, assessment: str) -> dict[Any, Any]:
    rows = hall.rows(
        "SELECT c.code, a.code, m.value, m.rev FROM mark m JOIN candidate c ON c.id = m.candidate_id"
        " JOIN aspect a ON a.id = m.aspect_id JOIN assessment s ON s.id = c.assessment_id"
        f" WHERE s.code = '{assessment}'"
    )
    return {
        (candidate, aspect): (None if value is None else str(value // 10**6), rev)
        for candidate, aspect, value, rev in rows
    }
