"""The life of an objection as a table, and who may examine it."""

from __future__ import annotations

import pytest

from qzcompete.notices.rules.objections import OPEN, STATES, Handler, actions, handler_fault, next_state


@pytest.mark.parametrize(
    ("state", "action", "roles", "following"),
    [
        ("received", "assign", {"office"}, "examining"),
        ("examining", "uphold", {"office", "handler"}, "upheld"),
        ("examining", "uphold", {"office"}, None),
        ("received", "dismiss", {"office", "handler"}, None),
        ("received", "refuse", {"office"}, "inadmissible"),
        ("examining", "refuse", {"office", "handler"}, None),
        ("examining", "withdraw", {"objector"}, "withdrawn"),
        ("upheld", "withdraw", {"objector"}, None),
        ("examining", "withdraw", {"office", "handler"}, None),
    ],
)
def test_an_action_leads_where_the_table_says(
    state: str, action: str, roles: set[str], following: str | None
) -> None:
    assert next_state(state, action, roles) == following


def test_a_decided_case_moves_no_more() -> None:
    decided = [state for state in STATES if state not in OPEN]

    assert [actions(state, {"office", "handler", "objector"}) for state in decided] == [()] * 4


@pytest.mark.parametrize(("account", "fault"), [(1, "concerned"), (2, "published"), (3, "same"), (4, None)])
def test_nobody_examines_the_own_matter(account: int, fault: str | None) -> None:
    assert handler_fault(Handler(account, {1}, published_by=2, present=3)) == fault
