"""The life of an objection: state × action × role → next state. Pure.

The roles: `objector` holds the receipt; `office` may decide objections; `handler` is the one it was given to.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

MOVES: dict[tuple[str, str, str], str] = {
    ("received", "assign", "office"): "examining",
    ("received", "refuse", "office"): "inadmissible",
    ("examining", "assign", "office"): "examining",
    ("examining", "uphold", "handler"): "upheld",
    ("examining", "dismiss", "handler"): "dismissed",
    ("received", "withdraw", "objector"): "withdrawn",
    ("examining", "withdraw", "objector"): "withdrawn",
}
STATES = tuple(dict.fromkeys([*(key[0] for key in MOVES), *MOVES.values()]))
OPEN = frozenset({"received", "examining"})


@dataclass(frozen=True)
class Handler:
    """Who is to examine: the account, and the accounts that may not because the matter is their own."""

    account_id: int
    concerned: Collection[int]
    published_by: int | None
    present: int | None = None


def next_state(state: str, action: str, roles: Collection[str]) -> str | None:
    """Where the action leads for somebody with these roles; None where it is not allowed."""
    return next((MOVES[state, action, role] for role in roles if (state, action, role) in MOVES), None)


def actions(state: str, roles: Collection[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(action for (at, action, role) in MOVES if at == state and role in roles))


def handler_fault(handler: Handler) -> str | None:
    """Why this account cannot be given the case; None where it can."""
    if handler.account_id in handler.concerned:
        return "concerned"
    if handler.account_id == handler.published_by:
        return "published"
    if handler.account_id == handler.present:
        return "same"
    return None
