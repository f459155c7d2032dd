"""Working days by the State Council's calendar, with the days that it moves; a table of the bureau's own has the last
word. Pure: a day in, a day out. A period of n working days begins on the day after the one that sets it off (Civil
Code, article 201) and ends at midnight of its nth working day.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta

import chinese_calendar

from qzcompete.core.clock import CITY

# day -> whether it is worked on, as the bureau has entered it.
SpecialDays = Mapping[date, bool]
NOTHING_SPECIAL: SpecialDays = {}
# Holidays on the same day each year (month, day): all that is sure of a year that nobody has announced yet.
FIXED_HOLIDAYS = frozenset({(1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3)})


def is_announced(year: int, special: SpecialDays = NOTHING_SPECIAL) -> bool:
    """Whether the holidays of the year are known: by the library, or because the bureau has entered some."""
    return _in_library(year) or any(day.year == year for day in special)


def is_working_day(day: date, special: SpecialDays = NOTHING_SPECIAL) -> bool:
    if day in special:
        return special[day]
    if _in_library(day.year):
        return bool(chinese_calendar.is_workday(day))
    return day.weekday() < 5 and (day.month, day.day) not in FIXED_HOLIDAYS


def end_of_period(begins_after: date, days: int, special: SpecialDays = NOTHING_SPECIAL) -> date:
    """The nth working day after `begins_after`, which is not counted itself."""
    if days < 1:
        raise ValueError("a period has at least one working day")
    return _nth(working_days_from(begins_after + timedelta(days=1), special), days)


def working_days_from(day: date, special: SpecialDays = NOTHING_SPECIAL) -> Iterator[date]:
    while True:
        if is_working_day(day, special):
            yield day
        day += timedelta(days=1)


def working_days_between(begins_after: date, until: date, special: SpecialDays = NOTHING_SPECIAL) -> int:
    """How many working days lie after `begins_after`, `until` included."""
    span = range(1, (until - begins_after).days + 1)
    return sum(is_working_day(begins_after + timedelta(days=step), special) for step in span)


def midnight_after(day: date) -> datetime:
    """The moment at which the day is over in Qinzhou."""
    return datetime.combine(day + timedelta(days=1), time(), CITY)


def _in_library(year: int) -> bool:
    try:
        chinese_calendar.is_workday(date(year, 1, 1))
    except NotImplementedError:
        return False
    return True


def _nth(days: Iterator[date], count: int) -> date:
    for _ in range(count - 1):
        next(days)
    return next(days)
