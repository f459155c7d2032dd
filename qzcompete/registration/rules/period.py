"""Whether a competition takes entries at a moment. Pure."""

from __future__ import annotations

from datetime import datetime

OPEN_STATES = ("open", "running")


def entry_period(state: str, opens: datetime | None, closes: datetime | None, moment: datetime) -> str:
    """`early`, `open` or `late`. A competition without times takes entries for as long as it is open or running."""
    if state == "draft" or (opens is not None and moment < opens):
        return "early"
    if state not in OPEN_STATES or (closes is not None and moment >= closes):
        return "late"
    return "open"
