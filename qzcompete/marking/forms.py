"""Forms of the chief judge: every exception has a reason."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import StringField
from wtforms.validators import InputRequired, Length


class ReasonForm(FlaskForm):
    reason = StringField(_l("Reason"), [InputRequired(_l("Give the reason.")), Length(max=400)])


class TieForm(ReasonForm):
    codes = StringField(
        _l("Work codes, best first"),
        [InputRequired(_l("Name two candidates or more, each once.")), Length(max=400)],
    )

    def order(self) -> list[str]:
        """The codes as typed, parted by spaces, commas or 、."""
        text = (self.codes.data or "").replace("，", " ").replace(",", " ").replace("、", " ")
        return text.split()
