"""Forms of competitions, events, their panel and scheme. Moments are typed in the city's time and kept in UTC."""

from __future__ import annotations

from datetime import datetime

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileAllowed, FileField, FileRequired
from wtforms import (
    DateField,
    DateTimeLocalField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from qzcompete.competitions.services import CompetitionDraft, EventDraft, JudgeSpec, OuterDraft
from qzcompete.core.clock import CITY, in_city
from qzcompete.core.forms import select_choices

FAMILY_NAMES = {
    "migrant_workers": _l("Migrant workers' skills competition"),
    "vocational": _l("Vocational skills competition"),
    "employees": _l("Employees' vocational skills competition"),
    "vocational_schools": _l("Secondary vocational schools' skills competition"),
}
LEVEL_NAMES = {
    "city_1": _l("City, class 1"),
    "city_2": _l("City, class 2"),
    "county": _l("County"),
}
OUTER_LEVEL_NAMES = {
    "region": _l("Guangxi"),
    "nation": _l("National"),
    "world": _l("World"),
}
TRACK_NAMES = {
    "world_selection": _l("Selection for WorldSkills"),
    "national": _l("National competition's event"),
    "new_occupation": _l("New occupation"),
    "local": _l("Local speciality"),
}
GROUP_NAMES = {"workers": _l("Workers"), "students": _l("Students")}
MOMENT = "%Y-%m-%dT%H:%M"


def moment_of(value: datetime | None) -> datetime | None:
    return None if value is None else value.replace(tzinfo=CITY)


def typed(value: datetime | None) -> datetime | None:
    return None if value is None else in_city(value).replace(tzinfo=None)


class CompetitionForm(FlaskForm):
    name = StringField(_l("Name of the competition"), [InputRequired(_l("Enter a name.")), Length(max=80)])
    family = SelectField(_l("Family"), [InputRequired()], choices=select_choices(FAMILY_NAMES))
    level = SelectField(_l("Level"), [InputRequired()], choices=select_choices(LEVEL_NAMES))
    year = IntegerField(_l("Year"), [InputRequired(_l("Enter a year.")), NumberRange(2000, 2100)])
    code = StringField(_l("Code"), [Length(max=32)])
    host_id = SelectField(_l("Host"), coerce=int, default=0)
    organisers = StringField(_l("Organisers"), [Length(max=200)])
    committee = StringField(_l("Organising committee"), [Length(max=80)])
    venue = StringField(_l("Venue"), [Length(max=120)])
    starts_on = DateField(_l("First day"), [Optional()])
    ends_on = DateField(_l("Last day"), [Optional()])
    outer_id = SelectField(_l("Selects for (above the city)"), coerce=int, default=0)
    parent_id = SelectField(_l("Heat of (city's competition)"), coerce=int, default=0)
    advancing = IntegerField(_l("Go on from each event"), [Optional(), NumberRange(1, 1000)])
    description = TextAreaField(_l("Description"), [Length(max=4000)])

    def draft(self) -> CompetitionDraft:
        return CompetitionDraft(
            name=(self.name.data or "").strip(),
            family=self.family.data,
            level=self.level.data,
            year=self.year.data or 0,
            # The form of an existing competition has no code: that never changes.
            code=(self.code.data or "") if "code" in self else "",
            host_id=self.host_id.data or None,
            organisers=(self.organisers.data or "").strip(),
            committee=(self.committee.data or "").strip(),
            venue=(self.venue.data or "").strip(),
            starts_on=self.starts_on.data,
            ends_on=self.ends_on.data,
            description=(self.description.data or "").strip(),
            outer_id=self.outer_id.data or None,
            parent_id=self.parent_id.data or None,
            advancing=self.advancing.data,
        )


class CopyForm(FlaskForm):
    year = IntegerField(_l("Year"), [InputRequired(_l("Enter a year.")), NumberRange(2000, 2100)])


class OuterForm(FlaskForm):
    name = StringField(_l("Name of the competition"), [InputRequired(_l("Enter a name.")), Length(max=80)])
    level = SelectField(_l("Level"), [InputRequired()], choices=select_choices(OUTER_LEVEL_NAMES))
    year = IntegerField(_l("Year"), [InputRequired(_l("Enter a year.")), NumberRange(2000, 2100)])
    place = StringField(_l("Place"), [Length(max=80)])
    starts_on = DateField(_l("First day"), [Optional()])
    ends_on = DateField(_l("Last day"), [Optional()])

    def draft(self) -> OuterDraft:
        return OuterDraft(
            (self.name.data or "").strip(),
            self.level.data,
            self.year.data or 0,
            (self.place.data or "").strip(),
            self.starts_on.data,
            self.ends_on.data,
        )


class EventForm(FlaskForm):
    name = StringField(_l("Name of the event"), [InputRequired(_l("Enter a name.")), Length(max=80)])
    occupation_code = StringField(
        _l("Occupation"), [InputRequired(_l("Choose an occupation.")), Length(max=120)]
    )
    trade = StringField(_l("Trade"), [Length(max=40)])
    group = RadioField(_l("Group"), choices=select_choices(GROUP_NAMES), default="workers")
    team_size = IntegerField(_l("Persons in a team"), [InputRequired(), NumberRange(1, 10)], default=1)
    code = StringField(_l("Code"), [Length(max=32)])
    venue = StringField(_l("Venue"), [Length(max=120)])
    starts_at = DateTimeLocalField(_l("Time of the contest"), [Optional()], format=MOMENT)
    places = IntegerField(_l("Places"), [Optional(), NumberRange(1, 2000)])
    target_level = SelectField(_l("Target level"), coerce=int, default=0)
    track = SelectField(_l("Kind of event"), default="")
    parent_event = StringField(_l("Event of the competition above"), [Length(max=80)])

    def draft(self) -> EventDraft:
        return EventDraft(
            name=(self.name.data or "").strip(),
            # A choice of the list is "6-18-02-04 焊工": the code stands first.
            occupation_code=((self.occupation_code.data or "").split() or [""])[0],
            group=self.group.data,
            code=self.code.data or "",
            trade=self.trade.data,
            team_size=self.team_size.data or 1,
            venue=self.venue.data or "",
            starts_at=moment_of(self.starts_at.data),
            places=self.places.data,
            target_level=self.target_level.data or None,
            track=self.track.data or None,
            parent_event=self.parent_event.data or "",
        )


class SchemeFileForm(FlaskForm):
    file = FileField(
        _l("Marking scheme"),
        [
            FileRequired(_l("Choose a file.")),
            FileAllowed(["xlsx", "json"], _l("Choose an .xlsx or .json file.")),
        ],
    )


class PanelForm(FlaskForm):
    judges = SelectMultipleField(
        _l("Judges"), coerce=int, widget=ListWidget(prefix_label=False), option_widget=CheckboxInput()
    )
    chief = RadioField(_l("Chief judge"), coerce=int, validate_choice=False)

    def specs(self) -> list[JudgeSpec]:
        chief = [JudgeSpec(self.chief.data, True)] if self.chief.data else []
        return [JudgeSpec(account_id) for account_id in self.judges.data or ()] + chief
