"""The forms by which a certificate is revoked, replaced and verified."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import BooleanField, DateField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional, Regexp

from qzcompete.certificates.rules.grade import LEVELS
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
    note = StringField(_l("Remark"), [Length(max=200)])


class TemplateForm(FlaskForm):
    """A new template."""

    kind = SelectField(_l("Kind"), choices=select_choices(KIND_NAMES), validators=[InputRequired()])
    name = StringField(
        _l("Name of the template"), [InputRequired(_l("Give the template a name.")), Length(max=80)]
    )


class DesignForm(FlaskForm):
    """What one version of a template says."""

    title = StringField(_l("Title"), [InputRequired(_l("Type the title.")), Length(max=40)])
    english = StringField(_l("English line"), [Length(max=60)])
    honorific = StringField(_l("Form of address"), [Length(max=12)])
    wording = TextAreaField(_l("Wording"), [Length(max=600)])
    closing = TextAreaField(_l("Closing words"), [Length(max=200)])
    signer = StringField(_l("Who signs"), [Length(max=40)])
    seal = StringField(_l("Name in the seal"), [Length(max=30)])
    seal_foot = StringField(_l("Foot of the seal"), [Length(max=10)])
    hint = StringField(_l("Line at the code"), [Length(max=16)])
    show_unit = BooleanField(_l("Show the organisation and the instructor"))
    show_result = BooleanField(_l("Show total and place"))


class PicturesForm(FlaskForm):
    """A ground and a signature of the office's own; a field left empty changes nothing."""

    ground = FileField(_l("Ground picture"))
    drop_ground = BooleanField(_l("Use our paper and border again"))
    signature = FileField(_l("Signature by hand"))
    drop_signature = BooleanField(_l("Take the signature away"))


class GlyphForm(FlaskForm):
    """A character that no font draws."""

    character = StringField(_l("Character"), [InputRequired(_l("Type one character.")), Length(max=2)])
    file = FileField(_l("Drawing (SVG)"), [FileRequired(_l("Choose the file."))])
    source = StringField(
        _l("Where the form is from"),
        [InputRequired(_l("Name the book or standard that shows the character.")), Length(max=200)],
    )


class SingleForm(FlaskForm):
    """A certificate that no result gives."""

    kind = SelectField(
        _l("Kind"),
        choices=select_choices({kind: KIND_NAMES[kind] for kind in ("institution", "letter", "plaque")}),
        validators=[InputRequired()],
    )
    name = StringField(_l("Name of who receives it"), [InputRequired(_l("Type the name.")), Length(max=60)])
    award = StringField(_l("Prize or title"), [Length(max=40)])
    competition = StringField(_l("Competition"), [Length(max=80)])
    text = TextAreaField(_l("A sentence of your own"), [Length(max=200)])
    committee = StringField(_l("Who signs"), [Length(max=40)])


class BodyForm(FlaskForm):
    """A body in the register, with the parts of its numbers."""

    name = StringField(_l("Name, exactly as filed"), [InputRequired(_l("Type the name.")), Length(max=80)])
    kind = RadioField(
        _l("Kind of body"),
        choices=select_choices({"S": _l("Social body (S)"), "Y": _l("Employer (Y)")}),
        validators=[InputRequired(_l("Choose the kind."))],
    )
    code = StringField(
        _l("Code of the body"),
        [Regexp(r"^\d{4}$", message=_l("Four digits; 0000 where it was filed with the province."))],
    )
    province = StringField(_l("Province"), [Regexp(r"^\d{2}$", message=_l("Two digits; Guangxi is 45."))])
    serial = StringField(
        _l("Serial of body or site"), [Regexp(r"^\d{6}$", message=_l("Six digits, set by the province."))]
    )
    valid_from = DateField(_l("On file from"), [InputRequired(_l("Type the day."))])
    valid_to = DateField(_l("On file until"), [Optional()])


class ScopeForm(FlaskForm):
    occupation_code = StringField(
        _l("Occupation code"),
        [InputRequired(_l("Type the code of an occupation, such as 6-09-03-03.")), Length(max=12)],
    )
    level = SelectField(_l("Level"), choices=select_choices(LEVELS), coerce=int)


class VoidForm(FlaskForm):
    void_level = SelectField(_l("Level"), choices=select_choices(LEVELS), coerce=int)
    reason = StringField(_l("Reason"), [InputRequired(_l("Give the reason.")), Length(max=200)])


class PhotoForm(FlaskForm):
    file = FileField(_l("Photo"), [FileRequired(_l("Choose the file."))])


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
