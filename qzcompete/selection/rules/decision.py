"""From totals to places: one ranking by marking's own engine, the quorum, the votes, and who stands on which list. Pure.

Paper review and site visit are two modules with the class's weights; the places are an award that blocks on a tie.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from qzcompete.marking.rules.arithmetic import Plan, group_marks
from qzcompete.marking.rules.ranking import Entry
from qzcompete.marking.rules.result import Result, score
from qzcompete.marking.rules.scheme_reading import parse_scheme

DIGITS = 6
HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True)
class Reached:
    """What an application reached: paper review and site visit, each of 100."""

    code: str
    review: Decimal
    visit: Decimal


@dataclass(frozen=True, slots=True)
class Vote:
    yes: int
    no: int
    abstained: int

    @property
    def cast(self) -> int:
        return self.yes + self.no + self.abstained

    def passed(self) -> bool:
        """More than half of those who voted, the abstained counted among them."""
        return 2 * self.yes > self.cast


@dataclass(frozen=True, slots=True)
class Lists:
    """Codes in order; `unvoted` must be voted on before anything is decided."""

    chosen: tuple[str, ...]
    reserve: tuple[str, ...]
    rejected: tuple[str, ...]
    unvoted: tuple[str, ...] = ()


def ranking(
    reached: Sequence[Reached],
    review_weight: Decimal,
    visit_weight: Decimal,
    orders: Sequence[Sequence[str]] = (),
) -> Result:
    """Totals and ranks; `orders` are the panel's votes on those whom the totals leave equal."""
    scheme = parse_scheme(
        {
            "places": 4,
            "modules": [module("R", review_weight), module("V", visit_weight)],
        }
    )
    plan = Plan(scheme, DIGITS)
    unit = 10**DIGITS
    cells = [(one.code, "R1", int(one.review * unit)) for one in reached]
    cells += [(one.code, "V1", int(one.visit * unit)) for one in reached]
    return score(
        plan, [Entry(one.code, "present", False, None) for one in reached], group_marks(cells), orders
    )


def module(code: str, weight: Decimal) -> dict[str, object]:
    aspect = {"code": f"{code}1", "kind": "measurement", "max": "100", "step": "0.0001"}
    return {
        "code": code,
        "weight": format(weight, "f"),
        "criteria": [{"code": f"{code}0", "aspects": [aspect]}],
    }


def tied_groups(result: Result) -> list[list[str]]:
    """The codes that share a rank, group by group."""
    groups: dict[int, list[str]] = {}
    for row in result.rows:
        if row.rank is not None:
            groups.setdefault(row.rank, []).append(row.entry)
    return [codes for codes in groups.values() if len(codes) > 1]


def ties_that_matter(result: Result, totals: Mapping[str, Decimal], least_total: Decimal) -> list[list[str]]:
    """Groups whose order must be voted on: the edge of the places may move, and the reserve list needs an order."""
    return [codes for codes in tied_groups(result) if totals[codes[0]] >= least_total]


def quorum_of(invited: int, percent: Decimal) -> int:
    """The least number of members present: the share of all, rounded up."""
    whole = invited * percent / HUNDRED
    return int(whole) + (whole != int(whole))


def lists(
    order: Sequence[str],
    totals: Mapping[str, Decimal],
    votes: Mapping[str, Vote],
    quota: int,
    least_total: Decimal,
) -> Lists:
    """Who is chosen: in the order of the ranks, whoever a vote carries, until the places are full. The next stand in
    reserve. Whom a vote refuses, or whose total is too small, is out."""
    chosen: list[str] = []
    reserve: list[str] = []
    rejected: list[str] = []
    unvoted: list[str] = []
    for code in order:
        if totals[code] < least_total:
            rejected.append(code)
        elif len(chosen) + len(unvoted) >= quota:
            reserve.append(code)
        elif code not in votes:
            unvoted.append(code)
        elif votes[code].passed():
            chosen.append(code)
        else:
            rejected.append(code)
    return Lists(tuple(chosen), tuple(reserve), tuple(rejected), tuple(unvoted))


def spreads(
    marks: Mapping[str, Collection[Decimal]], greatest: Mapping[str, Decimal], percent: Decimal
) -> list[str]:
    """The aspects on which experts lie apart by more than this share of the greatest mark."""
    return [
        aspect
        for aspect, values in marks.items()
        if len(values) > 1 and (max(values) - min(values)) * HUNDRED > greatest[aspect] * percent
    ]
