"""Reads certificates: by number, by token, by event, by owner; and what a stranger may see of one."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from flask import current_app
from sqlalchemy import Select, case, extract, func, select

from qzcompete.adapters.files import Files, kept_files
from qzcompete.adapters.signing import keys
from qzcompete.adapters.signing.keys import KeyFolder
from qzcompete.certificates.models import Certificate, CertificateState
from qzcompete.certificates.rules.wording import masked_name
from qzcompete.competitions.models import Event
from qzcompete.competitions.queries import EventCard, event_card_by_id
from qzcompete.core.actor import CITY, Actor, Scope
from qzcompete.core.errors import NotFound
from qzcompete.core.paging import ListPage, list_page
from qzcompete.extensions import db
from qzcompete.people.models import Account
from qzcompete.registration.models import Entry
from qzcompete.registration.queries import Member, members_of_all
from qzcompete.results.queries import Winner, newest_set, ranked
from qzcompete.selection.queries.designations import DesignationCard, designation_card

STATES = tuple(state.value for state in CertificateState)
# The ranks that get a certificate where the scheme names no awards.
RANK_WORDS = {1: "第一名", 2: "第二名", 3: "第三名"}


@dataclass(frozen=True)
class Verification:
    """What anybody may see: the name of a person is masked. `state` is valid, replaced, revoked, ended (the term of a
    plaque) or unknown."""

    state: str
    number: str = ""
    name: str = ""
    competition: str = ""
    event: str = ""
    award: str = ""
    issued_on: date | None = None
    revoked_at: datetime | None = None
    reason: str = ""
    replaced_by: str = ""
    # Of the plaque of a studio or base.
    host: str = ""
    ends_on: date | None = None


def by_file(file_hash: str) -> Verification:
    return verification(select(Certificate).where(Certificate.file_hash == file_hash))


def by_token(token: str) -> Verification:
    return verification(select(Certificate).where(Certificate.token == token.upper()))


def verification_stamp(token: str) -> tuple[object, ...] | None:
    """Changes whenever the page of the code does; None where there is no such certificate. One small query."""
    query = select(
        Certificate.state, Certificate.replaced_by_id, Certificate.revoked_at, Certificate.revoke_reason
    )
    row = db.session.execute(query.where(Certificate.token == token)).first()
    return None if row is None else tuple(row)


def by_number(number: str, name: str) -> Verification:
    """Both must fit, so that numbers cannot be walked through."""
    tidy = number.strip().upper().replace(" ", "")
    return verification(
        select(Certificate).where(Certificate.number == tidy, Certificate.name == name.strip())
    )


def verification(query: Select[tuple[Certificate]]) -> Verification:
    row = db.session.scalar(query)
    if row is None:
        return Verification("unknown")
    successor = db.session.get(Certificate, row.replaced_by_id) if row.replaced_by_id else None
    title = None if row.designation_id is None else designation_card(row.designation_id)
    return Verification(
        state_of(row, title),
        row.number,
        title.name if title else masked_name(row.name),
        row.text.get("competition", ""),
        row.text.get("event", ""),
        row.award,
        row.issued_on,
        row.revoked_at,
        row.revoke_reason or "" if row.state is CertificateState.REVOKED else "",
        successor.number if successor else "",
        title.host_name if title else "",
        title.ends_on if title else None,
    )


def state_of(row: Certificate, title: DesignationCard | None) -> str:
    """A plaque is worth what its title is today, although its own row follows a removal a little later."""
    if title is None or row.state is not CertificateState.VALID:
        return row.state.value
    return "revoked" if title.removed else "valid" if title.standing else "ended"


def plaque_of(designation_id: int) -> Certificate | None:
    """The newest plaque of a studio or base."""
    query = select(Certificate).where(Certificate.designation_id == designation_id)
    return db.session.scalar(query.order_by(Certificate.id.desc()).limit(1))


def certificate(certificate_id: int) -> Certificate:
    found = db.session.get(Certificate, certificate_id)
    if found is None:
        raise NotFound()
    return found


def locked_certificate(certificate_id: int) -> Certificate:
    found = db.session.get(Certificate, certificate_id, with_for_update=True, populate_existing=True)
    if found is None:
        raise NotFound()
    return found


def ended_ids(first: int, behind: int) -> Sequence[int]:
    """The certificates with these ids that are revoked or replaced."""
    query = select(Certificate.id).where(
        Certificate.id >= first, Certificate.id < behind, Certificate.state != CertificateState.VALID
    )
    return db.session.scalars(query).all()


def of_event(event_code: str) -> Sequence[Certificate]:
    query = select(Certificate).join(Event, Event.id == Certificate.event_id).where(Event.code == event_code)
    return db.session.scalars(query.order_by(Certificate.number)).all()


def of_person(person_id: int) -> Sequence[Certificate]:
    query = select(Certificate).where(Certificate.person_id == person_id)
    return db.session.scalars(query.order_by(Certificate.issued_on.desc(), Certificate.number)).all()


def scopes_of(certificate: Certificate) -> tuple[Scope, ...]:
    """Those of its event; what belongs to no event is the city's."""
    return (CITY,) if certificate.event_id is None else event_card_by_id(certificate.event_id).scopes


@dataclass(frozen=True)
class History:
    """A certificate with those before and after it, and who asked for its end and who confirmed."""

    certificate: Certificate
    event: EventCard | None
    replaced_by: Certificate | None
    replaces: Certificate | None
    asked_by: str
    revoked_by: str


def history(certificate_id: int) -> History:
    row = certificate(certificate_id)
    before = db.session.scalar(select(Certificate).where(Certificate.replaced_by_id == row.id))
    after = db.session.get(Certificate, row.replaced_by_id) if row.replaced_by_id else None
    event = event_card_by_id(row.event_id) if row.event_id else None
    people = select(Account.id, Account.name).where(Account.id.in_({row.revoke_asked_by, row.revoked_by}))
    names: dict[int | None, str] = {key: name for key, name in db.session.execute(people)}
    return History(
        row, event, after, before, names.get(row.revoke_asked_by, ""), names.get(row.revoked_by, "")
    )


def seen_by(actor: Actor) -> Select[tuple[Certificate]]:
    """Those that the actor may see."""
    query = select(Certificate).outerjoin(Event, Event.id == Certificate.event_id)
    competitions = actor.scope_ids("certificate.view", "competition")
    if competitions is not None:
        events = actor.scope_ids("certificate.view", "event") or ()
        query = query.where(Event.competition_id.in_(competitions) | Event.id.in_(events))
    return query


def to_confirm(actor: Actor) -> Sequence[Certificate]:
    """Whose revocation waits for a second person, the oldest first."""
    query = seen_by(actor).where(
        Certificate.revoke_asked_at.is_not(None), Certificate.state == CertificateState.VALID
    )
    return db.session.scalars(query.order_by(Certificate.revoke_asked_at)).all()


def ledger(actor: Actor, year: int) -> Sequence[Certificate]:
    """Every certificate of a year that the actor may see, by number."""
    query = seen_by(actor).where(
        Certificate.issued_on >= date(year, 1, 1), Certificate.issued_on <= date(year, 12, 31)
    )
    return db.session.scalars(query.order_by(Certificate.number)).all()


def counts(actor: Actor) -> Sequence[tuple[int, str, int, int, int]]:
    """(year, kind, issued, replaced, revoked), the newest year first."""
    year = extract("year", Certificate.issued_on)

    def number(state: CertificateState) -> Any:
        return func.sum(case((Certificate.state == state, 1), else_=0))

    query = (
        seen_by(actor)
        .with_only_columns(
            year,
            Certificate.kind,
            func.count(),
            number(CertificateState.REPLACED),
            number(CertificateState.REVOKED),
        )
        .group_by(year, Certificate.kind)
        .order_by(year.desc(), Certificate.kind)
    )
    return [(int(row[0]), row[1], row[2], int(row[3]), int(row[4])) for row in db.session.execute(query)]


def of_organisations(organisation_ids: Collection[int]) -> Sequence[Certificate]:
    """The valid certificates of the entries that these organisations sent, newest first."""
    query = (
        select(Certificate)
        .join(Entry, Entry.id == Certificate.entry_id)
        .where(Entry.organisation_id.in_(organisation_ids), Certificate.state == CertificateState.VALID)
    )
    return db.session.scalars(query.order_by(Certificate.issued_on.desc(), Certificate.number)).all()


def certificate_page(
    actor: Actor, search: str, number: str, event: EventCard | None = None, state: str = ""
) -> ListPage:
    """Certificates that the actor may see, of one event by number or of all, newest first, whose number, name or
    unit contains `search`."""
    query = seen_by(actor)
    if event is not None:
        query = query.where(Event.id == event.id).order_by(Certificate.number)
    if state:
        query = query.where(Certificate.state == CertificateState(state))
    if search:
        query = query.where(
            Certificate.number.icontains(search, autoescape=True)
            | Certificate.name.contains(search, autoescape=True)
            | Certificate.unit.contains(search, autoescape=True)
        )
    return list_page(query.order_by(Certificate.id.desc()), number)


@dataclass(frozen=True)
class DueAward:
    """One who earned a certificate and has no valid one; `again` where an earlier one was revoked.

    `slot` tells the members of a team apart; `members` are all of the team."""

    winner: Winner
    award: str
    again: bool
    slot: str = ""
    name: str = ""
    person_id: int | None = None
    members: tuple[str, ...] = ()
    text: str = ""


def due_instructors(event: EventCard) -> Sequence[DueAward]:
    """The instructors of those who earned an award, each once for each entry, without those who have theirs."""
    have = {(row.entry_id, row.slot) for row in of_event(event.code) if row.state is CertificateState.VALID}
    found: dict[tuple[int, str], DueAward] = {}
    for one in earned(event):
        names = [name.strip() for name in re.split("[、,，;；]", one.winner.instructor or "") if name.strip()]
        for place, name in enumerate(names, start=1):
            slot = f"instructor:{place}"
            if (one.winner.entry_id, slot) not in have:
                found[one.winner.entry_id, slot] = DueAward(
                    one.winner, "优秀指导教师", False, slot, name, None, text=one.award
                )
    return list(found.values())


def due_awards(event: EventCard) -> Sequence[DueAward]:
    """What the event's published results give and is not issued yet, best first; nothing before publication."""
    earlier: dict[tuple[int | None, str], bool] = {}
    for row in of_event(event.code):
        if row.kind != "award":
            continue
        key = (row.entry_id, row.slot)
        earlier[key] = earlier.get(key, False) or row.state is CertificateState.VALID
    return [
        replace(one, again=(one.winner.entry_id, one.slot) in earlier)
        for one in earned(event)
        if not earlier.get((one.winner.entry_id, one.slot))
    ]


def earned(event: EventCard) -> Sequence[DueAward]:
    """What the newest published results give, best first, issued or not; one for each member of a team."""
    newest = newest_set(event.id)
    if newest is None or newest.state.value != "published":
        return []
    by_award = any(row["award"] for row in newest.document["results"])
    winners = [(winner, award) for winner in ranked(event) if (award := award_of(winner, by_award))]
    teams = members_of_all([winner.entry_id for winner, _ in winners]) if event.team_size > 1 else {}
    return [
        one for winner, award in winners for one in earned_by(winner, award, teams.get(winner.entry_id, ()))
    ]


def earned_by(winner: Winner, award: str, members: Sequence[Member]) -> list[DueAward]:
    if len(members) < 2:
        return [DueAward(winner, award, False, "", winner.name, winner.person_id)]
    names = tuple(member.name for member in members)
    return [
        DueAward(
            winner, award, False, f"member:{member.person_id or place}", member.name, member.person_id, names
        )
        for place, member in enumerate(members, start=1)
    ]


@dataclass(frozen=True)
class Outdated:
    """A valid certificate whose words no longer fit the published result; `due` is what fits, None for no award."""

    certificate: Certificate
    due: DueAward | None


def outdated(event: EventCard) -> Sequence[Outdated]:
    """The valid award certificates of an event that a corrected result has overtaken."""
    newest = newest_set(event.id)
    if newest is None or newest.state.value != "published":
        return []
    fitting = {(one.winner.entry_id, one.slot): one for one in earned(event)}
    found = []
    for row in of_event(event.code):
        if row.state is not CertificateState.VALID or row.kind != "award" or row.revoke_asked_at is not None:
            continue
        due = fitting.get((row.entry_id or 0, row.slot))
        if due is None or said(due) != (row.award, row.text.get("place"), row.text.get("total")):
            found.append(Outdated(row, due))
    return found


def said(due: DueAward) -> tuple[str, int, str]:
    return (due.award, due.winner.rank, due.winner.total)


def award_of(winner: Winner, by_award: bool) -> str | None:
    """The award; in a scheme that names none, the words for one of the first ranks."""
    return winner.award if by_award else RANK_WORDS.get(winner.rank)


def waiting(event_id: int | None = None, most: int | None = None) -> Sequence[Certificate]:
    """Those of an event, or all, that are not rendered yet; what is no longer valid needs no file."""
    query = select(Certificate).where(
        Certificate.file_hash.is_(None), Certificate.state == CertificateState.VALID
    )
    if event_id is not None:
        query = query.where(Certificate.event_id == event_id)
    return db.session.scalars(query.order_by(Certificate.id).limit(most)).all()


def key_folder() -> KeyFolder:
    settings = current_app.config["QZ"]
    return keys.key_folder(settings.data_dir, settings.signing_key, settings.signing_password)


def files() -> Files:
    return kept_files()


def release() -> None:
    """End the reading transaction, so that long work holds nothing."""
    db.session.rollback()
