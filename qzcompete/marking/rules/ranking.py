"""The order of the present entries and their shared ranks (marking.md, 6).

Decides nothing by chance: entries that no tie-break and no recorded resolution splits share a rank.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from qzcompete.marking.rules.arithmetic import EntryScore, Plan
from qzcompete.marking.rules.scheme import TieBreak


@dataclass(frozen=True, slots=True)
class Entry:
    """Who is marked, known by a code only."""

    code: str
    status: str = "present"
    guest: bool = False
    duration_s: int | None = None
    name: str | None = None
    unit: str | None = None


STATUSES = ("present", "absent", "withdrawn", "disqualified")

TieKey = Callable[[Entry, EntryScore], Any]
Resolutions = Iterable[Sequence[str]]


def ranks(
    plan: Plan, entries: Sequence[Entry], scores: Mapping[str, EntryScore], resolutions: Resolutions
) -> dict[str, int]:
    """Entry code → rank, in rank order (equal ranks by code), for present entries that all have a total."""
    keys = [_tie_key(plan, tie_break) for tie_break in plan.scheme.tie_breaks]
    settled = {frozenset(resolution): resolution for resolution in resolutions}

    def place(entry: Entry) -> tuple[Any, ...]:
        score = scores[entry.code]
        return (-(score.total or 0), *(key(entry, score) for key in keys))

    placed = sorted((place(entry), entry.code) for entry in entries)
    ranked: dict[str, int] = {}
    for _, group in groupby(placed, key=lambda item: item[0]):
        codes = [code for _, code in group]
        rank = len(ranked) + 1
        resolution = settled.get(frozenset(codes)) if len(codes) > 1 else None
        if resolution is not None:
            ranked.update((code, rank + i) for i, code in enumerate(resolution))
        else:
            ranked.update((code, rank) for code in codes)
    return ranked


def _tie_key(plan: Plan, tie_break: TieBreak) -> TieKey:
    """What to sort by, smallest first."""
    if tie_break.kind == "duration":
        return lambda entry, score: (entry.duration_s is None, entry.duration_s or 0)
    position = plan.positions[tie_break.kind, tie_break.code]
    if tie_break.kind == "module":
        return lambda entry, score: -score.modules[position]
    if tie_break.kind == "criterion":
        return lambda entry, score: -score.criteria[position]
    return lambda entry, score: -(score.aspects[position] or 0)
