"""Reads a WorldSkills CIS marking-scheme export, given as rows of cells, into a scheme document.

Criteria become modules, sub-criteria become criteria; M is a measurement, J a judgement with four benchmarks.
Every sum that the sheet states is checked against its aspects; every fault carries its sheet and cell.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from qzcompete.marking.rules.cells import CellValue, Rows, Sheet, heading, number_of, plain_text
from qzcompete.marking.rules.cis_calculations import calculation_of
from qzcompete.marking.rules.document import is_code
from qzcompete.marking.rules.faults import SheetFault

FULL_MARKS = Decimal(100)
WSOS_DEVIATION = Decimal(5)
KINDS = {"M": "measurement", "J": "judgement"}
COLUMNS = {
    "sub": "sub criterion id",
    "name": "sub criterion name",
    "day": "day of marking",
    "type": "aspect type",
    "aspect": "aspect - description",
    "score": "judg score",
    "extra": "extra aspect description",
    "requirement": "requirement",
    "wsos": "wsos section",
    "calculation": "calculation row",
    "max": "max mark",
}
NEEDED = ("sub", "type", "aspect", "score", "extra", "max")


@dataclass(frozen=True, slots=True)
class SchemeSheet:
    """What a workbook says: counts, sums, faults, and the scheme document if there is no fault."""

    aspects: int
    measurement: int
    judgement: int
    modules: Mapping[str, Decimal]
    total: Decimal
    faults: tuple[SheetFault, ...]
    scheme: dict[str, Any]


def report(reading: SchemeSheet) -> dict[str, Any]:
    """The reading as a JSON document, without the scheme itself."""
    return {
        "aspects": reading.aspects,
        "measurement": reading.measurement,
        "judgement": reading.judgement,
        "modules": {code: plain_text(marks) for code, marks in reading.modules.items()},
        "total": plain_text(reading.total),
        "faults": [
            {"sheet": fault.sheet, "cell": fault.cell, "message": fault.message} for fault in reading.faults
        ],
    }


def is_cis(sheets: Mapping[str, Rows]) -> bool:
    """Does any sheet have the header row of a CIS export?"""
    return any(_header_rows(rows) for rows in sheets.values())


def read_cis(sheets: Mapping[str, Rows]) -> SchemeSheet:
    """Read the first sheet that has the header of a CIS export."""
    for name, rows in sheets.items():
        if _header_rows(rows):
            return _Reader(Sheet(name, rows), _calculations(sheets)).read()
    fault = SheetFault(next(iter(sheets), ""), "", "no_scheme_sheet")
    return SchemeSheet(0, 0, 0, {}, Decimal(0), (fault,), {})


def _header_rows(rows: Rows) -> list[int]:
    return [i for i, row in enumerate(rows) if row and heading(row[0]) == COLUMNS["sub"]]


def _calculations(sheets: Mapping[str, Rows]) -> Mapping[str, list[str]]:
    """The rows of the sheet “Calculations” by their numbers, as texts."""
    rows = next((rows for name, rows in sheets.items() if name.strip().lower() == "calculations"), [])
    return {str(i): [plain(cell) for cell in row if plain(cell)] for i, row in enumerate(rows, start=1)}


def plain(value: CellValue) -> str:
    number = number_of(value)
    return plain_text(number) if number is not None else ("" if value is None else str(value).strip())


@dataclass(slots=True)
class _Judged:
    """A judgement aspect whose benchmarks are still being read."""

    row: int
    document: dict[str, Any]
    texts: dict[int, str] = field(default_factory=dict)


class _Reader:
    """Walks down one sheet; remembers the current criterion, sub-criterion and judgement aspect."""

    def __init__(self, sheet: Sheet, calculations: Mapping[str, list[str]]) -> None:
        self.sheet, self.calculations = sheet, calculations
        self.headers = _header_rows(sheet.rows)
        self.columns = self._columns(self.headers[0])
        self.modules: dict[str, dict[str, Any]] = {}
        self.sums: dict[str, Decimal] = {}
        self.wsos: dict[str, Decimal] = {}
        self.counts = {"M": 0, "J": 0}
        self.total_aspects = 0
        self.module = ""
        self.criterion: dict[str, Any] | None = None
        self.judged: _Judged | None = None
        self.codes: set[str] = set()
        self.listed: dict[str, tuple[int, str]] = {}
        self.sum_cells: list[tuple[int, int, str]] = []
        self.sections = {self.sheet.text(row, 0): (row, head) for head, row in self._section_rows()}

    def read(self) -> SchemeSheet:
        missing = [key for key in NEEDED if key not in self.columns]
        for key in missing:
            self.sheet.fault(self.headers[0], 0, "column_missing", column=COLUMNS[key])
        if not missing:
            self._list_of_criteria()
            for row in range(self.headers[0], len(self.sheet.rows)):
                self._row(row)
            self._end_judged()
            self._check_sums()
        total = sum(self.sums.values(), Decimal(0))
        scheme = {"places": 2, "modules": list(self.modules.values())}
        name = self.sheet.text(0, 0)
        if name and self.headers[0] > 0:
            scheme = {"name": name} | scheme
        return SchemeSheet(
            self.total_aspects, self.counts["M"], self.counts["J"], self.sums, total,
            tuple(self.sheet.faults), scheme,
        )  # fmt: skip

    def _columns(self, row: int) -> dict[str, int]:
        found: dict[str, int] = {}
        for column, value in enumerate(self.sheet.rows[row]):
            for key, title in COLUMNS.items():
                if key not in found and heading(value).startswith(title):
                    found[key] = column
                    break
        return found

    def _text(self, row: int, key: str) -> str:
        return self.sheet.text(row, self.columns[key]) if key in self.columns else ""

    def _row(self, row: int) -> None:
        if row in self.headers:
            self._header(row)
            return
        if self._competition_total(row):
            return
        sub, kind, score = self._text(row, "sub"), self._text(row, "type"), self._text(row, "score")
        if sub:
            self._sub_criterion(row, sub)
        if kind or self._text(row, "max") or (self._text(row, "aspect") and not score):
            self._aspect(row, kind)
        elif score:
            self._benchmark(row, score)

    def _header(self, row: int) -> None:
        """The header of a criterion: “Criterion A”, and its sum two cells further."""
        self._end_judged()
        self.criterion = None
        for column, value in enumerate(self.sheet.rows[row]):
            match = re.fullmatch(r"criterion (\S+)", heading(value))
            if match:
                self.module = self._module(row, column, text=self.sheet.text(row, column).split()[-1])
                self.sum_cells.append((row, column + 2, self.module))

    def _module(self, row: int, column: int, text: str) -> str:
        if text not in self.modules:
            name = self.listed[text][1] if text in self.listed else ""
            if text in self.codes:
                self.sheet.fault(row, column, "repeated_code", code=text)
            elif text not in self.listed and self.listed:
                self.sheet.fault(row, column, "unlisted_criterion", code=text)
            self.codes.add(text)
            self.modules[text] = {"code": text, "name": name, "criteria": []}
            self.sums[text] = Decimal(0)
        return text

    def _competition_total(self, row: int) -> bool:
        for column, value in enumerate(self.sheet.rows[row]):
            if column > self.columns["max"] and heading(value) == "competition":
                self.sum_cells.append((row, column + 2, ""))
                return True
        return False

    def _sub_criterion(self, row: int, code: str) -> None:
        self._end_judged()
        column = self.columns["sub"]
        if not is_code(code):
            self.sheet.fault(row, column, "cell_not_code", text=code[:40])
        elif code in self.codes:
            self.sheet.fault(row, column, "repeated_code", code=code)
        letter = re.match(r"[^\W\d_]+", code)
        if not self.module and letter:
            self.module = self._module(row, column, letter.group())
        elif not code.startswith(self.module):
            self.sheet.fault(row, column, "foreign_sub_criterion", code=code, criterion=self.module)
        self.codes.add(code)
        self.criterion = {"code": code, "name": self._text(row, "name"), "aspects": []}
        if self._text(row, "day"):
            self.criterion["day"] = self._text(row, "day")
        if self.module in self.modules:
            self.modules[self.module]["criteria"].append(self.criterion)

    def _aspect(self, row: int, kind: str) -> None:
        self._end_judged()
        self.total_aspects += 1
        if kind in KINDS:
            self.counts[kind] += 1
        else:
            self.sheet.fault(row, self.columns["type"], "unknown_type", text=kind[:40])
        if not self._text(row, "aspect"):
            self.sheet.fault(row, self.columns["aspect"], "cell_empty")
        marks = self.sheet.number(row, self.columns["max"], above_zero=True)
        if self.criterion is None:
            self.sheet.fault(row, self.columns["type"], "no_sub_criterion")
            return
        number = len(self.criterion["aspects"]) + 1
        document = self._aspect_document(row, kind, f"{self.criterion['code']}.{number}", marks)
        self.criterion["aspects"].append(document)
        if marks is not None:
            self.sums[self.module] = self.sums.get(self.module, Decimal(0)) + marks
            section = self._text(row, "wsos")
            if section and self.sections and section not in self.sections:
                self.sheet.fault(row, self.columns["wsos"], "wsos_unknown", text=section[:40])
            self.wsos[section] = self.wsos.get(section, Decimal(0)) + marks
        if kind == "J":
            self.judged = _Judged(row, document)

    def _aspect_document(self, row: int, kind: str, code: str, marks: Decimal | None) -> dict[str, Any]:
        described = "\n".join(text for key in ("extra", "requirement") if (text := self._text(row, key)))
        document: dict[str, Any] = {
            "code": code,
            "name": self._text(row, "aspect"),
            "kind": KINDS.get(kind, "measurement"),
            "max": plain_text(marks) if marks is not None else "1",
        }
        calculation = self._text(row, "calculation")
        if calculation:
            cells = self.calculations.get(calculation, [])
            known = calculation_of(cells) if kind == "M" else {}
            document["calculation"] = known | {"row": calculation, "cells": cells}
        if described:
            document["description"] = described
        if self._text(row, "wsos"):
            document["wsos"] = self._text(row, "wsos")
        return document

    def _benchmark(self, row: int, score: str) -> None:
        column = self.columns["score"]
        text = self._text(row, "extra")
        if score not in ("0", "1", "2", "3"):
            self.sheet.fault(row, column, "benchmark_score", text=score[:40])
        elif self.judged is None:
            self.sheet.fault(row, column, "benchmark_misplaced")
        elif int(score) in self.judged.texts:
            self.sheet.fault(row, column, "benchmark_repeated", score=score)
        else:
            self.judged.texts[int(score)] = text
            if not text:
                self.sheet.fault(row, self.columns["extra"], "benchmark_missing", score=score)

    def _end_judged(self) -> None:
        """A judgement aspect ends: all four texts must have been there."""
        if self.judged is not None:
            for score in range(4):
                if score not in self.judged.texts:
                    self.sheet.fault(self.judged.row, self.columns["type"], "benchmark_missing", score=score)
            self.judged.document["benchmarks"] = [self.judged.texts.get(score, "") for score in range(4)]
        self.judged = None

    def _list_of_criteria(self) -> None:
        for row in range(self.headers[0]):
            if heading(self.sheet.value(row, 0)) == "id":
                marks = self._marks_column(row, "mark")
                for below in range(row + 1, self.headers[0]):
                    code = self.sheet.text(below, 0)
                    if not code:
                        break
                    if code in self.listed:
                        self.sheet.fault(below, 0, "repeated_code", code=code)
                    self.listed[code] = (below, self.sheet.text(below, 1))
                    self.sum_cells.append((below, marks, code))

    def _marks_column(self, row: int, title: str) -> int:
        columns = [i for i, value in enumerate(self.sheet.rows[row]) if heading(value) == title]
        return columns[-1] if columns else self.columns["max"]

    def _check_sums(self) -> None:
        total = sum(self.sums.values(), Decimal(0))
        total_cell = (self.headers[0], self.columns["max"])
        for row, column, code in self.sum_cells:
            if not code:
                total_cell = (row, column)
            self.sheet.said_sum(row, column, self.sums.get(code, Decimal(0)) if code else total)
        for code, (row, _) in self.listed.items():
            if code not in self.modules:
                self.sheet.fault(row, 0, "criterion_without_aspects", code=code)
        self._check_wsos()
        if total != FULL_MARKS:
            self.sheet.fault(*total_cell, "total_not_100", sum=plain_text(total))
        self._check_empty()

    def _check_empty(self) -> None:
        for row in range(self.headers[0] + 1, len(self.sheet.rows)):
            code = self._text(row, "sub")
            if row in self.headers or not code:
                continue
            for module in self.modules.values():
                if any(part["code"] == code and not part["aspects"] for part in module["criteria"]):
                    self.sheet.fault(row, self.columns["sub"], "sub_criterion_without_aspects", code=code)

    def _section_rows(self) -> Iterator[tuple[int, int]]:
        """The rows of the table of standards, each with its header row."""
        for head in range(self.headers[0]):
            if heading(self.sheet.value(head, 0)) == "section":
                for row in range(head + 1, self.headers[0]):
                    if not self.sheet.text(row, 0):
                        break
                    yield head, row

    def _check_wsos(self) -> None:
        """The table of standards: the marks of their aspects, and at most 5 away from their weight."""
        for section, (row, head) in self.sections.items():
            said, weight = self._marks_column(head, "aspect marks"), self._marks_column(head, "wsos marks")
            marks = self.wsos.get(section, Decimal(0))
            self.sheet.said_sum(row, said, marks)
            target = self.sheet.number(row, weight)
            if target is not None and abs(target - marks) > WSOS_DEVIATION:
                self.sheet.fault(row, weight, "wsos_deviates", said=plain_text(target), sum=plain_text(marks))
