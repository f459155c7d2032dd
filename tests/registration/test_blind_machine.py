"""Whatever the order of acts: no identity reaches a judge before all layers are opened, and layers open only as they may."""

from __future__ import annotations

import json
from typing import Any

from flask import Flask
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import text

from qzcompete.core.actor import CITY, SYSTEM, Actor, Grant
from qzcompete.core.errors import Problem
from qzcompete.core.transaction import unit
from qzcompete.extensions import db
from qzcompete.marking import queries as marking_queries
from qzcompete.marking import services as marking
from qzcompete.registration import queries
from qzcompete.registration import services as registration
from qzcompete.results import services as results
from tests.conftest import empty_tables
from tests.registration.ceremony import mark_all, prepared
from tests.registration.test_blind_routes import identities

LAYERS = st.integers(1, 3)


class Blindness(RuleBasedStateMachine):
    @initialize()
    def begin(self) -> None:
        empty_tables()
        self.held = prepared()
        self.event = self.held.event
        self.secrets = identities(self.held)
        (account, *_rest) = sorted(queries.judge_accounts(self.event.assessment_id))
        # A judge to whom somebody gave every other role too.
        roles = ("officer", "code_keeper", "supervisor", "judge", "chief_judge")
        self.judge = Actor(account, "judge", frozenset(Grant(role, CITY) for role in roles))
        self.is_drawn = self.is_marked = self.is_closed = False
        self.asked: set[int] = set()
        self.opened: set[int] = set()

    def done(self, act: Any, *given: Any) -> bool:
        try:
            with unit():
                act(*given)
        except Problem:
            return False
        return True

    @rule()
    def promise(self) -> None:
        assert self.done(registration.commit, SYSTEM, self.event.id, "a seed of the test") != self.is_drawn

    @rule()
    def draw(self) -> None:
        assert self.done(registration.draw, SYSTEM, self.event.id) != self.is_drawn
        self.is_drawn = True
        self.secrets = identities(self.held)

    @rule()
    def mark(self) -> None:
        if self.is_drawn and not self.is_marked:
            mark_all(self.event)
            self.is_marked = True

    @rule()
    def close(self) -> None:
        could = self.is_marked and not self.is_closed
        assert self.done(results.close_event, SYSTEM, self.event.id) == could
        self.is_closed = self.is_closed or could

    @rule()
    def reopen(self) -> None:
        if self.is_closed:
            assert self.done(marking.reopen_assessment, SYSTEM, self.event.assessment_id, "补录一项评分")
            with unit():
                from qzcompete.competitions.queries import event_card

                results.settle_event(SYSTEM, event_card(self.event.code))
            self.is_closed = False

    @rule(layer=LAYERS)
    def ask(self, layer: int) -> None:
        keeper = self.held.keepers[layer - 1]
        could = self.its_turn(layer) and layer not in self.asked
        assert self.done(registration.ask_opening, keeper, self.event.id, layer, "评分结束") == could
        if could:
            self.asked.add(layer)

    @rule(layer=LAYERS)
    def confirm(self, layer: int) -> None:
        could = self.its_turn(layer) and layer in self.asked and layer not in self.opened
        assert self.done(registration.confirm_opening, self.held.supervisor, self.event.id, layer) == could
        if could:
            self.opened.add(layer)

    @rule(layer=LAYERS)
    def keeper_confirms_the_own_asking(self, layer: int) -> None:
        keeper = self.held.keepers[layer - 1]
        both = Actor(keeper.account_id, "both", keeper.grants | {Grant("supervisor", CITY)})
        assert not self.done(registration.confirm_opening, both, self.event.id, layer)

    @rule(layer=LAYERS)
    def judge_tries(self, layer: int) -> None:
        for act, given in (
            (registration.keeper_lines, (layer, "想看看名单")),
            (registration.ask_opening, (layer, "想看看名单")),
            (registration.confirm_opening, (layer,)),
            (registration.opened_lines, (layer,)),
            (registration.reveal_codes, ("想看看名单",)),
        ):
            assert not self.done(act, self.judge, self.event.id, *given)

    @rule()
    def go_on(self) -> None:
        """The next right act, so that the random lives come to their end too."""
        left = [layer for layer in (3, 2, 1) if layer not in self.opened]
        if not self.is_drawn:
            self.draw()
        elif not self.is_marked:
            self.mark()
        elif not self.is_closed:
            self.close()
        elif left:
            self.ask(left[0])
            self.confirm(left[0])

    @rule()
    def hurry_on(self) -> None:
        self.go_on()
        self.go_on()

    def its_turn(self, layer: int) -> bool:
        return self.is_closed and all(inner in self.opened for inner in range(layer + 1, 4))

    @invariant()
    def names_stand_apart_from_codes(self) -> None:
        count = db.session.execute(text("SELECT count(*) FROM work_code")).scalar()
        assert (count == 4) == (1 in self.opened)
        assert self.done(queries.entry_of_code, self.event.id) == (
            self.is_closed and self.opened == {1, 2, 3}
        )

    @invariant()
    def a_judge_sees_no_identity(self) -> None:
        shown = [
            repr(marking_queries.progress(self.event.assessment_id)),
            json.dumps(marking_queries.packed(self.event.code), ensure_ascii=False, default=str),
        ]
        assert [secret for secret in self.secrets if any(secret in one for one in shown)] == []
        db.session.rollback()


def test_no_identity_reaches_a_judge_whatever_the_order_of_acts(app: Flask) -> None:
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        Blindness,
        settings=settings(
            max_examples=4,
            stateful_step_count=20,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            derandomize=True,
            database=None,
        ),
    )
