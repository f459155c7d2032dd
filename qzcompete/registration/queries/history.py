"""Reads what became of an entry: who decided what and when, and who took whose place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from qzcompete.competitions.queries import EventCard
from qzcompete.core.audit import AuditRow
from qzcompete.extensions import db
from qzcompete.people.models import Person
from qzcompete.registration.models import FormerWinner, Substitution


@dataclass(frozen=True)
class HistoryLine:
    at: datetime
    actor: str
    action: str
    reason: str


@dataclass(frozen=True)
class SubstitutionLine:
    at: datetime
    former: str
    newcomer: str
    reason: str


@dataclass(frozen=True)
class WinnerLine:
    name: str
    year: int
    award: str
    source: str


def entry_history(entry_id: int) -> Sequence[HistoryLine]:
    """From the audit log, the newest first."""
    query = select(AuditRow).where(AuditRow.subject == f"entry:{entry_id}").order_by(AuditRow.id.desc())
    return [
        HistoryLine(row.at, row.actor_name, action_of(row), told_reason(row))
        for row in db.session.scalars(query)
    ]


def action_of(row: AuditRow) -> str:
    """A change of status says which: `entry.status_set.absent`."""
    if row.action == "entry.status_set":
        return f"{row.action}.{(row.after or {}).get('status')}"
    return row.action


def told_reason(row: AuditRow) -> str:
    after = row.after if isinstance(row.after, dict) else {}
    return str(after.get("note") or after.get("reason") or "")


def substitutions_of(entry_id: int) -> Sequence[SubstitutionLine]:
    query = select(Substitution).where(Substitution.entry_id == entry_id).order_by(Substitution.id.desc())
    return [
        SubstitutionLine(row.at, row.former_name, row.name, row.reason) for row in db.session.scalars(query)
    ]


def former_winners(event: EventCard) -> Sequence[WinnerLine]:
    """Who is known to have won in the event's occupation, the latest first."""
    query = (
        select(Person.name, FormerWinner.year, FormerWinner.award, FormerWinner.source)
        .join(Person, Person.id == FormerWinner.person_id)
        .where(FormerWinner.occupation_code == event.occupation_code)
        .order_by(FormerWinner.year.desc(), Person.search)
    )
    return [WinnerLine(*row) for row in db.session.execute(query)]
