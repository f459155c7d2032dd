"""Forms of the chief judge: every exception has a reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import BooleanField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional, Regexp
from wtforms.widgets import CheckboxInput, ListWidget

from qzcompete.core.forms import select_choices

CLOCK_TIME = r"([0-9]{1,2}[:：])?[0-9]{1,3}[:：][0-5][0-9]"


class ReasonForm(FlaskForm):
    reason = StringField(_l("Reason"), [InputRequired(_l("Give the reason.")), Length(max=400)])


class TimeForm(ReasonForm):
    """How long an entry worked, as hours, minutes and seconds; nothing at all takes the time away."""

    time = StringField(
        _l("Working time"),
        [
            Optional(),
            Regexp(CLOCK_TIME, message=_l("Write the time as hours:minutes:seconds, such as 1:05:30.")),
        ],
        description=_l("Hours:minutes:seconds, or minutes:seconds. Leave it empty to take the time away."),
    )

    @property
    def seconds(self) -> int | None:
        if not self.time.data:
            return None
        seconds = 0
        for part in self.time.data.replace("：", ":").split(":"):
            seconds = 60 * seconds + int(part)
        return seconds


class HandInForm(FlaskForm):
    file = FileField(_l("The tablet's file"), [FileRequired(_l("Choose a file."))])


class SubstituteForm(ReasonForm):
    account = SelectField(_l("New judge"), [InputRequired(_l("Choose a judge."))], coerce=int)


class RoundForm(ReasonForm):
    aspects = SelectMultipleField(
        _l("Aspects to mark again"),
        [InputRequired(_l("Choose aspects that have been marked."))],
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )

    def offer(self, choices: Sequence[tuple[str, str]], chosen: Sequence[str]) -> None:
        self.aspects.choices = select_choices(choices)
        if not self.is_submitted():
            self.aspects.data = list(chosen)


class AnswerForm(FlaskForm):
    text = TextAreaField(
        _l("Answer to the judge"),
        [InputRequired(_l("Write what you decide or have done.")), Length(max=400)],
    )


class PaperForm(FlaskForm):
    """What stands on a paper sheet, a field for each aspect; see `paper_form`."""

    signed = BooleanField(_l("The judge has signed this sheet on paper."))

    def marks(self) -> dict[str, str]:
        return {
            field.description: field.data or ""
            for name, field in self._fields.items()
            if name.startswith("mark_")
        }

    def show_faults(self, faults: Mapping[str, object]) -> None:
        for name, field in self._fields.items():
            if name.startswith("mark_") and field.description in faults:
                field.errors = [*field.errors, str(faults[field.description])]


def paper_form(aspects: Sequence[tuple[str, str]]) -> PaperForm:
    """An empty form with a field for each (code, name); the code stands in the field's description."""
    fields = {
        f"mark_{place}": StringField(f"{code} {name}", description=code)
        for place, (code, name) in enumerate(aspects)
    }
    form: PaperForm = type("SheetForm", (PaperForm,), fields)()
    return form
