"""Reads entries from the rows of a sheet: every faulty cell is named, no row is half taken.

Blank rows are skipped. A document number that the spreadsheet holds as a number has lost digits: refused.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from qzcompete.people.rules.identity import document_fault, name_fault, tidy_name, tidy_number

CellValue = str | int | float | bool | None
COLUMNS = ("name", "document_kind", "document_number", "unit", "instructor", "guest")
HEADER = ("姓名", "证件类型", "证件号码", "单位", "指导教师", "是否外卡")
NEEDED = ("name", "document_number", "unit")
WIDTHS = (14, 20, 24, 36, 16, 10)
SHEET = "报名表"
MOST_ENTRIES = 2000
UNIT_LENGTH = 80

KINDS = {
    "": "resident_id",
    "居民身份证": "resident_id",
    "身份证": "resident_id",
    "港澳台居民居住证": "residence_permit",
    "外国人永久居留身份证": "foreigner_permit",
    "护照": "passport",
}
YES = ("是", "外卡", "y", "yes", "1", "true", "√")
NO = ("", "否", "n", "no", "0", "false", "×")


@dataclass(frozen=True, slots=True)
class EntryRow:
    """One entry as it is asked for; `row` is its place in the sheet, 0 where there is none."""

    name: str
    document_kind: str
    document_number: str
    unit: str
    instructor: str | None = None
    guest: bool = False
    row: int = 0


@dataclass(frozen=True, slots=True)
class CellFault:
    row: int
    column: str
    code: str

    @property
    def cell(self) -> str:
        return f"{'ABCDEF'[COLUMNS.index(self.column)]}{self.row}"


@dataclass(frozen=True, slots=True)
class EntrySheet:
    rows: tuple[EntryRow, ...]
    faults: tuple[CellFault, ...]


def read_entry_sheet(rows: Sequence[Sequence[CellValue]]) -> EntrySheet:
    """Read the rows below the header; the header may have its columns in any order."""
    header = [text(value) for value in rows[0]] if rows else []
    places = {
        column: header.index(title) for column, title in zip(COLUMNS, HEADER, strict=True) if title in header
    }
    missing = [CellFault(1, column, "column_missing") for column in NEEDED if column not in places]
    if missing:
        return EntrySheet((), tuple(missing))
    read: list[EntryRow] = []
    faults: list[CellFault] = []
    for number, cells in enumerate(rows[1:], start=2):
        values = {column: cells[place] if place < len(cells) else None for column, place in places.items()}
        if any(text(value) for value in values.values()):
            entry, wrong = read_row(number, values)
            read.append(entry)
            faults += wrong
    if not read:
        faults.append(CellFault(2, "name", "no_entries"))
    if len(read) > MOST_ENTRIES:
        faults.append(CellFault(read[MOST_ENTRIES].row, "name", "too_many"))
    return EntrySheet(tuple(read), tuple(faults + repeated(read)))


def read_row(number: int, values: dict[str, CellValue]) -> tuple[EntryRow, list[CellFault]]:
    kind_text, guest_text = text(values.get("document_kind")), text(values.get("guest")).lower()
    wrong: list[CellFault] = []
    if kind_text not in KINDS:
        wrong.append(CellFault(number, "document_kind", "document_kind"))
    if guest_text not in YES + NO:
        wrong.append(CellFault(number, "guest", "yes_or_no"))
    entry = EntryRow(
        name=tidy_name(text(values.get("name"))),
        document_kind=KINDS.get(kind_text, "resident_id"),
        document_number=tidy_number(text(values.get("document_number"))),
        unit=text(values.get("unit")),
        instructor=text(values.get("instructor")) or None,
        guest=guest_text in YES,
        row=number,
    )
    if isinstance(values.get("document_number"), (int, float)) and entry.document_kind != "passport":
        wrong.append(CellFault(number, "document_number", "number_cell"))
        return entry, wrong + [fault for fault in row_faults(entry) if fault.column != "document_number"]
    return entry, wrong + row_faults(entry)


def row_faults(entry: EntryRow) -> list[CellFault]:
    """What is wrong with an entry by itself."""
    faults = []
    if fault := name_fault(entry.name):
        faults.append(CellFault(entry.row, "name", f"name_{fault}"))
    if not entry.document_number:
        faults.append(CellFault(entry.row, "document_number", "document_empty"))
    elif fault := document_fault(entry.document_kind, entry.document_number):
        faults.append(CellFault(entry.row, "document_number", f"document_{fault}"))
    if not entry.unit:
        faults.append(CellFault(entry.row, "unit", "unit_empty"))
    elif len(entry.unit) > UNIT_LENGTH:
        faults.append(CellFault(entry.row, "unit", "unit_length"))
    if entry.instructor and len(entry.instructor) > UNIT_LENGTH:
        faults.append(CellFault(entry.row, "instructor", "unit_length"))
    return faults


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
