"""Writes events. An event's assessment is made with it, under the same code."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l

from qzcompete.competitions import queries
from qzcompete.competitions.models import (
    Event,
    EventGroup,
    EventState,
    EventTrack,
)
from qzcompete.competitions.queries import EventCard
from qzcompete.competitions.rules.occupations import occupation
from qzcompete.competitions.rules.workflow import (
    BEFORE_DRAW,
    may_event_go,
)
from qzcompete.competitions.services.competitions import checked_code
from qzcompete.competitions.services.rows import change, event_scopes, locked, must_be_before_draw, told
from qzcompete.core import audit
from qzcompete.core.actor import Actor
from qzcompete.core.errors import RuleBroken
from qzcompete.core.permissions import permit
from qzcompete.extensions import db
from qzcompete.marking import services as marking

MISSING = {
    "venue": _l("The venue is not set."),
    "starts_at": _l("The time of the contest is not set."),
    "scheme": _l("There is no marking scheme."),
    "judges": _l("The panel has fewer than three judges."),
    "chief_judge": _l("The panel has no chief judge."),
}


@dataclass(frozen=True)
class EventDraft:
    name: str
    occupation_code: str
    group: str = "workers"
    code: str = ""
    trade: str | None = None
    team_size: int = 1
    venue: str = ""
    starts_at: datetime | None = None
    places: int | None = None
    target_level: int | None = None
    track: str | None = None
    parent_event: str = ""


def create_event(actor: Actor, competition_id: int, draft: EventDraft) -> Event:
    """A new event in draft, with its assessment."""
    permit(actor, "competition.edit", ("competition", competition_id))
    competition = queries.competition_card_by_id(competition_id)
    if competition.state in ("finished", "cancelled"):
        raise RuleBroken(_l("The competition has ended; it takes no more events."))
    values = event_values(draft)
    code = checked_code(draft.code) or queries.next_event_code(competition)
    assessment = marking.create_assessment(actor, code, values["name"])
    event = Event(
        competition_id=competition_id,
        code=code,
        state=EventState.DRAFT,
        assessment_id=assessment.id,
        **values,
    )
    db.session.add(event)
    db.session.flush()
    audit.record(actor, "event.created", f"event:{event.id}", after={"code": code} | told(values))
    return event


def edit_event(actor: Actor, event_id: int, draft: EventDraft) -> Event:
    """Change the details of an event; after the draw only its venue, time and places."""
    event = locked(Event, event_id)
    permit(actor, "competition.edit", *event_scopes(event))
    values = event_values(draft)
    if event.state.value not in BEFORE_DRAW:
        values = {name: values[name] for name in ("venue", "starts_at", "places")}
    change(actor, event, "event", values)
    return event


def event_values(draft: EventDraft) -> dict[str, Any]:
    found = occupation(draft.occupation_code)
    if found is None:
        raise RuleBroken(
            _l("There is no such occupation in the dictionary of 2022. Search for it by name."),
            field="occupation_code",
        )
    if not draft.name.strip():
        raise RuleBroken(_l("Enter a name."), field="name")
    return {
        "name": draft.name.strip(),
        "occupation_code": found.code,
        "occupation_name": found.bare_name,
        "trade": (draft.trade or "").strip() or None,
        "group": EventGroup(draft.group),
        "team_size": draft.team_size,
        "venue": draft.venue.strip(),
        "starts_at": draft.starts_at,
        "places": draft.places,
        "target_level": draft.target_level,
        "track": EventTrack(draft.track) if draft.track else None,
        "parent_event": draft.parent_event.strip(),
    }


def set_scheme(actor: Actor, event_id: int, document: dict[str, Any]) -> None:
    """Give the event its marking scheme; refused after the draw."""
    event = locked(Event, event_id)
    permit(actor, "competition.edit", *event_scopes(event))
    must_be_before_draw(event)
    marking.set_scheme(actor, event.assessment_id, document)
    audit.record(
        actor, "event.scheme_set", f"event:{event.id}", after={"modules": len(document.get("modules", ()))}
    )


def open_event(actor: Actor, event_id: int) -> None:
    """The preparations are done: nothing is missing any more. Refused with the first thing that is."""
    event = locked(Event, event_id)
    permit(actor, "competition.edit", *event_scopes(event))
    missing = queries.readiness(queries.event_card_by_id(event_id))
    if missing:
        raise RuleBroken(MISSING[missing[0]], code=f"missing_{missing[0]}")
    move_event(actor, event, "open")


def set_event_state(actor: Actor, event_id: int, state: str) -> None:
    """Called by the slice whose work moved the event (draw, closing, publication); the caller permits."""
    event = locked(Event, event_id)
    if event.state.value != state:
        move_event(actor, event, state)


def cancel_event(actor: Actor, event_id: int) -> None:
    event = locked(Event, event_id)
    permit(actor, "competition.edit", *event_scopes(event))
    move_event(actor, event, "cancelled")


def move_event(actor: Actor, event: Event, state: str) -> None:
    if not may_event_go(event.state.value, state):
        raise RuleBroken(_l("The event cannot go to this state from its present one."), code="event_state")
    change(actor, event, "event", {"state": EventState(state)}, "event.state_set")


def hold_event(event_id: int) -> EventCard:
    """The event, locked until the end of the transaction: entries and draw of one event queue behind each other."""
    locked(Event, event_id)
    return queries.event_card_by_id(event_id)
