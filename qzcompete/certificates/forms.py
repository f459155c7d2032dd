"""The forms by which a certificate is revoked, and verified by its number and name."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import StringField
from wtforms.validators import InputRequired, Length


class RevokeForm(FlaskForm):
    reason = StringField(_l("Reason"), [InputRequired(_l("Give the reason.")), Length(max=400)])


class VerifyForm(FlaskForm):
    """Sent by POST, so that no address, log or history holds a name; it changes nothing, so it needs no token."""

    class Meta:
        csrf = False

    number = StringField(_l("Certificate number"), [InputRequired(_l("Type the number.")), Length(max=40)])
    name = StringField(_l("Name"), [InputRequired(_l("Type the name.")), Length(max=80)])
