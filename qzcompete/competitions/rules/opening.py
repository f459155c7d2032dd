"""What a competition lacks before it may open: of itself, of its time points, and of each of its events."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

# Without these nobody can be told when to come.
NEEDED_POINTS = (
    "registration_opens",
    "registration_closes",
    "sessions_begin",
    "mark_deadline",
    "notice_begins",
    "notice_ends",
    "appeals_close",
    "award",
)


@dataclass(frozen=True, slots=True)
class EventPreparation:
    """What is there of an event; a cancelled one is not asked."""

    code: str
    name: str
    has_venue: bool
    has_start: bool
    has_level: bool
    has_scheme: bool
    has_regulations: bool


@dataclass(frozen=True, slots=True)
class Preparation:
    has_host: bool
    has_committee: bool
    has_venue: bool
    has_days: bool
    points: frozenset[str]
    events: tuple[EventPreparation, ...]


@dataclass(frozen=True, slots=True)
class Lack:
    """`what` is host, committee, venue, days, time_points, events, or of an event: venue, starts_at, target_level,
    scheme, regulations."""

    what: str
    event_code: str | None = None
    event_name: str | None = None
    points: tuple[str, ...] = ()


def lacks(preparation: Preparation) -> list[Lack]:
    """In the order of the work; empty when the competition may open."""
    found = [
        Lack(what)
        for what, there in (
            ("host", preparation.has_host),
            ("committee", preparation.has_committee),
            ("venue", preparation.has_venue),
            ("days", preparation.has_days),
        )
        if not there
    ]
    unset = tuple(point for point in NEEDED_POINTS if point not in preparation.points)
    if unset:
        found.append(Lack("time_points", points=unset))
    if not preparation.events:
        found.append(Lack("events"))
    return found + event_lacks(preparation.events)


def event_lacks(events: Sequence[EventPreparation]) -> list[Lack]:
    return [
        Lack(what, event.code, event.name)
        for event in events
        for what, there in (
            ("venue", event.has_venue),
            ("starts_at", event.has_start),
            ("target_level", event.has_level),
            ("scheme", event.has_scheme),
            ("regulations", event.has_regulations),
        )
        if not there
    ]
