"""One whole round through the services: nothing of it is left to chance, and every change has an actor."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import func, select

from qzcompete.cli import application, main_group
from qzcompete.core.audit import AuditRow, chain_faults
from qzcompete.core.clock import held_at
from qzcompete.core.errors import NotFound, RuleBroken
from qzcompete.core.transaction import unit
from qzcompete.demo.selection import play as stage
from qzcompete.demo.selection.commands import stage_class
from qzcompete.demo.selection.play import Play
from qzcompete.extensions import db
from qzcompete.marking import queries as marking
from qzcompete.selection import queries, services
from qzcompete.selection.models import Application, DesignationPlace, SelectionEvent
from qzcompete.selection.rules.workflow import APPLICATION_MOVES, CLASS_MOVES
from tests.selection.test_studio_views import client_of

START = datetime(2026, 3, 2, tzinfo=UTC)
LATER = START + timedelta(days=50)


@pytest.fixture
def play(app: Flask) -> Iterator[Play]:
    """A round with nine applications, recommended and in check."""
    with held_at(START), unit():
        made = stage.begin(3, "correct-horse-9", 2026)
        stage.apply(made, 9, drafts=1)
        stage.recommend(made)
    with held_at(LATER):
        yield made


def to_review(play: Play, kind: str = "studio") -> int:
    stage.finish_check(play, kind)
    stage.open_review(play, kind)
    return play.classes[kind]


def test_the_same_seed_simulates_the_same_round() -> None:
    runs = [
        CliRunner().invoke(
            main_group,
            ["selection", "simulate", "--applications", "9", "--seed", "4", "--json"],
            obj=application,
        )
        for _ in range(2)
    ]

    assert runs[0].exception is None
    assert runs[0].output == runs[1].output
    told = json.loads(runs[0].output)
    assert {kind: one["state"] for kind, one in told["classes"].items()} == {
        "studio": "designated",
        "base": "designated",
    }
    assert len(told["classes"]["studio"]["chosen"]) == 5
    assert len(told["classes"]["base"]["chosen"]) == 2
    for one in told["classes"].values():
        designated = {row["number"] for row in one["designated"]}
        chosen = {row["number"] for row in one["chosen"]}
        removed, moved_up = set(one["changed"]["removed"]), set(one["changed"]["moved_up"])
        assert designated == (chosen - removed) | moved_up
        assert {row["about"] for row in one["objections"] if row["upheld"]} == removed


def test_every_change_of_state_has_a_move_an_actor_and_its_reason(play: Play) -> None:
    for kind in play.classes:
        stage_class(play, kind)

    moves = {(one.state, one.action, one.next): one for one in (*CLASS_MOVES, *APPLICATION_MOVES)}
    events = db.session.scalars(select(SelectionEvent)).all()
    last = {event.application_id: event.after for event in events if event.application_id}
    assert all(event.actor_name for event in events)
    assert all(event.role in moves[event.before, event.action, event.after].roles for event in events)
    assert all(event.reason for event in events if moves[event.before, event.action, event.after].reason)
    states = dict(db.session.execute(select(Application.id, Application.state)).tuples().all())
    assert {key: state for key, state in states.items() if state != "draft"} == last
    assert list(chain_faults()) == []


def test_the_proof_of_quotas_is_kept_at_the_close(play: Play) -> None:
    class_id = play.classes["studio"]
    services.close_calling(play.office, class_id)

    proof = services.close_recommending(play.office, class_id)

    event = db.session.scalars(
        select(SelectionEvent).where(SelectionEvent.action == "close_recommending")
    ).one()
    assert event.details == {"proof": proof}
    assert all(0 <= one["given"] <= one["quota"] == 8 for one in proof.values())


def test_a_recused_expert_has_nothing_of_the_application(play: Play) -> None:
    class_id = to_review(play)
    conflict = queries.conflict_cards(class_id)[0]
    card = queries.application_card(conflict.application_id)
    member = next(one for one in queries.panel_members(class_id) if one.expert.id == conflict.expert_id)

    own = queries.own_reviews(conflict.expert_id, class_id)

    assert card.id not in [one.application_id for one in own]
    assert queries.own_reviews(conflict.expert_id, class_id, card.leader_name) == []
    assert queries.own_reviews(conflict.expert_id, class_id, card.code or "") == []
    assert card.id not in [one.application_id for one in queries.to_declare(conflict.expert_id, class_id)]
    with pytest.raises(NotFound):
        queries.own_review(conflict.expert_id, card.id)
    assessment_id = queries.class_card(class_id).assessment_id or 0
    if member.seat_code:
        seat = marking.own_seat(assessment_id, member.expert.account_id)
        assert card.code not in json.dumps(marking.pack(seat.id))
    told = [
        json.dumps([row.before, row.after], ensure_ascii=False)
        for row in db.session.scalars(select(AuditRow).where(AuditRow.action.startswith("expert.")))
    ]
    assert all(card.number not in one and card.leader_name not in one for one in told)


def test_every_application_has_its_full_panel_without_the_conflicted(play: Play) -> None:
    class_id = to_review(play)

    kept_away = queries.conflicts_of_class(class_id)
    progress = {
        one.name: one.sheets
        for one in queries.review_progress(queries.class_card(class_id).assessment_id or 0)
    }
    reviewers: dict[int, set[int]] = {}
    for member in queries.panel_members(class_id):
        for own in queries.own_reviews(member.expert.id, class_id):
            reviewers.setdefault(own.application_id, set()).add(member.expert.id)

    assert set(progress.values()) == {5}
    assert {len(experts) for experts in reviewers.values()} == {5}
    assert all(not experts & kept_away.get(one, set()) for one, experts in reviewers.items())


def test_a_mark_outside_the_middle_is_refused_without_a_reason(play: Play) -> None:
    class_id = to_review(play)
    assessment_id = queries.class_card(class_id).assessment_id or 0
    seat_id, account_id = marking.marking_seats(assessment_id)[0]
    actor = next(one for one in play.experts.values() if one.account_id == account_id)
    code = marking.pack(seat_id)["candidates"][0]["code"]
    aspect = next(iter(marking.scheme_of(assessment_id).aspects))

    def answer(value: str, extra: dict | None, number: int) -> tuple[str, str | None]:
        op = stage.op(play.random, code, aspect, value) | {"extra": extra, "base_rev": number}
        result = stage.marking.record_ops(actor, seat_id, [op])[0]
        return result.status, result.code

    assert answer("15", None, 0) == ("rejected", "no_reason")
    assert answer("15", {"reason": " "}, 0) == ("rejected", "no_reason")
    assert answer("13.5", None, 0) == ("applied", None)
    assert answer("5.5", {"reason": "无证明材料"}, 1) == ("applied", None)
    assert marking.pack(seat_id)["reason_band"] == {"below": "40", "above": "90"}


def test_a_reason_without_a_tie_is_told_at_its_line_and_stays_typed(app: Flask, play: Play) -> None:
    class_id = play.classes["studio"]
    services.close_calling(play.office, class_id)
    services.close_recommending(play.office, class_id)
    stage.check(play, "studio")
    services.close_checking(play.office, class_id)
    services.draw_panel(play.office, class_id, play.chairs["studio"], stage.FIELDS, "lot")
    expert = queries.panel_members(class_id)[0].expert
    first, second = [one.application_id for one in queries.to_declare(expert.id, class_id)][:2]
    db.session.commit()
    client = client_of(app, f"expert{expert.id}")

    typed = {f"kind-{first}": "relative", f"reason-{first}": "表弟", f"reason-{second}": "他是我师傅"}
    refused = client.post(f"/review/{class_id}", data=typed)
    taken = client.post(f"/review/{class_id}", data={**typed, f"kind-{second}": "other"})

    assert refused.status_code == 422
    assert f'id="kind-{second}-error"' in refused.text
    assert f'id="kind-{first}-error"' not in refused.text
    assert all(text in refused.text for text in ("表弟", "他是我师傅", "selected"))
    assert taken.status_code == 302
    assert not {first, second} & {one.application_id for one in queries.to_declare(expert.id, class_id)}


def test_the_chair_closes_only_when_every_sheet_is_signed(play: Play) -> None:
    class_id = to_review(play)
    stage.review(play, "studio", share=0.5)

    with pytest.raises(RuleBroken) as caught:
        services.close_review(stage.chair_of(play, "studio"), class_id)

    assert caught.value.code in ("blocked", "unsigned")


def test_only_the_chair_of_this_class_leads_it(play: Play) -> None:
    class_id = to_review(play)
    other = next(actor for key, actor in play.experts.items() if key not in play.chairs.values())

    with pytest.raises(Exception, match="not_allowed"):
        services.close_review(other, class_id)


def test_a_decision_waits_for_quorum_and_votes_and_writes_exactly_the_quota(play: Play) -> None:
    class_id = to_review(play)
    stage.review(play, "studio")
    chair = stage.chair_of(play, "studio")
    services.close_review(chair, class_id)
    stage.visit(play, "studio")
    services.close_visiting(play.office, class_id)

    with pytest.raises(RuleBroken, match="no_meeting"):
        services.decide(chair, class_id)
    with pytest.raises(RuleBroken, match="quorum"):
        services.hold_meeting(chair, class_id, services.MeetingDraft(LATER, "会议室", ()))
    db.session.rollback()


def test_a_withdrawn_application_stops_no_review(play: Play) -> None:
    class_id = to_review(play)
    application_id = next(
        one
        for one in play.applications
        if queries.application_card(one).state == "eligible"
        and queries.application_card(one).kind == "studio"
    )

    services.withdraw(play.applicants[application_id], application_id, "单位搬迁")
    stage.review(play, "studio")
    services.close_review(stage.chair_of(play, "studio"), class_id)

    assert queries.application_card(application_id).state == "withdrawn"
    assert db.session.scalar(select(func.count()).select_from(DesignationPlace)) == 0
