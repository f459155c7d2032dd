"""Reads entries as plain values. No work code stands here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import CompoundSelect, Select, func, or_, select

from qzcompete.competitions.models import Event, EventState
from qzcompete.competitions.queries import EventCard, event_card_by_id
from qzcompete.core.actor import Actor
from qzcompete.core.columns import blind_index
from qzcompete.core.errors import NotFound
from qzcompete.core.paging import ListPage, list_page
from qzcompete.extensions import db
from qzcompete.people.models import Organisation, Person
from qzcompete.people.rules.identity import masked_number
from qzcompete.registration.models import Admission, Entry, EntryMember, EntryStatus

STATUSES = tuple(status.value for status in EntryStatus)
ADMISSIONS = tuple(admission.value for admission in Admission)
# key of a column -> what it is sorted by
SORTS = {"number": Entry.number, "name": Person.search, "unit": Entry.unit, "created": Entry.id}


@dataclass(frozen=True)
class EntryCard:
    """An entry; the document number is masked. `number` is empty until the entry is accepted."""

    id: int
    event_id: int
    number: str
    name: str
    unit: str
    person_id: int | None
    organisation_id: int | None
    instructor: str | None
    guest: bool
    status: str
    admission: str
    note: str | None
    standing: str | None
    skill_level: int | None
    guardian: str | None
    account_id: int | None
    checked_in_at: datetime | None
    document_kind: str | None = None
    masked_number: str | None = None

    @property
    def stage(self) -> str:
        """One word for where the entry is: how far the office is, or why it takes no part."""
        if self.status != "present":
            return self.status
        return "entered" if self.admission == "accepted" else self.admission


@dataclass(frozen=True)
class Member:
    """One of those who compete in an entry: the competitor, or each of a team with its leader first."""

    person_id: int | None
    name: str
    leader: bool
    document_kind: str | None = None
    masked_number: str | None = None


def entry_card_of(entry: Entry, kind: str | None = None, document_number: str | None = None) -> EntryCard:
    return EntryCard(
        id=entry.id,
        event_id=entry.event_id,
        number=entry.number or "",
        name=entry.name,
        unit=entry.unit,
        person_id=entry.person_id,
        organisation_id=entry.organisation_id,
        instructor=entry.instructor,
        guest=entry.guest,
        status=entry.status.value,
        admission=entry.admission.value,
        note=entry.note,
        standing=entry.standing.value if entry.standing else None,
        skill_level=entry.skill_level,
        guardian=entry.guardian,
        account_id=entry.account_id,
        checked_in_at=entry.checked_in_at,
        document_kind=kind,
        masked_number=masked_number(document_number) if document_number else None,
    )


def _entries() -> Select[Any]:
    return select(Entry, Person.document_kind, Person.document_number).outerjoin(
        Person, Person.id == Entry.person_id
    )


def entries(event_id: int) -> Sequence[EntryCard]:
    """The accepted entries of an event by number."""
    query = _entries().where(Entry.event_id == event_id, Entry.admission == Admission.ACCEPTED)
    return entry_cards(query.order_by(func.length(Entry.number), Entry.number))


def all_entries(event_id: int) -> Sequence[EntryCard]:
    """Also those that the office has not accepted, in the order in which they came."""
    return entry_cards(_entries().where(Entry.event_id == event_id).order_by(Entry.id))


def entry_cards(query: Select[Any]) -> Sequence[EntryCard]:
    return [entry_card_of(*row) for row in db.session.execute(query)]


def members_of(entry_id: int) -> Sequence[Member]:
    """Everybody who competes in the entry, the leader first; of a single entry the competitor alone."""
    return members_of_all([entry_id]).get(entry_id, ())


def members_of_all(entry_ids: Sequence[int]) -> dict[int, Sequence[Member]]:
    """The members of many entries with two queries."""
    found: dict[int, list[Member]] = {}
    teams = (
        select(
            EntryMember.entry_id,
            EntryMember.person_id,
            EntryMember.name,
            EntryMember.leader,
            Person.document_kind,
            Person.document_number,
        )
        .join(Person, Person.id == EntryMember.person_id)
        .where(EntryMember.entry_id.in_(entry_ids))
        .order_by(EntryMember.leader.desc(), EntryMember.id)
    )
    for entry_id, person_id, name, leader, kind, number in db.session.execute(teams):
        found.setdefault(entry_id, []).append(Member(person_id, name, leader, kind, masked_number(number)))
    single = [entry_id for entry_id in entry_ids if entry_id not in found]
    for card in entry_cards(_entries().where(Entry.id.in_(single))):
        found[card.id] = [Member(card.person_id, card.name, True, card.document_kind, card.masked_number)]
    return {entry_id: tuple(members) for entry_id, members in found.items()}


def entry_card(entry_id: int) -> EntryCard:
    for row in db.session.execute(_entries().where(Entry.id == entry_id)):
        return entry_card_of(*row)
    raise NotFound()


def entries_of_organisation(event_id: int, organisation_id: int) -> Sequence[EntryCard]:
    """All of an organisation's entries, in the order in which they came."""
    query = _entries().where(Entry.event_id == event_id, Entry.organisation_id == organisation_id)
    return entry_cards(query.order_by(Entry.id))


def entry_ids_of(person_id: int) -> CompoundSelect[tuple[int]]:
    """The keys of the entries in which the person competes, alone or in a team."""
    teams = select(EntryMember.entry_id).where(EntryMember.person_id == person_id)
    return select(Entry.id).where(Entry.person_id == person_id).union(teams)


def entries_of_account(actor: Actor) -> Sequence[EntryCard]:
    """Those that the account registered, and those of the person behind it, the newest first."""
    # Each from its index; an OR of both would be looked for in all entries.
    mine = select(Entry.id).where(Entry.account_id == actor.account_id)
    if actor.person_id is None:
        return entry_cards(_entries().where(Entry.id.in_(mine)).order_by(Entry.id.desc()))
    own = mine.union(select(entry_ids_of(actor.person_id).subquery()))
    return entry_cards(_entries().where(Entry.id.in_(own)).order_by(Entry.id.desc()))


def entries_of_person(person_id: int) -> Sequence[EntryCard]:
    """Entries of all years in which the person competes, alone or in a team; the newest first."""
    return entry_cards(_entries().where(Entry.id.in_(entry_ids_of(person_id))).order_by(Entry.id.desc()))


def entry_page(
    event_id: int, number: str, search: str = "", status: str = "", admission: str = "", sort: str = ""
) -> ListPage:
    """Entries by number, narrowed to a status, an admission, and to what name, pinyin, unit or number contain."""
    page = list_page(entry_list(event_id, search, status, admission, sort), number)
    return ListPage([entry_card_of(*row) for row in page.items], page.number, page.size, page.total)


def listed_entries(event_id: int, search: str = "", **narrowed: str) -> Sequence[EntryCard]:
    """All that the list would show on its pages."""
    return entry_cards(entry_list(event_id, search, **narrowed))


def entry_list(
    event_id: int, search: str = "", status: str = "", admission: str = "", sort: str = ""
) -> Select[Any]:
    query = _entries().where(Entry.event_id == event_id)
    if search:
        query = query.where(contains(event_id, search))
    if status in STATUSES:
        query = query.where(Entry.status == EntryStatus(status))
        if status == "present":
            query = query.where(Entry.admission == Admission.ACCEPTED)
    if admission in ADMISSIONS:
        query = query.where(Entry.admission == Admission(admission), Entry.status == EntryStatus.PRESENT)
    column = SORTS.get(sort.removeprefix("-"))
    if column is None:
        return query.order_by(Entry.number.is_(None), func.length(Entry.number), Entry.number, Entry.id)
    return query.order_by(column.desc() if sort.startswith("-") else column, Entry.id)


def contains(event_id: int, search: str) -> Any:
    members = select(EntryMember.entry_id).where(
        EntryMember.event_id == event_id, EntryMember.name.contains(search, autoescape=True)
    )
    return or_(
        Entry.name.contains(search, autoescape=True),
        Person.search.contains(search.lower(), autoescape=True),
        Entry.unit.contains(search, autoescape=True),
        Entry.number.startswith(search, autoescape=True),
        Entry.id.in_(members),
    )


def entry_counts(event_id: int) -> dict[str, int]:
    """How many accepted entries have each status, and how many are submitted, returned or waiting; also 0."""
    query = select(Entry.admission, Entry.status, func.count()).where(Entry.event_id == event_id)
    counts = dict.fromkeys((*STATUSES, "submitted", "returned", "waiting"), 0)
    for admission, status, count in db.session.execute(query.group_by(Entry.admission, Entry.status)):
        accepted = admission is Admission.ACCEPTED or status is not EntryStatus.PRESENT
        counts[status.value if accepted else admission.value] += count
    return counts


def events_with_submitted() -> Sequence[tuple[EventCard, int]]:
    """Events before their draw in which entries wait for the office, and how many."""
    query = (
        select(Entry.event_id, func.count())
        .join(Event, Event.id == Entry.event_id)
        .where(
            Entry.admission == Admission.SUBMITTED,
            Entry.status == EntryStatus.PRESENT,
            Event.state.in_([EventState.DRAFT, EventState.OPEN]),
        )
        .group_by(Entry.event_id)
        .order_by(Entry.event_id)
    )
    return [(event_card_by_id(event_id), count) for event_id, count in db.session.execute(query)]


def next_number(event_id: int) -> int:
    """What the next entry that is accepted will be called: numbers are never used again."""
    query = select(func.count()).where(Entry.event_id == event_id, Entry.number.is_not(None))
    return (db.session.scalar(query) or 0) + 1


@dataclass(frozen=True)
class KnownPerson:
    id: int
    name: str
    phone: str | None


def known_persons(numbers: Iterable[str]) -> dict[str, KnownPerson]:
    """Tidy document number -> the person, for those that are known."""
    by_index = {blind_index("document", number): number for number in numbers}
    keys = list(by_index)
    found: dict[str, KnownPerson] = {}
    for start in range(0, len(keys), 500):
        query = select(Person.document_index, Person.id, Person.name, Person.phone)
        for index, *values in db.session.execute(
            query.where(Person.document_index.in_(keys[start : start + 500]))
        ):
            found[by_index[index]] = KnownPerson(*values)
    return found


def entry_of_persons(event_id: int) -> dict[int, EntryCard]:
    """Person -> the entry of this event, as its competitor or as a member of its team."""
    cards = {card.id: card for card in all_entries(event_id)}
    found = {card.person_id: card for card in cards.values() if card.person_id}
    members = select(EntryMember.person_id, EntryMember.entry_id).where(EntryMember.event_id == event_id)
    return found | {person_id: cards[entry_id] for person_id, entry_id in db.session.execute(members)}


def organisation_ids(names: Iterable[str]) -> dict[str, int]:
    query = select(Organisation.name, Organisation.id).where(Organisation.name.in_(set(names)))
    return {name: key for name, key in db.session.execute(query)}
