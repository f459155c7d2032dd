"""Records what went wrong at a station, and the chief judge's decision: extra time, a re-run, or the result is kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask_babel import lazy_gettext as _l

from qzcompete.competitions.models import (
    ContestSession,
    Event,
    Incident,
    IncidentDecision,
    IncidentKind,
    Station,
)
from qzcompete.competitions.services.rows import event_scopes, locked
from qzcompete.competitions.services.sites import part_of
from qzcompete.core import audit
from qzcompete.core.actor import Actor
from qzcompete.core.clock import now
from qzcompete.core.errors import RuleBroken
from qzcompete.core.permissions import permit
from qzcompete.extensions import db

MOST_MINUTES = 480


@dataclass(frozen=True)
class IncidentDraft:
    kind: str
    text: str
    happened_at: datetime
    station_id: int | None = None
    session_id: int | None = None


@dataclass(frozen=True)
class DecisionDraft:
    decision: str
    reason: str
    extra_minutes: int | None = None


def report_incident(actor: Actor, event_id: int, draft: IncidentDraft) -> Incident:
    event = locked(Event, event_id)
    permit(actor, "incident.report", *event_scopes(event), ("assessment", event.assessment_id))
    if not draft.text.strip():
        raise RuleBroken(_l("Say what happened."), field="text")
    if draft.happened_at > now():
        raise RuleBroken(_l("This time is still to come."), field="happened_at")
    if draft.station_id is not None:
        part_of(Station, draft.station_id, event)
    if draft.session_id is not None:
        part_of(ContestSession, draft.session_id, event)
    incident = Incident(
        event_id=event_id,
        kind=IncidentKind(draft.kind),
        text=draft.text.strip(),
        happened_at=draft.happened_at,
        station_id=draft.station_id,
        session_id=draft.session_id,
        reported_by=actor.account_id,
        reported_at=now(),
    )
    db.session.add(incident)
    db.session.flush()
    audit.record(actor, "incident.reported", f"incident:{incident.id}", after={"kind": draft.kind})
    return incident


def decide_incident(actor: Actor, incident_id: int, draft: DecisionDraft) -> Incident:
    """The chief judge's decision. It is made once; what it leads to is done in marking."""
    incident: Incident = locked(Incident, incident_id)
    event = db.session.get_one(Event, incident.event_id)
    permit(actor, "incident.decide", ("assessment", event.assessment_id))
    if incident.decision is not None:
        raise RuleBroken(_l("This was decided already."))
    if not draft.reason.strip():
        raise RuleBroken(_l("Say why you decide so."), field="reason")
    decision = IncidentDecision(draft.decision)
    if decision is IncidentDecision.EXTRA_TIME and not 1 <= (draft.extra_minutes or 0) <= MOST_MINUTES:
        raise RuleBroken(_l("Write from 1 to 480 minutes."), field="extra_minutes")
    incident.decision = decision
    incident.extra_minutes = draft.extra_minutes if decision is IncidentDecision.EXTRA_TIME else None
    incident.reason = draft.reason.strip()
    incident.decided_by, incident.decided_at = actor.account_id, now()
    db.session.flush()
    audit.record(
        actor,
        "incident.decided",
        f"incident:{incident_id}",
        after={"decision": draft.decision, "extra_minutes": incident.extra_minutes},
    )
    return incident
