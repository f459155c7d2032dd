"""The workflow's table: what it lets each role do, and that it is whole."""

from __future__ import annotations

import pytest

from qzcompete.selection.rules.workflow import (
    APPLICATION_MOVES,
    APPLICATION_STATES,
    CLASS_MOVES,
    CLASS_STATES,
    STAGES,
    actions_in,
    move_fault,
    stage_of,
)

ROLES = {"applicant", "recommender", "officer", "chair", "system"}


@pytest.mark.parametrize("moves", [CLASS_MOVES, APPLICATION_MOVES], ids=["class", "application"])
def test_one_action_leads_to_one_state_when_a_table_is_read(moves: tuple) -> None:
    keys = [(one.state, one.action) for one in moves]

    assert len(keys) == len(set(keys))
    assert {role for one in moves for role in one.roles} == ROLES - (
        {"applicant", "recommender"} if moves is CLASS_MOVES else set()
    )


@pytest.mark.parametrize(
    ("moves", "states"),
    [(CLASS_MOVES, CLASS_STATES), (APPLICATION_MOVES, APPLICATION_STATES)],
    ids=["class", "application"],
)
def test_every_state_is_reached_from_the_draft(moves: tuple, states: tuple[str, ...]) -> None:
    reached = {"draft"}
    while more := {one.next for one in moves if one.state in reached} - reached:
        reached |= more

    assert reached == set(states)


def test_a_class_walks_from_the_call_to_the_end_of_its_term() -> None:
    state, walked = "draft", []
    for action in (
        "call",
        "close_calling",
        "close_recommending",
        "close_checking",
        "open_review",
        "close_review",
        "close_visiting",
        "decide",
        "publish_notice",
        "end_notice",
        "designate",
        "end_term",
    ):
        walked.append(stage_of(state))
        state = next(one.next for one in CLASS_MOVES if (one.state, one.action) == (state, action))

    assert state == "ended"
    assert walked == [
        "call", "apply", "recommend", "check", "review", "review", "visit", "decide", "decide", "notice",
        "designate", "assess",
    ]  # fmt: skip
    assert len(STAGES) == 13


def test_only_the_recommender_returns_when_an_application_is_submitted() -> None:
    assert actions_in(APPLICATION_MOVES, "submitted", "recommender") == ("return", "recommend", "decline")
    assert move_fault(APPLICATION_MOVES, "submitted", "return", "applicant", "why") == "role"
    assert move_fault(APPLICATION_MOVES, "submitted", "return", "recommender", " ") == "reason"
    assert move_fault(APPLICATION_MOVES, "draft", "return", "recommender", "why") == "state"


def test_nobody_designates_before_the_notice_when_an_application_is_chosen() -> None:
    assert move_fault(APPLICATION_MOVES, "chosen", "designate", "officer", "") == "state"
    assert move_fault(CLASS_MOVES, "noticing", "designate", "officer", "") == "state"


def test_a_withdrawn_application_stays_withdrawn() -> None:
    assert [one for one in APPLICATION_MOVES if one.state == "withdrawn"] == []
