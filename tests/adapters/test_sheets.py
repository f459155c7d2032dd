"""Workbooks from outside are read as plain rows or refused; written texts are never formulas."""

import io
import zipfile
from decimal import Decimal

import pytest
from openpyxl import Workbook, load_workbook

from qzcompete.adapters.sheets import SheetRefused, Table, read_sheets, write_sheets


def workbook(**cells: object) -> bytes:
    book = Workbook()
    for cell, value in cells.items():
        book.active[cell] = value
    packed = io.BytesIO()
    book.save(packed)
    return packed.getvalue()


def with_part(data: bytes, name: str, content: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.namelist():
            if part != name:
                new.writestr(part, old.read(part))
        new.writestr(name, content)
    return packed.getvalue()


def refusal(data: bytes, **options: bool) -> tuple[str, str, str]:
    with pytest.raises(SheetRefused) as refused:
        read_sheets(data, **options)
    assert refused.value.message
    return refused.value.code, refused.value.sheet, refused.value.cell


def test_values_are_read_as_they_stand() -> None:
    sheets = read_sheets(workbook(A1="编号", B1=0.1, C1=3, A3=True, B3="=x"[1:]))

    assert sheets.values == {"Sheet": [["编号", 0.1, 3], [], [True, "x"]]}


def test_formula_is_refused_with_its_cell_when_values_are_expected() -> None:
    assert refusal(workbook(A1="x", B7="=1+1")) == ("formula", "Sheet", "B7")


def test_formula_is_reported_when_it_is_allowed() -> None:
    sheets = read_sheets(workbook(B1="=SUM(A1:A2)"), formulas=True)

    assert sheets.formulas == {"Sheet": {"B1": "=SUM(A1:A2)"}}
    assert sheets.values == {"Sheet": []}


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "not_xlsx"),
        (b"PK\x03\x04 broken", "not_xlsx"),
        (b"name,mark\n1,2\n", "not_xlsx"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "old_format"),
        (b"\0" * (20 * 2**20 + 1), "too_large"),
        (with_part(workbook(A1=1), "xl/vbaProject.bin", b"x"), "macros"),
        (with_part(workbook(A1=1), "xl/externalLinks/externalLink1.xml", b"<a/>"), "links"),
        (with_part(workbook(A1=1), "xl/media/a.png", b"\0" * (2 * 2**20)), "bomb"),
        (with_part(workbook(A1=1), "xl/worksheets/sheet1.xml", b"<worksheet>"), "unreadable"),
        (
            with_part(
                workbook(A1=1), "xl/worksheets/sheet1.xml", b'<!DOCTYPE a [<!ENTITY b "c">]><worksheet>&b;</worksheet>'
            ),
            "dtd",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "file",
)  # fmt: skip
def test_dangerous_or_broken_file_is_refused(data: bytes, code: str) -> None:
    assert refusal(data)[0] == code


def test_zip_that_is_no_workbook_is_refused() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("a.txt", "x")

    assert refusal(packed.getvalue())[0] == "not_xlsx"


def test_far_away_cell_is_refused_with_its_place() -> None:
    assert refusal(workbook(A1=1, A30000=1)) == ("too_many_rows", "Sheet", "A20001")
    assert refusal(workbook(A1=1, IW2=1)) == ("too_many_columns", "Sheet", "IW2")


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "=HYPERLINK(1)", "公式"])
def test_written_text_stays_a_text(text: str) -> None:
    data = write_sheets([Table("成绩", ["编号", text], [[text, Decimal("1.5")]], [10])])

    cell = load_workbook(io.BytesIO(data))["成绩"]["A2"]
    assert (cell.data_type, cell.value) == ("s", text)
    assert read_sheets(data).values == {"成绩": [["编号", text], [text, 1.5]]}


def test_control_characters_are_left_out_when_text_is_written() -> None:
    data = write_sheets([Table("S", ["a"], [["x\x00\x0by"]])])

    assert read_sheets(data).values["S"][1] == ["xy"]
