"""Reads certificates: by number, by token, by event, by owner; and what a stranger may see of one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Select, select

from qzcompete.adapters.files import Files, kept_files
from qzcompete.certificates.models import Certificate, CertificateState
from qzcompete.certificates.rules.wording import masked_name
from qzcompete.competitions.models import Event
from qzcompete.competitions.queries import EventCard, event_card_by_id
from qzcompete.core.actor import Actor, Scope
from qzcompete.core.errors import NotFound
from qzcompete.core.paging import ListPage, list_page
from qzcompete.extensions import db
from qzcompete.results.queries import Winner, newest_set, ranked

# The ranks that get a certificate where the scheme names no awards.
RANK_WORDS = {1: "第一名", 2: "第二名", 3: "第三名"}


@dataclass(frozen=True)
class Verification:
    """What anybody may see: the name is masked. `state` is valid, replaced, revoked or unknown."""

    state: str
    number: str = ""
    name: str = ""
    competition: str = ""
    event: str = ""
    award: str = ""
    issued_on: date | None = None
    revoked_at: datetime | None = None


def by_token(token: str) -> Verification:
    return verification(select(Certificate).where(Certificate.token == token.upper()))


def by_number(number: str, name: str) -> Verification:
    """Both must fit, so that numbers cannot be walked through."""
    return verification(
        select(Certificate).where(
            Certificate.number == number.strip().upper(), Certificate.name == name.strip()
        )
    )


def verification(query: Select[tuple[Certificate]]) -> Verification:
    row = db.session.scalar(query)
    if row is None:
        return Verification("unknown")
    return Verification(
        row.state.value,
        row.number,
        masked_name(row.name),
        row.text["competition"],
        row.text["event"],
        row.award,
        row.issued_on,
        row.revoked_at,
    )


def certificate(certificate_id: int) -> Certificate:
    found = db.session.get(Certificate, certificate_id)
    if found is None:
        raise NotFound()
    return found


def of_event(event_code: str) -> Sequence[Certificate]:
    query = select(Certificate).join(Event, Event.id == Certificate.event_id).where(Event.code == event_code)
    return db.session.scalars(query.order_by(Certificate.number)).all()


def of_person(person_id: int) -> Sequence[Certificate]:
    query = select(Certificate).where(Certificate.person_id == person_id)
    return db.session.scalars(query.order_by(Certificate.issued_on.desc(), Certificate.number)).all()


def scopes_of(certificate: Certificate) -> tuple[Scope, ...]:
    return event_card_by_id(certificate.event_id).scopes


def certificate_page(actor: Actor, search: str, number: str, event: EventCard | None = None) -> ListPage:
    """Certificates that the actor may see, of one event by number or of all, newest first, whose number, name or
    unit contains `search`."""
    query = select(Certificate).join(Event, Event.id == Certificate.event_id)
    if event is not None:
        query = query.where(Event.id == event.id).order_by(Certificate.number)
    competitions = actor.scope_ids("certificate.view", "competition")
    if competitions is not None:
        events = actor.scope_ids("certificate.view", "event") or ()
        query = query.where(Event.competition_id.in_(competitions) | Event.id.in_(events))
    if search:
        query = query.where(
            Certificate.number.icontains(search, autoescape=True)
            | Certificate.name.contains(search, autoescape=True)
            | Certificate.unit.contains(search, autoescape=True)
        )
    return list_page(query.order_by(Certificate.id.desc()), number)


@dataclass(frozen=True)
class DueAward:
    """A winner without a valid certificate; `again` where an earlier one was revoked."""

    winner: Winner
    award: str
    again: bool


def due_awards(event: EventCard) -> Sequence[DueAward]:
    """What the event's published results give and is not issued yet, best first; nothing before publication."""
    newest = newest_set(event.id)
    if newest is None or newest.state.value != "published":
        return []
    by_award = any(row["award"] for row in newest.document["results"])
    earlier = {row.entry_id: False for row in of_event(event.code)}
    earlier |= {row.entry_id: True for row in of_event(event.code) if row.state is CertificateState.VALID}
    return [
        DueAward(winner, award, winner.entry_id in earlier)
        for winner in ranked(event)
        if (award := award_of(winner, by_award)) and not earlier.get(winner.entry_id)
    ]


def award_of(winner: Winner, by_award: bool) -> str | None:
    """The award; in a scheme that names none, the words for one of the first ranks."""
    return winner.award if by_award else RANK_WORDS.get(winner.rank)


def waiting(event_id: int) -> Sequence[Certificate]:
    """Those of an event that are not rendered yet, by number."""
    query = select(Certificate).where(Certificate.event_id == event_id, Certificate.file_hash.is_(None))
    return db.session.scalars(query.order_by(Certificate.number)).all()


def files() -> Files:
    return kept_files()


def release() -> None:
    """End the reading transaction, so that long work holds nothing."""
    db.session.rollback()
