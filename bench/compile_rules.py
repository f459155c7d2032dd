"""How fast the rules score 500 entries × 5 judges × 100 aspects, beside a floor: reading the marks as tuples.

Prints milliseconds (median of several rounds, interleaved with the floor). Run: python bench/compile_rules.py
"""

import random
import sqlite3
import statistics
import sys
import time
import tracemalloc
from collections.abc import Callable
from typing import Any

from qzcompete.marking.rules.arithmetic import Plan, group_marks, score_entry
from qzcompete.marking.rules.ranking import Entry
from qzcompete.marking.rules.result import rank, score, score_entries
from qzcompete.marking.rules.scheme_reading import parse_scheme

KINDS: list[dict[str, Any]] = [
    {"kind": "panel", "max": "10", "step": "0.25", "aggregate": "trimmed", "panel": 3, "factor": "1.2"},
    {"kind": "panel", "max": "100", "step": "0.01", "aggregate": "mean", "panel": 3},
    {"kind": "panel", "max": "10", "step": "0.01", "aggregate": "median"},
    {"kind": "judgement", "max": "1.5"},
    {"kind": "measurement", "max": "2", "step": "0.05"},
]


def scheme_of(aspects: int) -> dict[str, Any]:
    """Ten modules with a weight each, all kinds of aspects in turn."""
    modules = []
    for m in range(10):
        listed = [{"code": f"M{m}A{a}", **KINDS[a % len(KINDS)]} for a in range(aspects // 10)]
        criteria = [{"code": f"M{m}C", "aspects": listed}]
        modules.append({"code": f"M{m}", "weight": "10", "criteria": criteria})
    awards = {"rule": "worldskills_dense", "floor": "700"}
    return {"scale": "ws700", "tie_breaks": ["module:M0", "duration"], "awards": awards, "modules": modules}


def marks_of(plan: Plan, entries: int, judges: int) -> list[tuple[str, str, str, int, int]]:
    """Random marks that are all allowed, in units of 10^-6."""
    chance = random.Random(1)
    rows = []
    for e in range(entries):
        for aspect in plan.scheme.aspects:
            common = chance.randrange(0, 40) * 50_000
            for j in range(judges):
                value = common
                if aspect.kind == "judgement":
                    value = chance.randrange(1, 3) * 1_000_000
                elif aspect.kind == "panel":
                    value = chance.randrange(0, int(aspect.max * 4)) * 250_000
                rows.append((f"{e:05}", aspect.code, f"J{j}", 1, value))
    return rows


def stored(rows: list[tuple[str, str, str, int, int]]) -> sqlite3.Connection:
    database = sqlite3.connect(":memory:")
    database.execute("create table mark (entry text, aspect text, judge text, rev integer, value integer)")
    database.executemany("insert into mark values (?, ?, ?, ?, ?)", rows)
    return database


def timed(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return (time.perf_counter() - start) * 1000


def main(entries: int = 500, judges: int = 5, aspects: int = 100, rounds: int = 5) -> None:
    plan = Plan(parse_scheme(scheme_of(aspects)))
    rows = marks_of(plan, entries, judges)
    database = stored(rows)
    field = [Entry(f"{e:05}") for e in range(entries)]
    query = "select entry, aspect, judge, rev, value from mark"
    narrow = "select entry, aspect, value from mark"
    grouped = group_marks(database.execute(narrow))
    scores = score_entries(plan, field, grouped)
    one = field[entries // 2].code

    def changed() -> None:
        rank(plan, field, scores | {one: score_entry(plan, one, grouped[one])})

    jobs: dict[str, Callable[[], object]] = {
        "floor: read the rows into plain tuples": lambda: database.execute(query).fetchall(),
        "read and group the marks": lambda: group_marks(database.execute(narrow)),
        "score all entries, rank, award": lambda: score(plan, field, grouped),
        "score one changed entry, rank, award": changed,
    }
    figures: dict[str, list[float]] = {name: [] for name in jobs}
    for _ in range(rounds):
        for name, job in jobs.items():
            figures[name].append(timed(job))
    print(f"{len(rows)} marks of {entries} entries")
    for name, values in figures.items():
        print(f"{statistics.median(values):9.1f} ms  {name}")
    tracemalloc.start()
    plain = database.execute(query).fetchall()
    floor_bytes = tracemalloc.get_traced_memory()[0]
    del plain
    tracemalloc.reset_peak()
    before = tracemalloc.get_traced_memory()[0]
    kept = group_marks(database.execute(narrow)), score(plan, field, grouped)
    print(
        f"{(tracemalloc.get_traced_memory()[1] - before) / floor_bytes:9.2f} × the memory of the plain rows"
    )
    del kept


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:]))
