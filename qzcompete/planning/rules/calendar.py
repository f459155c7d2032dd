"""A year of competitions as a calendar shows it: spans of days, the weeks of a month, the months of a year."""

from __future__ import annotations

import calendar
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True, slots=True)
class Span:
    """Some days of a competition; `kind` is registration, contest, notice, award, or outer (above the city)."""

    kind: str
    name: str
    code: str | None
    family: str | None
    state: str | None
    begins: date
    ends: date

    def touches(self, first: date, last: date) -> bool:
        return self.begins <= last and self.ends >= first


@dataclass(frozen=True, slots=True)
class Day:
    on: date
    in_month: bool
    spans: tuple[Span, ...]


def weeks_of(year: int, month: int, spans: Iterable[Span]) -> list[list[Day]]:
    """The weeks that hold days of the month, Monday first, each day with what goes on."""
    ordered = sorted(spans, key=lambda span: (span.begins, span.ends, span.name))
    return [
        [
            Day(day, day.month == month, tuple(span for span in ordered if span.touches(day, day)))
            for day in week
        ]
        for week in calendar.Calendar(calendar.MONDAY).monthdatescalendar(year, month)
    ]


def months_of(year: int, spans: Sequence[Span]) -> list[tuple[Span, ...]]:
    """What goes on in each of the twelve months."""
    found = []
    for month in range(1, 13):
        first = date(year, month, 1)
        last = date(year, month, calendar.monthrange(year, month)[1])
        found.append(tuple(span for span in spans if span.touches(first, last)))
    return found


def month_from(year: int, month: int, steps: int) -> tuple[int, int]:
    """The month some steps later or earlier."""
    place = year * 12 + month - 1 + steps
    return place // 12, place % 12 + 1


def last_day(year: int, month: int) -> date:
    following = month_from(year, month, 1)
    return date(*following, 1) - timedelta(days=1)
