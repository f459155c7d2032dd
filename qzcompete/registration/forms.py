"""Forms of entries: the file, a single entry, a status with its reason, and the look at the secret list."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileAllowed, FileField, FileRequired
from wtforms import BooleanField, RadioField, SelectField, StringField
from wtforms.validators import InputRequired, Length

from qzcompete.core.forms import select_choices
from qzcompete.registration.rules.entry_sheet import EntryRow

DOCUMENT_NAMES = {
    "resident_id": _l("Resident identity card"),
    "residence_permit": _l("Residence permit for Hong Kong, Macao and Taiwan residents"),
    "foreigner_permit": _l("Foreign permanent resident ID card"),
    "passport": _l("Passport"),
}
STATUS_NAMES = {
    "present": _l("Present"),
    "absent": _l("Absent"),
    "withdrawn": _l("Withdrawn"),
    "disqualified": _l("Disqualified"),
}


class EntryFileForm(FlaskForm):
    file = FileField(
        _l("Entry sheet"),
        [FileRequired(_l("Choose a file.")), FileAllowed(["xlsx"], _l("Choose an .xlsx file."))],
    )


class EntryForm(FlaskForm):
    name = StringField(_l("Name"), [InputRequired(_l("Enter a name.")), Length(max=40)])
    document_kind = SelectField(
        _l("Kind of document"), [InputRequired()], choices=select_choices(DOCUMENT_NAMES)
    )
    document_number = StringField(
        _l("Document number"), [InputRequired(_l("Enter the document number.")), Length(max=40)]
    )
    unit = StringField(_l("Organisation"), [InputRequired(_l("Enter the organisation.")), Length(max=80)])
    instructor = StringField(_l("Instructor"), [Length(max=80)])
    guest = BooleanField(_l("Guest: ranked, but takes no award"))

    def row(self) -> EntryRow:
        return EntryRow(
            name=self.name.data or "",
            document_kind=self.document_kind.data,
            document_number=self.document_number.data or "",
            unit=self.unit.data or "",
            instructor=self.instructor.data or None,
            guest=bool(self.guest.data),
        )


class StatusForm(FlaskForm):
    status = RadioField(_l("Status"), choices=select_choices(STATUS_NAMES))
    reason = StringField(_l("Reason"), [Length(max=200)])


class ReasonForm(FlaskForm):
    reason = StringField(_l("Reason"), [InputRequired(_l("Give the reason.")), Length(max=200)])


class LayersForm(FlaskForm):
    layers = RadioField(
        _l("Layers of codes"),
        choices=select_choices(
            [
                ("1", _l("One: work code")),
                ("2", _l("Two: contest number, work code")),
                ("3", _l("Three: contest number, station number, work code")),
            ]
        ),
    )
    source = StringField(
        _l("Where this is written"), [InputRequired(_l("Name the source.")), Length(max=200)]
    )


class KeepersForm(FlaskForm):
    keeper_1 = SelectField(_l("Keeper of the first layer"))
    keeper_2 = SelectField(_l("Keeper of the second layer"))
    keeper_3 = SelectField(_l("Keeper of the third layer"))

    def keep_only(self, layers: int) -> None:
        for place in range(layers + 1, 4):
            del self[f"keeper_{place}"]

    def chosen(self) -> list[int]:
        """The accounts from the first layer on; none where the simple draw is wanted."""
        values = [field.data for name, field in self._fields.items() if name.startswith("keeper_")]
        return [int(value) for value in values if value]
