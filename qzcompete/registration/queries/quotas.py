"""Reads who may nominate how many, and how much of it is used. Withdrawn entries use no place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import func, select

from qzcompete.competitions.models import Competition, CompetitionState, Event, EventState
from qzcompete.competitions.queries import (
    CompetitionCard,
    EventCard,
    competition_card_by_id,
    event_card_by_id,
    events_of,
)
from qzcompete.competitions.rules.time_points import window as window_of
from qzcompete.core.actor import Actor
from qzcompete.extensions import db
from qzcompete.people.queries import organisation_names
from qzcompete.registration.models import Entry, EntryStatus, EventQuota, Quota, RegistrationSetting
from qzcompete.registration.rules.period import entry_period


@dataclass(frozen=True)
class Setting:
    self_registration: bool = False
    substitution_until: datetime | None = None


@dataclass(frozen=True)
class Room:
    """What an organisation may still enter in one event: `places` and `total` are none where there is no limit."""

    places: int | None
    used: int
    total: int | None
    total_used: int

    @property
    def left(self) -> int | None:
        limits = [
            max(0, limit - used)
            for limit, used in ((self.places, self.used), (self.total, self.total_used))
            if limit is not None
        ]
        return min(limits) if limits else None


@dataclass(frozen=True)
class QuotaCard:
    """An organisation's quota in a competition: in all, and by event where that is limited."""

    organisation_id: int
    organisation: str
    total: int | None
    used: int
    events: Mapping[int, int] = field(default_factory=dict)


@dataclass(frozen=True)
class OpenEvent:
    """An event with what the organisation may and did enter."""

    event: EventCard
    room: Room


@dataclass(frozen=True)
class OpenCompetition:
    competition: CompetitionCard
    period: str
    organisation_id: int
    organisation: str
    total: int | None
    used: int
    events: tuple[OpenEvent, ...]


def setting_of(competition_id: int) -> Setting:
    row = db.session.get(RegistrationSetting, competition_id)
    return Setting(row.self_registration, row.substitution_until) if row else Setting()


def period_of(competition: CompetitionCard, moment: datetime) -> str:
    """Whether entries are taken at this moment: early, open or late."""
    window = window_of(competition.points, "registration")
    return entry_period(competition.state, window.opens, window.closes, moment)


def used_places(organisation_ids: Sequence[int], event_ids: Sequence[int]) -> dict[tuple[int, int], int]:
    """(organisation, event) -> its entries that have not withdrawn."""
    query = (
        select(Entry.organisation_id, Entry.event_id, func.count())
        .where(
            Entry.organisation_id.in_(organisation_ids),
            Entry.event_id.in_(event_ids),
            Entry.status != EntryStatus.WITHDRAWN,
        )
        .group_by(Entry.organisation_id, Entry.event_id)
    )
    return {(unit, event): count for unit, event, count in db.session.execute(query) if unit is not None}


def room_for(event: EventCard, organisation_id: int) -> Room | None:
    """None where the organisation is not invited to nominate in this competition."""
    quota = db.session.get(Quota, (event.competition.id, organisation_id))
    if quota is None:
        return None
    event_ids = [one.id for one in events_of(event.competition.id)]
    used = used_places([organisation_id], event_ids)
    of_event = db.session.get(EventQuota, (event.id, organisation_id))
    return Room(
        of_event.places if of_event else None,
        used.get((organisation_id, event.id), 0),
        quota.total,
        sum(used.values()),
    )


def quota_cards(competition_id: int) -> Sequence[QuotaCard]:
    """The organisations that may nominate, by name."""
    quotas = db.session.scalars(select(Quota).where(Quota.competition_id == competition_id)).all()
    names = organisation_names([quota.organisation_id for quota in quotas])
    event_ids = [event.id for event in events_of(competition_id)]
    used = used_places(list(names), event_ids)
    limits = db.session.scalars(select(EventQuota).where(EventQuota.event_id.in_(event_ids))).all()
    cards = [
        QuotaCard(
            quota.organisation_id,
            names[quota.organisation_id],
            quota.total,
            sum(count for (unit, _event), count in used.items() if unit == quota.organisation_id),
            {
                limit.event_id: limit.places
                for limit in limits
                if limit.organisation_id == quota.organisation_id
            },
        )
        for quota in quotas
    ]
    return sorted(cards, key=lambda card: card.organisation)


def quota_card(competition_id: int, organisation_id: int) -> QuotaCard | None:
    found = [card for card in quota_cards(competition_id) if card.organisation_id == organisation_id]
    return found[0] if found else None


OPEN_STATES = (CompetitionState.OPEN, CompetitionState.RUNNING)
ENTRY_STATES = (EventState.DRAFT, EventState.OPEN)


def own_organisations(actor: Actor) -> Mapping[int, str]:
    """The organisations for which the account may nominate. A grant for the whole city names none."""
    return organisation_names(sorted(actor.scope_ids("entry.nominate", "organisation") or ()))


def open_competitions(actor: Actor, moment: datetime) -> Sequence[OpenCompetition]:
    """Where the account's organisations are invited, the newest competition first."""
    names = own_organisations(actor)
    query = (
        select(Quota)
        .join(Competition, Competition.id == Quota.competition_id)
        .where(Quota.organisation_id.in_(names), Competition.state.in_(OPEN_STATES))
        .order_by(Competition.year.desc(), Competition.id.desc(), Quota.organisation_id)
    )
    return [invitation(quota, names[quota.organisation_id], moment) for quota in db.session.scalars(query)]


def invitation(quota: Quota, organisation: str, moment: datetime) -> OpenCompetition:
    competition = competition_card_by_id(quota.competition_id)
    events = events_of(quota.competition_id)
    event_ids = [event.id for event in events]
    used = used_places([quota.organisation_id], event_ids)
    limits = {
        row.event_id: row.places
        for row in db.session.scalars(
            select(EventQuota).where(
                EventQuota.organisation_id == quota.organisation_id, EventQuota.event_id.in_(event_ids)
            )
        )
    }
    total_used = sum(used.values())
    return OpenCompetition(
        competition,
        period_of(competition, moment),
        quota.organisation_id,
        organisation,
        quota.total,
        total_used,
        tuple(
            OpenEvent(
                event,
                Room(
                    limits.get(event.id),
                    used.get((quota.organisation_id, event.id), 0),
                    quota.total,
                    total_used,
                ),
            )
            for event in events
            if event.state != "cancelled"
        ),
    )


def self_registration_events(competition: CompetitionCard) -> Sequence[EventCard]:
    """Where somebody may register without an organisation: events for single competitors before their draw."""
    query = select(Event.id).where(
        Event.competition_id == competition.id, Event.state.in_(ENTRY_STATES), Event.team_size == 1
    )
    return [event_card_by_id(event_id) for event_id in db.session.scalars(query.order_by(Event.code))]
