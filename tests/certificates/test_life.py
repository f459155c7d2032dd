"""What becomes of a certificate: revoked by two, replaced by another, made anew after a corrected result."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy.exc import IntegrityError

from qzcompete.certificates import queries, services
from qzcompete.certificates.models import Certificate, CertificateState
from qzcompete.certificates.queries import issued as issued_queries
from qzcompete.core.actor import CITY, SYSTEM, Actor
from qzcompete.core.audit import chain_faults
from qzcompete.core.errors import RuleBroken
from qzcompete.core.transaction import unit
from qzcompete.extensions import db
from qzcompete.people.services import create_account
from tests.results.contest import CODE, held_contest, publish


@pytest.fixture
def issued(app: Flask) -> list[Certificate]:
    publish(held_contest())
    with unit():
        services.issue_batch(SYSTEM, CODE)
    return list(queries.of_event(CODE))


def officer(name: str) -> Actor:
    with unit():
        return create_account(SYSTEM, name, name, "correct-horse-9", [("officer", CITY)]).actor


def test_a_revocation_needs_a_reason_and_two_people(issued: list[Certificate]) -> None:
    first, second, key = officer("first"), officer("second"), issued[0].id

    with pytest.raises(RuleBroken) as without, unit():
        services.ask_revocation(first, key, "  ")
    with unit():
        services.ask_revocation(first, key, "弄虚作假")
    with pytest.raises(RuleBroken) as alone, unit():
        services.confirm_revocation(first, key)
    with unit():
        services.confirm_revocation(second, key)

    assert (without.value.field, alone.value.code) == ("reason", "same_person")
    assert queries.certificate(key).state is CertificateState.REVOKED
    assert list(chain_faults()) == []


def test_the_database_itself_refuses_a_revocation_by_one(issued: list[Certificate]) -> None:
    one = officer("first")

    with pytest.raises(IntegrityError, match="two_people_revoke"), unit():
        row = queries.certificate(issued[0].id)
        row.revoke_asked_by = row.revoked_by = one.account_id


def test_a_revocation_that_was_not_asked_for_cannot_be_confirmed(issued: list[Certificate]) -> None:
    second = officer("second")

    with pytest.raises(RuleBroken) as refusal, unit():
        services.confirm_revocation(second, issued[0].id)

    assert refusal.value.code == "not_asked"


def test_a_certificate_stays_valid_when_the_second_person_keeps_it(issued: list[Certificate]) -> None:
    first, second, key = officer("first"), officer("second"), issued[0].id
    with unit():
        services.ask_revocation(first, key, "弄虚作假")

    with unit():
        services.keep_certificate(second, key)

    kept = queries.certificate(key)
    assert (kept.state, kept.revoke_asked_at, kept.revoke_reason) == (CertificateState.VALID, None, None)


def test_a_corrected_name_gets_a_new_number_and_the_old_one_names_it(issued: list[Certificate]) -> None:
    key, token = issued[1].id, issued[1].token

    with unit():
        new = services.reissue(SYSTEM, key, "name_mistake", name="黄䶮").number

    old = queries.by_token(token)
    assert (old.state, old.replaced_by) == ("replaced", new)
    assert queries.by_number(new, "黄䶮").state == "valid"
    assert new.endswith("000004")
    assert len(queries.due_awards(queries.history(key).event)) == 0


def test_a_name_mistake_needs_another_name_that_can_be_printed(issued: list[Certificate]) -> None:
    for name, code in (("", "name"), ("黄㛃", "name"), ("黄\U00030000", "name")):
        with pytest.raises(RuleBroken) as refusal, unit():
            services.reissue(SYSTEM, issued[1].id, "name_mistake", name=name)
        assert refusal.value.field == code


def test_a_replaced_certificate_is_neither_replaced_nor_revoked_again(issued: list[Certificate]) -> None:
    first, key = officer("first"), issued[0].id
    with unit():
        services.reissue(SYSTEM, key, "lost")

    for act in (
        lambda: services.reissue(SYSTEM, key, "lost"),
        lambda: services.ask_revocation(first, key, "理由"),
    ):
        with pytest.raises(RuleBroken) as refusal, unit():
            act()
        assert refusal.value.code == "not_valid"


def test_certificates_follow_a_corrected_result(
    issued: list[Certificate], monkeypatch: pytest.MonkeyPatch
) -> None:
    asker, event = officer("first"), queries.history(issued[0].id).event
    assert event is not None
    earned = list(queries.earned(event))
    # The first was withdrawn, the second moves up, the third stays.
    up = replace(earned[1], award="一等奖", winner=replace(earned[1].winner, rank=1))
    monkeypatch.setattr(issued_queries, "earned", lambda of: [up, earned[2]])

    with unit():
        counted = services.correct_after_result(asker, CODE, "成绩复核更正")

    assert counted == (1, 1)
    states = [(row.name, row.award, row.state.value) for row in queries.of_event(CODE)]
    assert states == [
        ("韦梅静", "一等奖", "valid"),
        ("黄㛃", "二等奖", "replaced"),
        ("阿依古丽·买买提", "三等奖", "valid"),
        ("黄㛃", "一等奖", "valid"),
    ]
    assert [row.name for row in queries.to_confirm(SYSTEM)] == ["韦梅静"]
    assert queries.outdated(event) == []


def test_the_counters_tell_what_was_issued_replaced_and_revoked(
    issued: list[Certificate], revoke: Callable[[int], None]
) -> None:
    revoke(issued[0].id)
    with unit():
        services.reissue(SYSTEM, issued[1].id, "lost")

    ((year, kind, total, replaced, revoked),) = queries.counts(SYSTEM)

    assert (year, kind, total, replaced, revoked) == (issued[0].issued_on.year, "award", 4, 1, 1)
    db.session.rollback()
