"""A CIS export is read into a scheme, and each thing that is wrong is named with its cell."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from qzcompete.adapters.sheets import read_sheets
from qzcompete.marking.rules.cis import read_cis, report
from qzcompete.marking.rules.scheme_reading import parse_scheme
from qzcompete.marking.rules.scheme_sheets import read_scheme_sheets

CASES = Path(__file__).parents[1] / "cis"
SHEET = "CIS Marking Scheme Import"


@pytest.fixture(scope="module")
def real() -> dict[str, Any]:
    data = (CASES / "ES2023_marking_scheme_Web_Development_17.xlsx").read_bytes()
    return read_sheets(data, formulas=True).values


@pytest.fixture
def sheets(real: dict[str, Any]) -> dict[str, Any]:
    return {name: [list(row) for row in rows] for name, rows in real.items()}


def put(sheets: Any, cell: str, value: Any) -> None:
    row, column = int(cell[1:]) - 1, ord(cell[0]) - ord("A")
    cells = sheets[SHEET][row]
    cells.extend([None] * (column + 1 - len(cells)))
    cells[column] = value


def test_real_export_has_the_expected_counts_and_sums(sheets: Any) -> None:
    expected = json.loads((CASES / "expected.json").read_bytes())["ES2023"]

    assert report(read_cis(sheets)) == {
        "aspects": expected["aspects"],
        "measurement": expected["M"],
        "judgement": expected["J"],
        "modules": expected["criteria"],
        "total": expected["total"],
        "faults": [],
    }


def test_real_export_makes_a_sound_scheme(sheets: Any) -> None:
    scheme = parse_scheme(read_cis(sheets).scheme)

    assert sum(len(module.criteria) for module in scheme.modules) == 36
    assert sum(module.max for module in scheme.modules) == 100
    first = scheme.aspect("A1.1")
    assert (first.kind, str(first.max), first.panel, first.wsos) == ("judgement", "0.5", 3, "3")
    assert first.benchmarks[0] == "All common elements are not responsive at all"


def calculation_read(sheets: Any, *cells: Any) -> Any:
    """The calculation of the first measured aspect when row 4 of CIS's calculations has these cells."""
    put(sheets, "J37", 4)
    sheets["Calculations"] = [[], [], [], list(cells)]
    scheme = parse_scheme(read_cis(sheets).scheme)
    return next(aspect for aspect in scheme.aspects if aspect.calculation).calculation


@pytest.mark.parametrize(
    ("cells", "calculation"),
    [
        (["PASS_FAIL"], {"type": "PASS_FAIL"}),
        (["NUMBER_COMPLETED", "NUM_POSSIBLE=8"], {"type": "NUMBER_COMPLETED", "possible": 8}),
        (
            [
                "CHOICE",
                "DEDUCTION_TYPE",
                "PERCENT",
                "LABEL_1",
                "none",
                "DEDUCTION_1",
                0,
                "LABEL_2",
                "one",
                "DEDUCTION_2",
                33.3,
            ],
            {
                "type": "CHOICE",
                "unit": "PERCENT",
                "choices": [{"label": "none", "deduction": "0"}, {"label": "one", "deduction": "33.3"}],
            },
        ),
        (
            ["RANGED_SCORE", "TARGET=25", "LOWER_1=24.9", "UPPER_1=25.1", "DEDUCTION_1=50"],
            {
                "type": "RANGED_SCORE",
                "target": "25",
                "ranges": [{"lower": "24.9", "upper": "25.1", "deduction": "50"}],
            },
        ),
        (
            ["REGULAR_DIFFERENCE_DEDUCTION", "TARGET", 0, "DIFFERENCE", 1, "DEDUCTION", 0.25],
            {
                "type": "REGULAR_DIFFERENCE_DEDUCTION",
                "unit": "UNIT",
                "target": "0",
                "difference": "1",
                "deduction": "0.25",
            },
        ),
        (["NUMBER_COMPLETED", "all of them"], {}),
        (["by eye"], {}),
    ],
)
def test_calculation_row_is_read_when_its_words_are_known(sheets: Any, cells: Any, calculation: Any) -> None:
    read = calculation_read(sheets, *cells)

    assert {key: value for key, value in read.items() if key not in ("row", "cells")} == calculation
    assert (read["row"], len(read["cells"])) == ("4", len(cells))


def test_binary_fraction_counts_as_the_number_it_shows(sheets: Any) -> None:
    put(sheets, "K25", 0.1 + 0.2 + 0.2)

    assert report(read_cis(sheets))["faults"] == []


CHANGES: list[tuple[Callable[[Any], None], str, str]] = [
    (lambda s: put(s, "K25", "abc"), "K25", "“abc” is not a number."),
    (lambda s: put(s, "K25", -0.5), "K25", "The number must be greater than 0."),
    (lambda s: put(s, "K25", None), "K25", "The cell must not be empty."),
    (lambda s: put(s, "K25", float("nan")), "K25", "“nan” is not a number."),
    (lambda s: put(s, "K25", True), "K25", "“True” is not a number."),
    (lambda s: put(s, "K25", 1), "K15", "The sheet says 17, but its aspects add up to 17.5."),
    (lambda s: put(s, "K25", 1), "N23", "The sheet says 17, but its aspects add up to 17.5."),
    (lambda s: put(s, "K25", 1), "J7", "The sheet says 25, but its aspects add up to 25.5."),
    (lambda s: put(s, "K25", 1), "N385", "The aspects add up to 100.5, not to 100."),
    (lambda s: put(s, "K16", 24), "K16", "The sheet says 24, but its aspects add up to 23."),
    (lambda s: put(s, "D25", "X"), "D25", "“X” is not a known type of aspect."),
    (lambda s: put(s, "D37", None), "D37", "“” is not a known type of aspect."),
    (lambda s: put(s, "D25", "M"), "F26", "A judgement score text stands only under a judgement aspect."),
    (lambda s: put(s, "D37", "J"), "D37", "The text for judgement score 0 is missing."),
    (lambda s: put(s, "G28", None), "G28", "The text for judgement score 2 is missing."),
    (lambda s: put(s, "F28", 7), "F28", "A judgement score is 0, 1, 2 or 3, not “7”."),
    (lambda s: put(s, "F28", 1), "F28", "The text for judgement score 1 is there twice."),
    (lambda s: put(s, "F28", 1), "D25", "The text for judgement score 2 is missing."),
    (lambda s: put(s, "A39", "A1"), "A39", "The code “A1” is used more than once."),
    (lambda s: put(s, "A39", "B9"), "A39", "The sub-criterion “B9” does not belong to criterion “A”."),
    (lambda s: put(s, "A16", "A"), "A16", "The code “A” is used more than once."),
    (lambda s: put(s, "I25", 9), "I25", "The section “9” is not in the list of standards."),
    (lambda s: put(s, "I7", 31), "I7", "The aspects give this section 25 marks instead of 31; 5 is the most it may differ."),
    (lambda s: put(s, "A20", "G"), "A20", "The criterion “G” has no aspects."),
]  # fmt: skip


@pytest.mark.parametrize(("change", "cell", "message"), CHANGES)
def test_fault_is_named_with_its_cell(sheets: Any, change: Any, cell: str, message: str) -> None:
    change(sheets)

    faults = report(read_scheme_sheets(sheets))["faults"]

    assert {"sheet": SHEET, "cell": cell, "message": message} in faults


@pytest.mark.parametrize("sheets", [{}, {"S": []}, {"S": [[None, 1], ["x"]]}])
def test_workbook_without_a_scheme_is_refused(sheets: Any) -> None:
    assert report(read_scheme_sheets(sheets))["faults"][0]["message"] == (
        "No sheet of this file has the header of a marking scheme."
    )
