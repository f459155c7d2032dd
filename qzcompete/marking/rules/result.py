"""The result of an event or a round: rows and blockers (marking.md, 8), from marks or from scored entries.

`score` does all of it; `score_entry` and `rank` do it in two steps, so that one changed mark costs little.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import compress, repeat
from typing import Any, NamedTuple

from qzcompete.core.numbers import print_units
from qzcompete.marking.rules.arithmetic import Cells, EntryBlocker, EntryScore, Plan, score_entry
from qzcompete.marking.rules.awards import Standing, TieAtAward, awards_of
from qzcompete.marking.rules.points import points_rule
from qzcompete.marking.rules.ranking import Entry, Resolutions, ranks
from qzcompete.marking.rules.scheme import Scheme


class Row(NamedTuple):
    """One entry as it is published; figures are printed texts."""

    entry: str
    status: str
    rank: int | None = None
    award: str | None = None
    passed: bool | None = None
    total: str | None = None
    points: str | None = None
    modules: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Result:
    rows: tuple[Row, ...]
    blockers: tuple[EntryBlocker | TieAtAward, ...]


def score(
    scheme: Scheme | Plan,
    entries: Sequence[Entry],
    marks: Mapping[str, Cells],
    tie_resolutions: Resolutions = (),
) -> Result:
    """Score all. `marks`: entry → aspect → current marks, in units of 10^-digits of the plan."""
    plan = scheme if isinstance(scheme, Plan) else Plan(scheme)
    return rank(plan, entries, score_entries(plan, entries, marks), tie_resolutions)


def score_entries(plan: Plan, entries: Iterable[Entry], marks: Mapping[str, Cells]) -> dict[str, EntryScore]:
    """Score every present entry by itself."""
    nothing: Cells = {}
    return {
        entry.code: score_entry(plan, entry.code, marks.get(entry.code, nothing))
        for entry in entries
        if entry.status == "present"
    }


def rank(
    plan: Plan,
    entries: Sequence[Entry],
    scores: Mapping[str, EntryScore],
    tie_resolutions: Resolutions = (),
) -> Result:
    """Put scored entries in order, with points, ranks and awards, unless a blocker forbids it."""
    ordered = sorted(entries, key=lambda entry: entry.code)
    present = [entry for entry in ordered if entry.status == "present"]
    others = tuple(Row(entry.code, entry.status) for entry in ordered if entry.status != "present")
    blockers = tuple(blocker for entry in present for blocker in scores[entry.code].blockers)
    if blockers:
        rows = tuple(_scored_row(scores[entry.code]) for entry in present)
        return Result(rows + others, blockers)
    rows, tie = _ranked_rows(plan, present, scores, tie_resolutions)
    return Result(rows + others, () if tie is None else (tie,))


def _scored_row(score: EntryScore) -> Row:
    return Row(score.entry, "present", total=score.total_text, modules=score.module_texts)


def _ranked_rows(
    plan: Plan, present: Sequence[Entry], scores: Mapping[str, EntryScore], resolutions: Resolutions
) -> tuple[tuple[Row, ...], TieAtAward | None]:
    ranked = ranks(plan, present, scores, resolutions)
    codes = list(ranked)
    ordered = [scores[code] for code in codes]
    totals = [one.total or 0 for one in ordered]
    passed = [one.passed is True for one in ordered]
    guests = {entry.code for entry in present if entry.guest}
    field = [code not in guests for code in codes]
    points = list(map(points_rule(plan.scheme.scale, list(compress(totals, field))), totals))
    points_places = 0 if plan.scheme.scale else plan.places
    awards: Mapping[str, str] | TieAtAward = {}
    if plan.scheme.awards is not None:
        standings = list(compress(map(Standing, codes, ranked.values(), totals, points, passed), field))
        awards = awards_of(plan.scheme.awards, standings, plan.places, points_places)
    taken = [None] * len(codes) if isinstance(awards, TieAtAward) else [awards.get(code) for code in codes]
    rows = map(
        Row,
        codes,
        repeat("present"),
        ranked.values(),
        taken,
        passed,
        [one.total_text for one in ordered],
        [print_units(figure, points_places) for figure in points],
        [one.module_texts for one in ordered],
    )
    return tuple(rows), awards if isinstance(awards, TieAtAward) else None


def result_document(result: Result) -> dict[str, Any]:
    """The result as its JSON document."""
    return {
        "results": [_row_document(row) for row in result.rows],
        "blockers": [_blocker_document(blocker) for blocker in result.blockers],
    }


def _row_document(row: Row) -> dict[str, Any]:
    return {
        "entry": row.entry,
        "status": row.status,
        "rank": row.rank,
        "award": row.award,
        "passed": row.passed,
        "total": row.total,
        "points": row.points,
        "modules": None if row.modules is None else dict(row.modules),
    }


def _blocker_document(blocker: EntryBlocker | TieAtAward) -> dict[str, Any]:
    if isinstance(blocker, TieAtAward):
        return {"kind": "tie_at_award", "award": blocker.award, "entries": list(blocker.entries)}
    return {"kind": blocker.kind, "entry": blocker.entry, "aspect": blocker.aspect}
