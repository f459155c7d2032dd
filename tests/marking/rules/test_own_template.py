"""Our own template for a scheme is read back as it was filled in."""

from typing import Any

import pytest

from qzcompete.adapters.sheets import read_sheets
from qzcompete.marking.rules.calculation_words import CALCULATIONS, EXAMPLES, calculation_of
from qzcompete.marking.rules.cis import report
from qzcompete.marking.rules.own_template import COLUMNS, SHEET, template_rows
from qzcompete.marking.rules.scheme_reading import parse_scheme
from qzcompete.marking.rules.scheme_sheets import read_scheme_sheets
from qzcompete.marking.scheme_workbook import scheme_template

KEYS = list(COLUMNS)


def filled(row: int, **cells: str) -> dict[str, Any]:
    rows = [list(COLUMNS.values()), *template_rows()]
    for key, value in cells.items():
        rows[row][KEYS.index(key)] = value
    return {SHEET: rows}


def test_example_of_the_template_is_a_sound_scheme() -> None:
    reading = read_scheme_sheets(read_sheets(scheme_template()).values)

    assert report(reading) == {
        "aspects": 4, "measurement": 1, "judgement": 1,
        "modules": {"A": "16", "B": "20"}, "total": "36", "faults": [],
    }  # fmt: skip
    scheme = parse_scheme(reading.scheme)
    assert [aspect.kind for aspect in scheme.aspects] == ["measurement", "judgement", "panel", "deduction"]
    assert [str(module.weight) for module in scheme.modules] == ["60", "40"]
    assert scheme.aspect("A1-1").calculation == {
        "type": "REGULAR_DIFFERENCE_DEDUCTION", "unit": "PERCENT", "target": "80", "difference": "0.5", "deduction": "10",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("name", "parameters", "calculation"),
    [
        ("通过与否", "", {"type": "PASS_FAIL"}),
        ("完成数量", "共 8", {"type": "NUMBER_COMPLETED", "possible": 8}),
        (
            "选项",
            "无缺陷 扣 0；一处扣0.5",
            {
                "type": "CHOICE",
                "unit": "UNIT",
                "choices": [{"label": "无缺陷", "deduction": "0"}, {"label": "一处", "deduction": "0.5"}],
            },
        ),
        (
            "区间",
            "目标 25；24.9~25.1 扣 50%",
            {
                "type": "RANGED_SCORE",
                "target": "25",
                "ranges": [{"lower": "24.9", "upper": "25.1", "deduction": "50"}],
            },
        ),
    ],
)
def test_calculation_is_read_from_its_words(name: str, parameters: str, calculation: Any) -> None:
    scheme = read_scheme_sheets(filled(1, calculation=name, parameters=parameters)).scheme

    assert parse_scheme(scheme).aspect("A1-1").calculation == calculation


def test_every_example_of_parameters_is_sound() -> None:
    assert all(calculation_of(name, EXAMPLES[name]) for name in CALCULATIONS)
    assert calculation_of("选项", "甲 扣 0；乙 扣 10%") is None
    assert calculation_of("通过与否", "共 8") is None


@pytest.mark.parametrize(
    ("row", "cells", "cell", "message"),
    [
        (1, {"max": "十"}, "J2", "“十” is not a number."),
        (1, {"max": "0"}, "J2", "The number must be greater than 0."),
        (1, {"kind": "口试"}, "I2", "“口试” is not a known type of aspect."),
        (1, {"panel": "3"}, "L2", "“评委人数” does not belong to “测量”."),
        (2, {"benchmark_2": ""}, "V3", "The text for judgement score 2 is missing."),
        (2, {"aspect": "A1-1"}, "G3", "The code “A1-1” is used more than once."),
        (
            2,
            {"module": "A", "weight": "70"},
            "C3",
            "“70” differs from what an earlier row says of the same module.",
        ),
        (3, {"aggregate": "总和"}, "M4", "“总和” is not one of: 平均, 中位数, 去最高最低后平均."),
        (3, {"panel": "0"}, "L4", "“0” is not a whole number from 1 on."),
        (4, {"module": "A"}, "A5", "The code “A” is used more than once."),
        (1, {"calculation": "抽签"}, "Q2", "“抽签” is not one of: 通过与否, 完成数量, 选项, 区间, 差值递减."),
        (
            1,
            {"parameters": "每 1 扣"},
            "R2",
            "The parameters of this calculation are written like this: 目标 0；每 1 扣 0.25.",
        ),
        (2, {"calculation": "通过与否"}, "Q3", "“计分方法” does not belong to “评判”."),
        (4, {"benchmark_0": "x"}, "T5", "A judgement score text stands only under a judgement aspect."),
    ],
)
def test_fault_is_named_with_its_cell(row: int, cells: Any, cell: str, message: str) -> None:
    faults = report(read_scheme_sheets(filled(row, **cells)))["faults"]

    assert {"sheet": SHEET, "cell": cell, "message": message} in faults
