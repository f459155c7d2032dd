"""Reads entries from the rows of a sheet: every faulty cell is named, no row is half taken.

Blank rows are skipped. A document number that the spreadsheet holds as a number has lost digits: refused.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from qzcompete.people.rules.identity import document_fault, name_fault, tidy_name, tidy_number

CellValue = str | int | float | bool | None
# column -> its title; a team's columns stand only in the sheet of a team event.
TITLES = {
    "name": "姓名",
    "document_kind": "证件类型",
    "document_number": "证件号码",
    "unit": "单位",
    "instructor": "指导教师",
    "guest": "是否外卡",
    "phone": "联系电话",
    "standing": "身份类别",
    "skill_level": "技能等级",
    "guardian": "监护人",
    "team": "队名",
    "leader": "是否队长",
}
WIDTHS = {"name": 14, "document_kind": 20, "document_number": 24, "unit": 36, "instructor": 16, "guest": 10}
TEAM_COLUMNS = ("team", "leader")
OFFICE_COLUMNS = ("unit", "guest")
NEEDED = ("name", "document_number", "unit")
SHEET = "报名表"
MOST_ENTRIES = 2000
UNIT_LENGTH = 80
NAME_LENGTH = 40

KINDS = {
    "": "resident_id",
    "居民身份证": "resident_id",
    "身份证": "resident_id",
    "港澳台居民居住证": "residence_permit",
    "外国人永久居留身份证": "foreigner_permit",
    "护照": "passport",
}
STANDINGS = {"": None, "职工": "employee", "在职": "employee", "学生": "student", "个体": "self_employed"}
LEVELS = {
    "": None,
    "无": None,
    **{
        name: level
        for level, names in enumerate(
            (
                ("一级", "高级技师", "一级/高级技师"),
                ("二级", "技师", "二级/技师"),
                ("三级", "高级工", "三级/高级工"),
                ("四级", "中级工", "四级/中级工"),
                ("五级", "初级工", "五级/初级工"),
            ),
            start=1,
        )
        for name in names
    },
}
YES = ("是", "外卡", "y", "yes", "1", "true", "√")
NO = ("", "否", "n", "no", "0", "false", "×")
PHONE = re.compile(r"[0-9+() -]{7,20}")


@dataclass(frozen=True, slots=True)
class EntryRow:
    """One competitor as asked for; `row` is the place in the sheet, 0 where there is none."""

    name: str
    document_kind: str
    document_number: str
    unit: str
    instructor: str | None = None
    guest: bool = False
    row: int = 0
    phone: str | None = None
    standing: str | None = None
    skill_level: int | None = None
    guardian: str | None = None
    team: str | None = None
    leader: bool = False


@dataclass(frozen=True, slots=True)
class CellFault:
    row: int
    column: str
    code: str


@dataclass(frozen=True, slots=True)
class SheetRow:
    """The cells of a row as they were typed."""

    row: int
    cells: dict[str, CellValue]


@dataclass(frozen=True, slots=True)
class EntrySheet:
    """`places` says where each column stands, from 0."""

    rows: tuple[EntryRow, ...]
    faults: tuple[CellFault, ...]
    typed: tuple[SheetRow, ...] = ()
    places: Mapping[str, int] | None = None

    def cell(self, fault: CellFault) -> str:
        """As spreadsheets call it; of a column that is missing, the row alone."""
        place = (self.places or {}).get(fault.column)
        return f"{fault.row}" if place is None else f"{chr(65 + place)}{fault.row}"


def columns_for(own_unit: bool, team_size: int) -> tuple[str, ...]:
    """The columns of a template: an organisation's own has no unit and no guests."""
    left_out = (*(OFFICE_COLUMNS if own_unit else ()), *(() if team_size > 1 else TEAM_COLUMNS))
    return tuple(column for column in TITLES if column not in left_out)


def read_entry_sheet(rows: Sequence[Sequence[CellValue]], unit: str | None = None) -> EntrySheet:
    """Read the rows below the header, whose columns may stand in any order; `unit` is that of a sheet of one's own."""
    header = [text(value) for value in rows[0]] if rows else []
    places = {column: header.index(title) for column, title in TITLES.items() if title in header}
    needed = [column for column in NEEDED if not (column == "unit" and unit)]
    missing = [CellFault(1, column, "column_missing") for column in needed if column not in places]
    if missing:
        return EntrySheet((), tuple(missing), (), places)
    typed = []
    for number, cells in enumerate(rows[1:], start=2):
        values = {column: cells[place] if place < len(cells) else None for column, place in places.items()}
        if any(text(value) for value in values.values()):
            typed.append(SheetRow(number, values))
    read, faults = read_typed(typed, unit)
    return EntrySheet(read, faults, tuple(typed), places)


def read_typed(
    typed: Sequence[SheetRow], unit: str | None = None
) -> tuple[tuple[EntryRow, ...], tuple[CellFault, ...]]:
    """The entries that the typed cells mean, and what is wrong with them."""
    read: list[EntryRow] = []
    faults: list[CellFault] = []
    for line in typed:
        entry, wrong = read_row(line.row, line.cells, unit)
        read.append(entry)
        faults += wrong
    if not read:
        faults.append(CellFault(2, "name", "no_entries"))
    if len(read) > MOST_ENTRIES:
        faults.append(CellFault(read[MOST_ENTRIES].row, "name", "too_many"))
    return tuple(read), tuple(faults + repeated(read))


def read_row(
    number: int, values: Mapping[str, CellValue], unit: str | None = None
) -> tuple[EntryRow, list[CellFault]]:
    wrong = [
        CellFault(number, column, code)
        for column, known, code in (
            ("document_kind", KINDS, "document_kind"),
            ("standing", STANDINGS, "standing"),
            ("skill_level", LEVELS, "skill_level"),
            ("guest", YES + NO, "yes_or_no"),
            ("leader", YES + NO, "yes_or_no"),
        )
        if text(values.get(column)).lower() not in known
    ]
    entry = EntryRow(
        name=tidy_name(text(values.get("name"))),
        document_kind=KINDS.get(text(values.get("document_kind")), "resident_id"),
        document_number=tidy_number(text(values.get("document_number"))),
        unit=text(values.get("unit")) or unit or "",
        instructor=text(values.get("instructor")) or None,
        guest=not unit and text(values.get("guest")).lower() in YES,
        row=number,
        phone=text(values.get("phone")) or None,
        standing=STANDINGS.get(text(values.get("standing"))),
        skill_level=LEVELS.get(text(values.get("skill_level"))),
        guardian=tidy_name(text(values.get("guardian"))) or None,
        team=text(values.get("team")) or None,
        leader=text(values.get("leader")).lower() in YES,
    )
    if unit and entry.unit != unit:
        wrong.append(CellFault(number, "unit", "other_unit"))
    if isinstance(values.get("document_number"), (int, float)) and entry.document_kind != "passport":
        wrong.append(CellFault(number, "document_number", "number_cell"))
        return entry, wrong + [fault for fault in row_faults(entry) if fault.column != "document_number"]
    return entry, wrong + row_faults(entry)


def row_faults(entry: EntryRow) -> list[CellFault]:
    """What is wrong with an entry by itself, at most one thing for each cell."""
    found = {
        "name": f"name_{fault}" if (fault := name_fault(entry.name)) else None,
        "document_number": number_fault(entry),
        "unit": "unit_empty" if not entry.unit else None,
        "phone": "phone" if entry.phone and not PHONE.fullmatch(entry.phone) else None,
        "guardian": f"name_{fault}" if entry.guardian and (fault := name_fault(entry.guardian)) else None,
        "team": f"name_{fault}" if entry.team and (fault := team_fault(entry.team)) else None,
    }
    for column in ("unit", "instructor"):
        if len(getattr(entry, column) or "") > UNIT_LENGTH:
            found[column] = "unit_length"
    return [CellFault(entry.row, column, code) for column, code in found.items() if code]


def number_fault(entry: EntryRow) -> str | None:
    if not entry.document_number:
        return "document_empty"
    fault = document_fault(entry.document_kind, entry.document_number)
    return f"document_{fault}" if fault else None


def team_fault(name: str) -> str | None:
    return "length" if len(name) > NAME_LENGTH else None


def repeated(entries: Sequence[EntryRow]) -> list[CellFault]:
    """Every further row with a document number that an earlier row has."""
    seen: set[str] = set()
    faults = []
    for entry in entries:
        if entry.document_number and entry.document_number in seen:
            faults.append(CellFault(entry.row, "document_number", "document_repeated"))
        seen.add(entry.document_number)
    return faults


def text(value: CellValue) -> str:
    if value is None or isinstance(value, bool):
        return {None: "", True: "是", False: "否"}[value]
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return re.sub(r"\s+", " ", str(value)).strip()
