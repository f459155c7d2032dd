"""Turning over the key of encrypted columns: old values stay readable, then all is by the newest, at any stop resumable."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from cryptography.fernet import Fernet, InvalidToken
from flask import Flask
from sqlalchemy import delete, text

from qzcompete.adapters.files import kept_files
from qzcompete.config import new_field_key
from qzcompete.core.actor import SYSTEM
from qzcompete.core.columns import box
from qzcompete.core.transaction import unit
from qzcompete.extensions import db
from qzcompete.notices.models import Evidence
from qzcompete.operation import fields
from qzcompete.people.models import Person, PersonTerm
from qzcompete.people.queries import person_by_document
from qzcompete.people.services import ensure_person
from tests.notices.board import account, object_to, running_notice
from tests.notices.test_objections import picture

NUMBERS = ("11010519491231002X", "360426199101010071", "110101199003070038")


@pytest.fixture
def people(app: Flask) -> Iterator[Flask]:
    """Three persons by an old key, of batches of two; then a new key comes before it."""
    settings = app.config["QZ"]
    with unit():
        for number in NUMBERS:
            ensure_person(SYSTEM, "韦梅静", "resident_id", number)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fields, "AT_ONCE", 2)
        app.config["QZ"] = replace(settings, field_keys=(new_field_key(), *settings.field_keys))
        yield app
    app.config["QZ"] = settings


def by_newest(app: Flask) -> int:
    """How many document numbers the newest key opens by itself."""
    return sum(is_new(app, one) for one in db.session.scalars(text("SELECT document_number FROM person")))


def is_new(app: Flask, token: bytes) -> bool:
    try:
        Fernet(app.config["QZ"].field_keys[0]).decrypt(bytes(token))
    except InvalidToken:
        return False
    return True


def test_what_an_old_key_wrote_is_read_and_found_before_and_after(people: Flask) -> None:
    assert by_newest(people) == 0

    turned = {one.column: (one.seen, one.written) for one in fields.turn_over()}

    db.session.expunge_all()
    assert turned["person.document_number"] == (3, 3)
    assert by_newest(people) == 3
    found = person_by_document(NUMBERS[0])
    assert found is not None and found.document_number == NUMBERS[0]


def test_it_goes_on_where_it_was_stopped(people: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    done = fields.anew
    calls = iter(range(100))

    def stops(value: bytes) -> bytes | None:
        if next(calls) == 2:
            raise KeyboardInterrupt
        return done(value)

    monkeypatch.setattr(fields, "anew", stops)
    with pytest.raises(KeyboardInterrupt):
        list(fields.turn_over())
    monkeypatch.undo()
    assert by_newest(people) == 2

    turned = {one.column: (one.seen, one.written) for one in fields.turn_over()}

    assert turned["person.document_number"] == (3, 1)
    assert [one.written for one in fields.turn_over() if one.written] == []


def test_what_somebody_wrote_meanwhile_is_kept(people: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    def late(value: bytes) -> bytes:
        db.session.execute(text("UPDATE person SET document_number = :new"), {"new": box().encrypt(b"new")})
        return box().rotate(value)

    with unit():
        for person in db.session.query(Person).offset(1):
            db.session.execute(delete(PersonTerm).where(PersonTerm.person_id == person.id))
            db.session.delete(person)
    monkeypatch.setattr(fields, "anew", late)

    list(fields.turn_over())

    assert db.session.scalar(text("SELECT document_number FROM person")) is not None
    assert db.session.query(Person).one().document_number == "new"


def test_encrypted_files_are_written_anew(people: Flask) -> None:
    newest, *old = people.config["QZ"].field_keys
    people.config["QZ"] = replace(people.config["QZ"], field_keys=tuple(old))
    object_to(running_notice(account("office")), files=[("名单.png", picture())])
    before = db.session.query(Evidence).one().file_hash
    people.config["QZ"] = replace(people.config["QZ"], field_keys=(newest, *old))

    list(fields.turn_over())

    db.session.expunge_all()
    after = db.session.query(Evidence).one().file_hash
    assert is_new(people, kept_files().get(after))
    assert after != before
