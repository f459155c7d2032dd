"""Promotion by competition (晋级): what a rank is worth by a table of the office, and what stands against it.

Levels are 5 (五级/初级工) to 1 (一级/高级技师); None is no level. Who holds the granted level goes one up, never more; who
holds a better one gains nothing. Theory and practice must each be passed; one promotion per person and year. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from fractions import Fraction
from typing import Any

LEVELS = (5, 4, 3, 2, 1)
COMPETITION_LEVELS = ("city_1", "city_2", "county", "unit")
GROUPS = ("workers", "students")


@dataclass(frozen=True, slots=True)
class Rule:
    """One row of the table. Ranks from `first` to `last`, or the best `share` per cent; `held`: only for who holds it."""

    level: str
    group: str
    first: int
    last: int | None
    share: int | None
    held: int | None
    grants: int | None
    title: str
    basis: str


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of one ranked entrant. `parts`: part of the event → per cent reached there."""

    level: str
    group: str
    rank: int
    field: int
    held: int | None
    parts: Mapping[str, Fraction]
    promoted_this_year: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """A new level or a title, or what stands against it: part_failed, this_year, holds_better, no_rule."""

    grants: int | None
    title: str
    basis: str
    against: str | None = None


# What the office's city table begins with: the shape of Tianjin's rules, to be copied and changed, never in force by itself.
TIANJIN = "天津市人力社保局 2024-10-25（hrss.tj.gov.cn node/3228），仅作样式"
TEMPLATE = (
    Rule("city_1", "workers", 1, 1, None, None, 2, "可申报市技术能手", TIANJIN),
    Rule("city_1", "workers", 2, 10, None, None, 2, "", TIANJIN),
    Rule("city_1", "students", 1, 10, None, None, 3, "", TIANJIN),
    Rule("city_2", "workers", 1, 6, None, None, 3, "", TIANJIN),
    Rule("city_2", "students", 1, 6, None, None, 4, "", TIANJIN),
    Rule("county", "workers", 1, 6, None, None, 3, "", TIANJIN),
    Rule("county", "students", 1, 6, None, None, 4, "", TIANJIN),
    Rule("unit", "workers", 1, None, 30, None, 4, "", TIANJIN),
    Rule("unit", "students", 1, None, 30, None, 4, "", TIANJIN),
)


def rule_faults(rule: Rule) -> dict[str, str]:
    """Field → what is wrong with it; empty for a sound row."""
    faults = {}
    if rule.level not in COMPETITION_LEVELS:
        faults["level"] = "unknown"
    if rule.group not in GROUPS:
        faults["group"] = "unknown"
    if (rule.last is None) == (rule.share is None):
        faults["last"] = "one_of_two"
    elif rule.last is not None and not 1 <= rule.first <= rule.last:
        faults["last"] = "order"
    elif rule.share is not None and not 1 <= rule.share <= 100:
        faults["share"] = "bounds"
    if rule.grants is None and not rule.title:
        faults["grants"] = "nothing_granted"
    if rule.held is not None and rule.grants is not None and rule.grants != rule.held - 1:
        faults["grants"] = "more_than_one_up"
    if not rule.basis:
        faults["basis"] = "missing"
    return faults


def applies(rule: Rule, facts: Facts) -> bool:
    last = rule.last if rule.share is None else -(-facts.field * rule.share // 100)
    return (
        (rule.level, rule.group) == (facts.level, facts.group)
        and last is not None
        and rule.first <= facts.rank <= last
        and rule.held in (None, facts.held)
    )


def outcome(rules: Iterable[Rule], facts: Facts, pass_percent: int) -> Outcome:
    """The best that the table gives. A row for the level held goes before one for all."""
    fitting = sorted((rule for rule in rules if applies(rule, facts)), key=lambda rule: rule.held is None)
    if not fitting:
        return Outcome(None, "", "", "no_rule")
    rule = fitting[0]
    if any(reached < pass_percent for reached in facts.parts.values()):
        return Outcome(None, "", rule.basis, "part_failed")
    if facts.promoted_this_year:
        return Outcome(None, "", rule.basis, "this_year")
    grants = level_after(rule, facts.held)
    if grants is None and not rule.title:
        return Outcome(None, "", rule.basis, "holds_better")
    return Outcome(grants, rule.title, rule.basis)


def level_after(rule: Rule, held: int | None) -> int | None:
    """The new level; one up for who holds the granted one, none for who holds a better one."""
    if rule.grants is None or held is None or held > rule.grants:
        return rule.grants
    if held == rule.grants and held > 1:
        return held - 1
    return None


def parts_reached(
    modules: Mapping[str, tuple[Fraction, Fraction]], theory: Iterable[str]
) -> dict[str, Fraction]:
    """Per cent of the points reached in theory and in practice; `modules`: code → (points, greatest points)."""
    named = set(theory)
    parts: dict[str, tuple[Fraction, Fraction]] = {}
    for code, (points, most) in modules.items():
        name = "theory" if code in named else "practice"
        have, could = parts.get(name, (Fraction(0), Fraction(0)))
        parts[name] = (have + points, could + most)
    return {name: have * 100 / could for name, (have, could) in parts.items() if could}


def as_document(rule: Rule) -> dict[str, Any]:
    """The row as it is kept."""
    return asdict(rule)
