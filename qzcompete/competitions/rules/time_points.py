"""The named time points of a competition: their order, what each follows, and what moves when one is put off.

A point that is put off takes along, by the same time, all that follows it; one that is brought forward moves
alone. A window without one of its ends is open on that side.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

# Each point, in the order of the work, with those that it directly follows.
FOLLOWS: dict[str, tuple[str, ...]] = {
    "registration_opens": (),
    "registration_closes": ("registration_opens",),
    "draw": ("registration_closes",),
    "sessions_begin": ("draw",),
    "mark_deadline": ("sessions_begin",),
    "notice_begins": ("mark_deadline",),
    "notice_ends": ("notice_begins",),
    "appeals_close": ("notice_begins",),
    "award": ("notice_ends", "appeals_close"),
}
TIME_POINTS = tuple(FOLLOWS)
# What is possible only between two points, and so needs some time.
WINDOWS: dict[str, tuple[str, str]] = {
    "registration": ("registration_opens", "registration_closes"),
    "marking": ("sessions_begin", "mark_deadline"),
    "notice": ("notice_begins", "notice_ends"),
    "appeals": ("notice_begins", "appeals_close"),
}

Points = Mapping[str, datetime]


@dataclass(frozen=True, slots=True)
class OrderFault:
    """`later` does not come after `earlier`, which it follows."""

    earlier: str
    later: str


@dataclass(frozen=True, slots=True)
class Window:
    opens: datetime | None
    closes: datetime | None

    def is_open(self, moment: datetime) -> bool:
        return (self.opens is None or self.opens <= moment) and (self.closes is None or moment < self.closes)


def all_before(name: str) -> frozenset[str]:
    """Every point that `name` follows, directly or by another."""
    direct = FOLLOWS[name]
    return frozenset(direct).union(*(all_before(point) for point in direct))


def all_after(name: str) -> tuple[str, ...]:
    """Every point that follows `name`, in order."""
    return tuple(point for point in TIME_POINTS if name in all_before(point))


def order_faults(points: Points) -> list[OrderFault]:
    """The pairs that are in the wrong order; the two ends of a window must not be one moment either."""
    return [
        OrderFault(earlier, later)
        for later in TIME_POINTS
        for earlier in TIME_POINTS
        if earlier in all_before(later) and earlier in points and later in points
        if points[later] < points[earlier]
        or (points[later] == points[earlier] and (earlier, later) in WINDOWS.values())
    ]


def moved(points: Points, name: str, to: datetime) -> dict[str, datetime]:
    """The points that change when `name` comes to be at `to`, with their new moments."""
    shift = shift_of(points, name, to)
    later = {point: points[point] + shift for point in all_after(name) if shift and point in points}
    return {name: to, **later}


def shift_of(points: Points, name: str, to: datetime) -> timedelta:
    """By how much all that follows moves: nothing where the point is new, or is brought forward."""
    return max(to - points[name], timedelta()) if name in points else timedelta()


def window(points: Points, name: str) -> Window:
    opens, closes = WINDOWS[name]
    return Window(points.get(opens), points.get(closes))


def stages(points: Points, moment: datetime) -> list[tuple[str, datetime, str]]:
    """The points that are set, by their time: name, moment, and `done`, `current` (the next to come) or `todo`."""
    ordered = sorted(points.items(), key=lambda point: (point[1], TIME_POINTS.index(point[0])))
    coming = next((name for name, at in ordered if at > moment), None)
    return [
        (name, at, "done" if at <= moment else "current" if name == coming else "todo")
        for name, at in ordered
    ]
