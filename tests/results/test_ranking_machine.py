"""Whatever the order of acts: no published rank changes without a new version and its reason, and the second calculator
agrees with everything that is published. QZ_MACHINE_EXAMPLES makes the run longer."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

from flask import Flask
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from qzcompete.core.actor import SYSTEM
from qzcompete.core.errors import Problem
from qzcompete.core.transaction import unit
from qzcompete.extensions import db
from qzcompete.registration.queries import entries
from qzcompete.results import queries, services
from qzcompete.results.rules.changes import changes
from qzcompete.results.rules.second_calculator import disagreements, second_result
from tests.conftest import empty_tables
from tests.results.contest import held_contest, publish

PLACE = st.integers(0, 3)
# The first of the choices is tried most.
YES_FIRST, NO_FIRST = st.sampled_from([True, False]), st.sampled_from([False, True])
MARKS = st.sampled_from(["99", "7", "29", "42.5", "55", "66", "71", "83", "91", "100"])
REASONS = st.sampled_from(["更正录入错误", "仲裁裁决", " "])


class Ranking(RuleBasedStateMachine):
    """A published contest of four; `shown` is what everybody saw last, `version` under which number."""

    replaced = 0

    @initialize()
    def begin(self) -> None:
        empty_tables()
        self.event = held_contest()
        publish(self.event)
        self.agreed: set[int] = set()
        self.version, self.shown = self.published()

    def published(self) -> tuple[int, Any]:
        found = queries.published_set(self.event.id)
        assert found is not None
        return found.version, found.document["results"]

    def done(self, act: Callable[..., object], *given: object, **named: object) -> bool:
        try:
            with unit():
                act(*given, **named)
        except Problem:
            return False
        return True

    def recheck(self, value: str, work: int) -> None:
        """All sheets that were not looked at yet; one mark of one of them may be wrong."""
        self.done(services.order_recheck, SYSTEM, self.event.id, "复核", seed=value)
        looked_at = 0
        while (sheet := queries.next_sheet(self.event)) is not None:
            found = {"A1-1": value} if looked_at == work else {}
            if not self.done(services.record_check, SYSTEM, self.event.id, sheet, found, "不符"):
                self.done(services.record_check, SYSTEM, self.event.id, sheet, {})
            looked_at += 1

    def decide_the_corrections(self, reason: str, keep: bool) -> None:
        for found in queries.corrections(self.event.id):
            self.done(services.keep_mark if keep else services.correct, SYSTEM, found.id, reason)

    @rule(place=PLACE, reason=REASONS)
    def disqualify(self, place: int, reason: str) -> None:
        entry = entries(self.event.id)[place]
        self.done(services.disqualify, SYSTEM, self.event.id, entry.id, reason)

    @rule(value=MARKS, work=PLACE, reason=REASONS, keep=NO_FIRST, publish_it=YES_FIRST)
    def recheck_and_decide(self, value: str, work: int, reason: str, keep: bool, publish_it: bool) -> None:
        self.recheck(value, work)
        self.decide_the_corrections(reason, keep)
        if publish_it:
            self.publish_newest("复核更正", compiled=True)

    @rule(reason=REASONS, compiled=YES_FIRST)
    def publish_newest(self, reason: str, compiled: bool) -> None:
        if compiled:
            self.done(services.compile_results, SYSTEM, self.event.id)
        newest = queries.newest_set(self.event.id)
        assert newest is not None
        if self.done(services.publish_results, SYSTEM, newest.id, reason):
            assert reason.strip()

    @invariant()
    def no_rank_changes_without_a_new_version_and_its_reason(self) -> None:
        version, shown = self.published()
        if version == self.version:
            assert shown == self.shown
        else:
            told = queries.versions(self.event.id)[0]
            assert told.version == version and told.replaces == self.version and told.reason.strip()
            assert tuple(told.changes) == changes(self.shown, shown)
            Ranking.replaced += 1
        self.version, self.shown = version, shown
        db.session.rollback()

    @invariant()
    def the_second_calculator_agrees_with_what_was_published(self) -> None:
        """Checked when a version appears: later marks are for a later version."""
        if self.version not in self.agreed and queries.newest_set(self.event.id).version == self.version:  # type: ignore[union-attr]
            found = queries.published_set(self.event.id)
            assert found is not None
            second = second_result(queries.event_bundle(self.event.code))
            assert not disagreements(found.document, second)
            self.agreed.add(self.version)
        db.session.rollback()

    def teardown(self) -> None:
        """Whatever stands by then is corrected once more and published, if it can be."""
        for found in queries.corrections(self.event.id):
            self.done(services.keep_mark, SYSTEM, found.id, "维持原分")
        self.recheck("37", 0)
        self.decide_the_corrections("更正录入错误", keep=False)
        self.publish_newest("复核更正", compiled=True)
        self.no_rank_changes_without_a_new_version_and_its_reason()
        self.the_second_calculator_agrees_with_what_was_published()


def test_no_rank_changes_silently_whatever_the_order_of_acts(app: Flask) -> None:
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        Ranking,
        settings=settings(
            max_examples=int(os.environ.get("QZ_MACHINE_EXAMPLES", "6")),
            stateful_step_count=5,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            derandomize=True,
            database=None,
        ),
    )
    # Else the machine has tried nothing.
    assert Ranking.replaced >= 3
