"""The macros of templates/components: what they write, and that templates use what they import."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, render_template_string
from flask_babel import force_locale
from jinja2 import nodes
from werkzeug.datastructures import MultiDict
from wtforms import Form, RadioField, StringField
from wtforms.validators import InputRequired

from qzcompete.core.forms import select_choices

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = ROOT / "templates"
ALL = sorted(TEMPLATES.rglob("*.html"))
COLUMNS = [
    {"key": "name", "label": "Name", "sortable": True},
    {"key": "total", "label": "Total", "numeric": True},
]
TABLE = (
    '{% from "components/table.html" import table %}'
    '{% call(row) table("People", columns, rows, "Nobody yet.") %}'
    "<td>{{ row.name }}</td><td>{{ row.total }}</td>{% endcall %}"
)


class NameForm(Form):
    name = StringField("Name", [InputRequired("Enter a name.")], id="name")
    way = RadioField(
        "Way",
        choices=select_choices([("a", "A"), ("b", "B")]),
        validators=[InputRequired("Choose one.")],
    )


def drawn(app: Flask, source: str, path: str = "/style", **values: Any) -> str:
    with app.test_request_context(path):
        app.preprocess_request()
        return render_template_string(source, **values)


def wrong_form() -> NameForm:
    form = NameForm(MultiDict({"name": ""}))
    form.validate()
    return form


def test_the_style_page_shows_every_macro_file_when_it_is_opened(app: Flask) -> None:
    source = (TEMPLATES / "public" / "style.html").read_text(encoding="utf-8")

    missing = [
        file.name
        for file in (TEMPLATES / "components").glob("*.html")
        if f"components/{file.name}" not in source
    ]

    assert missing == []
    assert app.test_client().get("/style").status_code == 200


@pytest.mark.parametrize("file", ALL, ids=lambda file: str(file.relative_to(TEMPLATES)))
def test_every_import_is_used_when_a_template_imports_a_macro(app: Flask, file: Path) -> None:
    tree = app.jinja_env.parse(file.read_text(encoding="utf-8"))
    imported = {
        name if isinstance(name, str) else name[1]
        for part in tree.find_all(nodes.FromImport)
        for name in part.names
    }

    used = {name.name for name in tree.find_all(nodes.Name) if name.ctx == "load"}

    assert imported - used == set()


@pytest.mark.parametrize("file", ALL, ids=lambda file: str(file.relative_to(TEMPLATES)))
def test_nothing_is_inline_when_a_template_has_style_or_behaviour(file: Path) -> None:
    found = re.findall(
        r"\s(?:style|on[a-z]+)=[\"']|<script(?![^>]*(?:src|type)=)|javascript:",
        file.read_text(encoding="utf-8"),
    )

    # Documents for paper are made by WeasyPrint, which has no such policy.
    assert found == [] or "certificates" in file.parts


def test_every_icon_is_in_the_sprite_when_a_template_names_it() -> None:
    sprite = set(
        re.findall(
            r'<symbol id="([a-z-]+)"', (ROOT / "static" / "img" / "icons.svg").read_text(encoding="utf-8")
        )
    )
    named = {
        name for file in ALL for name in re.findall(r'\bicon\("([a-z-]+)"', file.read_text(encoding="utf-8"))
    }

    assert named - sprite == set()


def test_the_error_is_tied_to_the_control_when_a_field_is_wrong(app: Flask) -> None:
    source = (
        '{% from "components/field.html" import field %}{{ field(form.name, hint="As in the document") }}'
    )

    html = drawn(app, source, form=wrong_form())

    assert 'aria-describedby="name-hint name-error"' in html
    assert 'aria-invalid="true"' in html
    assert '<label class="field-label" for="name">' in html
    assert "Enter a name." in html


def test_the_summary_leads_to_each_wrong_field_when_a_form_is_wrong(app: Flask) -> None:
    source = '{% from "components/field.html" import error_summary %}{{ error_summary(form) }}'

    html = drawn(app, source, form=wrong_form())

    assert re.findall(r'href="(#[^"]+)"', html) == ["#name", "#way-0"]


def test_each_cell_carries_the_label_of_its_column_when_a_table_has_rows(app: Flask) -> None:
    html = drawn(app, TABLE, columns=COLUMNS, rows=[{"name": "<Li>", "total": "7.5"}])

    assert '<td role="cell" data-label="Name">&lt;Li&gt;</td>' in html
    assert '<td role="cell" data-label="Total" class="numeric">7.5</td>' in html


def test_the_empty_message_stands_instead_of_a_table_when_there_are_no_rows(app: Flask) -> None:
    html = drawn(app, TABLE, columns=COLUMNS, rows=[])

    assert "Nobody yet." in html
    assert "<table" not in html


def test_the_sort_link_turns_the_order_and_keeps_the_search_when_a_column_is_sorted(app: Flask) -> None:
    html = drawn(
        app, TABLE, "/style?q=li&sort=name&page=3", columns=COLUMNS, rows=[{"name": "Li", "total": 1}]
    )

    assert 'href="/style?q=li&amp;sort=-name"' in html
    assert 'aria-sort="ascending"' in html


def test_a_state_is_said_in_the_language_of_the_page_when_the_language_changes(app: Flask) -> None:
    source = '{% from "components/state.html" import state_tag %}{{ state_tag("published") }}'
    with app.test_request_context("/style"), force_locale("zh_Hans"):
        render_template_string(source)

    with app.test_request_context("/style"), force_locale("en"):
        html = render_template_string(source)

    assert "Published" in html


def test_the_scope_decides_the_word_when_two_kinds_share_a_state(app: Flask) -> None:
    source = '{% from "components/state.html" import state_tag %}{{ state_tag("open", "assessment") }}'
    with app.test_request_context("/style"), force_locale("en"):
        html = render_template_string(source)

    assert "Marking in progress" in html


TEXT_ON_GROUND = [
    ("ink", "ground"),
    ("ink", "paper"),
    ("ink-soft", "ground"),
    ("ink-soft", "paper"),
    ("ink-soft", "sunken"),
    ("ink-soft", "chosen"),
    ("link", "ground"),
    ("link", "paper"),
    ("link", "chosen"),
    ("on-primary", "primary"),
    ("on-primary", "primary-hover"),
    ("on-primary", "danger"),
    ("on-frame", "frame"),
    ("on-frame-soft", "frame-deep"),
    ("danger-ink", "paper"),
    *((f"{tone}-ink", f"{tone}-ground") for tone in ("neutral", "info", "success", "warning", "danger")),
]


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("text", "ground"), TEXT_ON_GROUND)
def test_text_is_readable_when_it_stands_on_its_ground(theme: str, text: str, ground: str) -> None:
    colours = theme_colours(theme)

    lighter, darker = sorted((luminance(colours[text]), luminance(colours[ground])), reverse=True)

    assert (lighter + 0.05) / (darker + 0.05) >= 4.5


def theme_colours(theme: str) -> dict[str, str]:
    start = ":root {" if theme == "light" else ':root[data-theme="dark"] {'
    css = (ROOT / "static" / "css" / "tokens.css").read_text(encoding="utf-8")
    block = css.split(start)[1].split("}")[0]
    return dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", block))


def luminance(colour: str) -> float:
    """Relative luminance, WCAG 2.2."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
