"""When a competition takes entries."""

from datetime import UTC, datetime

import pytest

from qzcompete.registration.rules.period import entry_period

MARCH, APRIL, MAY = (datetime(2026, month, 1, tzinfo=UTC) for month in (3, 4, 5))


@pytest.mark.parametrize(
    ("state", "opens", "closes", "moment", "period"),
    [
        ("open", MARCH, APRIL, MARCH, "open"),
        ("open", APRIL, MAY, MARCH, "early"),
        ("open", MARCH, APRIL, APRIL, "late"),
        ("open", None, None, MARCH, "open"),
        ("running", MARCH, None, MAY, "open"),
        ("draft", MARCH, MAY, APRIL, "early"),
        ("finished", None, None, APRIL, "late"),
        ("cancelled", MARCH, MAY, APRIL, "late"),
    ],
)
def test_entries_are_taken_between_the_two_times_of_an_open_competition(
    state: str, opens: datetime | None, closes: datetime | None, moment: datetime, period: str
) -> None:
    assert entry_period(state, opens, closes, moment) == period
