"""The time points of competitions, as every page and every other slice asks for them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from qzcompete.competitions.models import Event, EventState, Postponement, TimePoint, TimePointName
from qzcompete.competitions.queries.cards import CompetitionCard
from qzcompete.competitions.queries.sites import session_cards, sessions_query
from qzcompete.competitions.rules.time_points import (
    Window,
    moved,
    order_faults,
    shift_of,
    stages,
)
from qzcompete.competitions.rules.time_points import window as window_of
from qzcompete.core.clock import in_city
from qzcompete.extensions import db

TIME_POINT_NAMES: dict[str, object] = {
    "registration_opens": _l("Registration opens"),
    "registration_closes": _l("Registration closes"),
    "draw": _l("Draw of lots"),
    "sessions_begin": _l("The contest begins"),
    "mark_deadline": _l("Deadline of marking"),
    "notice_begins": _l("Public notice begins"),
    "notice_ends": _l("Public notice ends"),
    "appeals_close": _l("Appeals close"),
    "award": _l("Award ceremony"),
}


@dataclass(frozen=True)
class Stage:
    """A time point as the timeline shows it; `state` is done, current (the next to come) or todo."""

    name: str
    label: object
    at: datetime
    state: str


@dataclass(frozen=True)
class PostponementCard:
    label: object
    from_at: datetime | None
    to_at: datetime
    reason: str
    moved_at: datetime


@dataclass(frozen=True)
class EventMove:
    code: str
    name: str
    from_at: datetime
    to_at: datetime


@dataclass(frozen=True)
class SessionMove:
    session_id: int
    title: str
    from_at: datetime
    to_at: datetime

    @property
    def shift(self) -> timedelta:
        return self.to_at - self.from_at


@dataclass(frozen=True)
class MovePlan:
    """What changes when one time point is moved: the others, the times of events and sessions, the contest days."""

    name: str
    from_at: datetime | None
    points: Mapping[str, datetime]
    faults: Sequence[str]
    events: Sequence[EventMove] = ()
    sessions: Sequence[SessionMove] = ()
    starts_on: date | None = None
    ends_on: date | None = None


def time_points(competition_id: int) -> dict[str, datetime]:
    query = select(TimePoint.name, TimePoint.at).where(TimePoint.competition_id == competition_id)
    return {name.value: at for name, at in db.session.execute(query)}


def time_point(competition_id: int, name: str) -> datetime | None:
    return db.session.scalar(
        select(TimePoint.at).where(
            TimePoint.competition_id == competition_id, TimePoint.name == TimePointName(name)
        )
    )


def window(name: str, competition_id: int) -> Window:
    """When `registration`, `marking`, `notice` or `appeals` is possible; an end that is not set does not bound it."""
    return window_of(time_points(competition_id), name)


def is_open(name: str, competition_id: int, moment: datetime) -> bool:
    """Whether the window (see `window`) is open at this moment."""
    return window(name, competition_id).is_open(moment)


def timeline(card: CompetitionCard, moment: datetime) -> Sequence[Stage]:
    return [Stage(name, TIME_POINT_NAMES[name], at, state) for name, at, state in stages(card.points, moment)]


def order_sentences(points: Mapping[str, datetime]) -> dict[str, str]:
    """Each time point that comes too early, with the sentence that says so."""
    return {
        fault.later: str(
            _l(
                "“%(later)s” must come after “%(earlier)s”.",
                later=TIME_POINT_NAMES[fault.later],
                earlier=TIME_POINT_NAMES[fault.earlier],
            )
        )
        for fault in order_faults(points)
    }


def move_plan(card: CompetitionCard, name: str, to: datetime) -> MovePlan:
    """What moving this time point to `to` would change, and what would stand in the wrong order."""
    points = moved(card.points, name, to)
    faults = list(order_sentences({**card.points, **points}).values())
    shift = shift_of(card.points, name, to)
    begins = card.points.get("sessions_begin")
    if not shift or begins is None or "sessions_begin" not in points:
        return MovePlan(name, card.points.get(name), points, faults)
    days = in_city(begins + shift).date() - in_city(begins).date()
    return MovePlan(
        name,
        card.points.get(name),
        points,
        faults,
        events_moved(card.id, shift),
        sessions_moved(card.id, shift),
        card.starts_on + days if card.starts_on and days else None,
        card.ends_on + days if card.ends_on and days else None,
    )


def sessions_moved(competition_id: int, shift: timedelta) -> list[SessionMove]:
    """The sessions of the same events, with their times after the shift."""
    query = sessions_query().where(
        Event.competition_id == competition_id, Event.state.in_([EventState.DRAFT, EventState.OPEN])
    )
    return [
        SessionMove(card.id, card.title, card.starts_at, card.starts_at + shift)
        for card in session_cards(query)
    ]


def events_moved(competition_id: int, shift: timedelta) -> list[EventMove]:
    """The events whose marking has not begun, with their times after the shift."""
    query = (
        select(Event.code, Event.name, Event.starts_at)
        .where(
            Event.competition_id == competition_id,
            Event.starts_at.is_not(None),
            Event.state.in_([EventState.DRAFT, EventState.OPEN]),
        )
        .order_by(Event.code)
    )
    return [EventMove(code, name, at, at + shift) for code, name, at in db.session.execute(query)]


def postponements(competition_id: int) -> Sequence[PostponementCard]:
    """Every move of a time point since the competition became public, the newest first."""
    query = (
        select(Postponement)
        .where(Postponement.competition_id == competition_id)
        .order_by(Postponement.id.desc())
    )
    return [
        PostponementCard(TIME_POINT_NAMES[row.name.value], row.from_at, row.to_at, row.reason, row.moved_at)
        for row in db.session.scalars(query)
    ]
