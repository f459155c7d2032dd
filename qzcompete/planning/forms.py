"""Forms of planning: the time points of a competition, one of them moved, and its numbers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import DateTimeLocalField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from qzcompete.competitions.forms import MOMENT, moment_of
from qzcompete.competitions.queries import TIME_POINT_NAMES, SettingCard


class DatesForm(FlaskForm):
    """One field for each time point; see `dates_form`."""

    def points(self) -> dict[str, datetime | None]:
        return {name: moment_of(self[name].data) for name in TIME_POINT_NAMES}


def dates_form(values: dict[str, Any]) -> DatesForm:
    fields = {
        name: DateTimeLocalField(str(label), [Optional()], format=MOMENT)
        for name, label in TIME_POINT_NAMES.items()
    }
    form: DatesForm = type("TimePointsForm", (DatesForm,), fields)(data=values)
    return form


class MoveForm(FlaskForm):
    to = DateTimeLocalField(_l("New time"), [InputRequired(_l("Enter the new time."))], format=MOMENT)
    reason = TextAreaField(
        _l("Reason"), [InputRequired(_l("Say why; the reason is published.")), Length(max=200)]
    )


class SettingsForm(FlaskForm):
    """One field for each number of a competition; see `settings_form`."""

    def texts(self) -> dict[str, str]:
        return {field.name: field.data or "" for field in self if isinstance(field, StringField)}


def settings_form(cards: Sequence[SettingCard]) -> SettingsForm:
    fields = {card.name: StringField(str(card.label), [Length(max=8)]) for card in cards}
    form: SettingsForm = type("NumbersForm", (SettingsForm,), fields)(
        data={card.name: str(card.value) for card in cards}
    )
    return form
