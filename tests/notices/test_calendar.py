"""The bureau's page of the calendar: a year's days typed as lines, faults named by their line."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from flask.testing import FlaskClient

from qzcompete.notices.forms import read_day
from qzcompete.notices.queries.calendar import last_working_day, special_days, year_calendar

SignIn = Callable[..., FlaskClient]


@pytest.mark.parametrize(
    ("line", "day"),
    [
        ("2027-02-06 休 春节", (date(2027, 2, 6), False, "春节")),
        ("2027年2月20日 班", (date(2027, 2, 20), True, "")),
        ("2027/10/9 班 国庆节调休", (date(2027, 10, 9), True, "国庆节调休")),
        ("2027-02-30 休 春节", None),
        ("春节 休", None),
    ],
)
def test_a_line_is_a_day(line: str, day: object) -> None:
    assert read_day(line) == day


def test_days_entered_by_hand_move_the_end_of_a_period(sign_in: SignIn) -> None:
    office = sign_in("officer")
    published = datetime(2031, 1, 20, 3, tzinfo=UTC)
    assert last_working_day(published, 5) == date(2031, 1, 27)

    saved = office.post("/office/calendar?year=2031", data={"days": "2031-01-23 休 春节\n2031-01-26 班 调休"})

    assert saved.status_code == 302
    assert special_days() == {date(2031, 1, 23): False, date(2031, 1, 26): True}
    assert last_working_day(published, 5) == date(2031, 1, 27)
    assert last_working_day(published, 4) == date(2031, 1, 26)
    assert year_calendar(2031).announced


def test_a_wrong_line_is_named_and_nothing_typed_is_lost(sign_in: SignIn) -> None:
    office = sign_in("officer")

    answer = office.post("/office/calendar?year=2031", data={"days": "2031-01-23 休 春节\n2031-13-01 休"})

    assert answer.status_code == 422
    assert "第2行" in answer.text
    assert "2031-13-01 休" in answer.text
    assert special_days() == {}


def test_a_day_of_another_year_is_refused(sign_in: SignIn) -> None:
    answer = sign_in("officer").post("/office/calendar?year=2031", data={"days": "2032-01-23 休"})

    assert answer.status_code == 422
    assert "每个日期都应在2031年内" in answer.text


def test_a_year_nobody_announced_is_marked_provisional(sign_in: SignIn) -> None:
    page = sign_in("officer").get("/office/calendar?year=2031")

    assert "尚未公布" in page.text
