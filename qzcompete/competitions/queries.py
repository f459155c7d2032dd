"""Reads competitions, events, panels and uploads as plain values. Never changes anything."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, func, or_, select

from qzcompete.competitions.models import (
    Competition,
    CompetitionFamily,
    CompetitionLevel,
    CompetitionState,
    Event,
    EventGroup,
    EventState,
    ImportDraft,
)
from qzcompete.competitions.rules.workflow import BEFORE_DRAW, EventFacts, missing_before_opening
from qzcompete.core.actor import Actor, Scope
from qzcompete.core.errors import NotFound
from qzcompete.core.paging import ListPage, list_page
from qzcompete.extensions import db
from qzcompete.marking.models import Assessment, Seat
from qzcompete.people.models import Account, Organisation, RoleGrant

FAMILIES = tuple(family.value for family in CompetitionFamily)
LEVELS = tuple(level.value for level in CompetitionLevel)
COMPETITION_STATES = tuple(state.value for state in CompetitionState)
GROUPS = tuple(group.value for group in EventGroup)
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
    registration_opens_at: datetime | None
    registration_closes_at: datetime | None
    starts_on: date | None
    ends_on: date | None
    description: str
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

    @property
    def scopes(self) -> tuple[Scope, ...]:
        return (("event", self.id), *self.competition.scopes)

    @property
    def before_draw(self) -> bool:
        return self.state in BEFORE_DRAW


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


@dataclass(frozen=True)
class Upload:
    """What was read from a file and waits for a yes."""

    id: int
    account_id: int | None
    event_id: int
    file_name: str
    content: Any
    created_at: datetime


def _competition_card(competition: Competition, host: str | None = None, events: int = 0) -> CompetitionCard:
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
        registration_opens_at=competition.registration_opens_at,
        registration_closes_at=competition.registration_closes_at,
        starts_on=competition.starts_on,
        ends_on=competition.ends_on,
        description=competition.description,
        events=events,
    )


def _event_card(event: Event, host: str | None = None) -> EventCard:
    return EventCard(
        id=event.id,
        code=event.code,
        name=event.name,
        competition=_competition_card(event.competition, host),
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
    )


def _competitions() -> Select[Any]:
    count = select(func.count(Event.id)).where(Event.competition_id == Competition.id).scalar_subquery()
    return select(Competition, Organisation.name, count).outerjoin(
        Organisation, Organisation.id == Competition.host_id
    )


def _cards(query: Select[Any]) -> list[CompetitionCard]:
    return [_competition_card(*row) for row in db.session.execute(query)]


def competition_card(code: str) -> CompetitionCard:
    for card in _cards(_competitions().where(Competition.code == code)):
        return card
    raise NotFound()


def competition_card_by_id(competition_id: int) -> CompetitionCard:
    for card in _cards(_competitions().where(Competition.id == competition_id)):
        return card
    raise NotFound()


def event_card(code: str) -> EventCard:
    return _found_event(select(Event).where(Event.code == code))


def event_card_by_id(event_id: int) -> EventCard:
    return _found_event(select(Event).where(Event.id == event_id))


def event_of_assessment(assessment_id: int) -> EventCard:
    return _found_event(select(Event).where(Event.assessment_id == assessment_id))


def _found_event(query: Select[Any]) -> EventCard:
    event = db.session.scalar(query)
    if event is None:
        raise NotFound()
    return _event_card(event)


def events_of(competition_id: int) -> Sequence[EventCard]:
    query = select(Event).where(Event.competition_id == competition_id).order_by(Event.code)
    return [_event_card(event) for event in db.session.scalars(query)]


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
    return [_event_card(event) for event in db.session.scalars(query)]


def competition_page(
    actor: Actor, number: str, search: str = "", year: str = "", family: str = "", state: str = ""
) -> ListPage:
    """Competitions that the actor may see, newest first, narrowed by what the list asks for."""
    query = _competitions().order_by(
        Competition.year.desc(), Competition.starts_on.desc(), Competition.id.desc()
    )
    allowed = actor.scope_ids("competition.view", "competition")
    if allowed is not None:
        query = query.where(Competition.id.in_(allowed))
    if search:
        query = query.where(
            or_(
                *(
                    column.icontains(search, autoescape=True)
                    for column in (
                        Competition.name,
                        Competition.code,
                        Competition.organisers,
                        Competition.venue,
                    )
                )
            )
        )
    if year.isascii() and year.isdigit():
        query = query.where(Competition.year == int(year[:4]))
    if family in FAMILIES:
        query = query.where(Competition.family == CompetitionFamily(family))
    if state in COMPETITION_STATES:
        query = query.where(Competition.state == CompetitionState(state))
    page = list_page(query, number, size=20)
    return ListPage([_competition_card(*row) for row in page.items], page.number, page.size, page.total)


def years() -> Sequence[int]:
    return db.session.scalars(select(Competition.year).distinct().order_by(Competition.year.desc())).all()


PUBLIC_STATES = (CompetitionState.OPEN, CompetitionState.RUNNING, CompetitionState.FINISHED)


def public_competitions(year: int | None = None) -> Sequence[CompetitionCard]:
    """What everybody may see: competitions that are open, running or finished, newest first."""
    query = _competitions().where(Competition.state.in_(PUBLIC_STATES))
    if year is not None:
        query = query.where(Competition.year == year)
    return _cards(query.order_by(Competition.year.desc(), Competition.starts_on, Competition.id))


@dataclass(frozen=True)
class CalendarEntry:
    """A day, or some days, of which the public should know."""

    kind: str
    competition: CompetitionCard
    begins: date
    ends: date


def calendar(year: int) -> Sequence[CalendarEntry]:
    """Registration and contest days of the public competitions of a year, in order."""
    from qzcompete.core.clock import in_city

    entries = []
    for card in public_competitions(year):
        if card.registration_opens_at and card.registration_closes_at:
            days = (in_city(card.registration_opens_at).date(), in_city(card.registration_closes_at).date())
            entries.append(CalendarEntry("registration", card, *days))
        if card.starts_on:
            entries.append(CalendarEntry("contest", card, card.starts_on, card.ends_on or card.starts_on))
    return sorted(entries, key=lambda entry: (entry.begins, entry.ends, entry.competition.code))


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
    )
    return missing_before_opening(facts)


def panel_choices(role: str) -> Sequence[Choice]:
    """Active accounts that hold `role` anywhere, by name."""
    holders = select(RoleGrant.account_id).where(RoleGrant.role == role)
    query = select(Account.id, Account.name, Account.username, Account.state).where(Account.id.in_(holders))
    rows = db.session.execute(query.order_by(Account.name, Account.username))
    return [Choice(row.id, row.name, row.username) for row in rows if row.state.value == "active"]


def upload(upload_id: int, event_id: int, kind: str, actor: Actor) -> Upload:
    """The own upload of this kind for this event; nobody sees another officer's."""
    draft = db.session.get(ImportDraft, upload_id)
    if draft is None or (draft.event_id, draft.kind, draft.account_id) != (event_id, kind, actor.account_id):
        raise NotFound()
    return Upload(
        draft.id, draft.account_id, draft.event_id, draft.file_name, json.loads(draft.rows), draft.created_at
    )


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
