"""Two sessions at one time that want the same venue, judge or competitor; and a judge without enough rest between them.

A clash warns and never refuses. Two sessions of one event may share its venue while they use different stations.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Booking:
    """A session with all that it needs; `judges` and `competitors` are id → name. A new session has no id."""

    session_id: int | None
    event_id: int
    title: str
    starts_at: datetime
    ends_at: datetime
    venue: str
    stations: frozenset[int] = frozenset()
    judges: Mapping[int, str] = field(default_factory=dict, hash=False)
    competitors: Mapping[int, str] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class Clash:
    """`kind` is venue, judge, competitor or rest; `what` the venue's or the person's name."""

    kind: str
    what: str
    first: Booking
    second: Booking


def all_clashes(bookings: Iterable[Booking], rest: timedelta = timedelta()) -> list[Clash]:
    """Every clash, by the time of the earlier session."""
    ordered = sorted(bookings, key=lambda booking: (booking.starts_at, booking.title))
    found = []
    going: list[Booking] = []
    for later in ordered:
        going = [earlier for earlier in going if earlier.ends_at + rest > later.starts_at]
        found += [clash for earlier in going for clash in between(earlier, later, rest)]
        going.append(later)
    return sorted(found, key=lambda clash: (clash.first.starts_at, clash.kind, clash.what))


def clashes_with(new: Booking, others: Iterable[Booking], rest: timedelta = timedelta()) -> list[Clash]:
    """What the new or changed session would clash with."""
    return [
        clash
        for other in sorted(others, key=lambda booking: booking.starts_at)
        if other.session_id is None or other.session_id != new.session_id
        for clash in (
            between(new, other, rest) if new.starts_at <= other.starts_at else between(other, new, rest)
        )
    ]


def between(first: Booking, second: Booking, rest: timedelta) -> Iterator[Clash]:
    """`first` begins no later than `second`."""
    shared_judges = sorted(first.judges.keys() & second.judges.keys())
    if first.ends_at > second.starts_at:
        if same_place(first, second):
            yield Clash("venue", first.venue, first, second)
        for judge in shared_judges:
            yield Clash("judge", first.judges[judge], first, second)
        if first.event_id != second.event_id:
            for person in sorted(first.competitors.keys() & second.competitors.keys()):
                yield Clash("competitor", first.competitors[person], first, second)
    elif first.ends_at + rest > second.starts_at and first.event_id != second.event_id:
        for judge in shared_judges:
            yield Clash("rest", first.judges[judge], first, second)


def same_place(first: Booking, second: Booking) -> bool:
    if not first.venue or first.venue != second.venue:
        return False
    own_stations = first.event_id == second.event_id and first.stations and second.stations
    return not own_stations or bool(first.stations & second.stations)
