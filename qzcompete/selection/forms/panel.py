"""Forms of recommending units, experts and the chair."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import (
    DateTimeLocalField,
    IntegerField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, NumberRange
from wtforms.widgets import CheckboxInput, ListWidget

from qzcompete.selection.forms import Needed, listed
from qzcompete.selection.forms.office import MOMENT, NEEDED, in_utc
from qzcompete.selection.rules.decision import Vote
from qzcompete.selection.services import MeetingDraft


class RecommendForm(FlaskForm):
    rank = SelectField(_l("Place on the list"), coerce=int)
    reason = TextAreaField(
        _l("Reason of the recommendation"), [InputRequired(_l("Give the reason.")), Length(max=2000)]
    )
    sealed = FileField(_l("Letter with the seal (PDF or picture)"), [Needed()])

    def given(self) -> tuple[int, str, tuple[str, bytes] | None]:
        """Place, reason, and the letter as name and content."""
        file = self.sealed.data
        return self.rank.data, self.reason.data or "", (file.filename or "", file.read()) if file else None


class CountForm(FlaskForm):
    yes = IntegerField(_l("In favour"), [InputRequired(NEEDED), NumberRange(0, 99)])
    no = IntegerField(_l("Against"), [InputRequired(NEEDED), NumberRange(0, 99)], default=0)
    abstained = IntegerField(_l("Abstained"), [InputRequired(NEEDED), NumberRange(0, 99)], default=0)

    def vote(self) -> Vote:
        return Vote(self.yes.data or 0, self.no.data or 0, self.abstained.data or 0)


class TieForm(CountForm):
    codes = StringField(_l("Order, best first"), [InputRequired(NEEDED), Length(max=400)])
    reason = StringField(_l("Reason"), [InputRequired(_l("Give the reason.")), Length(max=400)])

    def order(self) -> list[str]:
        return " ".join(listed(self.codes.data)).split()


class MeetingForm(FlaskForm):
    held_at = DateTimeLocalField(_l("Time of the meeting"), [InputRequired(NEEDED)], format=MOMENT)
    place = StringField(_l("Place of the meeting"), [InputRequired(NEEDED), Length(max=120)])
    present = SelectMultipleField(
        _l("Members present"),
        coerce=int,
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    remarks = TextAreaField(_l("Remarks"), [Length(max=4000)])

    def draft(self) -> MeetingDraft:
        return MeetingDraft(
            in_utc(self.held_at.data),
            self.place.data or "",
            tuple(self.present.data or ()),
            self.remarks.data or "",
        )


class DecideForm(FlaskForm):
    vacant_reason = TextAreaField(_l("Why places stay vacant"), [Length(max=1000)])


class SecondLookForm(FlaskForm):
    reason = TextAreaField(
        _l("What to look at again"), [InputRequired(_l("Give the reason.")), Length(max=400)]
    )
