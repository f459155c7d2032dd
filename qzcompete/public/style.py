"""What the living style page shows: a form in all its states and made-up rows. Holds no real data."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from flask import current_app
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    DateField,
    DateTimeLocalField,
    FileField,
    PasswordField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired

from qzcompete.competitions.queries import TIME_POINT_NAMES, Stage
from qzcompete.core.forms import select_choices


class SampleForm(FlaskForm):
    name = StringField(_l("Name"), [InputRequired()])
    place = StringField(_l("Venue"))
    group = SelectField(
        _l("Group"),
        choices=select_choices([("workers", _l("Workers")), ("students", _l("Students"))]),
    )
    starts_on = DateField(_l("First day"), [InputRequired()])
    starts_at = DateTimeLocalField(_l("Starts at"))
    way = RadioField(
        _l("How it is marked"),
        choices=select_choices([("one", _l("One mark")), ("panel", _l("A panel of judges"))]),
    )
    description = TextAreaField(_l("Description"))
    password = PasswordField(_l("Password"), [InputRequired()])
    scheme = FileField(_l("Marking scheme"))
    agreed = BooleanField(_l("I have checked all of this"))


@dataclass(frozen=True)
class SampleRow:
    code: str
    name: str
    entries: int
    state: str


@dataclass(frozen=True)
class SamplePage:
    """As core.paging.ListPage, of a list that is longer than one page."""

    items: tuple[SampleRow, ...]
    number: int = 4
    pages: int = 12
    total: int = 231
    has_previous: bool = True
    has_next: bool = True


ROWS = (
    SampleRow("CNC", "数控铣工", 22, "published"),
    SampleRow("ELE", "电工", 25, "marking"),
    SampleRow("WEL", "焊工", 19, "closed"),
    SampleRow("COK", "中式烹调师", 31, "open"),
    SampleRow("AUT", "汽车维修工", 18, "draft"),
)
STATES = (
    "draft",
    "open",
    "running",
    "marking",
    "closed",
    "published",
    "cancelled",
    "queued",
    "done",
    "dead",
    "valid",
    "revoked",
)


def style_samples() -> dict[str, Any]:
    """Everything that templates/public/style.html needs."""
    return {
        "form": SampleForm(
            formdata=None, data={"name": "韦家骏", "starts_on": date(2026, 11, 23), "way": "panel"}
        ),
        "wrong_form": wrong_form(),
        "rows": ROWS,
        "page": SamplePage(ROWS),
        "states": STATES,
        "icons": icon_names(),
        "steps": [
            {"label": _("Set up"), "state": "done"},
            {"label": _("Entries"), "state": "done"},
            {"label": _("Marking in progress"), "state": "current", "hint": "3 / 5"},
            {"label": _("Results"), "state": "todo"},
            {"label": _("Issue certificates"), "state": "todo"},
        ],
        "tasks": [
            {"label": _("Marking scheme"), "state": "complete", "url": "#steps"},
            {"label": _("Entries"), "state": "current", "url": "#steps", "hint": _("22 of 25 have a number")},
            {
                "label": _("Panel of judges"),
                "state": "missing",
                "url": "#steps",
                "hint": _("No chief judge yet"),
            },
            {"label": _("Draw"), "state": "locked"},
        ],
        "timeline": [
            Stage(name, TIME_POINT_NAMES[name], datetime(2026, 11, day, 1, tzinfo=UTC), state)
            for name, day, state in (
                ("registration_opens", 1, "done"),
                ("registration_closes", 15, "done"),
                ("sessions_begin", 23, "current"),
                ("award", 30, "todo"),
            )
        ],
        "bars": [{"label": row.name, "value": row.entries} for row in ROWS],
        "line": [
            {"label": f"{9 + hour}:00", "value": count} for hour, count in enumerate((0, 12, 41, 60, 96, 110))
        ],
    }


def wrong_form() -> SampleForm:
    """The form as it comes back with errors."""
    form = SampleForm(formdata=None, prefix="wrong-")
    form.name.errors = [_("Enter a name.")]
    form.starts_on.errors = [_("The first day must not be after the last day.")]
    form.way.errors = [_("Choose one.")]
    return form


def icon_names() -> list[str]:
    sprite = Path(str(current_app.static_folder)) / "img" / "icons.svg"
    return re.findall(r'<symbol id="([a-z-]+)"', sprite.read_text(encoding="utf-8"))
