"""Deletion on request keeps what the law keeps and forgets the rest; what has run out goes by itself, once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, text

from qzcompete.core import clock
from qzcompete.core.actor import CITY, SYSTEM
from qzcompete.core.audit import AuditRow
from qzcompete.core.clock import now
from qzcompete.core.columns import EncryptedText
from qzcompete.core.errors import RuleBroken
from qzcompete.core.transaction import unit
from qzcompete.extensions import db
from qzcompete.notices.services import post_message
from qzcompete.notices.services.messages import set_addresses
from qzcompete.oversight import queries, services
from qzcompete.oversight.personal import REGISTER
from qzcompete.oversight.retention import GOES, KEEPS, NAMED, RUN_OUT
from qzcompete.people.models import Account, Person
from qzcompete.people.queries import account_named
from qzcompete.people.services import create_account, ensure_person, set_phone
from tests.conftest import PASSWORD
from tests.results.contest import DOCUMENTS, held_contest, person_of, publish

SignIn = Callable[..., FlaskClient]
NUMBER = "450702199003070074"


def account(username: str = "competitor-user") -> Account:
    found = account_named(username)
    assert found is not None
    return found


def asked(client: FlaskClient) -> int:
    answer = client.post("/account/erasure", data={"erasure-password": PASSWORD})
    assert answer.status_code == 302, answer.text
    found = queries.open_erasure(account().id)
    assert found is not None
    return found.id


def person(number: str = "G12345678") -> int:
    with unit():
        made = ensure_person(SYSTEM, "韦梅静", "passport", number)
        set_phone(made, "13800000000")
        return made.id


def test_whoever_has_nothing_to_keep_is_forgotten(sign_in: SignIn) -> None:
    person_id = person()
    client = sign_in("competitor", person_id=person_id)
    with unit():
        set_addresses(account().actor, "wei@example.cn", "13800000000")
        post_message(SYSTEM, "entry.accepted", "one", "报名", "已通过", account_id=account().id)
    key, account_id = asked(client), account().id

    answer = sign_in("admin").post(f"/office/erasures/{key}/carry-out")

    assert answer.status_code == 302
    db.session.expire_all()
    gone, row = db.session.get_one(Account, account_id), db.session.get_one(Person, person_id)
    assert (gone.username, gone.name, gone.person_id, gone.grants) == (
        f"erased-{account_id}",
        "已注销",
        None,
        [],
    )
    assert (row.name, row.document_number, row.born_on, row.phone, row.search) == (
        "已注销",
        "",
        None,
        None,
        "",
    )
    for table in ("message", "message_address", "sign_in_session"):
        assert not db.session.scalar(text(f"SELECT count(*) FROM {table} WHERE account_id = {account_id}"))
    assert client.get("/account/data").status_code == 302
    # The ledger is whole, and the person may come again.
    assert db.session.query(AuditRow).filter_by(subject=f"account:{account_id}").count() > 2
    assert person() != person_id


def test_a_winner_s_name_and_certificate_stay(sign_in: SignIn) -> None:
    contest = held_contest()
    publish(contest)
    person_id = person_of(contest, "韦梅静")
    client = sign_in("competitor", person_id=person_id)
    page = client.get("/account/data").text
    key = asked(client)

    sign_in("admin").post(f"/office/erasures/{key}/carry-out")

    db.session.expire_all()
    row = db.session.get_one(Person, person_id)
    assert "参赛报名" in page or "报名" in page
    assert (row.name, row.document_number) == ("韦梅静", DOCUMENTS[0])
    assert db.session.scalar(text("SELECT count(*) FROM result_row"))


def test_a_request_needs_the_password_is_made_once_and_can_be_taken_back(sign_in: SignIn) -> None:
    client = sign_in("competitor", person_id=person())

    wrong = client.post("/account/erasure", data={"erasure-password": "not-the-password-1"})
    asked(client)
    twice = client.post("/account/erasure", data={"erasure-password": PASSWORD})
    client.post("/account/erasure/take-back")

    assert (wrong.status_code, twice.status_code) == (422, 422)
    assert "当前密码" in wrong.text
    assert queries.open_erasure(account().id) is None


def test_the_office_refuses_with_a_reason_that_the_owner_reads(sign_in: SignIn) -> None:
    owner = sign_in("competitor", person_id=person())
    key = asked(owner)
    office = sign_in("admin")

    bare = office.post(f"/office/erasures/{key}/refuse", data={"reason": ""})
    told = office.post(f"/office/erasures/{key}/refuse", data={"reason": "正在参赛，赛后再申请。"})
    again = office.post(f"/office/erasures/{key}/carry-out")

    assert (bare.status_code, told.status_code, again.status_code) == (422, 302, 422)
    assert account().state.value == "active"
    with db.session.begin_nested():
        body = db.session.scalar(text("SELECT body FROM message WHERE kind = 'erasure.refused'"))
    assert body == "正在参赛，赛后再申请。"


def test_the_list_asks_as_often_for_many_requests_as_for_one(app: Flask) -> None:
    def ask(place: int) -> None:
        with unit():
            key = ensure_person(SYSTEM, "黄静", "passport", f"G2234567{place}").id
            name = f"asker-{place}"
            services.ask_erasure(
                create_account(SYSTEM, name, name, PASSWORD, [("competitor", CITY)], person_id=key).actor
            )

    def asked() -> int:
        seen: list[str] = []

        def note(_connection: object, _cursor: object, statement: str, *_told: object) -> None:
            seen.append(statement)

        db.session.expire_all()
        event.listen(db.engine, "before_cursor_execute", note)
        queries.erasure_page("1")
        event.remove(db.engine, "before_cursor_execute", note)
        return len(seen)

    ask(1)
    one = asked()
    for place in (2, 3, 4):
        ask(place)

    assert asked() == one


def test_nobody_carries_out_the_own_request(sign_in: SignIn) -> None:
    sign_in("admin")
    boss = account("admin-user").actor
    with unit():
        key = services.ask_erasure(boss).id

    with pytest.raises(RuleBroken):
        services.erase(boss, key)


def test_old_messages_and_sessions_go_by_themselves_and_new_ones_stay(sign_in: SignIn) -> None:
    sign_in("competitor", person_id=person())
    with unit():
        post_message(SYSTEM, "entry.accepted", "old", "报名", "已通过", account_id=account().id)
    later = now() + timedelta(days=3 * 366 + 2)
    with clock.held_at(later), unit():
        post_message(SYSTEM, "entry.accepted", "new", "报名", "已通过", account_id=account().id)
        early = services.delete_run_out(now() - timedelta(days=10))
        counts = services.delete_run_out(now())
        nothing = services.delete_run_out(now())

    assert (early, counts, nothing) == ({}, {"message": 1, "sign_in_session": 1}, {})
    assert db.session.scalars(text("SELECT key FROM message")).all() == ["new"]


def test_what_is_encrypted_is_emptied_once(app: Flask) -> None:
    contest = held_contest()
    with unit():
        db.session.execute(text("UPDATE entry SET guardian = NULL"))
        entry = db.metadata.tables["entry"]
        first = db.session.scalars(db.select(entry.c.id).where(entry.c.event_id == contest.id)).first()
        db.session.execute(entry.update().where(entry.c.id == first).values(guardian="黄丽华"))
    later = now() + timedelta(days=11 * 366 + 2)

    with clock.held_at(later), unit():
        counts, again = services.delete_run_out(now()), services.delete_run_out(now())

    assert counts.get("entry") == 1 and "entry" not in again


def test_the_tables_of_retention_are_there_and_every_kind_with_years_runs_out(app: Flask) -> None:
    tables = db.metadata.tables
    for part in RUN_OUT:
        assert {part.through} - {""} | set(part.emptied) <= set(tables[part.table].c.keys()), part
        assert part.since in tables[part.parent or part.table].c and part.years > 0, part
    for goes in GOES:
        assert (goes.through or "account_id") in tables[goes.table].c, goes
    for keeps in KEEPS:
        assert {keeps.by, keeps.since, keeps.told} - {""} <= set(tables[keeps.table].c.keys()), keeps
    for named in NAMED:
        assert {named.column, named.by, *named.emptied} <= set(tables[named.table].c.keys()), named
    # Whatever is encrypted is for good by the register, or runs out, or goes with its account.
    settled = {part.table for part in RUN_OUT} | {goes.table for goes in GOES}
    for kind in REGISTER:
        for name in kind.tables:
            encrypted = any(isinstance(column.type, EncryptedText) for column in tables[name].columns)
            assert (
                not encrypted
                or kind.years is None
                or name in settled | {"code_layer", "draw", "draw_commitment"}
            ), name
