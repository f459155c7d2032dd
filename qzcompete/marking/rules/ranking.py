"""The order of the present entries and their shared ranks (marking.md, 6).

Decides nothing by chance: entries that no tie-break and no recorded resolution splits share a rank.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import Any

from qzcompete.marking.rules.arithmetic import EntryScore, Plan
from qzcompete.marking.rules.scheme import Scheme, TieBreak


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


def is_timed(scheme: Scheme) -> bool:
    """Whether ties may be split by how long entries worked."""
    return any(tie_break.kind == "duration" for tie_break in scheme.tie_breaks)


def ranks(
    plan: Plan, entries: Sequence[Entry], scores: Mapping[str, EntryScore], resolutions: Resolutions
) -> dict[str, int]:
    """Entry code → rank, in rank order (equal ranks by code), for present entries that all have a total."""
    by_code = {entry.code: entry for entry in entries}
    totals = {code: scores[code].total or 0 for code in by_code}
    keys = [_tie_key(plan, tie_break) for tie_break in plan.scheme.tie_breaks]
    settled = {frozenset(resolution): resolution for resolution in resolutions}
    ranked: dict[str, int] = {}
    for _, group in groupby(sorted(totals, key=totals.__getitem__, reverse=True), key=totals.__getitem__):
        equal = list(group)
        if len(equal) == 1:
            ranked[equal[0]] = len(ranked) + 1
            continue
        for codes in _split(keys, [by_code[code] for code in equal], scores):
            rank = len(ranked) + 1
            resolution = settled.get(frozenset(codes))
            if resolution is None:
                ranked.update((code, rank) for code in codes)
            else:
                ranked.update((code, rank + i) for i, code in enumerate(resolution))
    return ranked


def _split(
    keys: Sequence[TieKey], equal: Sequence[Entry], scores: Mapping[str, EntryScore]
) -> Iterator[list[str]]:
    """Split entries with equal totals by the tie-breaks: groups that nothing splits, each by code."""
    placed = sorted(([key(entry, scores[entry.code]) for key in keys], entry.code) for entry in equal)
    for _, group in groupby(placed, key=itemgetter(0)):
        yield [code for _, code in group]


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
