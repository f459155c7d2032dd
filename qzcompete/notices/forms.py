"""Forms of messages, the calendar, notices and objections."""

from __future__ import annotations

import re
from datetime import date

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import StringField, TextAreaField
from wtforms.validators import Length, ValidationError

CALENDAR_LINE = re.compile(r"(\d{4})[-年/.](\d{1,2})[-月/.](\d{1,2})日?\s+(休|班)\s*(.{0,40})")


class AddressForm(FlaskForm):
    email = StringField(_l("E-mail address"), [Length(max=120)])
    mobile = StringField(_l("Mobile number"), [Length(max=20)])


class CalendarForm(FlaskForm):
    days = TextAreaField(_l("Days that differ"), [Length(max=8000)])

    def validate_days(self, field: TextAreaField) -> None:
        for number, line in self.lines():
            if read_day(line) is None:
                raise ValidationError(
                    _(
                        "Line %(number)s: write the day, then 休 or 班, then its name, as “2027-02-06 休 春节”.",
                        number=number,
                    )
                )

    def lines(self) -> list[tuple[int, str]]:
        typed = enumerate((self.days.data or "").splitlines(), 1)
        return [(number, line.strip()) for number, line in typed if line.strip()]

    def special_days(self) -> list[tuple[date, bool, str]]:
        return [day for _number, line in self.lines() if (day := read_day(line)) is not None]


def read_day(line: str) -> tuple[date, bool, str] | None:
    """A line "2027-02-06 休 春节" as (day, works, name); None where it is none."""
    found = CALENDAR_LINE.fullmatch(line)
    if found is None:
        return None
    try:
        day = date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        return None
    return day, found[4] == "班", found[5].strip()
