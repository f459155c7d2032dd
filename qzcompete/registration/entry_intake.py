"""Reads an uploaded entry sheet, keeps it as typed, encrypted, and shows it: every faulty cell can be mended in the page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from flask_babel import gettext as _

from qzcompete.adapters.sheets import SheetRefused, Table, read_sheets, write_sheets
from qzcompete.competitions import services as competitions
from qzcompete.competitions.queries import EventCard, Upload
from qzcompete.competitions.scheme_intake import REFUSALS
from qzcompete.core.actor import Actor
from qzcompete.people.rules.identity import masked_number, region_is_odd
from qzcompete.registration.queries import EntryAnswer, row_answers
from qzcompete.registration.rules.entry_sheet import (
    MOST_ENTRIES,
    SHEET,
    TITLES,
    WIDTHS,
    CellFault,
    CellValue,
    EntryRow,
    SheetRow,
    columns_for,
    read_entry_sheet,
    read_typed,
    text,
)
from qzcompete.registration.services import FAULTS, EntryPlan, plan_import

KIND = "entries"
NOTES = {
    "document_kind": "居民身份证、港澳台居民居住证、外国人永久居留身份证或护照；不填为居民身份证",
    "document_number": "请先把该列设为文本格式再填写，否则身份证末几位会丢失",
    "unit": "选手所在单位全称",
    "guest": "填“是”或“否”；外卡选手参加排名，不计奖项",
    "phone": "选填；仅供竞赛组织方联系",
    "standing": "选填：职工、学生或个体；赛项规则有要求的必须填写",
    "skill_level": "选填：已取得的职业技能等级，如“三级/高级工”；没有的填“无”",
    "guardian": "未满18周岁的选手填写同意其参赛的监护人姓名",
    "team": "同一参赛队的队员填写相同的队名，每名队员一行",
    "leader": "队长填“是”；都不填时第一名队员为队长",
}


@dataclass(frozen=True)
class Owner:
    """The organisation whose own sheet this is; the office has none."""

    id: int
    name: str


@dataclass(frozen=True)
class Intake:
    refusal: object | None = None
    cell: str = ""
    upload_id: int | None = None


@dataclass(frozen=True)
class ShownCell:
    """A cell as typed; `shown` is what a page may show where it is not to be mended."""

    column: str
    value: str
    shown: str
    fault: str | None = None


@dataclass(frozen=True)
class ShownRow:
    row: int
    cells: tuple[ShownCell, ...]
    what: str
    odd_region: bool = False
    doubts: tuple[EntryAnswer, ...] = ()

    @property
    def faulty(self) -> bool:
        return any(cell.fault for cell in self.cells)


@dataclass(frozen=True)
class Preview:
    columns: tuple[str, ...]
    rows: tuple[ShownRow, ...]
    plan: EntryPlan
    entries: tuple[EntryRow, ...]
    faults: int


def take_entry_file(
    actor: Actor, event: EventCard, file_name: str, data: bytes, owner: Owner | None = None
) -> Intake:
    """Read the file and keep what was typed. The caller permits."""
    try:
        sheets = read_sheets(data, most_rows=MOST_ENTRIES + 200).values
    except SheetRefused as refused:
        return Intake(REFUSALS.get(refused.code, refused.message), refused.cell)
    sheet = read_entry_sheet(
        sheets.get(SHEET) or next(iter(sheets.values()), []), owner.name if owner else None
    )
    whole = [fault for fault in sheet.faults if fault.code in ("column_missing", "no_entries", "too_many")]
    if whole:
        return Intake(FAULTS[whole[0].code], "、".join(TITLES[fault.column] for fault in whole))
    return Intake(upload_id=keep(actor, event.id, file_name, sheet.typed))


def keep(actor: Actor, event_id: int, file_name: str, typed: Sequence[SheetRow]) -> int:
    content = [[line.row, line.cells] for line in typed]
    return int(competitions.keep_upload(actor, event_id, KIND, file_name, content).id)


def kept(content: Sequence[Any]) -> tuple[SheetRow, ...]:
    return tuple(SheetRow(row, cells) for row, cells in content)


def keep_mended(actor: Actor, upload: Upload, form: Mapping[str, str]) -> int:
    """Keep the rows again, as they were mended in the page; the number of the new upload."""
    return keep(actor, upload.event_id, upload.file_name, mended(kept(upload.content), form))


def done(plan: EntryPlan) -> str:
    return _(
        "%(new)s entries added, %(changed)s changed, %(same)s as before.",
        new=len(plan.new),
        changed=len(plan.changed),
        same=len(plan.same),
    )


def mended(typed: Sequence[SheetRow], form: Mapping[str, str]) -> tuple[SheetRow, ...]:
    """The rows with what was typed in the page; rows that were ticked are left out."""
    return tuple(
        replace(line, cells=line.cells | cells_of(line.row, form))
        for line in typed
        if f"drop-{line.row}" not in form
    )


def cells_of(row: int, form: Mapping[str, str]) -> dict[str, CellValue]:
    return {column: form[name][:200] for column in TITLES if (name := f"cell-{row}-{column}") in form}


def preview(event: EventCard, typed: Sequence[SheetRow], owner: Owner | None = None) -> Preview:
    entries, found = read_typed(typed, owner.name if owner else None)
    plan = plan_import(event, entries, organisation_id=owner.id if owner else None)
    faults: dict[tuple[int, str], CellFault] = {}
    for fault in (*found, *plan.faults):
        faults.setdefault((fault.row, fault.column), fault)
    what = {
        member.row: kind
        for kind, some in (("new", plan.new), ("changed", plan.changed), ("same", plan.same))
        for one in some
        for member in one.members
    }
    columns = columns_for(owner is not None, event.team_size)
    told = {column for _row, column in faults}
    columns = tuple(column for column in TITLES if column in columns or column in told)
    answers = row_answers(event, entries)
    rows = tuple(
        shown_row(line, entry, columns, faults, what.get(line.row, "new"), answers.get(line.row, ()))
        for line, entry in zip(typed, entries, strict=True)
    )
    return Preview(columns, rows, plan, entries, len(faults))


def shown_row(
    line: SheetRow,
    entry: EntryRow,
    columns: Sequence[str],
    faults: Mapping[tuple[int, str], CellFault],
    what: str,
    answers: Sequence[EntryAnswer],
) -> ShownRow:
    cells = []
    for column in columns:
        fault = faults.get((line.row, column))
        value = text(line.cells.get(column))
        shown = masked_number(entry.document_number) if column == "document_number" and value else value
        cells.append(ShownCell(column, value, shown, str(FAULTS[fault.code]) if fault else None))
    faulty = any(cell.fault for cell in cells)
    odd = not faulty and entry.document_kind == "resident_id" and region_is_odd(entry.document_number)
    doubts = () if faulty else tuple(answer for answer in answers if not answer.passes)
    return ShownRow(line.row, tuple(cells), what, odd, doubts)


def entry_template(own: bool = False, team_size: int = 1) -> bytes:
    """The template as an .xlsx file, with the notes on a sheet of their own."""
    columns = columns_for(own, team_size)
    notes = tuple((TITLES[column], NOTES[column]) for column in columns if column in NOTES)
    header = tuple(TITLES[column] for column in columns)
    widths = tuple(WIDTHS.get(column, 16) for column in columns)
    texts = [place for place, column in enumerate(columns, start=1) if column in ("document_number", "phone")]
    return write_sheets(
        [Table(SHEET, header, (), widths, texts), Table("填写说明", ("栏目", "说明"), notes, (14, 70))]
    )
