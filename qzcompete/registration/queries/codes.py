"""Reads codes. Names and work codes stand together only in `entry_of_code` and `code_list`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select

from qzcompete.competitions.models import Event
from qzcompete.core.errors import NotAllowed, NotFound, RuleBroken
from qzcompete.extensions import db
from qzcompete.marking.models import Assessment
from qzcompete.people.models import Person
from qzcompete.registration.models import Draw, Entry, WorkCode
from qzcompete.registration.queries.entries import EntryCard, entry_card_of
from qzcompete.registration.queries.layers import codes_are_sealed, commitments, sealed_code


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


def entry_of_code(event_id: int) -> dict[str, EntryCard]:
    """Whose work each code is. Only for results: refused until the assessment is closed."""
    state = db.session.scalar(
        select(Assessment.state).join(Event, Event.assessment_id == Assessment.id).where(Event.id == event_id)
    )
    if state is None:
        raise NotFound()
    if state.value != "closed":
        raise NotAllowed()
    if codes_are_sealed(event_id):
        raise RuleBroken(
            _l(
                "The codes are still sealed. Their keepers and the supervisor open them, the last layer first."
            ),
            code="codes_sealed",
        )
    query = (
        select(WorkCode.code, Entry, Person.document_kind, Person.document_number)
        .join(Entry, Entry.id == WorkCode.entry_id)
        .outerjoin(Person, Person.id == Entry.person_id)
        .where(WorkCode.event_id == event_id)
    )
    return {code: entry_card_of(*rest) for code, *rest in db.session.execute(query)}


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
    """For marking alone, also while the layers are sealed; no page shows it beside the entry."""
    code = db.session.scalar(select(WorkCode.code).where(WorkCode.entry_id == entry_id))
    return code or sealed_code(entry_id)


def draw_card(event_id: int) -> DrawCard | None:
    draw = db.session.get(Draw, event_id)
    if draw is None:
        return None
    count = (
        db.session.scalar(select(func.count()).select_from(WorkCode).where(WorkCode.event_id == event_id))
        or 0
    )
    if codes_are_sealed(event_id):
        count = len(commitments(event_id)[0].numbers)
    return DrawCard(draw.drawn_at, draw.seed_hash, count)
