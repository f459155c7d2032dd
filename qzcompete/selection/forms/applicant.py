"""The applicant's forms, made from the sections' rules: what is wrong is told by the rules, at the field."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import (
    BooleanField,
    FieldList,
    Form,
    FormField,
    PasswordField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length

from qzcompete.core.forms import select_choices
from qzcompete.selection.forms import Needed, words
from qzcompete.selection.rules.classes import ALLOWED_USES
from qzcompete.selection.rules.sections import FILE_KINDS, Item, Section, Table

SPARE_ROWS = 2
CHOOSE = ("", _l("Choose …"))


def field_of(kind: str, item: Item, label: Any) -> Any:
    validators = [Needed()] if item.needed else []
    choices: dict[str, Mapping[str, object]] = {
        "level": words.LEVELS,
        "document_kind": words.DOCUMENTS,
        "use": {use: words.USES[use] for use in ALLOWED_USES[kind]},
    }
    if item.check in choices or item.check == "unit":
        return SelectField(
            label,
            validators,
            # Nearly everybody has a resident identity card: that stands first, and nothing before it.
            choices=select_choices(
                [*([] if item.check == "document_kind" else [CHOOSE]), *choices.get(item.check, {}).items()]
            ),
            validate_choice=False,
        )
    return (TextAreaField if item.longest >= 1000 else StringField)(label, validators)


@cache
def row_form(kind: str, table: Table) -> type[Form]:
    return type(
        f"{table.name.title()}Row",
        (Form,),
        {item.name: field_of(kind, item, words.FIELDS[f"{table.name}.{item.name}"]) for item in table.items},
    )


@cache
def form_class(kind: str, section: Section) -> type[FlaskForm]:
    fields: dict[str, Any] = {
        item.name: field_of(kind, item, words.FIELDS[f"{section.name}.{item.name}"]) for item in section.items
    }
    for table in section.tables:
        fields[table.name] = FieldList(
            FormField(row_form(kind, table)), words.FIELDS[f"{section.name}.{table.name}"]
        )
    return type(f"{section.name.title()}Form", (FlaskForm,), fields)


def section_form(
    kind: str, section: Section, content: Mapping[str, Any], units: Mapping[int, str]
) -> FlaskForm:
    """The form of a section with what was saved, and spare rows in each table."""
    data = dict(content)
    for table in section.tables:
        rows = list(content.get(table.name, ()))
        data[table.name] = rows + [{}] * max(table.least - len(rows), SPARE_ROWS)
    form = form_class(kind, section)(data=data)
    if "unit_id" in form:
        form["unit_id"].choices = select_choices([CHOOSE, *((str(key), name) for key, name in units.items())])
    return form


def content_of(form: FlaskForm, section: Section) -> dict[str, Any]:
    """What was typed, as the section's rules read it."""
    content: dict[str, Any] = {item.name: form[item.name].data or "" for item in section.items}
    for table in section.tables:
        content[table.name] = [
            {item.name: row.form[item.name].data or "" for item in table.items} for row in form[table.name]
        ]
    return content


def show_faults(form: FlaskForm, section: Section, faults: Sequence[tuple[str, str]]) -> None:
    """Put each fault at its field. A fault of a row counts without the empty rows before it."""
    tables = {table.name: table for table in section.tables}
    for place, fault in faults:
        name, _dash, rest = place.partition("-")
        if not rest:
            target = form[name]
        else:
            row, _dash, item = rest.partition("-")
            filled = [one for one in form[name] if typed_in(one.form, tables[name])]
            target = filled[int(row)].form[item]
        if name in tables and not rest:
            form.form_errors.append(f"{form[name].label.text}：{words.fault_text(fault)}")
        else:
            target.errors = [*target.errors, str(words.fault_text(fault))]


def typed_in(form: Form, table: Table) -> bool:
    return any(
        (form[item.name].data or "").strip() for item in table.items if item.check not in ("level", "use")
    )


class FileForm(FlaskForm):
    kind = SelectField(_l("What the file is"), [Needed()], validate_choice=False)
    file = FileField(_l("File"), [Needed()])


def file_form(kind: str) -> FileForm:
    form = FileForm()
    form.kind.choices = select_choices((name, words.FILES[name]) for name in FILE_KINDS[kind])
    return form


class PromiseForm(FlaskForm):
    truth = BooleanField(
        _l("All of this is true, and I know that whoever deceives is excluded and pays the grant back."),
        [InputRequired(_l("Without this promise the application cannot be sent."))],
    )
    promised_name = StringField(
        _l("Signed with the full name"), [InputRequired(_l("Enter a name.")), Length(max=40)]
    )


class RegisterForm(FlaskForm):
    username = StringField(_l("User name"), [InputRequired(_l("Enter your user name.")), Length(max=64)])
    name = StringField(_l("Your name"), [InputRequired(_l("Enter a name.")), Length(max=40)])
    password = PasswordField(_l("Password"), [InputRequired(_l("Enter your password.")), Length(max=128)])
