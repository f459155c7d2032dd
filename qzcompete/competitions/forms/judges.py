"""Forms of the register of judges and of what they declare."""

from __future__ import annotations

import re

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from qzcompete.competitions.services import ProfileDraft
from qzcompete.core.forms import select_choices

QUALIFICATION_NAMES = {
    "assessor": _l("Assessor"),
    "senior_assessor": _l("Senior assessor"),
    "technician": _l("Technician"),
    "senior_technician": _l("Senior technician"),
    "middle_title": _l("Middle professional title"),
    "senior_title": _l("Senior professional title"),
}
RELATION_NAMES = {
    "relative": _l("Relative"),
    "teacher": _l("Teacher and pupil"),
    "interest": _l("Other interest"),
}
CODE = re.compile(r"\d-\d\d-\d\d-\d\d")


class ProfileForm(FlaskForm):
    qualification = SelectField(_l("Qualification"), choices=select_choices(QUALIFICATION_NAMES))
    certificate = StringField(_l("Number of the certificate"), [Length(max=40)])
    employer_id = SelectField(_l("Employing unit"), coerce=int, default=0)
    level = SelectField(_l("Judges up to level"), coerce=int, default=0)
    occupations = TextAreaField(_l("Occupations"), [Length(max=600)])
    note = StringField(_l("Remark"), [Length(max=200)])

    def draft(self) -> ProfileDraft:
        return ProfileDraft(
            self.qualification.data,
            self.employer_id.data or None,
            self.level.data or None,
            occupation_codes(self.occupations.data or ""),
            self.certificate.data or "",
            self.note.data or "",
        )


def occupation_codes(text: str) -> tuple[str, ...]:
    """One occupation a line, its code first; what holds no code is taken whole, so that it can be refused."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return tuple(found[0] if (found := CODE.search(line)) else line[:20] for line in lines)


class RelationForm(FlaskForm):
    kind = RadioField(
        _l("Relation"), [InputRequired(_l("Choose one."))], choices=select_choices(RELATION_NAMES)
    )
    name = StringField(_l("Name of the person"), [Length(max=40)])
    unit = StringField(_l("Unit"), [Length(max=80)])
    note = StringField(_l("Remark"), [Length(max=200)])
