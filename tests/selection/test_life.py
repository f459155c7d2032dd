"""Whatever the order of acts and people: never more than the quota, nothing of a recused application reaches the
expert, and every change of state has its event. QZ_SELECTION_EXAMPLES sets how many lives are tried."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import func, select

from qzcompete.core.clock import held_at
from qzcompete.core.errors import Problem
from qzcompete.core.transaction import unit
from qzcompete.demo.selection import play as stage
from qzcompete.extensions import db
from qzcompete.selection import queries, services
from qzcompete.selection.models import (
    Application,
    DesignationPlace,
    Recommendation,
    RecommendationQuota,
    SelectionClass,
    SelectionEvent,
)
from qzcompete.selection.queries.invariants import (
    event_faults,
    ledger_faults,
    notice_faults,
    place_faults,
    recusal_faults,
)
from qzcompete.selection.rules.decision import Vote
from tests.conftest import empty_tables

EXAMPLES = int(os.environ.get("QZ_SELECTION_EXAMPLES", "3"))
START = datetime(2026, 3, 2, tzinfo=UTC)
CHOICE = st.integers(min_value=0, max_value=50)


class Life(RuleBasedStateMachine):
    """Six applications of studios with two places; the acts come in any order, most of them refused."""

    app: Flask

    @initialize()
    def begin(self) -> None:
        empty_tables()
        with held_at(START), unit():
            self.play = stage.begin(5, "correct-horse-9", 2026, ("studio",))
            self.class_id = self.play.classes["studio"]
            db.session.get_one(SelectionClass, self.class_id).quota = 2
            stage.apply(self.play, 9, drafts=0)
        self.moment = START

    def act(self, what: object) -> None:
        """One act of one person; a refused one changes nothing."""
        try:
            with held_at(self.moment), unit():
                what()  # type: ignore[operator]
        except Problem:
            pass

    def one(self, choice: int) -> int:
        return sorted(self.play.applications)[choice % len(self.play.applications)]

    @rule(days=st.sampled_from([5, 20, 40]))
    def time_passes(self, days: int) -> None:
        self.moment += timedelta(days=days)

    @rule(choice=CHOICE, rank=st.integers(min_value=0, max_value=9), wrong=st.booleans())
    def recommend(self, choice: int, rank: int, wrong: bool) -> None:
        card = queries.application_card(self.one(choice))
        actor = self.play.recommenders[self.play.units[rank % 7] if wrong else card.unit_id or 0]
        self.act(lambda: services.recommend(actor, card.id, rank, "同意", stage.LETTER))

    @rule(choice=CHOICE)
    def withdraw(self, choice: int) -> None:
        key = self.one(choice)
        if choice % 5 == 0:
            self.act(lambda: services.withdraw(self.play.applicants[key], key, "放弃"))

    @rule(choice=CHOICE)
    def exclude(self, choice: int) -> None:
        if choice % 7 == 0:
            self.act(lambda: services.exclude(self.play.office, self.one(choice), "举报属实"))

    @rule()
    def recommend_the_rest(self) -> None:
        self.act(lambda: stage.recommend(self.play))

    @rule()
    def close_what_can_be_closed(self) -> None:
        closes = (services.close_calling, services.close_recommending, services.close_visiting)
        for close in closes:
            self.act(lambda close=close: close(self.play.office, self.class_id))  # type: ignore[misc]

    @rule()
    def check(self) -> None:
        self.act(lambda: stage.check(self.play, "studio"))
        self.act(lambda: services.close_checking(self.play.office, self.class_id))

    @rule()
    def review(self) -> None:
        self.act(lambda: stage.open_review(self.play, "studio"))
        self.act(lambda: stage.review(self.play, "studio"))
        self.act(lambda: services.close_review(stage.chair_of(self.play, "studio"), self.class_id))

    @rule()
    def visit(self) -> None:
        self.act(lambda: stage.visit(self.play, "studio"))

    @rule()
    def decide(self) -> None:
        self.act(lambda: stage.decide(self.play, "studio"))

    @rule(choice=CHOICE)
    def vote_oddly(self, choice: int) -> None:
        self.act(
            lambda: services.vote(
                stage.chair_of(self.play, "studio"), self.class_id, self.one(choice), Vote(99, choice, 0)
            )
        )

    @rule(choice=CHOICE)
    def take_a_place_around_all_rules(self, choice: int) -> None:
        self.act(lambda: services.take_place(db.session.get_one(Application, self.one(choice))))

    @invariant()
    def never_more_than_the_quotas(self) -> None:
        db.session.rollback()
        chosen = select(func.count()).where(Application.state.in_(("chosen", "announced", "designated")))
        assert (db.session.scalar(select(func.count()).select_from(DesignationPlace)) or 0) <= 2
        assert (db.session.scalar(chosen) or 0) <= 2
        given = select(Recommendation.unit_id, func.count()).group_by(Recommendation.unit_id)
        quotas = dict(
            db.session.execute(select(RecommendationQuota.unit_id, RecommendationQuota.quota)).tuples().all()
        )
        assert all(count <= quotas[key] for key, count in db.session.execute(given))

    @invariant()
    def nothing_of_a_recused_application_reaches_the_expert(self) -> None:
        away = queries.conflicts_of_class(self.class_id)
        for member in queries.panel_members(self.class_id):
            own = {one.application_id for one in queries.own_reviews(member.expert.id, self.class_id)}
            own |= {one.application_id for one in queries.to_declare(member.expert.id, self.class_id)}
            assert not {key for key in own if member.expert.id in away.get(key, set())}

    @invariant()
    def what_the_check_looks_at_holds(self) -> None:
        assert list(all_faults()) == []
        assert all(event.actor_name for event in db.session.scalars(select(SelectionEvent)))


def all_faults() -> Iterator[str]:
    for faults in (place_faults, notice_faults, recusal_faults, event_faults, ledger_faults):
        yield from faults()


@pytest.fixture
def life(app: Flask) -> Iterator[type[Life]]:
    Life.app = app
    yield Life


def test_no_order_of_acts_breaks_the_laws(life: type[Life]) -> None:
    run_state_machine_as_test(
        life,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=18,
            deadline=None,
            derandomize=True,
            phases=[Phase.generate],
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
