"""Forms of results: reasons, checked sheets, appeals and their decisions, the promotion table, the settings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    Field,
    MultipleFileField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from qzcompete.core.forms import select_choices
from qzcompete.results.rules.promotion import GROUPS, Rule
from qzcompete.results.rules.settings import SETTINGS, Setting, Values

LEVEL_NAMES = {
    5: _l("Level 5 / junior worker"),
    4: _l("Level 4 / intermediate worker"),
    3: _l("Level 3 / senior worker"),
    2: _l("Level 2 / technician"),
    1: _l("Level 1 / senior technician"),
}
COMPETITION_LEVEL_NAMES = {
    "city_1": _l("City, class 1"),
    "city_2": _l("City, class 2"),
    "county": _l("County"),
    "unit": _l("Enterprise or school"),
}
GROUP_NAMES = {"workers": _l("Workers"), "students": _l("Students")}
REMEDY_NAMES = {
    "rerank": _l("Upheld: a mark is wrong; correct it and rank anew"),
    "remark": _l("Upheld: the judges mark these aspects again"),
    "reinstate": _l("Upheld: the entry takes part again"),
    "reject": _l("Rejected: the result stands"),
}
SETTING_NAMES = {
    "recheck_required": _l("A re-check must come before publication"),
    "leading_by": _l("The leading group is counted by"),
    "leading": _l("Size of the leading group, all re-checked"),
    "sample_percent": _l("Share of the others that is drawn, in per cent"),
    "error_by": _l("An error is counted per"),
    "error_percent": _l("Error rate above which all is re-checked, in per cent"),
    "stages": _l("Publication"),
    "entrants_after_hours": _l("Entrants see it after so many hours"),
    "public_after_hours": _l("Everybody sees it after so many hours"),
    "appeal_hours": _l("Hours in which an appeal may be filed"),
    "second_instance": _l("A second instance decides finally"),
    "team_by": _l("Teams are"),
    "team_method": _l("Teams are ranked by"),
    "team_best": _l("How many best totals count for a team"),
    "part_pass_percent": _l("Theory and practice each need so many per cent"),
    "judge_severity_percent": _l("A judge is shown as strict or mild from this difference on, in per cent"),
}
WORDS = {
    "yes": _l("Yes"),
    "no": _l("No"),
    "percent": _l("per cent of the ranked"),
    "count": _l("number of places"),
    "sheet": _l("mark sheet"),
    "aspect": _l("aspect"),
    "at_once": _l("at once for everybody"),
    "staged": _l("in stages: judges and organisations, entrants, everybody"),
    "county": _l("counties"),
    "unit": _l("organisations"),
    "best": _l("the sum of the best totals"),
    "medals": _l("prizes, the best first"),
    "mean": _l("the mean total"),
}


class ReasonForm(FlaskForm):
    reason = StringField(_l("Reason"), [InputRequired(_l("Give the reason.")), Length(max=400)])


class CheckForm(FlaskForm):
    """A sheet that is looked at again: a field for each aspect, empty where the mark is right."""

    note = TextAreaField(_l("What is wrong, in writing"), [Length(max=400)])

    def found(self) -> dict[str, str]:
        return {
            str(field.description): (field.data or "").strip()
            for name, field in self._fields.items()
            if name.startswith("found_") and (field.data or "").strip()
        }


def check_form(aspects: Sequence[str]) -> type[CheckForm]:
    """A form with a field for each aspect; its description is the aspect's code."""
    fields = {
        f"found_{place}": StringField(
            _l("Value found for %(aspect)s", aspect=aspect), [Length(max=40)], description=aspect
        )
        for place, aspect in enumerate(aspects)
    }
    return type("SheetCheckForm", (CheckForm,), fields)


class AppealForm(FlaskForm):
    grounds = TextAreaField(
        _l("What you object to, and why"),
        [InputRequired(_l("Write what you object to, and why.")), Length(max=2000)],
    )
    aspects = SelectMultipleField(
        _l("Aspects that you contest"),
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
        validate_choice=True,
    )
    files = MultipleFileField(_l("Evidence"))

    def evidence(self) -> list[tuple[str, bytes]]:
        sent = [file for file in self.files.data or () if getattr(file, "filename", "")]
        return [(file.filename, file.read()) for file in sent]


class ArbiterForm(FlaskForm):
    arbiter = SelectField(_l("Arbiter"), [InputRequired(_l("Choose an arbiter."))], coerce=int)
    unit = StringField(
        _l("Employer of the arbiter"), [InputRequired(_l("Enter the arbiter's employer.")), Length(max=80)]
    )


class DecisionForm(FlaskForm):
    remedy = RadioField(
        _l("Ruling"), [InputRequired(_l("Choose a remedy."))], choices=select_choices(REMEDY_NAMES)
    )
    finding = TextAreaField(
        _l("What you found, and why"),
        [InputRequired(_l("Write what you found, and why.")), Length(max=2000)],
    )
    wrong = SelectField(_l("Mark that is wrong"), [Optional()])
    value = StringField(_l("Value found"), [Length(max=40)])
    aspects = SelectMultipleField(
        _l("Aspects to mark again"),
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )

    def corrections(self) -> dict[tuple[str, str], str]:
        """(judge, aspect) → the value found."""
        value = (self.value.data or "").strip()
        judge, _colon, aspect = (self.wrong.data or "").partition(":")
        return {(judge, aspect): value} if aspect and value else {}


class TableForm(FlaskForm):
    name = StringField(_l("Name of the table"), [InputRequired(_l("Enter a name.")), Length(max=80)])
    start = RadioField(
        _l("Begin with"),
        choices=select_choices(
            [
                ("template", _l("the template (the shape of Tianjin's rules)")),
                ("present", _l("the version in force, or nothing")),
            ]
        ),
        default="present",
    )


class LevelForm(FlaskForm):
    held = SelectField(
        _l("Level that the person holds"),
        choices=select_choices([("", _l("None")), *((str(key), name) for key, name in LEVEL_NAMES.items())]),
    )
    proof = StringField(
        _l("How this is known"),
        [
            InputRequired(_l("Say how this is known, for example the number of the certificate.")),
            Length(max=120),
        ],
    )


class SettingsForm(FlaskForm):
    """A field for each setting, made by `settings_form`."""

    source = StringField(_l("Where this is written"), [Length(max=200)])

    def values(self) -> dict[str, str]:
        return {name: str(self[name].data or "") for name in SETTINGS if name in self}


def settings_form(present: Values) -> SettingsForm:
    fields = {name: setting_field(setting) for name, setting in SETTINGS.items()}
    form = type("ResultSettingsForm", (SettingsForm,), fields)
    made: SettingsForm = form(data={name: present[name] for name in SETTINGS})
    return made


def setting_field(setting: Setting) -> Field:
    label = SETTING_NAMES[setting.name]
    if setting.choices:
        return SelectField(label, choices=select_choices([(word, WORDS[word]) for word in setting.choices]))
    return StringField(label, [InputRequired(_l("Enter a number.")), Length(max=9)])


ROW_FIELDS = ("level", "group", "first", "last", "share", "held", "grants", "title", "basis")
SPARE_ROWS = 3


def read_rules(sent: Mapping[str, Any]) -> list[Rule]:
    """The rows of the promotion table as they were typed; one without a basis, ranks and grants is left out.

    A number that is none is read as none, and so named as missing by the rules."""
    rows = []
    for place in range(int(sent.get("rows", "0") or 0) if str(sent.get("rows", "")).isdigit() else 0):
        typed = {name: str(sent.get(f"{name}-{place}", "")).strip() for name in ROW_FIELDS}
        if not any(typed[name] for name in ("last", "share", "grants", "title", "basis")):
            continue
        rows.append(
            Rule(
                level=typed["level"],
                group=typed["group"] if typed["group"] in GROUPS else "",
                first=whole(typed["first"]) or 1,
                last=whole(typed["last"]),
                share=whole(typed["share"]),
                held=whole(typed["held"]),
                grants=whole(typed["grants"]),
                title=typed["title"][:80],
                basis=typed["basis"][:200],
            )
        )
    return rows


def whole(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else None
