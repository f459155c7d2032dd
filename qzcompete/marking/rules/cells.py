"""Reads single cells of a workbook's rows: texts, exact numbers, and the address for a fault.

A cell's number may be a binary fraction such as 0.30000000000000004; it counts as what a sheet can show
of it, 15 significant digits, and must then be an exact decimal.
"""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Context, Decimal

from qzcompete.core.numbers import NotADecimal, decimals_of, parse_decimal
from qzcompete.marking.rules.faults import SheetFault
from qzcompete.marking.rules.scheme import STORED_DIGITS

CellValue = str | int | float | bool | None
Rows = Sequence[Sequence[CellValue]]

SHOWN_DIGITS = 15


def address(row: int, column: int) -> str:
    """The address of a cell, counted from 0: (0, 0) is A1."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return f"{letters}{row + 1}"


def text_of(value: CellValue) -> str:
    """A cell as a text without blanks at its ends; a number as it would be typed."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()


def number_of(value: CellValue) -> Decimal | None:
    """A cell as an exact number, or None if it is none."""
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, int):
        return Decimal(value)
    if isinstance(value, float):
        if not math.isfinite(value):
            return None
        shown = Context(prec=SHOWN_DIGITS).create_decimal(repr(value))
        return Decimal(format(shown.normalize(Context(prec=SHOWN_DIGITS)), "f"))
    try:
        return parse_decimal(value.strip())
    except NotADecimal:
        return None


def plain_text(number: Decimal) -> str:
    """A number without trailing zeros: 17, not 17.00."""
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def heading(value: CellValue) -> str:
    """A header cell as words that can be compared."""
    return re.sub(r"\s+", " ", text_of(value)).lower()


@dataclass(slots=True)
class Sheet:
    """One sheet while it is read, and the faults found in it."""

    name: str
    rows: Rows
    faults: list[SheetFault] = field(default_factory=list)

    def value(self, row: int, column: int) -> CellValue:
        if 0 <= row < len(self.rows) and 0 <= column < len(self.rows[row]):
            return self.rows[row][column]
        return None

    def text(self, row: int, column: int) -> str:
        return text_of(self.value(row, column))

    def fault(self, row: int, column: int, kind: str, /, **params: str | int) -> None:
        self.faults.append(SheetFault(self.name, address(row, column), kind, params))

    def number(self, row: int, column: int, *, above_zero: bool = False) -> Decimal | None:
        """A number that must be there, at least 0 and not finer than marks are stored."""
        value = self.value(row, column)
        number = number_of(value)
        if not text_of(value):
            self.fault(row, column, "cell_empty")
        elif number is None:
            self.fault(row, column, "cell_not_number", text=text_of(value)[:40])
        elif above_zero and number <= 0:
            self.fault(row, column, "cell_not_above")
        elif number < 0:
            self.fault(row, column, "cell_negative")
        elif decimals_of(number) > STORED_DIGITS:
            self.fault(row, column, "cell_too_fine", digits=STORED_DIGITS)
        else:
            return number
        return None

    def said_sum(self, row: int, column: int, right: Decimal) -> None:
        """A sum that the sheet states must be the right one; a formula without a shown value states none."""
        value = self.value(row, column)
        if not text_of(value):
            return
        said = number_of(value)
        if said is None:
            self.fault(row, column, "cell_not_number", text=text_of(value)[:40])
        elif said != right:
            self.fault(row, column, "sum_differs", said=plain_text(said), sum=plain_text(right))
