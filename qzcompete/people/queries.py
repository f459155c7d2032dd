"""Reads accounts, organisations and persons as plain values. Never changes anything."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sqlalchemy import or_, select

from qzcompete.core.clock import now
from qzcompete.core.columns import blind_index
from qzcompete.core.errors import NotFound
from qzcompete.core.paging import ListPage, list_page, nearest_page
from qzcompete.extensions import db
from qzcompete.people.models import (
    Account,
    AccountState,
    Organisation,
    Person,
    PersonTerm,
    RoleGrant,
    SignInSession,
)
from qzcompete.people.rules.identity import masked_number, tidy_number

LAST_CHARACTER = "\U0010ffff"
# Pages of persons that somebody leafs through; further on a search is the way.
MOST_LISTED = 500
PAGE = 50


@dataclass(frozen=True)
class PersonCard:
    """What a page may show of a person: the document number is masked."""

    id: int
    name: str
    document_kind: str
    masked_number: str
    born_on: date | None


@dataclass(frozen=True)
class SessionCard:
    id: int
    agent: str
    started_at: datetime
    present: bool


def account_for_session(key: str, session_key: str) -> Account | None:
    """The active account of a session key, unless its sessions, or this one, were ended since."""
    account = account_of_key(key)
    lasting = select(SignInSession.id).where(
        SignInSession.account_id == (account.id if account else 0),
        SignInSession.key_hash == session_hash(session_key),
        SignInSession.ended_at.is_(None),
    )
    return account if db.session.scalar(lasting) else None


def account_of_key(key: str) -> Account | None:
    """The active account of `Account.get_id`, unless its password changed since."""
    number, _, epoch = key.partition(".")
    account = db.session.get(Account, int(number)) if number.isdigit() else None
    return account if account and account.is_active and str(account.session_epoch) == epoch else None


def session_hash(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


def session_cards(account_id: int, session_key: str, hours: int) -> list[SessionCard]:
    """The account's sessions that last, the newest first; `present` is the one that asks."""
    rows = db.session.scalars(
        select(SignInSession)
        .where(
            SignInSession.account_id == account_id,
            SignInSession.ended_at.is_(None),
            SignInSession.started_at > now() - timedelta(hours=hours),
        )
        .order_by(SignInSession.started_at.desc(), SignInSession.id.desc())
    )
    present = session_hash(session_key)
    return [SessionCard(row.id, row.agent, row.started_at, row.key_hash == present) for row in rows]


def account_by_id(account_id: int) -> Account:
    account = db.session.get(Account, account_id)
    if account is None:
        raise NotFound()
    return account


def account_named(username: str) -> Account | None:
    return db.session.scalar(select(Account).where(Account.username == username.strip().lower()))


def account_to_sign_in(username: str) -> Account | None:
    """The account of this name, locked, so that wrong passwords sent at once are all counted."""
    name = username.strip().lower()
    found = select(Account).where(Account.username == name).with_for_update()
    return db.session.scalar(found, execution_options={"populate_existing": True})


def accounts_with_role(role: str) -> Sequence[Account]:
    """Active accounts that hold `role` in any scope, by name."""
    holders = select(RoleGrant.account_id).where(RoleGrant.role == role)
    return db.session.scalars(select(Account).where(Account.id.in_(holders)).order_by(Account.name)).all()


def account_ids_for(role: str, kind: str, scope_id: int) -> Sequence[int]:
    """Active accounts that hold `role` in exactly this scope."""
    holders = select(RoleGrant.account_id).where(
        RoleGrant.role == role, RoleGrant.scope_kind == kind, RoleGrant.scope_id == scope_id
    )
    query = select(Account.id).where(Account.id.in_(holders), Account.state == AccountState.ACTIVE)
    return db.session.scalars(query.order_by(Account.id)).all()


def account_of_person(person_id: int) -> Account | None:
    return db.session.scalar(select(Account).where(Account.person_id == person_id))


def organisations() -> Sequence[Organisation]:
    return db.session.scalars(select(Organisation).order_by(Organisation.name)).all()


def organisation_named(name: str) -> Organisation | None:
    return db.session.scalar(select(Organisation).where(Organisation.name == name))


def organisation_with_code(uscc: str) -> Organisation | None:
    return db.session.scalar(select(Organisation).where(Organisation.uscc == uscc))


def organisation(organisation_id: int) -> Organisation:
    found = db.session.get(Organisation, organisation_id)
    if found is None:
        raise NotFound()
    return found


def organisation_page(search: str, number: str) -> ListPage:
    """Organisations by name, narrowed to those whose name, county or code contains `search`."""
    query = select(Organisation).order_by(Organisation.name)
    if search:
        columns = (Organisation.name, Organisation.county, Organisation.uscc)
        query = query.where(or_(*(column.icontains(search, autoescape=True) for column in columns)))
    return list_page(query, number)


def organisation_names(ids: Sequence[int]) -> dict[int, str]:
    rows = db.session.execute(select(Organisation.id, Organisation.name).where(Organisation.id.in_(ids)))
    return {row.id: row.name for row in rows}


def person_by_document(number: str) -> Person | None:
    """The person whose tidy document number this is."""
    return db.session.scalar(select(Person).where(Person.document_index == blind_index("document", number)))


def person_cards(ids: Sequence[int]) -> dict[int, PersonCard]:
    people = db.session.scalars(select(Person).where(Person.id.in_(ids)))
    return {person.id: person_card(person) for person in people}


def person_card(person: Person) -> PersonCard:
    return PersonCard(
        person.id, person.name, person.document_kind, masked_number(person.document_number), person.born_on
    )


def person_page(search: str, number: str) -> ListPage:
    """Persons by when they came: all, those whose name, pinyin or initials begin so (a name also within), or by document."""
    if not search:
        page = list_page(
            select(Person).where(Person.search != "").order_by(Person.id), number, most=MOST_LISTED
        )
        return replace(page, items=[person_card(person) for person in page.items])
    ids = found_persons(search)
    total = min(len(ids), MOST_LISTED)
    place = nearest_page(number, total, PAGE)
    cards = person_cards(ids[:total][(place - 1) * PAGE : place * PAGE])
    return ListPage([cards[key] for key in sorted(cards)], place, PAGE, total, total < len(ids))


def found_persons(search: str) -> list[int]:
    """The keys of whom a search finds, from two indexes alone; some more than are listed, of many."""
    wanted = search.lower()
    # A person may be found by more than one term.
    terms = (
        select(PersonTerm.person_id)
        .where(PersonTerm.term.between(wanted, wanted + LAST_CHARACTER))
        .order_by(PersonTerm.term, PersonTerm.person_id)
        .limit(2 * MOST_LISTED + 2)
    )
    document = select(Person.id).where(Person.document_index == blind_index("document", tidy_number(search)))
    return sorted(db.session.scalars(select(terms.subquery()).union(document)))


def account_page(search: str, number: str) -> ListPage:
    """Accounts by user name, narrowed to those whose user name or name contains `search`."""
    query = select(Account).order_by(Account.username)
    if search:
        query = query.where(
            Account.username.icontains(search, autoescape=True)
            | Account.name.contains(search, autoescape=True)
        )
    return list_page(query, number)
