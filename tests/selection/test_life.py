"""Whatever the order of acts, people and times: never more than the quota, no designation without its notice, nothing
of a recused application reaches the expert, ledgers add up, and every change of state has its event.

Lives begin at several stages, so that the late ones are lived as well as the early. QZ_SELECTION_EXAMPLES sets how many
of each are tried."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from random import Random

import pytest
from flask import Flask
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import func, select

from qzcompete.core.clock import held_at
from qzcompete.core.errors import Problem
from qzcompete.core.transaction import unit
from qzcompete.demo.selection import play as stage
from qzcompete.extensions import db
from qzcompete.marking import queries as marking
from qzcompete.notices import services as notices
from qzcompete.notices.queries.notices import notice_card, notices_of
from qzcompete.notices.queries.objections import cases_of_notice
from qzcompete.notices.services import objections
from qzcompete.notices.services.objections import ObjectionDraft
from qzcompete.selection import queries, services
from qzcompete.selection.models import (
    Application,
    DesignationPlace,
    Recommendation,
    RecommendationQuota,
    SelectionClass,
    SelectionEvent,
)
from qzcompete.selection.queries.aftercare import sheet_of
from qzcompete.selection.queries.designations import designations_of, subject_of, topic_of
from qzcompete.selection.queries.grants import ledger
from qzcompete.selection.queries.invariants import (
    event_faults,
    ledger_faults,
    notice_faults,
    place_faults,
    recusal_faults,
)
from qzcompete.selection.rules.decision import Vote
from qzcompete.selection.rules.workflow import APPLICATION_MOVES, CLASS_MOVES
from qzcompete.selection.services import aftercare, designating, grants, publicity
from qzcompete.selection.services.grants import BookingDraft
from tests.conftest import empty_tables
from tests.selection.test_studio_views import client_of

EXAMPLES = int(os.environ.get("QZ_SELECTION_EXAMPLES", "1"))
START = datetime(2026, 3, 2, tzinfo=UTC)
CHOICE = st.integers(min_value=0, max_value=50)
MOVES = {(one.state, one.action, one.next): one for one in (*CLASS_MOVES, *APPLICATION_MOVES)}
NOTICED = ("noticing", "noticed")
REVIEWED = ("reviewing", "visiting", "deciding", "decided", "noticing", "noticed", "designated")


class Life(RuleBasedStateMachine):
    """Applications of studios for two places; the acts come in any order, many of them refused."""

    app: Flask
    begins: str

    @initialize()
    def begin(self) -> None:
        empty_tables()
        with held_at(START), unit():
            self.play = stage.begin(5, "correct-horse-9", 2026, ("studio",))
            self.class_id = self.play.classes["studio"]
            db.session.get_one(SelectionClass, self.class_id).quota = 2
            stage.apply(self.play, 9, drafts=0)
        self.moment = START
        for _ in range(12):
            if self.state() != self.begins:
                self.go_on()
        assert self.state() == self.begins

    def state(self) -> str:
        return queries.class_card(self.class_id).state

    def act(self, what: Callable[[], object]) -> None:
        """One act of one person; a refused one changes nothing."""
        try:
            with held_at(self.moment), unit():
                what()
        except Problem:
            pass

    @rule()
    def go_on(self) -> None:
        """What comes next when everybody does the own part; time passes before the last of it."""
        play, key = self.play, self.class_id
        office, kind = play.office, "studio"
        steps: dict[str, tuple[int, tuple[Callable[[], object], ...]]] = {
            "calling": (31, (lambda: stage.recommend(play), lambda: services.close_calling(office, key))),
            "recommending": (16, (lambda: services.close_recommending(office, key),)),
            "checking": (
                1,
                (lambda: stage.check(play, kind), lambda: services.close_checking(office, key)),
            ),
            "drawing": (1, (lambda: stage.open_review(play, kind),)),
            "reviewing": (
                1,
                (
                    lambda: stage.review(play, kind),
                    lambda: services.close_review(stage.chair_of(play, kind), key),
                ),
            ),
            "visiting": (1, (lambda: stage.visit(play, kind), lambda: services.close_visiting(office, key))),
            "deciding": (1, (lambda: stage.decide(play, kind),)),
            "decided": (0, (lambda: publicity.publish_list(office, key),)),
            "noticing": (15, (lambda: publicity.renew_list(office, key), self.end_and_designate)),
            "noticed": (15, (lambda: publicity.renew_list(office, key), self.end_and_designate)),
        }
        days, works = steps.get(self.state(), (200, ()))
        for work in works[:-1]:
            self.act(work)
        self.moment += timedelta(days=days)
        for work in works[-1:]:
            self.act(work)

    def end_and_designate(self) -> None:
        for notice in notices_of(topic_of(self.class_id)):
            notices.end_notice(notice.id, 30)
        designating.designate_all(self.play.office, self.class_id)

    @precondition(lambda self: self.state() in NOTICED)
    @rule(choice=CHOICE, upheld=st.sampled_from((None, True, False)))
    def object_to_somebody(self, choice: int, upheld: bool | None) -> None:
        """Handed in while a notice runs; decided at once, or left open."""
        self.act(lambda: self.hand_in(self.one(choice)))
        if upheld is not None:
            self.act(lambda: self.decide_cases(upheld))

    def hand_in(self, application_id: int) -> None:
        for notice in notices_of(topic_of(self.class_id))[:1]:
            draft = ObjectionDraft(
                notice_id=notice.id,
                objector="一名职工",
                contact="0777-2800000",
                statement="名册不符。",
                subject=subject_of(application_id),
            )
            objections.hand_in(draft, 10)

    @precondition(lambda self: self.state() in NOTICED)
    @rule(upheld=st.booleans())
    def decide_objections(self, upheld: bool) -> None:
        self.act(lambda: self.decide_cases(upheld))

    def decide_cases(self, upheld: bool) -> None:
        for notice in notices_of(topic_of(self.class_id)):
            for case in cases_of_notice(notice.id):
                if case.state in ("received", "examining"):
                    if case.state == "received":
                        objections.assign(self.play.office, case.id, self.play.second, no_conflict=True)
                    objections.decide(self.play.second, case.id, upheld, "已核查。", "已核查。")

    @precondition(lambda self: self.state() in NOTICED)
    @rule()
    def renew_the_list(self) -> None:
        self.act(lambda: publicity.renew_list(self.play.office, self.class_id))

    @rule(choice=CHOICE)
    def designate_somebody(self, choice: int) -> None:
        officer = self.play.second if choice % 2 else self.play.office
        self.act(lambda: designating.designate(officer, self.one(choice)))

    @precondition(lambda self: self.state() in ("designated",))
    @rule(
        choice=CHOICE,
        kind=st.sampled_from(("payment", "expense", "recovery")),
        amount=st.sampled_from(("0.01", "20000", "32000.5", "90000")),
        confirm=st.booleans(),
    )
    def book(self, choice: int, kind: str, amount: str, confirm: bool) -> None:
        cards = designations_of(self.class_id)
        if not cards:
            return
        card = cards[choice % len(cards)]
        applicant = self.play.applicants[card.application_id]
        draft = BookingDraft(
            kind,
            self.moment.date(),
            Decimal(amount),
            "training_goods" if kind == "expense" else None,
            1 + choice % 2 if kind == "payment" else None,
            purpose="焊材",
            receipt=stage.LETTER[1] if kind == "expense" else None,
        )
        self.act(lambda: grants.enter(applicant if kind == "expense" else self.play.office, card.id, draft))
        waiting = [row.id for row in ledger(card.id).bookings if row.state == "entered"]
        for booking in waiting if confirm else ():
            self.act(lambda booking=booking: grants.confirm(self.play.second, booking))  # type: ignore[misc]

    @precondition(lambda self: self.state() in ("designated",))
    @rule(good=st.booleans())
    def assess(self, good: bool) -> None:
        """All of the class get the marks of the year and their grades; a failed title is removed later."""
        year = self.moment.year
        for card in designations_of(self.class_id):
            marks = {
                row.line.code: Decimal(row.line.most if good else 1)
                for row in sheet_of(card.id, "studio", year)
            }
            self.act(
                lambda card=card, marks=marks: aftercare.assess(self.play.office, card.id, year, marks, "")
            )  # type: ignore[misc]
        self.act(lambda: aftercare.grade_year(self.play.office, self.class_id, year))

    @precondition(lambda self: self.state() in ("designated",))
    @rule(choice=CHOICE)
    def remove_a_title(self, choice: int) -> None:
        cards = designations_of(self.class_id)
        if cards and choice % 3 == 0:
            self.act(lambda: aftercare.remove(self.play.office, cards[choice % len(cards)].id, "逾期未整改"))

    @precondition(lambda self: self.state() in REVIEWED)
    @rule()
    def recused_experts_try_to_mark(self) -> None:
        """Each expert sends a mark of each application that a conflict keeps him from; none is taken."""
        class_ = queries.class_card(self.class_id)
        if class_.assessment_id is None:
            return
        aspect = next(iter(marking.scheme_of(class_.assessment_id).aspects))
        away = queries.conflicts_of_class(self.class_id)
        for seat_id, account_id in marking.marking_seats(class_.assessment_id):
            expert = next(
                one.expert
                for one in queries.panel_members(self.class_id)
                if one.expert.account_id == account_id
            )
            for key in [key for key, experts in away.items() if expert.id in experts]:
                code = queries.application_card(key).code or "none"
                assert code not in json.dumps(marking.pack(seat_id))
                sent = [stage.op(Random(1), code, aspect, "12")]
                told: list[str] = []
                self.act(
                    lambda told=told, seat_id=seat_id, sent=sent, expert=expert: told.extend(  # type: ignore[misc]
                        one.status
                        for one in stage.marking.record_ops(self.play.experts[expert.id], seat_id, sent)
                    )
                )
                assert "applied" not in told

    def one(self, choice: int) -> int:
        return sorted(self.play.applications)[choice % len(self.play.applications)]

    @rule(days=st.sampled_from([5, 20, 40]))
    def time_passes(self, days: int) -> None:
        self.moment += timedelta(days=days)

    @precondition(lambda self: self.state() in ("calling", "recommending"))
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

    @precondition(lambda self: self.state() in ("deciding",))
    @rule(choice=CHOICE)
    def vote_oddly(self, choice: int) -> None:
        self.act(
            lambda: services.vote(
                stage.chair_of(self.play, "studio"), self.class_id, self.one(choice), Vote(99, choice, 0)
            )
        )

    @rule()
    def take_all_places_around_all_rules(self) -> None:
        """The database itself takes no third one; what was tried is undone."""
        with held_at(self.moment):
            for key in sorted(self.play.applications):
                with suppress(Problem):
                    services.take_place(db.session.get_one(Application, key))
        assert db.session.scalar(select(func.count()).select_from(DesignationPlace)) == 2
        db.session.rollback()

    @invariant()
    def never_more_than_the_quotas(self) -> None:
        db.session.rollback()
        chosen = select(func.count()).where(Application.state.in_(("chosen", "announced", "designated")))
        assert (db.session.scalar(select(func.count()).select_from(DesignationPlace)) or 0) <= 2
        assert (db.session.scalar(chosen) or 0) <= 2
        assert len(designations_of(self.class_id)) <= 2
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
    def every_designation_followed_a_notice_that_ran_in_full(self) -> None:
        for card in designations_of(self.class_id):
            notice = notice_card(card.notice_id)
            assert notice.ended_at is not None and notice.ends_at is not None
            assert notice.ends_at <= notice.ended_at <= card.designated_at
            assert notice.open_objections == 0
            assert subject_of(card.application_id) in dict(notice.subjects)

    @invariant()
    def every_ledger_adds_up(self) -> None:
        for card in designations_of(self.class_id):
            balance = ledger(card.id).balance
            assert balance.allocated == balance.to_pay + balance.spent + balance.recovered + balance.in_hand
            assert min(balance.to_pay, balance.in_hand) >= 0

    @invariant()
    def every_change_has_a_move_an_actor_and_its_reason(self) -> None:
        for event in db.session.scalars(select(SelectionEvent)):
            found = MOVES[event.before, event.action, event.after]
            assert event.actor_name and event.role in found.roles
            assert event.reason or not found.reason

    @invariant()
    def what_the_check_looks_at_holds(self) -> None:
        assert list(all_faults()) == []

    def teardown(self) -> None:
        """At the end of a life, what the pages of recused experts show."""
        if self.state() in REVIEWED:
            check_pages(self.app, self.class_id)


def check_pages(app: Flask, class_id: int) -> None:
    """Two of the recused open their pages: no name, number, count or file of what they are kept from."""
    away = [
        (
            member.expert,
            [
                key
                for key, experts in queries.conflicts_of_class(class_id).items()
                if member.expert.id in experts
            ],
        )
        for member in queries.panel_members(class_id)
    ]
    for expert, keys in [(expert, keys) for expert, keys in away if keys][:2]:
        client = client_of(app, f"expert{expert.id}")
        own = queries.own_reviews(expert.id, class_id)
        seen = client.get("/review").text + client.get(f"/review/{class_id}").text
        assert seen.count("/review/applications/") == len(own)
        for key in keys:
            card = queries.application_card(key)
            found = client.get(f"/review/{class_id}", query_string={"q": card.leader_name}).text
            assert "/review/applications/" not in found
            assert card.number not in seen and card.leader_name not in seen
            addresses = [f"/review/applications/{key}"]
            addresses += [f"{addresses[0]}/files/{file.id}" for file in queries.files_of(key)]
            assert {client.get(address).status_code for address in addresses} == {404}


def all_faults() -> Iterator[str]:
    for faults in (place_faults, notice_faults, recusal_faults, event_faults, ledger_faults):
        yield from faults()


@pytest.fixture
def life(app: Flask) -> Iterator[type[Life]]:
    Life.app = app
    yield Life


@pytest.mark.parametrize("begins", ["calling", "drawing", "deciding", "noticing", "designated"])
def test_no_order_of_acts_breaks_the_laws(life: type[Life], begins: str) -> None:
    life.begins = begins
    run_state_machine_as_test(
        life,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=24,
            deadline=None,
            derandomize=True,
            phases=[Phase.generate],
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
