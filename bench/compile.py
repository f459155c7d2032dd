"""S5: 500 entries × 5 judges × 100 aspects from the database to a stored result set, against reading the rows.

S6: after one changed mark that entry is read and scored again and all are ranked, in memory; equal to the full result, not
stored. S7: ten times the entries, here from 50 to 500."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from decimal import Decimal
from statistics import median
from typing import Any

from sqlalchemy import BigInteger, select, type_coerce, update

from qzcompete.app import create_app
from qzcompete.config import load_settings
from qzcompete.core.actor import SYSTEM
from qzcompete.core.transaction import unit
from qzcompete.extensions import db
from qzcompete.marking import queries as marking
from qzcompete.marking.models import Aspect, Candidate, Mark, Seat
from qzcompete.marking.rules.arithmetic import group_marks, score_entry
from qzcompete.marking.rules.bundle import FORMAT
from qzcompete.marking.rules.result import rank, score_entries
from qzcompete.results import services
from qzcompete.results.models import ResultRow, ResultSet
from tests.postgres import server

ENTRIES, JUDGES, ASPECTS, ROUNDS = 500, 5, 100, 5
FEWER = ENTRIES // 10
TARGET, AGAIN, LINEAR = 2.5, 1 / 150, 11


def bundle(count: int, code: str) -> dict[str, Any]:
    aspects = [
        {"code": f"A{place}", "kind": "panel", "max": "10", "panel": JUDGES, "aggregate": "trimmed"}
        for place in range(ASPECTS)
    ]
    entries = [f"E{place:03}" for place in range(count)]
    judges = [f"J{place}" for place in range(1, JUDGES + 1)]
    marks = [
        {
            "entry": entry,
            "aspect": aspect["code"],
            "judge": judge,
            "value": f"{(e * 31 + a * 17 + j * 7) % 1000 / 100:.2f}",
            "rev": 1,
        }
        for e, entry in enumerate(entries)
        for a, aspect in enumerate(aspects)
        for j, judge in enumerate(judges)
    ]
    return {
        "format": FORMAT,
        "event": {"code": code, "name": "bench"},
        "scheme": {"modules": [{"code": "M", "criteria": [{"code": "C", "aspects": aspects}]}]},
        "judges": [{"code": judge, "name": judge} for judge in judges],
        "entries": [{"code": entry, "status": "present"} for entry in entries],
        "marks": marks,
    }


def read() -> None:
    marks = select(Mark.candidate_id, Mark.aspect_id, type_coerce(Mark.value, BigInteger))
    rows = db.session.execute(marks.join(Seat, Seat.id == Mark.seat_id).where(Seat.assessment_id == 1))
    assert len([tuple(row) for row in rows]) == ENTRIES * JUDGES * ASPECTS
    db.session.rollback()


def timed(work: Callable[[], None]) -> float:
    start = time.perf_counter()
    work()
    return (time.perf_counter() - start) * 1000


def run() -> list[dict[str, object]]:
    with server(durable=True) as url:
        return [*measured("SQLite", {}), *measured("PostgreSQL", {"QZ_DATABASE_URL": url})]


def measured(engine: str, setting: dict[str, str]) -> list[dict[str, object]]:
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(load_settings({"QZ_DATA_DIR": folder} | setting))
        with app.app_context():
            db.create_all()
            with unit():
                services.import_bundle(SYSTEM, bundle(ENTRIES, "BENCH"))
                services.import_bundle(SYSTEM, bundle(FEWER, "FEWER"))
            again = Again()
            rounds = [
                (timed(read), timed(compile_anew), timed(lambda: compile_anew(2)), timed(again.one_changed))
                for _ in range(ROUNDS)
            ]
            again.prove()
            db.session.remove()
            db.engine.dispose()
    floor, whole, fewer, changed = (median(one) for one in zip(*rounds, strict=True))
    marks = f"{ENTRIES * JUDGES * ASPECTS:,} marks"
    return [
        row(f"S5 compile {marks}, database to result set, {engine}", whole, (floor, "the same rows read"),
            median(one[1] / one[0] for one in rounds), TARGET),
        row(f"S6 one mark changed: read, scored and ranked again, {engine}", changed, (whole, "S5"),
            median(one[3] / one[1] for one in rounds), AGAIN),
        row(f"S7 from {FEWER} to {ENTRIES} entries, {engine}", whole, (fewer, f"{FEWER} entries"),
            median(one[1] / one[2] for one in rounds), LINEAR),
    ]  # fmt: skip


def row(what: str, figure: float, floor: tuple[float, str], ratio: float, target: float) -> dict[str, object]:
    return {
        "what": what,
        "figure": f"{figure:.1f} ms",
        "floor": f"{floor[0]:.1f} ms ({floor[1]})",
        "ratio": f"{ratio:.4f}" if ratio < 0.1 else f"{ratio:.2f}",
        "target": f"<= {target:.4f}" if target < 0.1 else f"<= {target}",
        "met": "yes" if ratio <= target else "no",
    }


def compile_anew(event_id: int = 1) -> None:
    """Compile and store a version of its own each time, as the first compilation does."""
    with unit():
        db.session.execute(ResultRow.__table__.delete())
        db.session.execute(ResultSet.__table__.delete())
        services.compile_results(SYSTEM, event_id)


class Again:
    """The scores of all entries are at hand; one mark changes, and one entry is scored again."""

    def __init__(self) -> None:
        self.given = marking.scoring_input(1)
        self.scores = score_entries(self.given.plan, self.given.entries, self.given.marks)
        self.aspects = dict(db.session.execute(select(Aspect.id, Aspect.code)).tuples().all())
        candidates = select(Candidate.id, Candidate.code).where(Candidate.assessment_id == 1)
        self.candidates = [(row[0], row[1]) for row in db.session.execute(candidates)]
        self.turn = 0

    def one_changed(self) -> None:
        key, code = self.candidates[self.turn * 37 % len(self.candidates)]
        self.turn += 1
        rows = db.session.execute(
            select(Mark.aspect_id, type_coerce(Mark.value, BigInteger)).where(Mark.candidate_id == key)
        )
        cells = group_marks((code, self.aspects[aspect], value) for aspect, value in rows)[code]
        self.scores[code] = score_entry(self.given.plan, code, cells)
        self.result = rank(self.given.plan, self.given.entries, self.scores)

    def prove(self) -> None:
        """A changed mark gives by this way exactly what the full way gives."""
        for _ in range(3):
            key, _code = self.candidates[self.turn * 37 % len(self.candidates)]
            with unit():
                db.session.execute(update(Mark).where(Mark.candidate_id == key).values(value=Decimal("9.99")))
            before = self.result
            self.one_changed()
            assert self.result != before
            assert self.result == marking.result(1)
