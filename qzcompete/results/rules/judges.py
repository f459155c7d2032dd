"""How the judges of a panel marked: spread, severity, drift over the day, the own unit. It warns, and changes nothing. Pure.

Every mark is taken as a share of the greatest mark of its aspect, so that aspects can be compared. Only cells that at
least two judges marked tell anything: a judge is compared to the others of the same cell.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from itertools import pairwise

PARTS_OF_DAY = 4
# Four means of a part of the marks differ more by chance than one of all: drift needs twice the limit.
DRIFT = 2
# Fewer own-unit cells than this say nothing.
LEAST_OWN = 3


@dataclass(frozen=True, slots=True)
class Given:
    """One mark that counts, as a share of the greatest; marks come in the order in which they were given."""

    judge: str
    candidate: str
    aspect: str
    share: Fraction


@dataclass(frozen=True, slots=True)
class JudgeLine:
    """All in per cent of the greatest mark. `severity`: the mean difference to the others, below zero is strict.
    `spread`: the mean distance of the judge's marks from their own mean. `drift`: the difference in each part of the day.
    `own_unit`: the difference for candidates of the judge's own unit, less that for all others; none where there are too few."""

    judge: str
    marks: int
    severity: Decimal
    spread: Decimal
    drift: tuple[Decimal | None, ...]
    own_unit: Decimal | None
    warnings: tuple[str, ...]


def judge_lines(
    marks: Sequence[Given],
    judge_units: Mapping[str, str],
    candidate_units: Mapping[str, str],
    limit: Fraction,
) -> list[JudgeLine]:
    """One line for each judge, by code. `limit`: from which difference on a judge is named strict, mild, drifting or partial."""
    differences = to_the_others(marks)
    shares: dict[str, list[Fraction]] = defaultdict(list)
    for mark in marks:
        shares[mark.judge].append(mark.share)
    return [
        line_of(judge, shares[judge], differences[judge], judge_units.get(judge, ""), candidate_units, limit)
        for judge in sorted(shares)
    ]


def to_the_others(marks: Iterable[Given]) -> dict[str, list[tuple[str, Fraction]]]:
    """Judge → (candidate, difference to the mean of the others) of each shared cell, in the order of the marks."""
    cells: dict[tuple[str, str], list[Given]] = defaultdict(list)
    ordered = list(marks)
    for mark in ordered:
        cells[mark.candidate, mark.aspect].append(mark)
    found: dict[str, list[tuple[str, Fraction]]] = defaultdict(list)
    for mark in ordered:
        others = [other.share for other in cells[mark.candidate, mark.aspect] if other.judge != mark.judge]
        if others:
            found[mark.judge].append((mark.candidate, mark.share - mean(others)))
    return found


def line_of(
    judge: str,
    shares: Sequence[Fraction],
    differences: Sequence[tuple[str, Fraction]],
    unit: str,
    candidate_units: Mapping[str, str],
    limit: Fraction,
) -> JudgeLine:
    gaps = [difference for _candidate, difference in differences]
    severity = mean(gaps)
    parts = [mean(part) if part else None for part in parts_of(gaps)]
    middle = mean(shares)
    own = own_unit_gap(differences, unit, candidate_units)
    warnings = []
    if abs(severity) >= limit:
        warnings.append("strict" if severity < 0 else "mild")
    known = [part for part in parts if part is not None]
    if known and max(known) - min(known) >= DRIFT * limit:
        warnings.append("drift")
    if own is not None and own >= limit:
        warnings.append("own_unit")
    return JudgeLine(
        judge,
        len(shares),
        percent(severity),
        percent(mean([abs(share - middle) for share in shares])),
        tuple(None if part is None else percent(part) for part in parts),
        None if own is None else percent(own),
        tuple(warnings),
    )


def own_unit_gap(
    differences: Sequence[tuple[str, Fraction]], unit: str, candidate_units: Mapping[str, str]
) -> Fraction | None:
    """How much better the own unit fares with this judge than all others do."""
    own = [gap for candidate, gap in differences if unit and candidate_units.get(candidate) == unit]
    others = [gap for candidate, gap in differences if not unit or candidate_units.get(candidate) != unit]
    return mean(own) - mean(others) if len(own) >= LEAST_OWN and others else None


def parts_of(gaps: Sequence[Fraction]) -> list[Sequence[Fraction]]:
    """The marks in their order, in four parts as equal as can be."""
    ends = [len(gaps) * part // PARTS_OF_DAY for part in range(PARTS_OF_DAY + 1)]
    return [gaps[start:end] for start, end in pairwise(ends)]


def mean(values: Sequence[Fraction]) -> Fraction:
    return sum(values, Fraction(0)) / len(values) if values else Fraction(0)


def percent(value: Fraction) -> Decimal:
    scaled = value * 100
    return (Decimal(scaled.numerator) / scaled.denominator).quantize(Decimal("0.1"), ROUND_HALF_UP)
