"""Panels, marking schemes, and what an event still lacks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from qzcompete.competitions.queries.cards import EventCard
from qzcompete.competitions.queries.settings import setting
from qzcompete.competitions.rules.workflow import EventFacts, missing_before_opening
from qzcompete.extensions import db
from qzcompete.marking.models import Assessment, Seat
from qzcompete.people.models import Account, RoleGrant


@dataclass(frozen=True)
class PanelSeat:
    code: str
    name: str
    account_id: int | None
    chief: bool


@dataclass(frozen=True)
class Choice:
    """An account that may be chosen for a panel."""

    account_id: int
    name: str
    username: str


def scheme_of(assessment_id: int) -> dict[str, Any] | None:
    return db.session.scalar(select(Assessment.scheme).where(Assessment.id == assessment_id))


def panel_of(assessment_id: int) -> Sequence[PanelSeat]:
    """The judges by their codes, the chief judge last."""
    query = select(Seat).where(Seat.assessment_id == assessment_id)
    seats = [
        PanelSeat(seat.code, seat.name, seat.account_id, seat.chief) for seat in db.session.scalars(query)
    ]
    return sorted(seats, key=lambda seat: (seat.chief, len(seat.code), seat.code))


def readiness(event: EventCard) -> list[str]:
    """What is missing before the event may open: see `missing_before_opening`."""
    panel = panel_of(event.assessment_id)
    chiefs = sum(seat.chief for seat in panel)
    facts = EventFacts(
        venue=event.venue or event.competition.venue,
        has_start=event.starts_at is not None,
        has_scheme=scheme_of(event.assessment_id) is not None,
        judges=len(panel) - chiefs,
        chief_judges=chiefs,
        least_judges=int(setting(event.competition.id, "least_judges")),
    )
    return missing_before_opening(facts)


def panel_choices(role: str) -> Sequence[Choice]:
    """Active accounts that hold `role` anywhere, by name."""
    holders = select(RoleGrant.account_id).where(RoleGrant.role == role)
    query = select(Account.id, Account.name, Account.username, Account.state).where(Account.id.in_(holders))
    rows = db.session.execute(query.order_by(Account.name, Account.username))
    return [Choice(row.id, row.name, row.username) for row in rows if row.state.value == "active"]
