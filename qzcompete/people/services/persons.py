"""Writes persons with their identity documents."""

from __future__ import annotations

import secrets

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete

from qzcompete.core import audit
from qzcompete.core.actor import Actor
from qzcompete.core.clock import now
from qzcompete.core.columns import blind_index
from qzcompete.core.errors import NotFound, RuleBroken
from qzcompete.extensions import db
from qzcompete.people.models import Account, Person, PersonTerm
from qzcompete.people.queries import account_of_person, person_by_document
from qzcompete.people.rules.identity import (
    born_on,
    document_fault,
    name_fault,
    search_terms,
    tidy_name,
    tidy_number,
)

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
    db.session.add_all(PersonTerm(term=term, person_id=person.id) for term in search_terms(person.search))
    audit.record(actor, "person.created", f"person:{person.id}")
    return person


def set_phone(person: Person, phone: str) -> None:
    person.phone = phone.strip()


def forget_phone(person_id: int) -> None:
    db.session.get_one(Person, person_id).phone = None


def forget_person(person_id: int, name: str) -> None:
    """Nothing tells who this was; the row stays for those that point to it. The caller audits."""
    person = db.session.get_one(Person, person_id, with_for_update=True)
    person.name, person.search, person.born_on = name, "", None
    person.document_number, person.document_index = "", secrets.token_hex(32)
    db.session.execute(delete(PersonTerm).where(PersonTerm.person_id == person_id))
    db.session.flush()


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


def search_text(name: str) -> str:
    """The name, its pinyin run together, and the initials: '韦梅静 weimeijing wmj'."""
    # Imported here: its dictionary costs every process that starts a third of a second.
    from pypinyin import Style, lazy_pinyin

    syllables = lazy_pinyin(name, errors="ignore")
    initials = lazy_pinyin(name, style=Style.FIRST_LETTER, errors="ignore")
    return f"{name} {''.join(syllables)} {''.join(initials)}".lower()[:200]
