"""Gathers what is known of those who are entered, and asks the rules of their event. A few queries for any number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select, union_all
from sqlalchemy.orm import aliased

from qzcompete.competitions.models import Event
from qzcompete.competitions.queries import EventCard
from qzcompete.extensions import db
from qzcompete.people.models import Account, Person
from qzcompete.people.rules.identity import born_on
from qzcompete.registration.models import (
    Entry,
    EntryMember,
    EntryStatus,
    EventRules,
    FormerWinner,
    RuleOverride,
)
from qzcompete.registration.queries.entries import (
    EntryCard,
    Member,
    all_entries,
    known_persons,
    members_of_all,
)
from qzcompete.registration.rules.eligibility import Answer, Facts, FormerWin, answers
from qzcompete.registration.rules.entry_sheet import EntryRow


@dataclass(frozen=True)
class RuleSet:
    rules: Sequence[Mapping[str, Any]] = ()
    source: str = ""


@dataclass(frozen=True)
class Override:
    """An exception from one rule: asked for, and where `confirmer` is set, in force."""

    rule: str
    reason: str
    asked_by: int
    asker: str
    asked_at: datetime
    confirmer: str | None
    confirmed_at: datetime | None


@dataclass(frozen=True)
class EntryAnswer:
    """One rule's answer for one who competes, with the exception that was made."""

    member: str
    answer: Answer
    override: Override | None

    @property
    def passes(self) -> bool:
        return self.answer.verdict == "met" or (
            self.override is not None and self.override.confirmer is not None
        )


def rules_of(event_id: int) -> RuleSet:
    row = db.session.get(EventRules, event_id)
    return RuleSet(tuple(row.rules), row.source) if row else RuleSet()


def entry_answers(event: EventCard, cards: Sequence[EntryCard]) -> dict[int, tuple[EntryAnswer, ...]]:
    """Entry -> what each rule says of each of its members; nothing where the event has no rules."""
    rules = rules_of(event.id).rules
    if not rules:
        return {card.id: () for card in cards}
    members = members_of_all([card.id for card in cards])
    facts = gathered(event, cards, members)
    made = overrides([card.id for card in cards])
    return {
        card.id: tuple(
            EntryAnswer(member.name, answer, made.get((card.id, answer.rule)))
            for member, told in zip(members[card.id], facts[card.id], strict=True)
            for answer in answers(rules, told)
        )
        for card in cards
    }


def row_answers(event: EventCard, rows: Sequence[EntryRow]) -> dict[int, tuple[EntryAnswer, ...]]:
    """Place in the sheet -> what the rules will say of the row, before it is taken."""
    rules = rules_of(event.id).rules
    if not rules:
        return {}
    known = known_persons(row.document_number for row in rows)
    person_ids = [person.id for person in known.values()]
    others = other_events(event, person_ids)
    wins = former_wins(event, person_ids)
    found = {}
    for row in rows:
        key = known[row.document_number].id if row.document_number in known else 0
        facts = Facts(
            born_on=born_on(row.document_kind, row.document_number),
            standing=row.standing,
            unit=row.unit,
            guardian=bool(row.guardian),
            skill_level=row.skill_level,
            other_events=tuple(others.get(key, ())),
            wins=tuple(wins.get(key, ())),
        )
        found[row.row] = tuple(EntryAnswer(row.name, answer, None) for answer in answers(rules, facts))
    return found


def doubtful_entries(event: EventCard) -> list[tuple[EntryCard, list[EntryAnswer]]]:
    """The entries that still take part and do not meet every rule by themselves, with those answers."""
    cards = [card for card in all_entries(event.id) if card.status == "present"]
    told = entry_answers(event, cards)
    return [
        (card, doubts)
        for card in cards
        if (doubts := [answer for answer in told[card.id] if answer.answer.verdict != "met"])
    ]


def gathered(
    event: EventCard, cards: Sequence[EntryCard], members: Mapping[int, Sequence[Member]]
) -> dict[int, list[Facts]]:
    person_ids = [
        member.person_id for group in members.values() for member in group if member.person_id is not None
    ]
    born = birth_dates(person_ids)
    others = other_events(event, person_ids)
    wins = former_wins(event, person_ids)
    return {
        card.id: [
            Facts(
                born_on=born.get(member.person_id or 0),
                standing=card.standing,
                unit=card.unit,
                guardian=bool(card.guardian),
                skill_level=card.skill_level,
                other_events=tuple(others.get(member.person_id or 0, ())),
                wins=tuple(wins.get(member.person_id or 0, ())),
            )
            for member in members[card.id]
        ]
        for card in cards
    }


def birth_dates(person_ids: Sequence[int]) -> dict[int, date | None]:
    rows = db.session.execute(select(Person.id, Person.born_on).where(Person.id.in_(person_ids)))
    return {row.id: row.born_on for row in rows}


def other_events(event: EventCard, person_ids: Sequence[int]) -> dict[int, list[str]]:
    """Person -> the names of the other events of this competition in which the person is entered."""
    entered = union_all(
        select(Entry.person_id, Entry.event_id).where(Entry.status == EntryStatus.PRESENT),
        select(EntryMember.person_id, EntryMember.event_id)
        .join(Entry, Entry.id == EntryMember.entry_id)
        .where(Entry.status == EntryStatus.PRESENT),
    ).subquery()
    query = (
        select(entered.c.person_id, Event.name)
        .distinct()
        .join(Event, Event.id == entered.c.event_id)
        .where(
            Event.competition_id == event.competition.id,
            Event.id != event.id,
            entered.c.person_id.in_(person_ids),
        )
        .order_by(Event.name)
    )
    found: dict[int, list[str]] = {}
    for person_id, name in db.session.execute(query):
        found.setdefault(person_id, []).append(name)
    return found


def former_wins(event: EventCard, person_ids: Sequence[int]) -> dict[int, list[FormerWin]]:
    """What each has won in the event's occupation before its year: a heat of the same year bars nobody."""
    query = select(FormerWinner.person_id, FormerWinner.year, FormerWinner.award).where(
        FormerWinner.occupation_code == event.occupation_code, FormerWinner.year < event.competition.year
    )
    found: dict[int, list[FormerWin]] = {}
    for person_id, year, award in db.session.execute(query.where(FormerWinner.person_id.in_(person_ids))):
        found.setdefault(person_id, []).append(FormerWin(year, award))
    return found


def overrides(entry_ids: Sequence[int]) -> dict[tuple[int, str], Override]:
    asker, confirmer = aliased(Account), aliased(Account)
    query = (
        select(RuleOverride, asker.name, confirmer.name)
        .join(asker, asker.id == RuleOverride.asked_by)
        .outerjoin(confirmer, confirmer.id == RuleOverride.confirmed_by)
        .where(RuleOverride.entry_id.in_(entry_ids))
    )
    return {
        (row.entry_id, row.rule): Override(
            row.rule, row.reason, row.asked_by, asked, row.asked_at, confirmed, row.confirmed_at
        )
        for row, asked, confirmed in db.session.execute(query)
    }
