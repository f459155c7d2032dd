"""Certificates come from published results alone, once for each winner; revoked ones may be followed by new ones."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from qzcompete.certificates import queries, services
from qzcompete.competitions.queries import event_card
from qzcompete.core.actor import SYSTEM
from qzcompete.core.audit import chain_faults
from qzcompete.core.errors import NotAllowed, RuleBroken
from qzcompete.core.transaction import unit
from qzcompete.people.services import create_account
from tests.results.contest import CODE, held_contest, publish


def numbers() -> list[tuple[str, str, str]]:
    return [(row.number[-6:], row.name, row.state.value) for row in queries.of_event(CODE)]


def issue() -> None:
    with unit():
        services.issue_batch(SYSTEM, CODE)


def test_each_award_gets_one_certificate_when_results_are_published(app: Flask) -> None:
    publish(held_contest())

    issue()

    assert numbers() == [
        ("000001", "韦梅静", "valid"),
        ("000002", "黄㛃", "valid"),
        ("000003", "阿依古丽·买买提", "valid"),
    ]
    assert list(chain_faults()) == []


def test_issue_is_refused_when_results_are_not_published(app: Flask) -> None:
    held_contest()

    with pytest.raises(RuleBroken) as refusal:
        issue()

    assert refusal.value.code == "not_published"


def test_nothing_changes_when_certificates_are_issued_again(app: Flask) -> None:
    publish(held_contest())
    issue()
    before = [(row.id, row.number, row.token) for row in queries.of_event(CODE)]

    issue()

    assert [(row.id, row.number, row.token) for row in queries.of_event(CODE)] == before


def test_a_winner_gets_a_new_number_after_the_old_certificate_was_revoked(
    app: Flask, revoke: Callable[[int], None]
) -> None:
    publish(held_contest())
    issue()
    revoke(queries.of_event(CODE)[1].id)

    issue()

    assert numbers() == [
        ("000001", "韦梅静", "valid"),
        ("000002", "黄㛃", "revoked"),
        ("000003", "阿依古丽·买买提", "valid"),
        ("000004", "黄㛃", "valid"),
    ]


def test_the_others_are_issued_when_one_name_has_a_character_without_glyph(app: Flask) -> None:
    event = held_contest(names=("韦梅静", "黄\U00030000", "王芳", "陈㼆"), totals=("95", "90", "80", "60"))
    publish(event)

    issue()

    assert numbers() == [("000001", "韦梅静", "valid"), ("000002", "王芳", "valid")]
    (left,) = services.unprintable(event_card(CODE), queries.due_awards(event_card(CODE)))
    assert (left.name, left.award, left.characters) == ("黄\U00030000", "二等奖", ["\U00030000"])


def test_issue_is_refused_when_no_certificate_can_be_printed(app: Flask) -> None:
    publish(held_contest(event_name="焊\U00030000接"))

    with pytest.raises(RuleBroken) as refusal:
        issue()

    assert (refusal.value.code, numbers()) == ("missing_glyph", [])


def test_issue_is_refused_when_the_officer_has_another_competition(app: Flask) -> None:
    publish(held_contest())
    with unit():
        other = create_account(
            SYSTEM, "other", "别处", "correct-horse-9", [("officer", ("competition", 999))]
        )

    with pytest.raises(NotAllowed), unit():
        services.issue_batch(other.actor, CODE)

    assert numbers() == []
