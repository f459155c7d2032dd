"""Why a judge should not judge: near to an entrant by employer, teaching or kinship; or too many of one unit on a panel.

Names and units are compared as they are written, without spaces. What is found warns; the panel is for people to decide.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DeclaredRelation:
    """`kind` is relative, teacher or interest; a name, a unit, or both."""

    kind: str
    name: str
    unit: str


@dataclass(frozen=True, slots=True)
class JudgeFacts:
    account_id: int
    name: str
    employer: str | None
    relations: tuple[DeclaredRelation, ...] = ()


@dataclass(frozen=True, slots=True)
class EntrantFacts:
    name: str
    unit: str
    instructor: str | None = None


@dataclass(frozen=True, slots=True)
class Conflict:
    """`kind`: employer, instructor, or the kind of a declared relation."""

    judge: str
    kind: str
    entrant: str
    unit: str


def conflicts(judges: Sequence[JudgeFacts], entrants: Sequence[EntrantFacts]) -> list[Conflict]:
    return [
        Conflict(judge.name, kind, entrant.name, entrant.unit)
        for judge in judges
        for entrant in entrants
        for kind in kinds_between(judge, entrant)
    ]


def kinds_between(judge: JudgeFacts, entrant: EntrantFacts) -> list[str]:
    kinds = []
    if judge.employer and tidy(judge.employer) == tidy(entrant.unit):
        kinds.append("employer")
    instructors = re.split(r"[、,，;；/]", entrant.instructor or "")
    if tidy(judge.name) in [tidy(name) for name in instructors]:
        kinds.append("instructor")
    return kinds + sorted({relation.kind for relation in judge.relations if concerns(relation, entrant)})


def concerns(relation: DeclaredRelation, entrant: EntrantFacts) -> bool:
    """All that the relation names fits the entrant."""
    return (not relation.name or tidy(relation.name) == tidy(entrant.name)) and (
        not relation.unit or tidy(relation.unit) == tidy(entrant.unit)
    )


def crowded_units(employers: Sequence[str | None], most: int) -> list[tuple[str, int]]:
    """Units with more judges on the panel than allowed, with their number."""
    counted = Counter(employer for employer in employers if employer)
    return sorted((unit, count) for unit, count in counted.items() if count > most)


def tidy(text: str) -> str:
    return re.sub(r"\s", "", text)
