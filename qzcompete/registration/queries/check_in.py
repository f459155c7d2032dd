"""Who has come to the door of an event, and what stands on the passes. No code of the draw stands here."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import or_, select

from qzcompete.competitions.models import Competition, CompetitionState, Event, EventState
from qzcompete.competitions.queries import EventCard, event_card_by_id
from qzcompete.core.actor import Actor
from qzcompete.core.columns import blind_index
from qzcompete.extensions import db
from qzcompete.people.models import Person
from qzcompete.registration.models import Entry
from qzcompete.registration.queries.entries import EntryCard, contains, entries, entry_card

PASS = re.compile(r"QZ-(\d{1,9})-([0-9A-F]{10})")


@dataclass(frozen=True)
class DoorCard:
    """An entry as the door sees it; late is who came after the contest had begun."""

    entry: EntryCard
    late: bool


@dataclass(frozen=True)
class Door:
    come: Sequence[DoorCard]
    missing: Sequence[EntryCard]
    absent: Sequence[EntryCard]

    @property
    def expected(self) -> int:
        return len(self.come) + len(self.missing)

    @property
    def late(self) -> int:
        return sum(card.late for card in self.come)


def door(event: EventCard) -> Door:
    """The last to come first; those who are missing by number."""
    cards = entries(event.id)
    present = [card for card in cards if card.status == "present"]
    come = [card for card in present if card.checked_in_at]
    return Door(
        [
            door_card(event, card)
            for card in sorted(come, key=lambda card: str(card.checked_in_at), reverse=True)
        ],
        [card for card in present if not card.checked_in_at],
        [card for card in cards if card.status == "absent"],
    )


def door_card(event: EventCard, card: EntryCard) -> DoorCard:
    late = bool(card.checked_in_at and event.starts_at and card.checked_in_at > event.starts_at)
    return DoorCard(card, late)


def pass_code(card: EntryCard) -> str:
    """What the QR code of a pass says. It holds for this competitor alone: after a substitution it is void."""
    return f"QZ-{card.id}-{blind_index('entry-pass', f'{card.id}:{card.person_id}')[:10].upper()}"


def found_at_door(event: EventCard, typed: str) -> Sequence[EntryCard]:
    """Whom a scanned pass, a typed number or a name means; several for a name that is not clear."""
    typed = typed.strip()
    if match := PASS.fullmatch(typed.upper()):
        card = db.session.get(Entry, int(match[1])) and entry_card(int(match[1]))
        return [card] if card and card.event_id == event.id and pass_code(card) == typed.upper() else []
    accepted = entries(event.id)
    by_number = [
        card for card in accepted if card.number == typed or card.number.lstrip("0") == typed.lstrip("0")
    ]
    if by_number or not typed:
        return by_number if typed else []
    query = (
        select(Entry.id)
        .outerjoin(Person, Person.id == Entry.person_id)
        .where(Entry.event_id == event.id, or_(contains(event.id, typed)))
    )
    ids = set(db.session.scalars(query))
    return [card for card in accepted if card.id in ids]


def events_at_door(actor: Actor) -> Sequence[EventCard]:
    """Events whose competitors the account may check in, those that begin first first."""
    query = (
        select(Event.id)
        .join(Competition, Competition.id == Event.competition_id)
        .where(
            Event.state.in_([EventState.OPEN, EventState.MARKING]),
            Competition.state.in_([CompetitionState.OPEN, CompetitionState.RUNNING]),
        )
        .order_by(Event.starts_at, Event.code)
    )
    cards = [event_card_by_id(event_id) for event_id in db.session.scalars(query)]
    return [card for card in cards if actor.may("entry.check_in", *card.scopes)]
