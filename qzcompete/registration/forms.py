"""Forms of entries: the file, a single entry, a status with its reason, and the look at the secret list."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileAllowed, FileField, FileRequired
from wtforms import (
    BooleanField,
    DateField,
    DateTimeLocalField,
    IntegerField,
    PasswordField,
    RadioField,
    SelectField,
    StringField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional, ValidationError

from qzcompete.competitions.forms import MOMENT
from qzcompete.core.errors import RuleBroken
from qzcompete.core.forms import select_choices, show_problem
from qzcompete.people.rules.identity import tidy_name
from qzcompete.registration.rules.eligibility import KINDS
from qzcompete.registration.rules.entry_sheet import CellFault, EntryRow
from qzcompete.registration.services import FAULTS

DOCUMENT_NAMES = {
    "resident_id": _l("Resident identity card"),
    "residence_permit": _l("Residence permit for Hong Kong, Macao and Taiwan residents"),
    "foreigner_permit": _l("Foreign permanent resident ID card"),
    "passport": _l("Passport"),
}
STANDING_CHOICES = [
    ("", _l("Not stated")),
    ("employee", _l("Employee")),
    ("student", _l("Student")),
    ("self_employed", _l("Self-employed")),
]
LEVEL_CHOICES = [
    ("", _l("None, or not stated")),
    ("5", _l("Level 5: junior worker")),
    ("4", _l("Level 4: intermediate worker")),
    ("3", _l("Level 3: senior worker")),
    ("2", _l("Level 2: technician")),
    ("1", _l("Level 1: senior technician")),
]
ADMISSION_NAMES = {
    "submitted": _l("Submitted"),
    "returned": _l("Returned"),
    "waiting": _l("On the waiting list"),
    "accepted": _l("Accepted"),
}
RULE_NAMES = {
    "age": _l("Age"),
    "employer": _l("Employer"),
    "student": _l("Registered student"),
    "skill_level": _l("Skill level"),
    "guardian": _l("Consent of a guardian"),
    "one_event": _l("One event only"),
    "no_former_winner": _l("No earlier award"),
}
# Sentences of answers; a page fills in their values.
ANSWERS = {
    "birth_unknown": _l("The document tells no date of birth: check it by hand."),
    "too_young": _l("%(age)s years old on %(on)s; at least %(least)s are required."),
    "too_old": _l("%(age)s years old on %(on)s; at most %(most)s are allowed."),
    "age_fits": _l("%(age)s years old on %(on)s."),
    "full_age": _l("%(age)s years old on %(on)s: of full age."),
    "guardian_consents": _l("%(age)s years old on %(on)s; a guardian consents."),
    "guardian_missing": _l("%(age)s years old on %(on)s, and no guardian is named who consents."),
    "standing_unknown": _l("It is not stated whether employee or student."),
    "employed": _l("Employed by %(unit)s."),
    "not_employed": _l("Not an employee."),
    "is_student": _l("Student of %(unit)s."),
    "not_student": _l("Not a student."),
    "level_unknown": _l("No skill level is stated; level %(wanted)s is required."),
    "level_too_low": _l("Holds level %(held)s; level %(wanted)s or higher is required."),
    "level_fits": _l("Holds level %(held)s; level %(wanted)s is required."),
    "other_events": _l("Also entered in: %(events)s."),
    "only_event": _l("Entered in no other event of this competition."),
    "won_before": _l("Won %(award)s in %(year)s."),
    "never_won": _l("No award known since %(since)s."),
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
    """The facts of one entry; `entry_form` adds the fields of its members."""

    team = StringField(
        _l("Name of the team"), [InputRequired(_l("Enter the name of the team.")), Length(max=40)]
    )
    unit = StringField(_l("Organisation"), [InputRequired(_l("Enter the organisation.")), Length(max=80)])
    standing = SelectField(_l("Takes part as"), choices=select_choices(STANDING_CHOICES), default="")
    skill_level = SelectField(_l("Skill level held"), choices=select_choices(LEVEL_CHOICES), default="")
    guardian = StringField(_l("Guardian who consents"), [Length(max=40)])
    instructor = StringField(_l("Instructor"), [Length(max=80)])
    guest = BooleanField(_l("Guest: ranked, but takes no award"))
    team_size = 1

    def member_fields(self, place: int) -> list[Any]:
        return [self[f"{name}_{place}"] for name in MEMBER_FIELDS]

    def rows(self, unit: str = "") -> list[EntryRow]:
        """One row for each member, the leader first, numbered from 1."""
        return [
            EntryRow(
                name=self.typed(f"name_{place}"),
                document_kind=self[f"document_kind_{place}"].data,
                document_number=self.typed(f"document_number_{place}"),
                unit=unit or self.typed("unit"),
                instructor=self.typed("instructor") or None,
                guest="guest" in self and bool(self.guest.data),
                row=place,
                phone=self.typed(f"phone_{place}") or None,
                standing=self.standing.data or None,
                skill_level=int(self.skill_level.data) if self.skill_level.data else None,
                guardian=tidy_name(self.typed("guardian")) or None,
                team=self.typed("team") or None,
                leader=place == 1,
            )
            for place in range(1, self.team_size + 1)
        ]

    def typed(self, name: str) -> str:
        return (self[name].data or "").strip() if name in self else ""

    def show_faults(self, faults: Sequence[CellFault]) -> None:
        """Each fault at the field that it belongs to."""
        for fault in faults:
            name = f"{fault.column}_{fault.row}" if fault.column in MEMBER_FIELDS else fault.column
            problem = RuleBroken(FAULTS[fault.code], code=fault.code, field=name)
            show_problem(self, problem)


MEMBER_FIELDS: dict[str, Any] = {
    "name": lambda: StringField(_l("Name"), [InputRequired(_l("Enter a name.")), Length(max=40)]),
    "document_kind": lambda: SelectField(
        _l("Kind of document"), [InputRequired()], choices=select_choices(DOCUMENT_NAMES)
    ),
    "document_number": lambda: StringField(
        _l("Document number"), [InputRequired(_l("Enter the document number.")), Length(max=40)]
    ),
    "phone": lambda: StringField(_l("Telephone"), [Length(max=20)]),
}


def entry_form(team_size: int = 1, own: bool = False, **values: Any) -> EntryForm:
    """The form of an event's entries; an organisation's or a competitor's own has no guests, and `own` no unit."""
    fields = {
        f"{name}_{place}": make() for place in range(1, team_size + 1) for name, make in MEMBER_FIELDS.items()
    }
    form: EntryForm = type("EntryForm", (EntryForm,), fields | {"team_size": team_size})(**values)
    if team_size == 1:
        del form.team
    if own:
        del form.unit, form.guest
    return form


class NoteForm(FlaskForm):
    note = StringField(
        _l("What to correct"), [InputRequired(_l("Say what is to be corrected.")), Length(max=200)]
    )


class QuotaForm(FlaskForm):
    organisation_id = SelectField(_l("Organisation"), [InputRequired()], coerce=int)
    total = IntegerField(_l("In all events together"), [Optional(), NumberRange(0, 5000)])


def quota_form(events: Sequence[tuple[int, str]], **values: Any) -> QuotaForm:
    """With a number for each event."""
    fields = {
        f"event_{event_id}": IntegerField(name, [Optional(), NumberRange(0, 2000)])
        for event_id, name in events
    }
    form: QuotaForm = type("QuotaForm", (QuotaForm,), fields)(**values)
    return form


class SettingForm(FlaskForm):
    self_registration = BooleanField(_l("Individuals may register by themselves"))
    substitution_until = DateTimeLocalField(_l("Substitutions until"), [Optional()], format=MOMENT)


class RulesForm(FlaskForm):
    """One switch for each rule, with its values. What is switched off is not kept."""

    age = BooleanField(_l("Age"))
    age_least = IntegerField(_l("At least, in years"), [Optional(), NumberRange(0, 120)])
    age_most = IntegerField(_l("At most, in years"), [Optional(), NumberRange(0, 120)])
    age_on = DateField(_l("Counted on"), [Optional()])
    employer = BooleanField(_l("Works for an employer"))
    student = BooleanField(_l("Is a registered student"))
    skill_level = BooleanField(_l("Holds a skill level"))
    skill_level_least = SelectField(_l("At least"), choices=select_choices(LEVEL_CHOICES[1:]), default="5")
    guardian = BooleanField(_l("Minors need the consent of a guardian"))
    one_event = BooleanField(_l("One event in this competition"))
    no_former_winner = BooleanField(_l("Winners of earlier years are barred"))
    since = IntegerField(_l("Since the year"), [Optional(), NumberRange(2000, 2100)])
    awards = StringField(_l("With the awards"), [Length(max=80)])
    source = StringField(_l("Where this is written"), [Length(max=200)])

    def validate(self, extra_validators: Any = None) -> bool:
        sound = bool(super().validate(extra_validators))
        if (self.age.data or self.guardian.data) and not self.age_on.data:
            self.age_on.errors = [*self.age_on.errors, str(_l("Enter the day on which the age counts."))]
            sound = False
        if self.no_former_winner.data and not self.since.data:
            self.since.errors = [*self.since.errors, str(_l("Enter the first year that counts."))]
            sound = False
        return sound

    def rules(self) -> list[dict[str, Any]]:
        day = self.age_on.data.isoformat() if self.age_on.data else None
        values: dict[str, dict[str, Any]] = {
            "age": {"least": self.age_least.data, "most": self.age_most.data, "on": day},
            "guardian": {"on": day},
            "skill_level": {"least": int(self.skill_level_least.data or 5)},
            "no_former_winner": {
                "since": self.since.data,
                "awards": [name for name in re.split(r"[、,，\s]+", self.awards.data or "") if name],
            },
        }
        return [{"kind": kind, **values.get(kind, {})} for kind in KINDS if self[kind].data]


def rules_form(rules: Sequence[Mapping[str, Any]], source: str) -> RulesForm:
    kept = {rule["kind"]: rule for rule in rules}
    age, level, barred = (kept.get(kind, {}) for kind in ("age", "skill_level", "no_former_winner"))
    day = age.get("on") or kept.get("guardian", {}).get("on")
    return RulesForm(
        data={kind: True for kind in kept}
        | {
            "age_least": age.get("least"),
            "age_most": age.get("most"),
            "age_on": date.fromisoformat(day) if day else None,
            "skill_level_least": str(level.get("least", 5)),
            "since": barred.get("since"),
            "awards": "、".join(barred.get("awards", ())),
            "source": source,
        }
    )


class WinnerForm(FlaskForm):
    name = StringField(_l("Name"), [InputRequired(_l("Enter a name.")), Length(max=40)])
    document_number = StringField(
        _l("Document number"), [InputRequired(_l("Enter the document number.")), Length(max=40)]
    )
    year = IntegerField(_l("Year"), [InputRequired(_l("Enter a year.")), NumberRange(2000, 2100)])
    award = StringField(_l("Award"), [InputRequired(_l("Enter the award.")), Length(max=40)])
    source = StringField(_l("Where this is written"), [Length(max=200)])


class SubstituteForm(FlaskForm):
    former = SelectField(_l("Who leaves"), coerce=int)
    reason = StringField(_l("Reason"), [InputRequired(_l("Give the reason.")), Length(max=200)])


class SignUpForm(FlaskForm):
    name = StringField(_l("Name"), [InputRequired(_l("Enter a name.")), Length(max=40)])
    username = StringField(_l("User name"), [InputRequired(_l("Enter your user name.")), Length(max=64)])
    password = PasswordField(_l("Password"), [InputRequired(_l("Enter a new password.")), Length(max=128)])
    again = PasswordField(_l("Password again"), [InputRequired(_l("Enter the password again."))])

    def validate_again(self, field: PasswordField) -> None:
        if field.data != self.password.data:
            raise ValidationError(_l("The two passwords differ."))


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
