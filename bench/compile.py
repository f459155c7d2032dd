"""S5: 500 entries × 5 judges × 100 aspects from the database to a stored result set, against reading the rows."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from statistics import median
from typing import Any

from sqlalchemy import BigInteger, select, type_coerce

from qzcompete.app import create_app
from qzcompete.config import load_settings
from qzcompete.core.actor import SYSTEM
from qzcompete.core.transaction import unit
from qzcompete.extensions import db
from qzcompete.marking.models import Mark
from qzcompete.marking.rules.bundle import FORMAT
from qzcompete.results import services
from qzcompete.results.models import ResultRow, ResultSet

ENTRIES, JUDGES, ASPECTS, ROUNDS = 500, 5, 100, 5
TARGET = 2.5


def bundle() -> dict[str, Any]:
    aspects = [
        {"code": f"A{place}", "kind": "panel", "max": "10", "panel": JUDGES, "aggregate": "trimmed"}
        for place in range(ASPECTS)
    ]
    entries = [f"E{place:03}" for place in range(ENTRIES)]
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
        "event": {"code": "BENCH", "name": "bench"},
        "scheme": {"modules": [{"code": "M", "criteria": [{"code": "C", "aspects": aspects}]}]},
        "judges": [{"code": judge, "name": judge} for judge in judges],
        "entries": [{"code": entry, "status": "present"} for entry in entries],
        "marks": marks,
    }


def read() -> None:
    rows = db.session.execute(select(Mark.candidate_id, Mark.aspect_id, type_coerce(Mark.value, BigInteger)))
    assert len([tuple(row) for row in rows]) == ENTRIES * JUDGES * ASPECTS
    db.session.rollback()


def timed(work: Callable[[], None]) -> float:
    start = time.perf_counter()
    work()
    return (time.perf_counter() - start) * 1000


def run() -> list[dict[str, object]]:
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(load_settings({"QZ_DATA_DIR": folder}))
        with app.app_context():
            db.create_all()
            with unit():
                services.import_bundle(SYSTEM, bundle())
            floors, figures = [], []
            for _ in range(ROUNDS):
                floors.append(timed(read))
                figures.append(timed(compile_anew))
    ratio = median(figure / floor for figure, floor in zip(figures, floors, strict=True))
    return [
        {
            "what": "S5 compile 250,000 marks, database to result set, SQLite",
            "figure": f"{median(figures):.0f} ms",
            "floor": f"{median(floors):.0f} ms (the same rows read)",
            "ratio": f"{ratio:.2f}",
            "target": f"<= {TARGET}",
            "met": "yes" if ratio <= TARGET else "no",
        }
    ]


def compile_anew() -> None:
    """Compile and store a version of its own each time, as the first compilation does."""
    with unit():
        db.session.execute(ResultRow.__table__.delete())
        db.session.execute(ResultSet.__table__.delete())
        services.compile_results(SYSTEM, 1)
