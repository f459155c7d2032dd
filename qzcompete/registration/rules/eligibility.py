"""Decides whether an entry meets the rules of its event. Each answer says what decided it, and with which values.

Rules are data, one object each, at most one of a kind: {"kind": "age", "least": 16, "most": 25, "on": "2026-09-01"}.
A fact that nobody has told leaves an answer open; open is not met.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

FULL_AGE = 18


@dataclass(frozen=True, slots=True)
class FormerWin:
    year: int
    award: str


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of one competitor; `other_events` are those of the same competition."""

    born_on: date | None = None
    standing: str | None = None
    unit: str = ""
    guardian: bool = False
    skill_level: int | None = None
    other_events: tuple[str, ...] = ()
    wins: tuple[FormerWin, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """`verdict` is met, broken or open; `reason` names the sentence that `values` fill."""

    rule: str
    verdict: str
    reason: str
    values: Mapping[str, Any] = field(default_factory=dict)


Rule = Mapping[str, Any]


def answers(rules: Sequence[Rule], facts: Facts) -> tuple[Answer, ...]:
    return tuple(JUDGES[rule["kind"]](rule, facts) for rule in rules)


def age_on(born_on: date, day: date) -> int:
    """Full years; who is born on 29 February has a birthday on 1 March of a common year."""
    return day.year - born_on.year - ((day.month, day.day) < (born_on.month, born_on.day))


def age(rule: Rule, facts: Facts) -> Answer:
    if facts.born_on is None:
        return Answer("age", "open", "birth_unknown")
    years = age_on(facts.born_on, date.fromisoformat(rule["on"]))
    least, most = rule.get("least"), rule.get("most")
    values = {"age": years, "on": rule["on"], "least": least, "most": most}
    if least is not None and years < least:
        return Answer("age", "broken", "too_young", values)
    if most is not None and years > most:
        return Answer("age", "broken", "too_old", values)
    return Answer("age", "met", "age_fits", values)


def guardian(rule: Rule, facts: Facts) -> Answer:
    if facts.born_on is None:
        return Answer("guardian", "open", "birth_unknown")
    years = age_on(facts.born_on, date.fromisoformat(rule["on"]))
    values = {"age": years, "on": rule["on"]}
    if years >= FULL_AGE:
        return Answer("guardian", "met", "full_age", values)
    if facts.guardian:
        return Answer("guardian", "met", "guardian_consents", values)
    return Answer("guardian", "broken", "guardian_missing", values)


def employer(_rule: Rule, facts: Facts) -> Answer:
    if facts.standing is None:
        return Answer("employer", "open", "standing_unknown")
    if facts.standing == "employee" and facts.unit:
        return Answer("employer", "met", "employed", {"unit": facts.unit})
    return Answer("employer", "broken", "not_employed")


def student(_rule: Rule, facts: Facts) -> Answer:
    if facts.standing is None:
        return Answer("student", "open", "standing_unknown")
    if facts.standing == "student":
        return Answer("student", "met", "is_student", {"unit": facts.unit})
    return Answer("student", "broken", "not_student")


def skill_level(rule: Rule, facts: Facts) -> Answer:
    """Levels count down: 1 is the highest, so the level held may not be a greater number."""
    values = {"held": facts.skill_level, "wanted": rule["least"]}
    if facts.skill_level is None:
        return Answer("skill_level", "open", "level_unknown", values)
    if facts.skill_level > rule["least"]:
        return Answer("skill_level", "broken", "level_too_low", values)
    return Answer("skill_level", "met", "level_fits", values)


def one_event(_rule: Rule, facts: Facts) -> Answer:
    if facts.other_events:
        return Answer("one_event", "broken", "other_events", {"events": "、".join(facts.other_events)})
    return Answer("one_event", "met", "only_event")


def no_former_winner(rule: Rule, facts: Facts) -> Answer:
    """Bars who won since a year, with one of some awards; without awards, with any."""
    since, barred = rule["since"], rule.get("awards") or ()
    for win in facts.wins:
        if win.year >= since and (not barred or win.award in barred):
            values = {"year": win.year, "award": win.award}
            return Answer("no_former_winner", "broken", "won_before", values)
    return Answer("no_former_winner", "met", "never_won", {"since": since})


JUDGES: dict[str, Callable[[Rule, Facts], Answer]] = {
    "age": age,
    "employer": employer,
    "student": student,
    "skill_level": skill_level,
    "guardian": guardian,
    "one_event": one_event,
    "no_former_winner": no_former_winner,
}
KINDS = tuple(JUDGES)
