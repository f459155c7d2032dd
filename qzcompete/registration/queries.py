"""Reads entries as plain values. Names and work codes stand together only in `entry_of_code` and `code_list`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, or_, select

from qzcompete.competitions.models import Event
from qzcompete.core.columns import blind_index
from qzcompete.core.errors import NotAllowed, NotFound
from qzcompete.core.paging import ListPage, list_page
from qzcompete.extensions import db
from qzcompete.marking.models import Assessment
from qzcompete.people.models import Organisation, Person
from qzcompete.people.rules.identity import masked_number
from qzcompete.registration.models import Draw, Entry, EntryStatus, WorkCode

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


@dataclass(frozen=True)
class CodeLine:
    """One line of the secret list."""

    code: str
    number: str
    name: str
    unit: str


@dataclass(frozen=True)
class DrawCard:
    drawn_at: datetime
    seed_hash: str
    codes: int


def _card(entry: Entry, kind: str | None = None, document_number: str | None = None) -> EntryCard:
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
    return [_card(*row) for row in db.session.execute(query)]


def entry_card(entry_id: int) -> EntryCard:
    for row in db.session.execute(_entries().where(Entry.id == entry_id)):
        return _card(*row)
    raise NotFound()


def entries_of_person(person_id: int) -> Sequence[EntryCard]:
    return [_card(*row) for row in db.session.execute(_entries().where(Entry.person_id == person_id))]


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
    return ListPage([_card(*row) for row in page.items], page.number, page.size, page.total)


def entry_counts(event_id: int) -> dict[str, int]:
    """How many entries have each status, also 0."""
    query = select(Entry.status, func.count()).where(Entry.event_id == event_id).group_by(Entry.status)
    counted = {status.value: count for status, count in db.session.execute(query)}
    return {status: counted.get(status, 0) for status in STATUSES}


def entry_of_code(event_id: int) -> dict[str, EntryCard]:
    """Whose work each code is. Only for results: refused until the assessment is closed."""
    state = db.session.scalar(
        select(Assessment.state).join(Event, Event.assessment_id == Assessment.id).where(Event.id == event_id)
    )
    if state is None:
        raise NotFound()
    if state.value != "closed":
        raise NotAllowed()
    query = (
        select(WorkCode.code, Entry, Person.document_kind, Person.document_number)
        .join(Entry, Entry.id == WorkCode.entry_id)
        .outerjoin(Person, Person.id == Entry.person_id)
        .where(WorkCode.event_id == event_id)
    )
    return {code: _card(*rest) for code, *rest in db.session.execute(query)}


def code_list(event_id: int) -> Sequence[CodeLine]:
    """The secret list by code; `services.reveal_codes` audits each look at it."""
    query = (
        select(WorkCode.code, Entry.number, Entry.name, Entry.unit)
        .join(Entry, Entry.id == WorkCode.entry_id)
        .where(WorkCode.event_id == event_id)
        .order_by(WorkCode.code)
    )
    return [CodeLine(*row) for row in db.session.execute(query)]


def work_code(entry_id: int) -> str | None:
    return db.session.scalar(select(WorkCode.code).where(WorkCode.entry_id == entry_id))


def draw_card(event_id: int) -> DrawCard | None:
    draw = db.session.get(Draw, event_id)
    if draw is None:
        return None
    count = (
        db.session.scalar(select(func.count()).select_from(WorkCode).where(WorkCode.event_id == event_id))
        or 0
    )
    return DrawCard(draw.drawn_at, draw.seed_hash, count)


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
