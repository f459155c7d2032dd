"""Writes the bureau's own days of the calendar, a year at a time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete

from qzcompete.core import audit
from qzcompete.core.actor import Actor
from qzcompete.core.errors import RuleBroken
from qzcompete.core.permissions import permit
from qzcompete.extensions import db
from qzcompete.notices.models import SpecialDay
from qzcompete.notices.queries.calendar import special_days_of


def set_special_days(actor: Actor, year: int, days: Sequence[tuple[date, bool, str]]) -> None:
    """The year's days that differ from plain weeks or from the library: (day, works, name); all others are dropped."""
    permit(actor, "notice.edit")
    if any(day.year != year for day, _, _ in days):
        raise RuleBroken(_l("Each day must lie in the year %(year)s.", year=year), field="days")
    if len({day for day, _, _ in days}) < len(days):
        raise RuleBroken(_l("A day stands there twice."), field="days")
    before = {row.day.isoformat(): row.works for row in special_days_of(year)}
    within = SpecialDay.day.between(date(year, 1, 1), date(year, 12, 31))
    db.session.execute(delete(SpecialDay).where(within), execution_options={"synchronize_session": "fetch"})
    db.session.add_all(SpecialDay(day=day, works=works, name=name) for day, works, name in days)
    after = {day.isoformat(): works for day, works, _ in days}
    audit.record(actor, "calendar.changed", f"calendar:{year}", before, after)
