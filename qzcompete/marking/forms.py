"""Forms of the chief judge: every exception has a reason."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length
from wtforms.widgets import CheckboxInput, ListWidget


class ReasonForm(FlaskForm):
    reason = StringField(_l("Reason"), [InputRequired(_l("Give the reason.")), Length(max=400)])


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
        self.aspects.choices = list(choices)
        if not self.is_submitted():
            self.aspects.data = list(chosen)


class AnswerForm(FlaskForm):
    text = TextAreaField(
        _l("Answer to the judge"),
        [InputRequired(_l("Write what you decide or have done.")), Length(max=400)],
    )
