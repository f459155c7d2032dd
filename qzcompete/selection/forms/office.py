"""The bureau's forms: rounds, settings of a class, quotas, units, experts, the panel, checks and visits."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import (
    BooleanField,
    DateField,
    DateTimeLocalField,
    DecimalField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, NumberRange, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from qzcompete.core.clock import CITY, in_city, today
from qzcompete.core.forms import select_choices
from qzcompete.selection.forms import listed, words
from qzcompete.selection.rules.classes import ClassSettings, instalment_shares
from qzcompete.selection.rules.rounds import RoundDraft
from qzcompete.selection.services import ExpertDraft, UnitDraft

MOMENT = "%Y-%m-%dT%H:%M"
NEEDED = _l("This cannot be empty.")


def in_utc(value: datetime | None) -> datetime:
    """What was typed in the city's time."""
    assert value is not None
    return value.replace(tzinfo=CITY)


def typed(value: datetime) -> datetime:
    return in_city(value).replace(tzinfo=None)


def moment_field(label: Any) -> DateTimeLocalField:
    return DateTimeLocalField(label, [InputRequired(NEEDED)], format=MOMENT)


class RoundForm(FlaskForm):
    name = StringField(_l("Name of the round"), [InputRequired(NEEDED), Length(max=80)])
    code = StringField(_l("Code"), [InputRequired(NEEDED), Length(max=32)])
    first_year = IntegerField(_l("First year of the cycle"), [InputRequired(NEEDED), NumberRange(2000, 2100)])
    classes = SelectMultipleField(
        _l("Classes"),
        choices=select_choices(words.KINDS),
        default=list(words.KINDS),
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    applies_from = moment_field(_l("Applications from"))
    applies_until = moment_field(_l("Applications until"))
    recommends_until = moment_field(_l("Recommendations until"))
    reviews_until = moment_field(_l("Review and visits until"))
    call = TextAreaField(_l("Text of the call"), [Length(max=20000)])

    def draft(self) -> RoundDraft:
        return RoundDraft(
            code=(self.code.data or "").strip(),
            name=(self.name.data or "").strip(),
            first_year=self.first_year.data or 0,
            applies_from=in_utc(self.applies_from.data),
            applies_until=in_utc(self.applies_until.data),
            recommends_until=in_utc(self.recommends_until.data),
            reviews_until=in_utc(self.reviews_until.data),
            call=(self.call.data or "").strip(),
        )


def round_values(draft: RoundDraft) -> dict[str, Any]:
    """A round as its form shows it."""
    windows = ("applies_from", "applies_until", "recommends_until", "reviews_until")
    return {"name": draft.name, "code": draft.code, "first_year": draft.first_year, "call": draft.call} | {
        name: typed(getattr(draft, name)) for name in windows
    }


def whole(label: Any, least: int = 0, most: int = 1000) -> IntegerField:
    return IntegerField(label, [InputRequired(NEEDED), NumberRange(least, most)])


def percent(label: Any) -> DecimalField:
    return DecimalField(label, [InputRequired(NEEDED), NumberRange(0, 100)], places=None)


class ClassForm(FlaskForm):
    quota = whole(_l("Places"), 1)
    grant = DecimalField(_l("Grant in yuan"), [InputRequired(NEEDED), NumberRange(0, 10**9)], places=None)
    instalments = StringField(_l("Instalments in percent"), [InputRequired(NEEDED), Length(max=60)])
    experts = whole(_l("Experts for each application"), 1, 99)
    reserves = whole(_l("Reserve experts"), 0, 99)
    trim = whole(_l("Marks dropped at each end"), 0, 9)
    spread_percent = percent(_l("Spread flagged from, percent of the greatest mark"))
    reason_below = percent(_l("Reason needed below, percent"))
    reason_above = percent(_l("Reason needed above, percent"))
    review_weight = percent(_l("Weight of the paper review, percent"))
    visit_weight = percent(_l("Weight of the site visit, percent"))
    visits = whole(_l("Applications visited (0: all)"))
    least_total = percent(_l("Least total that can be chosen"))
    quorum_percent = percent(_l("Quorum, percent of the panel"))
    notice_days = whole(_l("Public notice in working days"), 1, 60)
    term_months = whole(_l("Term in months"), 1, 120)
    ban_years = whole(_l("Ban after removal in years"), 0, 20)
    conflict_years = whole(_l("A tie counts for so many years"), 0, 50)
    bad_record_years = whole(_l("Bad record looked for in so many years"), 0, 20)
    host_studios = whole(_l("Applications of one host at most"), 1, 20)
    least_level = whole(_l("Least skill level of the leader (1 is the highest)"), 1, 5)
    least_capacity = whole(_l("Least capacity in person-times a year"), 0, 10**6)
    least_occupations = whole(_l("Least number of occupations"), 0, 100)
    excellent_percent = percent(_l("Excellent at most, percent of those assessed"))
    correction_months = whole(_l("Time to correct in months"), 0, 24)

    def validate_instalments(self, field: StringField) -> None:
        if instalment_shares(field.data or "") is None:
            raise ValidationError(_l("Write percentages with spaces between, as 60 40."))

    def settings(self, kind: str) -> ClassSettings:
        values = {
            name: value for name, value in self.data.items() if name not in ("csrf_token", "instalments")
        }
        return ClassSettings(
            kind=kind, instalments=instalment_shares(self.instalments.data or "") or (), **values
        )


def class_values(settings: ClassSettings) -> dict[str, Any]:
    """A class's settings as the form shows them."""
    values = {name: getattr(settings, name) for name in ClassSettings.__dataclass_fields__ if name != "kind"}
    values["instalments"] = " ".join(format(share.normalize(), "f") for share in settings.instalments)
    return {name: plain(value) for name, value in values.items()}


def plain(value: Any) -> Any:
    return Decimal(format(value.normalize(), "f")) if isinstance(value, Decimal) else value


class SheetForm(FlaskForm):
    file = FileField(_l("Score sheet"), [FileRequired(_l("Choose a file."))])


class UnitForm(FlaskForm):
    name = StringField(_l("Name of the organisation"), [InputRequired(_l("Enter a name.")), Length(max=80)])
    code = StringField(_l("Code"), [InputRequired(NEEDED), Length(max=24)])
    kind = RadioField(_l("Kind"), choices=select_choices(words.UNIT_KINDS), default="county")
    region_code = StringField(_l("Code of GB/T 2260"), [Length(max=6)])

    def draft(self) -> UnitDraft:
        return UnitDraft(
            (self.code.data or "").strip(),
            (self.name.data or "").strip(),
            self.kind.data,
            (self.region_code.data or "").strip() or None,
        )


class ExpertForm(FlaskForm):
    account_id = SelectField(_l("Account"), coerce=int)
    name = StringField(_l("Name"), [InputRequired(_l("Enter a name.")), Length(max=40)])
    employer = StringField(_l("Works for"), [InputRequired(NEEDED), Length(max=80)])
    title = StringField(_l("Post and title"), [Length(max=80)])
    fields = StringField(_l("Fields"), [Length(max=200)])
    ties = TextAreaField(_l("Known ties"), [Length(max=2000)])
    active = BooleanField(_l("Can be drawn"), default=True)

    def validate_ties(self, field: TextAreaField) -> None:
        if read_ties(field.data or "") is None:
            raise ValidationError(_l("Write one tie on each line: relation, name, and the last year."))

    def draft(self) -> ExpertDraft:
        return ExpertDraft(
            self.account_id.data,
            self.name.data or "",
            self.employer.data or "",
            self.title.data or "",
            tuple(listed(self.fields.data)),
            bool(self.active.data),
            tuple(read_ties(self.ties.data or "") or ()),
        )


def read_ties(text: str) -> list[tuple[str, str, int | None]] | None:
    """'师傅 黄丽华 2020' on each line; None where a line cannot be read."""
    relations = {str(name): key for key, name in words.TIES.items()} | {key: key for key in words.TIES}
    ties: list[tuple[str, str, int | None]] = []
    for line in filter(None, map(str.strip, text.splitlines())):
        parts = line.split()
        year = int(parts.pop()) if len(parts) > 2 and parts[-1].isdigit() else None
        if len(parts) < 2 or parts[0] not in relations:
            return None
        ties.append((relations[parts[0]], " ".join(parts[1:])[:80], year))
    return ties


def written_ties(ties: tuple[tuple[int, str, str, int | None], ...]) -> str:
    return "\n".join(
        f"{words.TIES[relation]} {name} {year or ''}".strip() for _, relation, name, year in ties
    )


class DrawForm(FlaskForm):
    chair = SelectField(_l("Chair of the panel"), coerce=int)
    fields = StringField(_l("Only experts of these fields"), [Length(max=200)])


class ConflictForm(FlaskForm):
    expert = SelectField(_l("Expert"), coerce=int)
    application = SelectField(_l("Application"), coerce=int)
    kind = SelectField(_l("Tie"), choices=select_choices(words.CONFLICTS))
    reason = StringField(_l("Reason"), [InputRequired(_l("Give the reason.")), Length(max=400)])


class PlanForm(FlaskForm):
    planned_on = DateField(_l("Day of the visit"), [InputRequired(NEEDED)])
    team = TextAreaField(_l("Visiting team"), [InputRequired(NEEDED), Length(max=400)])

    def plan(self) -> tuple[date, list[str]]:
        return self.planned_on.data or today(), listed(self.team.data)


class SignForm(FlaskForm):
    name = StringField(
        _l("Signed with the full name"), [InputRequired(_l("Sign with your name.")), Length(max=40)]
    )


class ReasonForm(FlaskForm):
    reason = TextAreaField(_l("Reason"), [InputRequired(_l("Give the reason.")), Length(max=1000)])
