"""Each invariant of a selection names what somebody has changed by hand."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import text

from qzcompete.core.clock import held_at
from qzcompete.core.transaction import unit
from qzcompete.demo.selection import play as stage
from qzcompete.extensions import db
from qzcompete.operation import checking
from tests.conftest import empty_tables
from tests.selection.test_grants import designated


def faults_after(*changes: str) -> list[str]:
    """What the check says of a change, which is taken back."""
    for change in changes:
        assert db.session.execute(text(change)).rowcount, change
    said = [fault for fault in checking.invariant_faults() if "audit log" not in fault]
    db.session.rollback()
    return said


def test_sums_that_do_not_add_up_are_named(app: Flask) -> None:
    _made, key = designated(app)

    said = faults_after(f"UPDATE grant_account SET paid = 1 WHERE designation_id = {key}")

    assert f"grants: grant account {key} does not add up" in said


@pytest.fixture(scope="module")
def reviewed(whole_app: Flask) -> Iterator[Flask]:
    """A class of studios after its review, with the conflicts that the system found."""
    with whole_app.app_context():
        empty_tables()
        start = datetime(2026, 3, 2, tzinfo=UTC)
        with held_at(start), unit():
            play = stage.begin(5, "correct-horse-9", 2026, ("studio",))
            stage.apply(play, 9, drafts=0)
            stage.recommend(play)
        with held_at(start + timedelta(days=50)), unit():
            stage.finish_check(play, "studio")
            stage.open_review(play, "studio")
            stage.review(play, "studio")
        yield whole_app
        db.session.remove()
        empty_tables()


def test_a_state_without_its_event_is_named(reviewed: Flask) -> None:
    said = faults_after("UPDATE selection_class SET state = 'decided'")

    assert said == ["events of a selection: class 1: is decided, its last event says reviewing"]


def test_an_event_that_was_taken_away_is_named(reviewed: Flask) -> None:
    said = faults_after("DELETE FROM selection_event WHERE class_id = 1 AND action = 'close_recommending'")

    assert len(said) == 1 and "begins at checking, not at recommending" in said[0]


def test_a_mark_of_a_recused_expert_is_named(reviewed: Flask) -> None:
    said = faults_after(
        "INSERT INTO expert_conflict (expert_id, application_id, class_id, source, kind, reason, found_at) "
        "SELECT r.expert_id, r.application_id, r.class_id, 'officer', 'relative', '', '2026-01-01 00:00:00' "
        "FROM review_assignment r ORDER BY r.expert_id, r.application_id LIMIT 1"
    )

    assert [re.sub(r"\d+", "N", fault) for fault in said] == [
        "conflicts of experts: expert N reviews application N in spite of a conflict",
        "conflicts of experts: expert N marked application N in spite of a conflict",
    ]
