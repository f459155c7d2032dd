"""Forms of messages, the calendar, notices and objections."""

from __future__ import annotations

import re
from datetime import date

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    IntegerField,
    MultipleFileField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional, ValidationError

from qzcompete.core.forms import select_choices
from qzcompete.notices.services.notices import ISSUER, NoticeDraft
from qzcompete.notices.services.objections import ObjectionDraft

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


KINDS = {"publicity": _l("Publicity for a period (公示)"), "announcement": _l("Announcement (公告)")}


class NoticeForm(FlaskForm):
    kind = RadioField(_l("Kind"), choices=select_choices(KINDS), default="publicity")
    title = StringField(_l("Title"), [InputRequired(_l("Enter a title.")), Length(max=120)])
    body = TextAreaField(_l("Text"), [InputRequired(_l("Enter the text.")), Length(max=20000)])
    annex = TextAreaField(_l("Annex"), [Length(max=60000)])
    working_days = IntegerField(_l("Working days"), [Optional(), NumberRange(1, 60)], default=5)
    issuer = StringField(
        _l("Issuer"), [InputRequired(_l("Enter who publishes it.")), Length(max=80)], default=ISSUER
    )
    contact = TextAreaField(_l("Where questions and objections go"), [Length(max=400)])
    red_head = BooleanField(_l("With a red head"), default=True)

    def draft(self) -> NoticeDraft:
        table = [line.split("\t") for line in (self.annex.data or "").splitlines() if line.strip()]
        cells = [[cell.strip() for cell in row] for row in table]
        return NoticeDraft(
            kind=self.kind.data,
            title=self.title.data or "",
            body=self.body.data or "",
            working_days=self.working_days.data,
            columns=cells[0] if cells else (),
            rows=cells[1:],
            issuer=self.issuer.data or "",
            contact=self.contact.data or "",
            red_head=bool(self.red_head.data),
        )


class ReasonForm(FlaskForm):
    reason = StringField(_l("Reason"), [InputRequired(_l("Give the reason.")), Length(max=400)])


class ObjectionForm(FlaskForm):
    subject = SelectField(_l("About"), choices=[], validate_choice=False)
    statement = TextAreaField(
        _l("What you object to, and why"),
        [InputRequired(_l("Write what you object to, and why.")), Length(min=10, max=4000)],
    )
    files = MultipleFileField(_l("Evidence"))
    objector = StringField(
        _l("Your name, or that of your organisation"), [InputRequired(_l("Enter a name.")), Length(max=60)]
    )
    contact = StringField(
        _l("Telephone number or e-mail address"),
        [
            InputRequired(_l("Give a telephone number or an e-mail address by which we reach you.")),
            Length(max=120),
        ],
    )
    protected = BooleanField(
        _l("Protect my identity: only the handler of the case sees my name and contact"), default=True
    )

    def draft(self, notice_id: int) -> ObjectionDraft:
        sent = [file for file in self.files.data or () if file and file.filename]
        return ObjectionDraft(
            notice_id=notice_id,
            objector=self.objector.data or "",
            contact=self.contact.data or "",
            statement=self.statement.data or "",
            protected=bool(self.protected.data),
            subject=self.subject.data or None,
            files=[(file.filename or "", file.read()) for file in sent],
        )


class ReceiptForm(FlaskForm):
    code = StringField(_l("Receipt code"), [InputRequired(_l("Type the receipt code.")), Length(max=60)])


class AssignForm(FlaskForm):
    handler = SelectField(_l("Handler"), coerce=int, validate_choice=False)
    no_conflict = BooleanField(
        _l("This person has no interest in the matter and is not related to those concerned")
    )


class FindingForm(FlaskForm):
    outcome = RadioField(
        _l("Conclusion"),
        [InputRequired(_l("Choose one."))],
        choices=select_choices({"uphold": _l("Upheld"), "dismiss": _l("Dismissed")}),
    )
    finding = TextAreaField(_l("Finding"), [InputRequired(_l("Write what was found.")), Length(max=8000)])
    reply = TextAreaField(
        _l("Reply to the objector"), [InputRequired(_l("Write the reply to the objector.")), Length(max=4000)]
    )
