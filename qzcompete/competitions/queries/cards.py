"""Competitions and events as plain values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, func, select

from qzcompete.competitions.models import (
    Competition,
    CompetitionFamily,
    CompetitionLevel,
    CompetitionState,
    Event,
    EventGroup,
    EventState,
    EventTrack,
)
from qzcompete.competitions.rules.workflow import BEFORE_DRAW
from qzcompete.core.actor import Scope
from qzcompete.core.errors import NotFound
from qzcompete.extensions import db
from qzcompete.people.models import Organisation

FAMILIES = tuple(family.value for family in CompetitionFamily)
LEVELS = tuple(level.value for level in CompetitionLevel)
COMPETITION_STATES = tuple(state.value for state in CompetitionState)
GROUPS = tuple(group.value for group in EventGroup)
TRACKS = tuple(track.value for track in EventTrack)
PUBLIC_STATES = (CompetitionState.OPEN, CompetitionState.RUNNING, CompetitionState.FINISHED)
EVENT_STATES = tuple(state.value for state in EventState)


@dataclass(frozen=True)
class CompetitionCard:
    id: int
    code: str
    name: str
    family: str
    level: str
    year: int
    host_id: int | None
    host: str | None
    organisers: str
    committee: str
    venue: str
    state: str
    starts_on: date | None
    ends_on: date | None
    description: str
    points: Mapping[str, datetime] = field(hash=False)
    outer_id: int | None
    parent_id: int | None
    advancing: int | None
    events: int = 0

    @property
    def scopes(self) -> tuple[Scope, ...]:
        return (("competition", self.id),)


@dataclass(frozen=True)
class EventCard:
    id: int
    code: str
    name: str
    competition: CompetitionCard
    assessment_id: int
    state: str
    occupation_code: str
    occupation_name: str
    trade: str | None
    group: str
    team_size: int
    venue: str
    starts_at: datetime | None
    places: int | None
    target_level: int | None
    track: str | None
    parent_event: str

    @property
    def scopes(self) -> tuple[Scope, ...]:
        return (("event", self.id), *self.competition.scopes)

    @property
    def before_draw(self) -> bool:
        return self.state in BEFORE_DRAW


def card_of(competition: Competition, host: str | None = None, events: int = 0) -> CompetitionCard:
    return CompetitionCard(
        id=competition.id,
        code=competition.code,
        name=competition.name,
        family=competition.family.value,
        level=competition.level.value,
        year=competition.year,
        host_id=competition.host_id,
        host=host,
        organisers=competition.organisers,
        committee=competition.committee,
        venue=competition.venue,
        state=competition.state.value,
        starts_on=competition.starts_on,
        ends_on=competition.ends_on,
        description=competition.description,
        points={point.name.value: point.at for point in competition.time_points},
        outer_id=competition.outer_id,
        parent_id=competition.parent_id,
        advancing=competition.advancing,
        events=events,
    )


def event_card_of(event: Event, host: str | None = None) -> EventCard:
    return EventCard(
        id=event.id,
        code=event.code,
        name=event.name,
        competition=card_of(event.competition, host),
        assessment_id=event.assessment_id,
        state=event.state.value,
        occupation_code=event.occupation_code,
        occupation_name=event.occupation_name,
        trade=event.trade,
        group=event.group.value,
        team_size=event.team_size,
        venue=event.venue,
        starts_at=event.starts_at,
        places=event.places,
        target_level=event.target_level,
        track=event.track.value if event.track else None,
        parent_event=event.parent_event,
    )


def competitions_query() -> Select[Any]:
    count = select(func.count(Event.id)).where(Event.competition_id == Competition.id).scalar_subquery()
    return select(Competition, Organisation.name, count).outerjoin(
        Organisation, Organisation.id == Competition.host_id
    )


def cards_of(query: Select[Any]) -> list[CompetitionCard]:
    return [card_of(*row) for row in db.session.execute(query)]


def competition_card(code: str) -> CompetitionCard:
    for card in cards_of(competitions_query().where(Competition.code == code)):
        return card
    raise NotFound()


def competition_card_by_id(competition_id: int) -> CompetitionCard:
    for card in cards_of(competitions_query().where(Competition.id == competition_id)):
        return card
    raise NotFound()


def event_card(code: str) -> EventCard:
    return found_event(select(Event).where(Event.code == code))


def event_card_by_id(event_id: int) -> EventCard:
    return found_event(select(Event).where(Event.id == event_id))


def event_of_assessment(assessment_id: int) -> EventCard:
    return found_event(select(Event).where(Event.assessment_id == assessment_id))


def found_event(query: Select[Any]) -> EventCard:
    event = db.session.scalar(query)
    if event is None:
        raise NotFound()
    return event_card_of(event)


def events_of(competition_id: int) -> Sequence[EventCard]:
    query = select(Event).where(Event.competition_id == competition_id).order_by(Event.code)
    return [event_card_of(event) for event in db.session.scalars(query)]


def events_on_their_way(most: int = 20) -> Sequence[EventCard]:
    """Events between their preparation and their publication, of competitions that go on."""
    query = (
        select(Event)
        .join(Competition, Competition.id == Event.competition_id)
        .where(
            Event.state.in_([EventState.DRAFT, EventState.OPEN, EventState.MARKING, EventState.CLOSED]),
            Competition.state.not_in([CompetitionState.FINISHED, CompetitionState.CANCELLED]),
        )
        .order_by(Event.starts_at, Event.code)
        .limit(most)
    )
    return [event_card_of(event) for event in db.session.scalars(query)]
