"""From the current marks of one entry to its criterion, module and total scores (marking.md, 3 and 4).

A Plan is a scheme made ready for fast scoring: whole numbers only, in units of 10^-digits.
Knows no other entry: points, ranks and awards come after, in `points`, `ranking` and `awards`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from qzcompete.core.numbers import power_of_ten, print_units, round_ratio, units_at_least
from qzcompete.marking.rules.aspect_scores import AspectRule, Unscored, aspect_rule
from qzcompete.marking.rules.scheme import Module, Scheme

Cells = Mapping[str, Sequence[int]]
"""Aspect code → the current marks of one entry, in units of 10^-digits."""


class EntryBlocker(NamedTuple):
    """Why one entry has no total: an aspect that is incomplete or disputed."""

    kind: str
    entry: str
    aspect: str


@dataclass(frozen=True, slots=True)
class EntryScore:
    """One entry's figures. Exact ones in units of 10^-digits; `total` in units of 10^-places."""

    entry: str
    aspects: tuple[int | None, ...]
    criteria: tuple[int, ...] = ()
    modules: tuple[int, ...] = ()
    total: int | None = None
    passed: bool | None = None
    total_text: str | None = None
    module_texts: Mapping[str, str] | None = None
    blockers: tuple[EntryBlocker, ...] = ()


class ModulePlan(NamedTuple):
    code: str
    criteria: slice
    least: int | None
    numerator: int
    denominator: int


class Plan:
    """A scheme made ready for scoring."""

    def __init__(self, scheme: Scheme, digits: int | None = None) -> None:
        self.scheme = scheme
        self.digits = scheme.digits if digits is None else digits
        self.places = scheme.places
        self.rounding = scheme.rounding
        self.coarse = power_of_ten(self.digits - self.places)
        self.rules: list[tuple[str, AspectRule]] = [
            (aspect.code, aspect_rule(aspect, self.digits, self.places, self.rounding))
            for aspect in scheme.aspects
        ]
        self.signs = [-1 if aspect.kind == "deduction" else 1 for aspect in scheme.aspects]
        self.criteria = _slices(len(criterion.aspects) for criterion in scheme.criteria)
        criteria_of = _slices(len(module.criteria) for module in scheme.modules)
        self.modules = [
            _module_plan(module, criteria, self.digits)
            for module, criteria in zip(scheme.modules, criteria_of, strict=True)
        ]
        self.pass_total = (
            None if scheme.pass_total is None else units_at_least(scheme.pass_total, self.places)
        )

    @cached_property
    def positions(self) -> Mapping[tuple[str, str], int]:
        """Where the score of (kind, code) stands in an EntryScore."""
        codes = {
            "module": [module.code for module in self.scheme.modules],
            "criterion": [criterion.code for criterion in self.scheme.criteria],
            "aspect": [aspect.code for aspect in self.scheme.aspects],
        }
        return {(kind, code): i for kind, listed in codes.items() for i, code in enumerate(listed)}


def _slices(lengths: Iterable[int]) -> list[slice]:
    slices, start = [], 0
    for length in lengths:
        slices.append(slice(start, start + length))
        start += length
    return slices


def _module_plan(module: Module, criteria: slice, digits: int) -> ModulePlan:
    """The contribution is score × numerator / denominator, rounded; denominator 0 means the score itself."""
    least = None if module.pass_mark is None else units_at_least(module.pass_mark, digits)
    if module.weight is None:
        return ModulePlan(module.code, criteria, least, 1, 0)
    weight, weight_denominator = module.weight.as_integer_ratio()
    full = module.max
    return ModulePlan(
        module.code, criteria, least, weight * full.denominator, weight_denominator * full.numerator
    )


def score_entry(plan: Plan, entry: str, cells: Cells) -> EntryScore:
    """Score one present entry from its current marks."""
    nothing: Sequence[int] = ()
    scores = [rule(cells.get(code, nothing)) for code, rule in plan.rules]
    scored = [score for score in scores if not isinstance(score, Unscored)]
    if len(scored) < len(scores):
        aspects = tuple(None if isinstance(score, Unscored) else score for score in scores)
        blockers = tuple(
            EntryBlocker(score.value, entry, code)
            for score, (code, _) in zip(scores, plan.rules, strict=True)
            if isinstance(score, Unscored)
        )
        return EntryScore(entry, aspects, blockers=tuple(sorted(blockers, key=lambda one: one.aspect)))
    return _totalled(plan, entry, tuple(scored))


def _totalled(plan: Plan, entry: str, aspects: tuple[int, ...]) -> EntryScore:
    signed = [score * sign for score, sign in zip(aspects, plan.signs, strict=True)]
    criteria = tuple([sum(signed[part]) for part in plan.criteria])
    modules = tuple([max(0, sum(criteria[module.criteria])) for module in plan.modules])
    total = _total(plan, modules)
    passed = (plan.pass_total is None or total >= plan.pass_total) and all(
        module.least is None or score >= module.least
        for module, score in zip(plan.modules, modules, strict=True)
    )
    texts = {
        module.code: print_units(round_ratio(score, plan.coarse, plan.rounding), plan.places)
        for module, score in zip(plan.modules, modules, strict=True)
    }
    return EntryScore(
        entry, aspects, criteria, modules, total, passed, print_units(total, plan.places), texts
    )


def _total(plan: Plan, modules: Sequence[int]) -> int:
    """round(Σ contributions): a weighted one is rounded by itself, the others count exactly."""
    contributions = 0
    for module, score in zip(plan.modules, modules, strict=True):
        if module.denominator:
            rounded = round_ratio(score * module.numerator, module.denominator * plan.coarse, plan.rounding)
            contributions += rounded * plan.coarse
        else:
            contributions += score
    return round_ratio(contributions, plan.coarse, plan.rounding)


def group_marks(rows: Iterable[tuple[str, str, int | None]]) -> dict[str, dict[str, list[int]]]:
    """Group (entry, aspect, value) of current marks by entry and aspect; a withdrawn mark counts as none."""
    grouped: dict[str, dict[str, list[int]]] = {}
    for entry, aspect, value in rows:
        if value is None:
            continue
        cells = grouped.get(entry)
        if cells is None:
            cells = grouped[entry] = {}
        marks = cells.get(aspect)
        if marks is None:
            cells[aspect] = [value]
        else:
            marks.append(value)
    return grouped


def current_marks(
    rows: Iterable[tuple[str, str, str, int, int | None]],
) -> Iterable[tuple[str, str, int | None]]:
    """Of all revisions (entry, aspect, judge, rev, value) keep those with the greatest rev."""
    newest: dict[tuple[str, str, str], tuple[int, int | None]] = {}
    for entry, aspect, judge, rev, value in rows:
        cell = (entry, aspect, judge)
        known = newest.get(cell)
        if known is None or known[0] < rev:
            newest[cell] = (rev, value)
    return [(entry, aspect, value) for (entry, aspect, _), (_, value) in newest.items()]
