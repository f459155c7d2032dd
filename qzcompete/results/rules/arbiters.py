"""Who may not decide an appeal: nobody judges his own cause, his own unit's, or what he has marked or decided before. Pure."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Arbiter:
    """The account that is to decide, with its employer as declared and the organisations that it works for here."""

    account_id: int
    person_id: int | None
    unit: str
    organisations: frozenset[int]


@dataclass(frozen=True, slots=True)
class Cause:
    """The appeal: whose result it is, and who marked, filed or decided it before."""

    entry_person_id: int | None
    entry_unit: str
    entry_organisation_id: int | None
    filed_by: int
    judges: Collection[int]
    earlier_arbiters: Collection[int]


def conflicts(arbiter: Arbiter, cause: Cause) -> list[str]:
    """`own_cause`, `same_unit`, `judged`, `decided_before`: each on its own keeps the arbiter away."""
    found = []
    own_person = arbiter.person_id is not None and arbiter.person_id == cause.entry_person_id
    if own_person or arbiter.account_id == cause.filed_by:
        found.append("own_cause")
    unit = plain(arbiter.unit)
    if (unit and unit == plain(cause.entry_unit)) or cause.entry_organisation_id in arbiter.organisations:
        found.append("same_unit")
    if arbiter.account_id in cause.judges:
        found.append("judged")
    if arbiter.account_id in cause.earlier_arbiters:
        found.append("decided_before")
    return found


def plain(unit: str) -> str:
    """Without blanks and in one case, so that no space hides an employer."""
    return "".join(unit.split()).casefold()
