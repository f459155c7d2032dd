"""Working days around real holidays, with the days that the State Council has moved."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qzcompete.core.workdays import (
    end_of_period,
    is_announced,
    is_working_day,
    midnight_after,
    working_days_between,
)


@pytest.mark.parametrize(
    ("day", "works"),
    [
        # Spring Festival 2026: off from 15 to 23 February, worked on Saturdays 14 and 28.
        (date(2026, 2, 14), True),
        (date(2026, 2, 16), False),
        (date(2026, 2, 23), False),
        (date(2026, 2, 28), True),
        # National Day 2026: off from 1 to 7 October, worked on Sunday 20 September and Saturday 10 October.
        (date(2026, 9, 20), True),
        (date(2026, 10, 7), False),
        (date(2026, 10, 10), True),
        (date(2026, 10, 11), False),
    ],
)
def test_a_moved_day_is_worked_on_as_announced(day: date, works: bool) -> None:
    assert is_working_day(day) is works


@pytest.mark.parametrize(
    ("begins_after", "days", "ends"),
    [
        # A plain week: Monday's notice of five days ends on the next Monday.
        (date(2026, 11, 9), 5, date(2026, 11, 16)),
        # 12 February: 13, the worked Saturday 14, then 24, 25, 26 after the festival.
        (date(2026, 2, 12), 5, date(2026, 2, 26)),
        # Into the worked Saturday 28 February.
        (date(2026, 2, 23), 5, date(2026, 2, 28)),
        # 29 September: 30, then 8, 9 and the worked Saturday 10 October, then Monday 12.
        (date(2026, 9, 29), 5, date(2026, 10, 12)),
        # Seven days begun within the National Day holiday.
        (date(2026, 10, 3), 7, date(2026, 10, 15)),
        # May Day 2026: 1 to 5 off, Saturday 9 worked.
        (date(2026, 4, 30), 3, date(2026, 5, 8)),
        (date(2026, 4, 30), 4, date(2026, 5, 9)),
        (date(2026, 4, 30), 5, date(2026, 5, 11)),
    ],
)
def test_a_period_ends_on_its_last_working_day(begins_after: date, days: int, ends: date) -> None:
    assert end_of_period(begins_after, days) == ends


def test_the_table_of_the_bureau_has_the_last_word() -> None:
    typhoon = {date(2026, 9, 23): False}

    assert end_of_period(date(2026, 9, 22), 2) == date(2026, 9, 24)
    assert end_of_period(date(2026, 9, 22), 2, typhoon) == date(2026, 9, 28)


def test_a_year_that_nobody_announced_counts_by_weekends_and_fixed_holidays() -> None:
    assert not is_announced(2031)
    assert end_of_period(date(2030, 12, 31), 2) == date(2031, 1, 3)
    assert is_announced(2031, {date(2031, 1, 23): False})
    assert end_of_period(date(2031, 1, 22), 1, {date(2031, 1, 23): False}) == date(2031, 1, 24)


@settings(max_examples=60, deadline=None)
@given(st.dates(date(2025, 1, 1), date(2028, 12, 31)), st.integers(1, 30))
def test_a_period_has_just_its_working_days_when_counted_again(begins_after: date, days: int) -> None:
    last = end_of_period(begins_after, days)

    assert working_days_between(begins_after, last) == days
    assert working_days_between(begins_after, last - timedelta(days=1)) == days - 1


def test_a_day_is_over_at_midnight_of_the_city() -> None:
    assert midnight_after(date(2026, 12, 2)).isoformat() == "2026-12-03T00:00:00+08:00"
