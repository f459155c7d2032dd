"""Reads entries as plain values. No work code stands here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, or_, select

from qzcompete.core.columns import blind_index
from qzcompete.core.errors import NotFound
from qzcompete.core.paging import ListPage, list_page
from qzcompete.extensions import db
from qzcompete.people.models import Organisation, Person
from qzcompete.people.rules.identity import masked_number
from qzcompete.registration.models import Entry, EntryStatus

STATUSES = tuple(status.value for status in EntryStatus)


@dataclass(frozen=True)
class EntryCard:
    """An entry; the document number is masked."""

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
    document_kind: str | None = None
    masked_number: str | None = None


def entry_card_of(entry: Entry, kind: str | None = None, document_number: str | None = None) -> EntryCard:
    return EntryCard(
        id=entry.id,
        event_id=entry.event_id,
        number=entry.number,
        name=entry.name,
        unit=entry.unit,
        person_id=entry.person_id,
        organisation_id=entry.organisation_id,
        instructor=entry.instructor,
        guest=entry.guest,
        status=entry.status.value,
        document_kind=kind,
        masked_number=masked_number(document_number) if document_number else None,
    )


def _entries() -> Select[Any]:
    return select(Entry, Person.document_kind, Person.document_number).outerjoin(
        Person, Person.id == Entry.person_id
    )


def entries(event_id: int) -> Sequence[EntryCard]:
    """All entries of an event by number."""
    query = _entries().where(Entry.event_id == event_id).order_by(func.length(Entry.number), Entry.number)
    return [entry_card_of(*row) for row in db.session.execute(query)]


def entry_card(entry_id: int) -> EntryCard:
    for row in db.session.execute(_entries().where(Entry.id == entry_id)):
        return entry_card_of(*row)
    raise NotFound()


def entries_of_person(person_id: int) -> Sequence[EntryCard]:
    return [entry_card_of(*row) for row in db.session.execute(_entries().where(Entry.person_id == person_id))]


def entry_page(event_id: int, number: str, search: str = "", status: str = "") -> ListPage:
    """Entries by number, narrowed to a status and to what name, pinyin, unit or number contain."""
    query = _entries().where(Entry.event_id == event_id).order_by(func.length(Entry.number), Entry.number)
    if search:
        query = query.where(
            or_(
                Entry.name.contains(search, autoescape=True),
                Person.search.contains(search.lower(), autoescape=True),
                Entry.unit.contains(search, autoescape=True),
                Entry.number.startswith(search, autoescape=True),
            )
        )
    if status in STATUSES:
        query = query.where(Entry.status == EntryStatus(status))
    page = list_page(query, number)
    return ListPage([entry_card_of(*row) for row in page.items], page.number, page.size, page.total)


def entry_counts(event_id: int) -> dict[str, int]:
    """How many entries have each status, also 0."""
    query = select(Entry.status, func.count()).where(Entry.event_id == event_id).group_by(Entry.status)
    counted = {status.value: count for status, count in db.session.execute(query)}
    return {status: counted.get(status, 0) for status in STATUSES}


def names_of_documents(numbers: Iterable[str]) -> dict[str, tuple[int, str]]:
    """Tidy document number -> (person id, name), for those that are known."""
    by_index = {blind_index("document", number): number for number in numbers}
    keys = list(by_index)
    found: dict[str, tuple[int, str]] = {}
    for start in range(0, len(keys), 500):
        query = select(Person.document_index, Person.id, Person.name)
        for index, person_id, name in db.session.execute(
            query.where(Person.document_index.in_(keys[start : start + 500]))
        ):
            found[by_index[index]] = (person_id, name)
    return found


def organisation_ids(names: Iterable[str]) -> dict[str, int]:
    query = select(Organisation.name, Organisation.id).where(Organisation.name.in_(set(names)))
    return {name: key for name, key in db.session.execute(query)}
