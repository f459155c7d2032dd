"""Where events are held and with what: sessions, stations, equipment, regulations; and who is needed when."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select

from qzcompete.competitions.models import (
    Competition,
    CompetitionState,
    ContestSession,
    Equipment,
    EquipmentPlace,
    Event,
    EventState,
    JudgeModule,
    Regulations,
    Station,
)
from qzcompete.competitions.rules.clashes import Booking
from qzcompete.core.errors import NotFound
from qzcompete.extensions import db
from qzcompete.marking.models import Assessment, Seat
from qzcompete.people.models import Account

EQUIPMENT_PLACES = tuple(place.value for place in EquipmentPlace)


@dataclass(frozen=True)
class StationCard:
    id: int
    code: str
    venue: str


@dataclass(frozen=True)
class SessionCard:
    id: int
    event_id: int
    event_code: str
    event_name: str
    competition_code: str
    competition_name: str
    name: str
    module: str
    venue: str
    starts_at: datetime
    ends_at: datetime
    stations: tuple[StationCard, ...]

    @property
    def title(self) -> str:
        return f"{self.event_name} · {self.name}"


@dataclass(frozen=True)
class EquipmentLine:
    """`total` counts all stations where a thing stands at each of them."""

    id: int
    name: str
    specification: str
    quantity: int
    unit: str
    place: str
    total: int


@dataclass(frozen=True)
class RegulationsCard:
    id: int
    event_id: int
    version: int
    digest: str
    file_name: str
    size: int
    pages: int
    note: str
    uploaded_at: datetime


def stations(event_id: int) -> Sequence[StationCard]:
    query = select(Station).where(Station.event_id == event_id)
    cards = [StationCard(row.id, row.code, row.venue) for row in db.session.scalars(query)]
    return sorted(cards, key=lambda station: (len(station.code), station.code))


def sessions_query() -> Select[Any]:
    return (
        select(ContestSession, Event.code, Event.name, Competition.code, Competition.name)
        .join(Event, Event.id == ContestSession.event_id)
        .join(Competition, Competition.id == Event.competition_id)
        .order_by(ContestSession.starts_at, Event.code, ContestSession.id)
    )


def session_cards(query: Select[Any]) -> list[SessionCard]:
    return [
        SessionCard(
            session.id,
            session.event_id,
            event_code,
            event_name,
            competition_code,
            competition_name,
            session.name,
            session.module,
            session.venue,
            session.starts_at,
            session.ends_at,
            tuple(
                sorted(
                    (StationCard(one.id, one.code, one.venue) for one in session.stations),
                    key=lambda station: (len(station.code), station.code),
                )
            ),
        )
        for session, event_code, event_name, competition_code, competition_name in db.session.execute(query)
    ]


def sessions_of(event_ids: Iterable[int]) -> Sequence[SessionCard]:
    """The sessions of these events, by their time."""
    return session_cards(sessions_query().where(ContestSession.event_id.in_(list(event_ids))))


def session_card(session_id: int, event_id: int) -> SessionCard:
    query = sessions_query().where(ContestSession.id == session_id, ContestSession.event_id == event_id)
    for card in session_cards(query):
        return card
    raise NotFound()


def bookings(since: datetime) -> Sequence[Booking]:
    """Every session that ends after `since`, with the judges that it needs; cancelled events need nobody."""
    query = sessions_query().where(
        ContestSession.ends_at > since,
        Event.state != EventState.CANCELLED,
        Competition.state != CompetitionState.CANCELLED,
    )
    cards = session_cards(query)
    judges = judges_of_sessions({card.event_id for card in cards})
    return [booking_of(card, judges) for card in cards]


# event -> account -> (name, modules that the judge is named for; empty for all)
JudgesOfEvents = Mapping[int, Mapping[int, tuple[str, frozenset[str]]]]


def judges_of_sessions(event_ids: Iterable[int]) -> JudgesOfEvents:
    ids = list(event_ids)
    seats = (
        select(Event.id, Seat.account_id, Seat.name)
        .join(Seat, Seat.assessment_id == Event.assessment_id)
        .where(Event.id.in_(ids), Seat.account_id.is_not(None))
    )
    named: dict[tuple[int, int], set[str]] = defaultdict(set)
    for event_id, account_id, module in db.session.execute(
        select(JudgeModule.event_id, JudgeModule.account_id, JudgeModule.module).where(
            JudgeModule.event_id.in_(ids)
        )
    ):
        named[event_id, account_id].add(module)
    found: dict[int, dict[int, tuple[str, frozenset[str]]]] = defaultdict(dict)
    for event_id, account_id, name in db.session.execute(seats):
        found[event_id][account_id] = (name, frozenset(named.get((event_id, account_id), ())))
    return found


def booking_of(card: SessionCard, judges: JudgesOfEvents) -> Booking:
    return Booking(
        card.id,
        card.event_id,
        card.title,
        card.starts_at,
        card.ends_at,
        card.venue,
        frozenset(station.id for station in card.stations),
        judges_needed(judges.get(card.event_id, {}), card.module),
    )


def judges_needed(judges: Mapping[int, tuple[str, frozenset[str]]], module: str) -> dict[int, str]:
    """Those who are named for the module, or for all; account → name."""
    return {
        account_id: name
        for account_id, (name, modules) in judges.items()
        if not module or not modules or module in modules
    }


def sessions_of_judge(account_id: int) -> Sequence[SessionCard]:
    """The sessions in which the account judges."""
    events = select(Event.id).join(Seat, Seat.assessment_id == Event.assessment_id)
    cards = sessions_of(db.session.scalars(events.where(Seat.account_id == account_id)).all())
    judges = judges_of_sessions({card.event_id for card in cards})
    return [card for card in cards if account_id in judges_needed(judges[card.event_id], card.module)]


def modules_of(assessment_id: int) -> Sequence[tuple[str, str]]:
    """Code and name of the modules of the marking scheme; nothing without one."""
    scheme = db.session.scalar(select(Assessment.scheme).where(Assessment.id == assessment_id))
    modules = scheme.get("modules", ()) if scheme else ()
    return [(module["code"], module.get("name") or module["code"]) for module in modules]


def equipment(event_id: int) -> Sequence[EquipmentLine]:
    count = db.session.scalar(select(func.count(Station.id)).where(Station.event_id == event_id)) or 0
    query = select(Equipment).where(Equipment.event_id == event_id).order_by(Equipment.place, Equipment.id)
    return [
        EquipmentLine(
            row.id,
            row.name,
            row.specification,
            row.quantity,
            row.unit,
            row.place.value,
            row.quantity * count if row.place is EquipmentPlace.STATION else row.quantity,
        )
        for row in db.session.scalars(query)
    ]


def regulations(event_id: int) -> Sequence[RegulationsCard]:
    """All versions, the newest first."""
    query = select(Regulations).where(Regulations.event_id == event_id).order_by(Regulations.version.desc())
    return [
        RegulationsCard(
            row.id,
            row.event_id,
            row.version,
            row.digest,
            row.file_name,
            row.size,
            row.pages,
            row.note,
            row.uploaded_at,
        )
        for row in db.session.scalars(query)
    ]


def events_with_regulations(competition_id: int) -> frozenset[int]:
    query = select(Regulations.event_id).join(Event, Event.id == Regulations.event_id)
    return frozenset(db.session.scalars(query.where(Event.competition_id == competition_id)))


def regulations_version(event_id: int, version: int) -> RegulationsCard:
    for card in regulations(event_id):
        if card.version == version:
            return card
    raise NotFound()


def names_of_accounts(ids: Iterable[int | None]) -> dict[int, str]:
    wanted = [one for one in ids if one is not None]
    return {
        row.id: row.name
        for row in db.session.execute(select(Account.id, Account.name).where(Account.id.in_(wanted)))
    }
