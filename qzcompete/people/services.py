"""Writes accounts, organisations and persons: sign-in with lock-out, roles, identity documents."""

from __future__ import annotations

import math
from datetime import date, timedelta

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from flask_babel import lazy_gettext as _l
from pypinyin import Style, lazy_pinyin

from qzcompete.core import audit
from qzcompete.core.actor import CITY, SYSTEM, Actor, Scope
from qzcompete.core.clock import now
from qzcompete.core.columns import blind_index
from qzcompete.core.errors import NotAllowed, NotFound, RuleBroken
from qzcompete.core.permissions import ROLE_NAMES
from qzcompete.extensions import db
from qzcompete.people.models import Account, Organisation, OrganisationKind, Person, RoleGrant
from qzcompete.people.queries import (
    account_named,
    account_of_person,
    account_to_sign_in,
    organisation_named,
    person_by_document,
)
from qzcompete.people.rules.identity import (
    birth_date,
    credit_code_fault,
    document_fault,
    name_fault,
    tidy_name,
    tidy_number,
)
from qzcompete.people.rules.passwords import password_fault

hasher = PasswordHasher()
# Verified where there is no such account, so that the answer takes as long either way.
NOBODY = hasher.hash("nobody has this password")

PASSWORD_FAULTS = {
    "short": _l("A password has at least 10 characters."),
    "long": _l("A password has at most 128 characters."),
    "common": _l("This password is among the most common ones. Choose another."),
    "username": _l("A password must not contain the user name."),
    "repeated": _l("This password repeats too few characters. Choose another."),
}
DOCUMENT_FAULTS = {
    "kind": _l("This kind of document is not known."),
    "length": _l("A resident identity number has 18 characters."),
    "characters": _l("The document number has characters that do not belong there."),
    "date": _l("The identity number names a day that does not exist."),
    "check_digit": _l("The last character of the identity number does not fit the others. Check each digit."),
}
NAME_FAULTS = {
    "empty": _l("Enter a name."),
    "length": _l("A name has at most 40 characters."),
    "characters": _l("A name has letters and a middle dot only."),
}


def sign_in(username: str, password: str, attempts: int, lock_minutes: int) -> Account | None:
    """The account, or None for a wrong name or password; raises NotAllowed while it is locked.

    Counts failures; the caller commits them although nobody signed in."""
    account = account_to_sign_in(username)
    if account is None or not account.is_active:
        matches(NOBODY, password)
        return None
    moment = now()
    if account.locked_until and account.locked_until > moment:
        raise NotAllowed(
            _l(
                "Too many wrong passwords. Wait %(minutes)s minutes, or ask an administrator.",
                minutes=math.ceil((account.locked_until - moment).total_seconds() / 60),
            ),
            code="locked",
        )
    if matches(account.password_hash, password):
        account.failures, account.locked_until = 0, None
        audit.record(account.actor, "account.signed_in", f"account:{account.id}")
        return account
    account.failures += 1
    if account.failures >= attempts:
        account.failures, account.locked_until = 0, moment + timedelta(minutes=lock_minutes)
        audit.record(SYSTEM, "account.locked", f"account:{account.id}")
    return None


def matches(password_hash: str, password: str) -> bool:
    try:
        return hasher.verify(password_hash, password)
    except (VerifyMismatchError, InvalidHashError):
        return False


def create_account(
    actor: Actor,
    username: str,
    name: str,
    password: str,
    roles: list[tuple[str, Scope]],
    person_id: int | None = None,
) -> Account:
    """A new active account with its roles; raises RuleBroken for a weak password or a taken name."""
    username = username.strip().lower()
    if (
        not username.replace("-", "").replace("_", "").replace(".", "").isalnum()
        or not 2 <= len(username) <= 64
    ):
        raise RuleBroken(_l("A user name has 2 to 64 letters, digits, dots, dashes."), field="username")
    if account_named(username):
        raise RuleBroken(_l("This user name is taken. Choose another."), field="username")
    check_password(password, username)
    account = Account(
        username=username,
        name=tidy_name(name),
        password_hash=hasher.hash(password),
        person_id=person_id,
        failures=0,
        session_epoch=1,
        created_at=now(),
    )
    db.session.add(account)
    db.session.flush()
    audit.record(actor, "account.created", f"account:{account.id}", after={"username": username})
    for role, scope in roles:
        grant_role(actor, account, role, scope)
    return account


def check_password(password: str, username: str) -> None:
    if fault := password_fault(password, username):
        raise RuleBroken(PASSWORD_FAULTS[fault], code=f"password_{fault}", field="password")


def change_password(actor: Actor, account: Account, old: str, new: str) -> None:
    """Set a new password for one's own account and end its other sessions."""
    if not matches(account.password_hash, old):
        raise RuleBroken(_l("The present password is not right."), field="old_password")
    check_password(new, account.username)
    account.password_hash = hasher.hash(new)
    account.session_epoch += 1
    audit.record(actor, "account.password_changed", f"account:{account.id}")


def grant_role(actor: Actor, account: Account, role: str, scope: Scope = CITY) -> None:
    """Give the account a role in a scope; once is enough."""
    if role not in ROLE_NAMES:
        raise RuleBroken(_l("There is no such role."), field="role")
    if any(grant.role == role and (grant.scope_kind, grant.scope_id) == scope for grant in account.grants):
        return
    account.grants.append(RoleGrant(role=role, scope_kind=scope[0], scope_id=scope[1]))
    audit.record(
        actor, "account.role_granted", f"account:{account.id}", after={"role": role, "scope": list(scope)}
    )


def ensure_organisation(
    actor: Actor, name: str, kind: str, county: str | None = None, uscc: str | None = None
) -> Organisation:
    """The organisation of this name, made where it is new."""
    known = organisation_named(name)
    if known:
        return known
    if uscc is not None and credit_code_fault(tidy_number(uscc)):
        raise RuleBroken(_l("This is no valid unified social credit code."), field="uscc")
    organisation = Organisation(
        name=name, kind=OrganisationKind(kind), county=county, uscc=tidy_number(uscc) if uscc else None
    )
    db.session.add(organisation)
    db.session.flush()
    audit.record(actor, "organisation.created", f"organisation:{organisation.id}", after={"name": name})
    return organisation


def ensure_person(actor: Actor, name: str, document_kind: str, document_number: str) -> Person:
    """The person with this document, made where new; raises RuleBroken where the name is another one."""
    name, number = tidy_name(name), tidy_number(document_number)
    if fault := name_fault(name):
        raise RuleBroken(NAME_FAULTS[fault], code=f"name_{fault}", field="name")
    if fault := document_fault(document_kind, number):
        raise RuleBroken(DOCUMENT_FAULTS[fault], code=f"document_{fault}", field="document_number")
    known = person_by_document(number)
    if known is not None:
        if known.name != name:
            raise RuleBroken(
                _l("This document number belongs to a person of another name."), field="document_number"
            )
        return known
    person = Person(
        name=name,
        search=search_text(name),
        document_kind=document_kind,
        document_number=number,
        document_index=blind_index("document", number),
        born_on=born_on(document_kind, number),
        created_at=now(),
    )
    db.session.add(person)
    db.session.flush()
    audit.record(actor, "person.created", f"person:{person.id}")
    return person


def set_phone(person: Person, phone: str) -> None:
    person.phone = phone.strip()


def tie_account(actor: Actor, account_id: int, person_id: int) -> None:
    """The account is this person's from now on, unless it or the person is tied already."""
    account = db.session.get(Account, account_id, with_for_update=True)
    if account is None or account.person_id is not None or account_of_person(person_id) is not None:
        return
    account.person_id = person_id
    db.session.flush()
    audit.record(actor, "account.tied_to_person", f"account:{account_id}", after={"person": person_id})


def reveal_document(actor: Actor, person_id: int, reason: str) -> str:
    """The full document number; each look is audited with its reason. The caller permits."""
    if len(reason.strip()) < 4:
        raise RuleBroken(_l("Say in some words why the number is needed."), field="reason")
    person = db.session.get(Person, person_id)
    if person is None:
        raise NotFound()
    audit.record(actor, "person.document_seen", f"person:{person_id}", after={"reason": reason.strip()[:200]})
    return person.document_number


def born_on(document_kind: str, number: str) -> date | None:
    return birth_date(number) if document_kind in ("resident_id", "residence_permit") else None


def search_text(name: str) -> str:
    """The name, its pinyin run together, and the initials: '韦梅静 weimeijing wmj'."""
    syllables = lazy_pinyin(name, errors="ignore")
    initials = lazy_pinyin(name, style=Style.FIRST_LETTER, errors="ignore")
    return f"{name} {''.join(syllables)} {''.join(initials)}".lower()[:200]
