"""Incidents of the venue. Those that nobody has decided yet hold up the results."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select

from qzcompete.competitions.models import (
    ContestSession,
    Event,
    Incident,
    IncidentDecision,
    IncidentKind,
    Station,
)
from qzcompete.competitions.queries.sites import names_of_accounts
from qzcompete.core.actor import Actor
from qzcompete.core.errors import NotFound
from qzcompete.extensions import db

INCIDENT_KINDS = tuple(kind.value for kind in IncidentKind)
DECISIONS = tuple(decision.value for decision in IncidentDecision)


@dataclass(frozen=True)
class IncidentCard:
    id: int
    event_id: int
    event_code: str
    event_name: str
    kind: str
    text: str
    station: str | None
    session: str | None
    happened_at: datetime
    reported_by: str | None
    decision: str | None
    extra_minutes: int | None
    reason: str
    decided_by: str | None
    decided_at: datetime | None

    @property
    def state(self) -> str:
        return "open" if self.decision is None else "decided"


def incidents_query() -> Select[Any]:
    return (
        select(Incident, Event.code, Event.name, Station.code, ContestSession.name)
        .join(Event, Event.id == Incident.event_id)
        .outerjoin(Station, Station.id == Incident.station_id)
        .outerjoin(ContestSession, ContestSession.id == Incident.session_id)
        .order_by(Incident.decided_at.is_not(None), Incident.happened_at.desc(), Incident.id.desc())
    )


def incident_cards(query: Select[Any]) -> list[IncidentCard]:
    rows = db.session.execute(query).all()
    names = names_of_accounts(
        account for incident, *_ in rows for account in (incident.reported_by, incident.decided_by)
    )
    return [
        IncidentCard(
            incident.id,
            incident.event_id,
            event_code,
            event_name,
            incident.kind.value,
            incident.text,
            station,
            session,
            incident.happened_at,
            names.get(incident.reported_by or 0),
            incident.decision.value if incident.decision else None,
            incident.extra_minutes,
            incident.reason,
            names.get(incident.decided_by or 0),
            incident.decided_at,
        )
        for incident, event_code, event_name, station, session in rows
    ]


def incidents(event_id: int) -> Sequence[IncidentCard]:
    """All incidents of an event, the open ones first."""
    return incident_cards(incidents_query().where(Incident.event_id == event_id))


def open_incidents(event_id: int) -> Sequence[IncidentCard]:
    """Those that nobody has decided yet."""
    query = incidents_query().where(Incident.event_id == event_id, Incident.decision.is_(None))
    return incident_cards(query)


def incident(incident_id: int) -> IncidentCard:
    for card in incident_cards(incidents_query().where(Incident.id == incident_id)):
        return card
    raise NotFound()


def events_to_report_on(actor: Actor) -> Sequence[tuple[str, str, int]]:
    """Events of whose incidents the actor may tell, while they are held: code, name, open incidents."""
    query = select(Event).order_by(Event.starts_at, Event.code)
    wide = actor.scope_ids("incident.report", "competition")
    if wide is not None:
        assessments = actor.scope_ids("incident.report", "assessment") or frozenset()
        query = query.where(Event.competition_id.in_(wide) | Event.assessment_id.in_(assessments))
    events = [
        event for event in db.session.scalars(query) if event.state.value in ("open", "marking", "closed")
    ]
    waiting = [
        event_id
        for (event_id,) in db.session.execute(
            select(Incident.event_id).where(
                Incident.decision.is_(None), Incident.event_id.in_([event.id for event in events])
            )
        )
    ]
    return [(event.code, event.name, waiting.count(event.id)) for event in events]
