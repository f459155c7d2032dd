"""The form of a new token."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import IntegerField, SelectMultipleField, StringField
from wtforms.validators import InputRequired, Length, NumberRange
from wtforms.widgets import CheckboxInput, ListWidget

from qzcompete.api.services import LONGEST_DAYS, SCOPES
from qzcompete.core.forms import select_choices


class TokenForm(FlaskForm):
    name = StringField(_l("Program"), [InputRequired(_l("Say which program will use it.")), Length(max=80)])
    scopes = SelectMultipleField(
        _l("What it may do"),
        choices=select_choices(SCOPES),
        option_widget=CheckboxInput(),
        widget=ListWidget(prefix_label=False),
    )
    days = IntegerField(
        _l("Days until it ends"),
        [
            InputRequired(_l("Enter a number of days.")),
            NumberRange(1, LONGEST_DAYS, _l("A token holds for 1 to %(most)s days.", most=LONGEST_DAYS)),
        ],
        default=90,
    )
