"""Forms of planning: the time points of a competition, one of them moved, and its numbers; sessions."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import DateTimeLocalField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from qzcompete.competitions.forms import MOMENT, moment_of
from qzcompete.competitions.queries import TIME_POINT_NAMES, SettingCard
from qzcompete.competitions.services import SessionDraft


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


class SessionForm(FlaskForm):
    name = StringField(_l("Name of the session"), [InputRequired(_l("Enter a name.")), Length(max=80)])
    module = SelectField(_l("Module"), default="")
    venue = StringField(_l("Venue"), [InputRequired(_l("Enter the venue.")), Length(max=120)])
    starts_at = DateTimeLocalField(_l("Begins"), [InputRequired(_l("Enter the time."))], format=MOMENT)
    ends_at = DateTimeLocalField(_l("Ends"), [InputRequired(_l("Enter the time."))], format=MOMENT)
    stations = SelectMultipleField(
        _l("Stations"), coerce=int, widget=ListWidget(prefix_label=False), option_widget=CheckboxInput()
    )

    def draft(self) -> SessionDraft:
        starts_at, ends_at = moment_of(self.starts_at.data), moment_of(self.ends_at.data)
        assert starts_at is not None and ends_at is not None
        return SessionDraft(
            (self.name.data or "").strip(),
            self.module.data or "",
            (self.venue.data or "").strip(),
            starts_at,
            ends_at,
            tuple(self.stations.data or ()),
        )
