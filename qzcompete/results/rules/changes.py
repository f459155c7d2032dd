"""What a new version of a result changes: for each entry its status, total, rank and award before and after. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

TOLD = ("status", "total", "rank", "award")


@dataclass(frozen=True, slots=True)
class Change:
    """One figure of one entry; None where it had or has none."""

    entry: str
    what: str
    before: Any
    after: Any


def changes(before: Iterable[Mapping[str, Any]], after: Iterable[Mapping[str, Any]]) -> tuple[Change, ...]:
    """Every difference between two results' rows, by entry. A row that is only in one of them counts as empty there."""
    old = {row["entry"]: row for row in before}
    new = {row["entry"]: row for row in after}
    nothing: Mapping[str, Any] = dict.fromkeys(TOLD)
    return tuple(
        Change(entry, what, was[what], now[what])
        for entry in sorted(old.keys() | new.keys())
        for was, now in [(old.get(entry, nothing), new.get(entry, nothing))]
        for what in TOLD
        if was[what] != now[what]
    )
