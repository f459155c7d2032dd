"""Forms of stations, equipment, regulations and incidents."""

from __future__ import annotations

import re

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import DateTimeLocalField, IntegerField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, Optional, ValidationError

from qzcompete.competitions.forms.competitions import MOMENT, moment_of
from qzcompete.competitions.services import DecisionDraft, EquipmentDraft, IncidentDraft
from qzcompete.core.clock import now
from qzcompete.core.forms import select_choices

PLACE_NAMES = {
    "station": _l("At every station"),
    "hall": _l("In the hall"),
    "competitor": _l("Brought by the competitor"),
}
INCIDENT_NAMES = {
    "equipment": _l("Equipment fault"),
    "power": _l("Power or network failure"),
    "material": _l("Wrong or missing material"),
    "person": _l("Injury or illness"),
    "other": _l("Something else"),
}
DECISION_NAMES = {
    "extra_time": _l("Extra time"),
    "rerun": _l("Run again"),
    "keep": _l("The result is kept"),
}
SPAN = re.compile(r"([A-Za-z]*)([0-9]{1,4})\s*[-–—~至]\s*([A-Za-z]*)([0-9]{1,4})")
MOST_AT_ONCE = 200


class StationsForm(FlaskForm):
    codes = StringField(_l("Stations"), [InputRequired(_l("Enter at least one station.")), Length(max=400)])
    venue = StringField(_l("Venue"), [Length(max=120)])

    def validate_codes(self, field: StringField) -> None:
        codes = station_codes(field.data or "")
        if not codes or any(len(code) > 16 for code in codes):
            raise ValidationError(
                _l("Write stations as 1-12, or A1, A2, A3; each has at most 16 characters.")
            )
        if len(codes) > MOST_AT_ONCE:
            raise ValidationError(_l("An event has at most 200 stations."))


def station_codes(text: str) -> list[str]:
    """'1-3, B7' is 1, 2, 3 and B7; 'A08-A10' keeps its width."""
    codes: list[str] = []
    for part in re.split(r"[,，、;；\s]+", re.sub(r"\s*([-–—~至])\s*", r"\1", text.strip())):
        span = SPAN.fullmatch(part)
        if span and span[1] in (span[3], span[1]) and int(span[2]) <= int(span[4]):
            last = min(int(span[4]), int(span[2]) + MOST_AT_ONCE)
            codes += [f"{span[1]}{number:0{len(span[2])}}" for number in range(int(span[2]), last + 1)]
        elif part:
            codes.append(part)
    return list(dict.fromkeys(codes))


class EquipmentForm(FlaskForm):
    name = StringField(_l("Equipment"), [InputRequired(_l("Enter a name.")), Length(max=80)])
    specification = StringField(_l("Model and specification"), [Length(max=160)])
    quantity = IntegerField(_l("Quantity"), [InputRequired(_l("Enter a number.")), NumberRange(1, 10000)])
    unit = StringField(_l("Unit"), [Length(max=16)])
    place = SelectField(_l("Where"), choices=select_choices(PLACE_NAMES))

    def draft(self) -> EquipmentDraft:
        return EquipmentDraft(
            (self.name.data or "").strip(),
            (self.specification.data or "").strip(),
            self.quantity.data or 1,
            (self.unit.data or "").strip(),
            self.place.data,
        )


class RegulationsForm(FlaskForm):
    file = FileField(_l("Regulations (PDF)"), [FileRequired(_l("Choose a file."))])
    note = StringField(_l("What is new in this version"), [Length(max=200)])


class IncidentForm(FlaskForm):
    kind = SelectField(_l("What kind"), choices=select_choices(INCIDENT_NAMES))
    station_id = SelectField(_l("Station"), coerce=int, default=0)
    session_id = SelectField(_l("Session"), coerce=int, default=0)
    happened_at = DateTimeLocalField(
        _l("When it happened"), [InputRequired(_l("Enter the time."))], format=MOMENT
    )
    text = TextAreaField(_l("What happened"), [InputRequired(_l("Say what happened.")), Length(max=400)])

    def draft(self) -> IncidentDraft:
        return IncidentDraft(
            self.kind.data,
            self.text.data or "",
            moment_of(self.happened_at.data) or now(),
            self.station_id.data or None,
            self.session_id.data or None,
        )


class DecisionForm(FlaskForm):
    decision = RadioField(
        _l("Decision"),
        [InputRequired(_l("Choose a decision."))],
        choices=select_choices(DECISION_NAMES),
    )
    extra_minutes = IntegerField(_l("Extra minutes"), [Optional(), NumberRange(1, 480)])
    reason = TextAreaField(_l("Reason"), [InputRequired(_l("Say why you decide so.")), Length(max=400)])

    def draft(self) -> DecisionDraft:
        return DecisionDraft(self.decision.data, self.reason.data or "", self.extra_minutes.data)
