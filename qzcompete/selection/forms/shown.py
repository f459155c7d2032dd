"""A sent application as it is read: every section with its labels, choices in words, the document number masked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from qzcompete.competitions.rules.occupations import occupation
from qzcompete.people.rules.identity import masked_number
from qzcompete.selection.forms import words
from qzcompete.selection.rules.sections import SECTIONS, Item


@dataclass(frozen=True)
class ShownTable:
    label: Any
    heads: tuple[Any, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class ShownSection:
    name: str
    label: Any
    lines: tuple[tuple[Any, str], ...]
    tables: tuple[ShownTable, ...]


def shown_sections(
    kind: str, contents: Mapping[str, Any], units: Mapping[int, str], *, phones: bool = True
) -> list[ShownSection]:
    """The sections in their order; a field that was left empty is a dash. Without `phones` for who has nobody to call."""
    shown = []
    for section in SECTIONS[kind]:
        content = contents.get(section.name, {})
        if section.name == "files":
            continue
        lines = tuple(
            (words.FIELDS[f"{section.name}.{item.name}"], value_of(item, content.get(item.name, ""), units))
            for item in section.items
            if phones or item.check != "phone"
        )
        tables = tuple(
            ShownTable(
                words.FIELDS[f"{section.name}.{table.name}"],
                tuple(words.FIELDS[f"{table.name}.{item.name}"] for item in table.items),
                tuple(
                    tuple(value_of(item, row.get(item.name, ""), units) for item in table.items)
                    for row in content.get(table.name, ())
                ),
            )
            for table in section.tables
        )
        shown.append(ShownSection(section.name, words.SECTIONS[section.name], lines, tables))
    return shown


def value_of(item: Item, value: str, units: Mapping[int, str]) -> str:
    if not value:
        return "—"
    if item.check == "document":
        return masked_number(value)
    if item.check == "unit":
        return units.get(int(value), "—") if value.isdigit() else "—"
    if item.check == "occupation":
        found = occupation(value)
        return f"{found.code} {found.bare_name}" if found else value
    named = {"level": words.LEVELS, "document_kind": words.DOCUMENTS, "use": words.USES}.get(item.check, {})
    return str(named.get(value, value))
