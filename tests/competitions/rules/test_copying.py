"""What becomes of names and dates when a competition is copied to another year."""

from datetime import UTC, date, datetime

import pytest

from qzcompete.competitions.rules.copying import day_in, moment_in, renamed


def test_the_year_of_a_name_is_changed_and_other_numbers_stay() -> None:
    assert renamed("2025年第5届大赛（2025）", 2025, 2026) == "2026年第5届大赛（2026）"


@pytest.mark.parametrize(
    ("day", "years", "expected"),
    [
        (date(2025, 6, 1), 1, date(2026, 6, 1)),
        (date(2024, 2, 29), 1, date(2025, 2, 28)),
        (date(2024, 2, 29), 4, date(2028, 2, 29)),
    ],
)
def test_a_day_stays_the_same_day_of_its_year(day: date, years: int, expected: date) -> None:
    assert day_in(day, years) == expected


def test_a_moment_keeps_its_hour_in_the_city() -> None:
    # 1 January 00:30 in the city is still the old year in UTC.
    moment = datetime(2024, 12, 31, 16, 30, tzinfo=UTC)

    assert moment_in(moment, 1).astimezone(UTC) == datetime(2025, 12, 31, 16, 30, tzinfo=UTC)
