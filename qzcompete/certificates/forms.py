"""The forms by which a certificate is revoked, replaced and verified."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import RadioField, StringField
from wtforms.validators import InputRequired, Length

from qzcompete.core.forms import select_choices

REISSUE_REASONS = {
    "name_mistake": _l("The name is wrong"),
    "other_mistake": _l("Something else is wrong"),
    "lost": _l("It was lost or damaged"),
}

KIND_NAMES = {
    "award": _l("Award certificate"),
    "instructor": _l("Certificate of an instructor"),
    "institution": _l("Organisation prize"),
    "plaque": _l("Plaque"),
    "letter": _l("Letter of thanks"),
    "grade": _l("Certificate of a skill level"),
}


def kind_name(kind: str) -> str:
    return str(KIND_NAMES.get(kind, kind))


class RevokeForm(FlaskForm):
    reason = StringField(_l("Reason"), [InputRequired(_l("Give the reason.")), Length(max=400)])


class ReissueForm(FlaskForm):
    reason = RadioField(
        _l("Why a new certificate?"),
        choices=select_choices(REISSUE_REASONS),
        validators=[InputRequired(_l("Choose the reason."))],
    )
    name = StringField(
        _l("Name on the new certificate"), [InputRequired(_l("Type the name.")), Length(max=40)]
    )
    note = StringField(_l("Note"), [Length(max=200)])


class VerifyForm(FlaskForm):
    """Sent by POST, so that no address, log or history holds a name; it changes nothing, so it needs no token."""

    class Meta:
        csrf = False

    number = StringField(_l("Certificate number"), [InputRequired(_l("Type the number.")), Length(max=40)])
    name = StringField(_l("Name"), [InputRequired(_l("Type the name.")), Length(max=80)])


class FileForm(FlaskForm):
    """The file is read, judged and forgotten."""

    class Meta:
        csrf = False

    file = FileField(_l("PDF file of the certificate"), [FileRequired(_l("Choose the file."))])
