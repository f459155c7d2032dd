"""Forms of signing in, the own password, and accounts."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import HiddenField, PasswordField, SelectField, StringField
from wtforms.validators import InputRequired, Length, Optional, ValidationError

from qzcompete.core.forms import select_choices
from qzcompete.core.permissions import ROLE_NAMES


class SignInForm(FlaskForm):
    username = StringField(_l("User name"), [InputRequired(_l("Enter your user name.")), Length(max=64)])
    password = PasswordField(_l("Password"), [InputRequired(_l("Enter your password.")), Length(max=128)])


class PasswordForm(FlaskForm):
    old_password = PasswordField(_l("Present password"), [InputRequired(_l("Enter your present password."))])
    password = PasswordField(_l("New password"), [InputRequired(_l("Enter a new password."))])
    again = PasswordField(_l("New password again"), [InputRequired(_l("Enter the new password again."))])

    def validate_again(self, field: PasswordField) -> None:
        if field.data != self.password.data:
            raise ValidationError(_l("The two new passwords differ."))


class AccountForm(FlaskForm):
    username = StringField(_l("User name"), [InputRequired(_l("Enter your user name.")), Length(max=64)])
    name = StringField(_l("Name"), [InputRequired(_l("Enter a name.")), Length(max=40)])
    role = SelectField(_l("Role"), [InputRequired()], choices=select_choices(ROLE_NAMES))
    organisation_id = SelectField(_l("Organisation"), coerce=int, default=0)
    password = PasswordField(_l("First password"), [Optional()])

    def validate_organisation_id(self, field: SelectField) -> None:
        if self.role.data == "institution" and not field.data:
            raise ValidationError(_l("Choose the organisation for which the account nominates."))

    def scope(self) -> tuple[str, int]:
        """An organisation's account acts for it alone; every other role holds in the whole city."""
        return ("organisation", self.organisation_id.data) if self.role.data == "institution" else ("city", 0)


class CodeForm(FlaskForm):
    code = StringField(_l("Sign-in code"), [InputRequired(_l("Enter the code.")), Length(max=20)])


class ConfirmPasswordForm(FlaskForm):
    """What weakens an account asks for its password again. Stands twice on a page, so each has a prefix; the token
    against forgery is the page's."""

    class Meta:
        csrf = False

    password = PasswordField(_l("Present password"), [InputRequired(_l("Enter your present password."))])


class NewPasskeyForm(FlaskForm):
    """What opens an account asks for its password again."""

    name = StringField(
        _l("Name of the device"),
        [InputRequired(_l("Enter a name by which you know it again.")), Length(max=40)],
    )
    password = PasswordField(_l("Present password"), [InputRequired(_l("Enter your present password."))])


class PasskeyForm(FlaskForm):
    """`credential` is what the browser answers, as JSON of Web Authentication."""

    credential = HiddenField()


class InvitationForm(FlaskForm):
    password = PasswordField(_l("New password"), [InputRequired(_l("Enter a new password."))])
    again = PasswordField(_l("New password again"), [InputRequired(_l("Enter the new password again."))])

    validate_again = PasswordForm.validate_again


KIND_NAMES = {
    "county": _l("County team"),
    "school": _l("School"),
    "enterprise": _l("Enterprise"),
    "association": _l("Association"),
    "bureau": _l("Bureau"),
}


class OrganisationForm(FlaskForm):
    name = StringField(_l("Name of the organisation"), [InputRequired(_l("Enter a name.")), Length(max=80)])
    kind = SelectField(_l("Kind"), [InputRequired()], choices=select_choices(KIND_NAMES))
    county = StringField(_l("County or district"), [Length(max=24)])
    uscc = StringField(_l("Unified social credit code"), [Length(max=40)])
