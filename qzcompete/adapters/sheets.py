"""Reads .xlsx files from outside safely into plain rows, and writes tables whose texts can never be formulas.

Refused: what is no .xlsx, archive bombs, macros, links to other files, DTDs, sheets that are too large,
and, where the caller asks for it, formulas. Never opens anything but the bytes that it is given.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any
from xml.sax import SAXException
from xml.sax.handler import ContentHandler

from defusedxml import DefusedXmlException, sax
from openpyxl import Workbook, load_workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

MOST_BYTES = 20 * 2**20
MOST_UNPACKED = 100 * 2**20
MOST_PARTS = 1_000
GREATEST_RATIO = 150
SMALL_PART = 2**20
MOST_ROWS = 20_000
MOST_COLUMNS = 256

CellValue = str | int | float | bool | None
Rows = list[list[CellValue]]


class SheetRefused(Exception):
    """A file that is not read at all, with the sheet and cell where that is known."""

    def __init__(self, code: str, sentence: str, sheet: str = "", cell: str = "", **params: int) -> None:
        self.code, self.sentence, self.params = code, sentence, params
        self.message, self.sheet, self.cell = sentence % params, sheet, cell
        super().__init__(self.message)


@dataclass(frozen=True, slots=True)
class Sheets:
    """The values that the cells show, and the formulas behind them by sheet and cell."""

    values: dict[str, Rows]
    formulas: dict[str, dict[str, str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Table:
    """One sheet to write: a header row and plain cells; what is typed into `text_columns` (from 1) stays text."""

    title: str
    header: Sequence[str]
    rows: Iterable[Sequence[CellValue | Decimal | date]]
    widths: Sequence[int] = ()
    text_columns: Sequence[int] = ()


def read_sheets(data: bytes, *, formulas: bool = False, most_rows: int = MOST_ROWS) -> Sheets:
    """Read all sheets; with `formulas` they may hold formulas, whose last shown values are read."""
    _check_archive(data)
    try:
        found = _formulas(data, most_rows)
        if not formulas:
            _refuse_formulas(found)
        return Sheets(_values(data, most_rows), found)
    except SheetRefused:
        raise
    except Exception as error:  # openpyxl raises many kinds of errors on broken files
        raise SheetRefused("unreadable", "The file is damaged and cannot be read.") from error


def _check_archive(data: bytes) -> None:
    if len(data) > MOST_BYTES:
        raise SheetRefused("too_large", "The file is too large.")
    if data[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        raise SheetRefused("old_format", "The file is encrypted or in the old .xls format; save it as .xlsx.")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
            _check_sizes(parts)
            _check_contents({part.filename for part in parts})
            for part in parts:
                if part.filename.lower().endswith((".xml", ".rels", ".vml")):
                    _check_xml(archive, part)
    except (
        zipfile.BadZipFile,
        NotImplementedError,
        RuntimeError,
        EOFError,
        OSError,
        zipfile.LargeZipFile,
    ) as error:
        raise SheetRefused("not_xlsx", "The file is not an .xlsx workbook.") from error
    except Exception as error:
        if isinstance(error, SheetRefused):
            raise
        raise SheetRefused("unreadable", "The file is damaged and cannot be read.") from error


def _check_sizes(parts: Sequence[zipfile.ZipInfo]) -> None:
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
        raise SheetRefused("bomb", "The file unpacks to more than is allowed.")
    for part in parts:
        if part.file_size > SMALL_PART and part.file_size > GREATEST_RATIO * max(part.compress_size, 1):
            raise SheetRefused("bomb", "The file unpacks to more than is allowed.")


def _check_contents(names: set[str]) -> None:
    lower = {name.lower() for name in names}
    if "[content_types].xml" not in lower or not any(name.startswith("xl/workbook") for name in lower):
        raise SheetRefused("not_xlsx", "The file is not an .xlsx workbook.")
    if any("vbaproject" in name or name.startswith(("xl/macrosheets/", "xl/activex/")) for name in lower):
        raise SheetRefused("macros", "The file contains macros.")
    if any(name.startswith(("xl/externallinks/", "xl/embeddings/", "xl/connections")) for name in lower):
        raise SheetRefused("links", "The file contains links to other files or embedded files.")


def _check_xml(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
    try:
        with archive.open(part) as stream:
            sax.parse(stream, ContentHandler(), forbid_dtd=True)
    except DefusedXmlException as error:
        raise SheetRefused("dtd", "The file contains a document type definition.") from error
    except SAXException as error:
        raise SheetRefused("unreadable", "The file is damaged and cannot be read.") from error


def _formulas(data: bytes, most_rows: int) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    workbook = load_workbook(io.BytesIO(data), read_only=True, keep_links=False)
    for sheet in workbook.worksheets:
        sheet.reset_dimensions()
        for number, row in enumerate(sheet.iter_rows(), start=1):
            _check_extent(sheet.title, number, row, most_rows)
            for cell in row:
                if cell.data_type == "f":
                    found.setdefault(sheet.title, {})[cell.coordinate] = str(cell.value)
    workbook.close()
    return found


def _check_extent(sheet: str, number: int, row: Sequence[Any], most_rows: int) -> None:
    if number > most_rows:
        sentence = "A sheet may have %(most)s rows at most."
        raise SheetRefused("too_many_rows", sentence, sheet, f"A{number}", most=most_rows)
    for cell in row[MOST_COLUMNS:]:
        if cell.value is not None:
            sentence = "A sheet may have %(most)s columns at most."
            raise SheetRefused("too_many_columns", sentence, sheet, cell.coordinate, most=MOST_COLUMNS)


def _refuse_formulas(found: dict[str, dict[str, str]]) -> None:
    for sheet, cells in found.items():
        raise SheetRefused(
            "formula", "A formula is not allowed here; enter its value.", sheet, next(iter(cells))
        )


def _values(data: bytes, most_rows: int) -> dict[str, Rows]:
    workbook = load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
    sheets: dict[str, Rows] = {}
    for sheet in workbook.worksheets:
        sheet.reset_dimensions()
        rows = [_trimmed([_plain(value) for value in row]) for row in sheet.iter_rows(values_only=True)]
        while rows and not rows[-1]:
            rows.pop()
        sheets[sheet.title] = rows
    workbook.close()
    return sheets


def _plain(value: Any) -> CellValue:
    if isinstance(value, (datetime, date, time)):
        return value.isoformat()
    if value is None or isinstance(value, (str, bool, int, float)):
        return value
    return str(value)


def _trimmed(row: list[CellValue]) -> list[CellValue]:
    while row and row[-1] is None:
        row.pop()
    return row


# What a spreadsheet reads as a formula.
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")


def plain_text(value: CellValue) -> CellValue:
    """A text for a CSV file, where nothing but its first sign says whether it is a formula."""
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA_SIGNS) else value


def write_sheets(tables: Sequence[Table]) -> bytes:
    """Write one sheet per table; texts stay texts, also those that begin with =, +, - or @."""
    workbook = Workbook(write_only=True)
    for table in tables:
        sheet = workbook.create_sheet(title=table.title[:31])
        sheet.freeze_panes = "A2"
        for column, width in enumerate(table.widths, start=1):
            sheet.column_dimensions[get_column_letter(column)].width = width
        for column in table.text_columns:
            sheet.column_dimensions[get_column_letter(column)].number_format = "@"
        sheet.append([_written(sheet, name, bold=True) for name in table.header])
        for row in table.rows:
            sheet.append([_written(sheet, value) for value in row])
    workbook.properties.creator = "qzcompete"
    packed = io.BytesIO()
    workbook.save(packed)
    return packed.getvalue()


def _written(sheet: Any, value: Any, *, bold: bool = False) -> Any:
    if isinstance(value, str):
        cell = WriteOnlyCell(sheet, value=None)
        cell.value = ILLEGAL_CHARACTERS_RE.sub("", value)
        cell.data_type = "s"
        cell.quotePrefix = value.startswith(FORMULA_SIGNS)
    else:
        cell = WriteOnlyCell(sheet, value=value)
    if bold:
        cell.font = Font(bold=True)
    return cell
