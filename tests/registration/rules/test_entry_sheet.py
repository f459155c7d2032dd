"""Every faulty cell of an entry sheet is named; nothing is half taken."""

import pytest

from qzcompete.registration.rules.entry_sheet import TITLES, CellValue, EntryRow, read_entry_sheet

HEADER = tuple(TITLES.values())
GOOD: list[CellValue] = ["韦梅静", "居民身份证", "11010519491231002X", "钦州市技工学校", "黄志强", "否"]


def faults_of(*rows: list[CellValue]) -> list[tuple[str, str]]:
    sheet = read_entry_sheet([list(HEADER), *rows])
    return [(sheet.cell(fault), fault.code) for fault in sheet.faults]


def with_cell(place: int, value: CellValue) -> list[CellValue]:
    return [*GOOD[:place], value, *GOOD[place + 1 :]]


def test_good_row_is_read_with_all_its_cells() -> None:
    sheet = read_entry_sheet([list(HEADER), GOOD])

    assert sheet.faults == ()
    assert sheet.rows == (
        EntryRow("韦梅静", "resident_id", "11010519491231002X", "钦州市技工学校", "黄志强", False, 2),
    )


def test_columns_are_found_by_their_titles_in_any_order() -> None:
    sheet = read_entry_sheet([["单位", "证件号码", "姓名"], ["灵山县总工会", "E12345678", "李 明"]])

    assert [(sheet.cell(fault), fault.code) for fault in sheet.faults] == [("B2", "document_length")]
    assert (sheet.rows[0].name, sheet.rows[0].unit) == ("李 明", "灵山县总工会")


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        (with_cell(0, None), ("A2", "name_empty")),
        (with_cell(0, "韦3"), ("A2", "name_characters")),
        (with_cell(1, "学生证"), ("B2", "document_kind")),
        (with_cell(2, None), ("C2", "document_empty")),
        (with_cell(2, "110105194912310021"), ("C2", "document_check_digit")),
        (with_cell(2, 110105194912310020), ("C2", "number_cell")),
        (with_cell(3, " "), ("D2", "unit_empty")),
        (with_cell(3, "长" * 81), ("D2", "unit_length")),
        (with_cell(5, "也许"), ("F2", "yes_or_no")),
    ],
)
def test_faulty_cell_is_named(row: list[CellValue], fault: tuple[str, str]) -> None:
    assert faults_of(row) == [fault]


def test_all_faults_of_all_rows_are_told_at_once() -> None:
    assert faults_of(with_cell(0, None), with_cell(3, None)) == [
        ("A2", "name_empty"),
        ("D3", "unit_empty"),
        ("C3", "document_repeated"),
    ]


def test_blank_rows_are_skipped() -> None:
    sheet = read_entry_sheet([list(HEADER), [None, "", None], GOOD])

    assert [row.row for row in sheet.rows] == [3]


def test_missing_column_stops_the_reading() -> None:
    sheet = read_entry_sheet([["姓名", "单位"], ["韦梅静", "钦州市技工学校"]])

    assert [(fault.column, fault.code) for fault in sheet.faults] == [("document_number", "column_missing")]


@pytest.mark.parametrize("rows", [[], [list(HEADER)]])
def test_sheet_without_entries_is_a_fault(rows: list[list[CellValue]]) -> None:
    assert read_entry_sheet(rows).faults
    assert read_entry_sheet(rows).rows == ()


@pytest.mark.parametrize(
    ("word", "guest"), [("是", True), ("外卡", True), (None, False), (True, True), ("否", False)]
)
def test_guest_is_told_by_yes(word: CellValue, guest: bool) -> None:
    sheet = read_entry_sheet([list(HEADER), with_cell(5, word)])

    assert sheet.rows[0].guest is guest


def test_a_sheet_of_ones_own_names_no_other_organisation_and_no_guests() -> None:
    rows = [list(HEADER), with_cell(5, "是"), [*with_cell(2, "360426199101010071")[:3], "灵山县总工会"]]

    sheet = read_entry_sheet(rows, unit="钦州市技工学校")

    assert [entry.guest for entry in sheet.rows] == [False, False]
    assert [(sheet.cell(fault), fault.code) for fault in sheet.faults] == [("D3", "other_unit")]
