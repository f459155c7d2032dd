"""Writes where an event is held and with what: stations, sessions, equipment, and the versions of its regulations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from qzcompete.adapters.files import kept_files
from qzcompete.adapters.uploads import PDF, checked_upload
from qzcompete.competitions import queries
from qzcompete.competitions.models import (
    ContestSession,
    Equipment,
    EquipmentPlace,
    Event,
    Incident,
    Regulations,
    Station,
)
from qzcompete.competitions.services.rows import change, event_scopes, locked, told
from qzcompete.core import audit
from qzcompete.core.actor import Actor
from qzcompete.core.clock import now
from qzcompete.core.errors import NotFound, RuleBroken
from qzcompete.core.permissions import permit
from qzcompete.extensions import db

MOST_STATIONS = 200


@dataclass(frozen=True)
class SessionDraft:
    name: str
    module: str
    venue: str
    starts_at: datetime
    ends_at: datetime
    station_ids: tuple[int, ...] = ()


@dataclass(frozen=True)
class EquipmentDraft:
    name: str
    specification: str
    quantity: int
    unit: str
    place: str


def editable_event(actor: Actor, event_id: int) -> Event:
    """The event, locked, where the actor may edit it and it goes on."""
    event: Event = locked(Event, event_id)
    permit(actor, "competition.edit", *event_scopes(event))
    if event.state.value in ("published", "cancelled"):
        raise RuleBroken(_l("The event has ended; its places and times stay as they were."))
    return event


def part_of(model: Any, key: int, event: Event) -> Any:
    """A row that belongs to the event."""
    row = db.session.get(model, key)
    if row is None or row.event_id != event.id:
        raise NotFound()
    return row


def save_session(
    actor: Actor, event_id: int, draft: SessionDraft, session_id: int | None = None
) -> ContestSession:
    """A new session of the event, or another shape of a known one."""
    event = editable_event(actor, event_id)
    if draft.ends_at <= draft.starts_at:
        raise RuleBroken(_l("The session ends before it begins."), field="ends_at")
    stations = db.session.scalars(
        select(Station).where(Station.event_id == event_id, Station.id.in_(draft.station_ids))
    ).all()
    values = {name: getattr(draft, name) for name in ("name", "module", "venue", "starts_at", "ends_at")}
    codes = sorted(station.code for station in stations)
    if session_id is not None:
        session: ContestSession = part_of(ContestSession, session_id, event)
        change(actor, session, "session", values)
        session.stations = list(stations)
        return session
    session = ContestSession(event_id=event_id, stations=list(stations), **values)
    db.session.add(session)
    db.session.flush()
    audit.record(actor, "session.created", f"session:{session.id}", after=told(values) | {"stations": codes})
    return session


def remove_session(actor: Actor, event_id: int, session_id: int) -> None:
    session = part_of(ContestSession, session_id, editable_event(actor, event_id))
    if db.session.scalar(select(Incident.id).where(Incident.session_id == session_id).limit(1)):
        raise RuleBroken(_l("Something happened in this session; it stays, for its record names it."))
    audit.record(actor, "session.removed", f"session:{session_id}", before={"name": session.name})
    db.session.delete(session)


def add_stations(actor: Actor, event_id: int, codes: Sequence[str], venue: str) -> None:
    """More stations of the event; those that are there already stay as they are."""
    event = editable_event(actor, event_id)
    known = {station.code for station in queries.stations(event_id)}
    new = [code for code in dict.fromkeys(codes) if code not in known]
    if len(known) + len(new) > MOST_STATIONS:
        raise RuleBroken(_l("An event has at most 200 stations."), field="codes")
    db.session.add_all([Station(event_id=event.id, code=code, venue=venue) for code in new])
    if new:
        audit.record(actor, "event.stations_added", f"event:{event_id}", after={"stations": new})


def remove_station(actor: Actor, event_id: int, station_id: int) -> None:
    station = part_of(Station, station_id, editable_event(actor, event_id))
    if db.session.scalar(select(Incident.id).where(Incident.station_id == station_id).limit(1)):
        raise RuleBroken(_l("Something happened at this station; it stays, for its record names it."))
    for session in db.session.scalars(select(ContestSession).where(ContestSession.event_id == event_id)):
        session.stations = [one for one in session.stations if one.id != station_id]
    audit.record(actor, "event.station_removed", f"event:{event_id}", before={"station": station.code})
    db.session.flush()
    db.session.delete(station)


def add_equipment(actor: Actor, event_id: int, draft: EquipmentDraft) -> Equipment:
    event = editable_event(actor, event_id)
    values = vars(draft) | {"place": EquipmentPlace(draft.place)}
    item = Equipment(event_id=event.id, **values)
    db.session.add(item)
    db.session.flush()
    audit.record(actor, "event.equipment_added", f"event:{event_id}", after=told(values))
    return item


def remove_equipment(actor: Actor, event_id: int, equipment_id: int) -> None:
    item = part_of(Equipment, equipment_id, editable_event(actor, event_id))
    audit.record(actor, "event.equipment_removed", f"event:{event_id}", before={"name": item.name})
    db.session.delete(item)


def add_regulations(actor: Actor, event_id: int, file_name: str, content: bytes, note: str) -> Regulations:
    """A new version of the regulations; the same file again is refused, for it is there."""
    event = editable_event(actor, event_id)
    upload = checked_upload(content, {PDF})
    versions = queries.regulations(event_id)
    if versions and versions[0].digest == upload.digest:
        raise RuleBroken(_l("This very file is the newest version already."), field="file")
    made = Regulations(
        event_id=event.id,
        version=len(versions) + 1,
        digest=kept_files().put(upload.content),
        file_name=file_name[-120:] or "regulations.pdf",
        size=len(upload.content),
        pages=upload.pages,
        note=note.strip(),
        account_id=actor.account_id,
        uploaded_at=now(),
    )
    db.session.add(made)
    db.session.flush()
    audit.record(
        actor,
        "event.regulations_added",
        f"event:{event_id}",
        after={"version": made.version, "sha256": made.digest},
    )
    return made
