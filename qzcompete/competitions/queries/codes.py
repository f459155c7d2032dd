"""Free codes for new competitions and events."""

from __future__ import annotations

from sqlalchemy import select

from qzcompete.competitions.models import (
    Competition,
    Event,
)
from qzcompete.competitions.queries.cards import CompetitionCard
from qzcompete.extensions import db


def next_event_code(competition: CompetitionCard) -> str:
    """A free code for one more event: the competition's with a running number."""
    taken = set(db.session.scalars(select(Event.code).where(Event.code.startswith(f"{competition.code}-"))))
    numbers = (f"{competition.code}-{number:02}" for number in range(1, len(taken) + 2))
    return next(code for code in numbers if code not in taken)


def next_competition_code(year: int, family: str) -> str:
    stem = f"{year}-{SHORT[family]}"
    taken = set(db.session.scalars(select(Competition.code).where(Competition.code.startswith(stem))))
    if stem not in taken:
        return stem
    return next(f"{stem}-{number}" for number in range(2, len(taken) + 3) if f"{stem}-{number}" not in taken)


# The initials of the families' names, as offices write them in file numbers.
SHORT = {"migrant_workers": "nmg", "vocational": "zyjn", "employees": "zgjn", "vocational_schools": "zzjn"}
