"""Reads an uploaded entry sheet, and keeps it, encrypted, for the officer's yes. A sheet with faults is not kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

from qzcompete.adapters.sheets import SheetRefused, Table, read_sheets, write_sheets
from qzcompete.competitions import services as competitions
from qzcompete.competitions.scheme_intake import REFUSALS
from qzcompete.core.actor import Actor
from qzcompete.core.permissions import permit
from qzcompete.people.rules.identity import masked_number
from qzcompete.registration.rules.entry_sheet import (
    COLUMNS,
    HEADER,
    MOST_ENTRIES,
    SHEET,
    WIDTHS,
    CellFault,
    EntryRow,
    read_entry_sheet,
)
from qzcompete.registration.services import FAULTS, plan_import

KIND = "entries"
TITLES = dict(zip(COLUMNS, HEADER, strict=True))


@dataclass(frozen=True)
class ShownRow:
    """A row with faults as the officer typed it, and its faults by column."""

    row: int
    cells: dict[str, str]
    faults: dict[str, str]


@dataclass(frozen=True)
class EntryIntake:
    rows: tuple[ShownRow, ...] = ()
    refusal: object | None = None
    cell: str = ""
    upload_id: int | None = None


def take_entry_file(actor: Actor, event_id: int, file_name: str, data: bytes) -> EntryIntake:
    event = competitions.hold_event(event_id)
    permit(actor, "entry.import", *event.scopes)
    try:
        sheets = read_sheets(data, most_rows=MOST_ENTRIES + 200).values
    except SheetRefused as refused:
        return EntryIntake(refusal=REFUSALS.get(refused.code, refused.message), cell=refused.cell)
    sheet = read_entry_sheet(sheets.get(SHEET) or next(iter(sheets.values()), []))
    planned = plan_import(event_id, sheet.rows).faults
    known = {(fault.row, fault.column) for fault in sheet.faults}
    faults = [*sheet.faults, *(fault for fault in planned if (fault.row, fault.column) not in known)]
    if faults:
        return EntryIntake(rows=shown_rows(sheet.rows, faults))
    rows = [asdict(row) for row in sheet.rows]
    return EntryIntake(upload_id=competitions.keep_upload(actor, event_id, KIND, file_name, rows).id)


def shown_rows(rows: Sequence[EntryRow], faults: Sequence[CellFault]) -> tuple[ShownRow, ...]:
    by_row = {row.row: row for row in rows}
    found: dict[int, dict[str, str]] = {}
    for fault in faults:
        found.setdefault(fault.row, {}).setdefault(fault.column, str(FAULTS[fault.code]))
    return tuple(ShownRow(row, cells_of(by_row.get(row), found[row]), found[row]) for row in sorted(found))


def cells_of(row: EntryRow | None, faults: Mapping[str, str]) -> dict[str, str]:
    """What the row says, as texts; a document number is shown in full only where it is what is wrong."""
    if row is None:
        return {}
    cells = {column: str(getattr(row, column) or "") for column in COLUMNS}
    if "document_number" not in faults and cells["document_number"]:
        cells["document_number"] = masked_number(cells["document_number"])
    return cells


def kept_rows(content: Sequence[dict[str, object]]) -> list[EntryRow]:
    return [EntryRow(**row) for row in content]  # type: ignore[arg-type]


def entry_template() -> bytes:
    """The template as an .xlsx file, with the notes on a sheet of their own."""
    notes = (
        ("证件类型", "居民身份证、港澳台居民居住证、外国人永久居留身份证或护照；不填为居民身份证"),
        ("证件号码", "请先把该列设为文本格式再填写，否则身份证末几位会丢失"),
        ("是否外卡", "填“是”或“否”；外卡选手参加排名，不计奖项"),
    )
    return write_sheets(
        [Table(SHEET, HEADER, (), WIDTHS), Table("填写说明", ("栏目", "说明"), notes, (14, 70))]
    )
