"""The steps of an application's form: which fields each class asks for, and what is wrong with what was typed. Pure.

A section's content is plain: field → text, and name of a table → rows of field → text. Empty rows are left out.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from qzcompete.competitions.rules.occupations import occupation
from qzcompete.people.rules.identity import (
    DOCUMENT_KINDS,
    credit_code_fault,
    document_fault,
    name_fault,
    tidy_name,
    tidy_number,
)
from qzcompete.selection.rules.classes import ALLOWED_USES

Content = Mapping[str, Any]
MOST_ROWS = 60
LEVELS = ("1", "2", "3", "4", "5")
FIRST_YEAR = 1950


@dataclass(frozen=True, slots=True)
class Item:
    """A field: what it holds (`check` names the rule), whether it must be filled, how long it may be."""

    name: str
    check: str = "text"
    needed: bool = True
    longest: int = 80


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of fields; at least `least` of them."""

    name: str
    items: tuple[Item, ...]
    least: int = 0


@dataclass(frozen=True, slots=True)
class Section:
    name: str
    items: tuple[Item, ...] = ()
    tables: tuple[Table, ...] = ()


LEADER = Section(
    "leader",
    (
        Item("name", "name", longest=40),
        Item("document_kind", "document_kind"),
        Item("document_number", "document", longest=20),
        Item("phone", "phone", longest=20),
        Item("employer"),
        Item("title", needed=False),
    ),
)
HOST = Section(
    "host",
    (
        Item("host_name"),
        Item("host_uscc", "credit_code", longest=24),
        Item("unit_id", "unit"),
        Item("address", longest=120),
        Item("contact", "name", longest=40),
        Item("contact_phone", "phone", longest=20),
        Item("support", longest=1000),
    ),
)
HONOURS = Table("honours", (Item("title"), Item("body", needed=False), Item("year", "year", longest=4)))
SKILL = Section(
    "skill",
    (
        Item("occupation_code", "occupation", longest=120),
        Item("level", "level"),
        Item("certificate_number", "certificate", longest=30),
        Item("certified_in", "year", longest=4),
        Item("skill", longest=1000),
    ),
    (HONOURS,),
)
PERSON = (
    Item("name", "name", longest=40),
    Item("employer", needed=False),
    Item("last_year", "year", longest=4),
)
APPRENTICES = Section(
    "apprentices",
    (Item("teaching", longest=1000),),
    (Table("apprentices", PERSON, 1), Table("teachers", PERSON)),
)
INNOVATIONS = Section(
    "innovations",
    (),
    (
        Table(
            "innovations",
            (
                Item("title"),
                Item("year", "year", longest=4),
                Item("co_authors", needed=False, longest=200),
                Item("benefit", longest=300),
            ),
            1,
        ),
    ),
)
CAPACITY = Section(
    "capacity",
    (
        Item("person_times", "whole", longest=7),
        Item("area", "whole", longest=7),
        Item("management", longest=1000),
    ),
    (Table("occupations", (Item("occupation_code", "occupation", longest=120), Item("level", "level")), 1),),
)
TEACHERS = Section(
    "teachers",
    (),
    (
        Table(
            "teachers",
            (Item("name", "name", longest=40), Item("level", "level"), Item("subject", longest=60)),
            1,
        ),
    ),
)
EQUIPMENT = Section(
    "equipment",
    (),
    (
        Table(
            "equipment",
            (Item("name"), Item("count", "whole", longest=5), Item("value", "money", longest=12)),
            1,
        ),
    ),
)
PLAN = Section(
    "plan",
    (Item("goals", longest=2000),),
    (
        Table(
            "budget",
            (
                Item("use", "use"),
                Item("amount", "money", longest=12),
                Item("note", needed=False, longest=120),
            ),
            1,
        ),
    ),
)
FILES = Section("files")

SECTIONS: Mapping[str, tuple[Section, ...]] = {
    "studio": (LEADER, HOST, SKILL, APPRENTICES, INNOVATIONS, PLAN, FILES),
    "base": (LEADER, HOST, CAPACITY, TEACHERS, EQUIPMENT, PLAN, FILES),
}
# kind of file → must there be one
FILE_KINDS: Mapping[str, Mapping[str, bool]] = {
    "studio": {
        "identity": True,
        "certificate": True,
        "licence": True,
        "honours": False,
        "apprentices": False,
        "results": False,
        "site": False,
        "other": False,
    },
    "base": {
        "licence": True,
        "management": True,
        "site": True,
        "equipment": False,
        "teachers": False,
        "results": False,
        "other": False,
    },
}


def section_names(kind: str) -> tuple[str, ...]:
    return tuple(section.name for section in SECTIONS[kind])


def section_of(kind: str, name: str) -> Section | None:
    return next((section for section in SECTIONS[kind] if section.name == name), None)


def tidy(section: Section, given: Content) -> dict[str, Any]:
    """What is kept of the typed: known fields, trimmed and in the form in which they are stored; no empty rows."""
    content: dict[str, Any] = {item.name: tidy_value(item, given.get(item.name)) for item in section.items}
    for table in section.tables:
        rows = [
            {item.name: tidy_value(item, row.get(item.name)) for item in table.items}
            for row in given.get(table.name) or ()
        ]
        content[table.name] = [row for row in rows if any(filled(table, row))][:MOST_ROWS]
    return content


def filled(table: Table, row: Mapping[str, str]) -> list[str]:
    """The values of a row that the applicant chose himself: a list box always has one."""
    return [row[item.name] for item in table.items if item.check not in ("level", "use") and row[item.name]]


def tidy_value(item: Item, value: object) -> str:
    text = str(value or "").strip()
    if item.check == "name":
        return tidy_name(text)
    if item.check in ("document", "credit_code"):
        return tidy_number(text)
    if item.check == "occupation":
        # A choice of the list is "6-18-02-04 焊工": the code stands first.
        found = occupation((text.split() or [""])[0])
        return found.code if found else text
    if item.check in ("money", "whole"):
        return text.replace(",", "").replace("，", "")
    return text


def section_faults(
    kind: str, section: Section, content: Content, grant: Decimal, this_year: int
) -> list[tuple[str, str]]:
    """(field, fault) of everything that is missing or wrong. A table's field is `table-row-field`."""
    faults = [
        (item.name, fault)
        for item in section.items
        if (fault := item_fault(kind, item, content.get(item.name, ""), content, this_year))
    ]
    for table in section.tables:
        rows: Sequence[Mapping[str, str]] = content.get(table.name, ())
        if len(rows) < table.least:
            faults.append((table.name, "no_rows"))
        faults += [
            (f"{table.name}-{place}-{item.name}", fault)
            for place, row in enumerate(rows)
            for item in table.items
            if (fault := item_fault(kind, item, row.get(item.name, ""), row, this_year))
        ]
    if section is PLAN and not faults and budget_total(content) > grant:
        faults.append(("budget", "over_grant"))
    return faults


def item_fault(kind: str, item: Item, value: str, row: Mapping[str, Any], this_year: int) -> str | None:
    if not value:
        return "missing" if item.needed else None
    if len(value) > item.longest:
        return "long"
    if item.check == "document":
        fault = document_fault(str(row.get("document_kind", "")), value)
        return f"document_{fault}" if fault else None
    if item.check == "credit_code":
        fault = credit_code_fault(value)
        return f"credit_{fault}" if fault else None
    if item.check == "year":
        right = re.fullmatch(r"[0-9]{4}", value) and FIRST_YEAR <= int(value) <= this_year
        return None if right else "year"
    if item.check == "use":
        return None if value in ALLOWED_USES[kind] else "use"
    return None if fits(item.check, value) else item.check


def fits(check: str, value: str) -> bool:
    if check == "name":
        return name_fault(value) is None
    if check == "phone":
        return re.fullmatch(r"(1[0-9]{10}|0[0-9]{2,3}-?[0-9]{7,8})", value) is not None
    if check == "document_kind":
        return value in DOCUMENT_KINDS
    if check == "level":
        return value in LEVELS
    if check == "certificate":
        return re.fullmatch(r"[A-Za-z0-9-]{6,30}", value) is not None
    if check == "occupation":
        return occupation(value) is not None
    if check in ("whole", "unit"):
        return re.fullmatch(r"[0-9]{1,7}", value) is not None and int(value) > 0
    if check == "money":
        return money(value) is not None
    return True


def money(text: str) -> Decimal | None:
    """An amount of yuan with at most two decimals, greater than nothing; None for anything else."""
    try:
        amount = Decimal(text) if re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,2})?", text) else None
    except InvalidOperation:
        return None
    return amount if amount else None


def budget_total(content: Content) -> Decimal:
    amounts = (money(row.get("amount", "")) for row in content.get("budget", ()))
    return sum((amount for amount in amounts if amount is not None), Decimal(0))


def missing_files(kind: str, present: set[str]) -> list[str]:
    """The kinds of file that there must be and is none of."""
    return [name for name, needed in FILE_KINDS[kind].items() if needed and name not in present]


def associates_of(contents: Mapping[str, Content]) -> list[tuple[str, str, str, int | None]]:
    """(relation, name, employer, last year) of everybody whom the sections name beside the leader."""
    found = []
    apprentices = contents.get("apprentices", {})
    for relation, table in (("apprentice", "apprentices"), ("teacher", "teachers")):
        for row in apprentices.get(table, ()):
            found.append((relation, row["name"], row.get("employer", ""), year_of(row.get("last_year"))))
    for row in contents.get("innovations", {}).get("innovations", ()):
        for name in re.split(r"[、，,;；\s]+", row.get("co_authors", "")):
            if name:
                found.append(("co_author", tidy_name(name), "", year_of(row.get("year"))))
    return [one for one in found if one[1]]


def year_of(text: str | None) -> int | None:
    return int(text) if text and re.fullmatch(r"[0-9]{4}", text) else None
