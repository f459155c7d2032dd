"""Makes a draft of a competition for another year: events, schemes, stations, sessions and equipment; no entries."""

from __future__ import annotations

from dataclasses import replace

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from qzcompete.competitions import queries
from qzcompete.competitions.models import Competition, ContestSession, Equipment
from qzcompete.competitions.queries import CompetitionCard, EventCard
from qzcompete.competitions.rules.copying import day_in, moment_in, renamed
from qzcompete.competitions.services.competitions import CompetitionDraft, create_competition
from qzcompete.competitions.services.events import EventDraft, create_event, set_scheme
from qzcompete.competitions.services.sites import (
    EquipmentDraft,
    SessionDraft,
    add_equipment,
    add_stations,
    save_session,
)
from qzcompete.competitions.services.time_points import set_time_points
from qzcompete.core import audit
from qzcompete.core.actor import Actor
from qzcompete.core.errors import RuleBroken
from qzcompete.core.permissions import permit
from qzcompete.extensions import db


def copy_competition(actor: Actor, competition_id: int, year: int) -> Competition:
    """The same competition as a draft of `year`, every date moved by whole years."""
    permit(actor, "competition.create")
    old = queries.competition_card_by_id(competition_id)
    permit(actor, "competition.view", *old.scopes)
    if year == old.year:
        raise RuleBroken(_l("Choose another year than that of the competition to be copied."), field="year")
    made = create_competition(actor, competition_in(old, year))
    years = year - old.year
    set_time_points(actor, made.id, {name: moment_in(at, years) for name, at in old.points.items()})
    for event in queries.events_of(old.id):
        if event.state != "cancelled":
            copy_event(actor, event, made.id, year)
    audit.record(actor, "competition.copied", f"competition:{made.id}", after={"from": old.code})
    return made


def competition_in(old: CompetitionCard, year: int) -> CompetitionDraft:
    years = year - old.year
    return CompetitionDraft(
        name=renamed(old.name, old.year, year),
        family=old.family,
        level=old.level,
        year=year,
        host_id=old.host_id,
        organisers=old.organisers,
        committee=renamed(old.committee, old.year, year),
        venue=old.venue,
        starts_on=day_in(old.starts_on, years) if old.starts_on else None,
        ends_on=day_in(old.ends_on, years) if old.ends_on else None,
        description=renamed(old.description, old.year, year),
        advancing=old.advancing,
    )


def copy_event(actor: Actor, old: EventCard, competition_id: int, year: int) -> None:
    years = year - old.competition.year
    draft = EventDraft(
        name=old.name,
        occupation_code=old.occupation_code,
        group=old.group,
        trade=old.trade,
        team_size=old.team_size,
        venue=old.venue,
        starts_at=moment_in(old.starts_at, years) if old.starts_at else None,
        places=old.places,
        target_level=old.target_level,
        track=old.track,
        parent_event=old.parent_event,
    )
    made = create_event(actor, competition_id, draft)
    if scheme := queries.scheme_of(old.assessment_id):
        set_scheme(actor, made.id, scheme)
    stations = queries.stations(old.id)
    for venue in dict.fromkeys(station.venue for station in stations):
        add_stations(actor, made.id, [station.code for station in stations if station.venue == venue], venue)
    copy_sessions(actor, old.id, made.id, years)
    for item in db.session.scalars(
        select(Equipment).where(Equipment.event_id == old.id).order_by(Equipment.id)
    ):
        add_equipment(
            actor,
            made.id,
            EquipmentDraft(item.name, item.specification, item.quantity, item.unit, item.place.value),
        )


def copy_sessions(actor: Actor, old_event: int, new_event: int, years: int) -> None:
    ids = {station.code: station.id for station in queries.stations(new_event)}
    query = select(ContestSession).where(ContestSession.event_id == old_event).order_by(ContestSession.id)
    for session in db.session.scalars(query):
        draft = SessionDraft(
            session.name,
            session.module,
            session.venue,
            moment_in(session.starts_at, years),
            moment_in(session.ends_at, years),
        )
        stations = tuple(ids[station.code] for station in session.stations)
        save_session(actor, new_event, replace(draft, station_ids=stations))
