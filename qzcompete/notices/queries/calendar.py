"""Reads the bureau's own days of the calendar."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from qzcompete.core.clock import in_city
from qzcompete.core.workdays import SpecialDays, end_of_period, is_announced, is_working_day
from qzcompete.extensions import db
from qzcompete.notices.models import SpecialDay


def special_days() -> SpecialDays:
    return {row.day: row.works for row in db.session.scalars(select(SpecialDay))}


def special_days_of(year: int) -> Sequence[SpecialDay]:
    """The days of a year that were entered by hand, by date."""
    within = SpecialDay.day.between(date(year, 1, 1), date(year, 12, 31))
    return db.session.scalars(select(SpecialDay).where(within).order_by(SpecialDay.day)).all()


def last_working_day(begins_at: datetime, days: int) -> date:
    """The last day of a period of `days` working days that a moment sets off."""
    return end_of_period(in_city(begins_at).date(), days, special_days())


@dataclass(frozen=True)
class CalendarDay:
    day: date
    works: bool
    # Otherwise than its weekday says.
    moved: bool
    name: str


@dataclass(frozen=True)
class YearCalendar:
    """A year by months, each beginning with `blanks` places before its first day (Monday first)."""

    year: int
    announced: bool
    months: Sequence[tuple[int, int, Sequence[CalendarDay]]]
    working_days: int


def year_calendar(year: int) -> YearCalendar:
    special, names = special_days(), {row.day: row.name for row in special_days_of(year)}
    months = []
    for month in range(1, 13):
        first, length = monthrange(year, month)
        days = [calendar_day(date(year, month, number), special, names) for number in range(1, length + 1)]
        months.append((month, first, days))
    count = sum(day.works for _month, _blanks, days in months for day in days)
    return YearCalendar(year, is_announced(year, special), months, count)


def calendar_day(day: date, special: SpecialDays, names: dict[date, str]) -> CalendarDay:
    works = is_working_day(day, special)
    return CalendarDay(day, works, works is not (day.weekday() < 5), names.get(day, ""))


def special_days_text(year: int) -> str:
    """The days entered by hand, as the form takes them."""
    lines = [f"{row.day} {'班' if row.works else '休'} {row.name}".strip() for row in special_days_of(year)]
    return "\n".join(lines)
