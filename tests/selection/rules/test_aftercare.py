"""Points proposed from the log, totals by marking's engine, and grades with a cap on excellent."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qzcompete.selection.rules.aftercare import (
    SHEETS,
    Record,
    add_months,
    amounts,
    amounts_between,
    end_of_term,
    grades,
    mark_faults,
    proposed,
    term_grade,
    term_starts,
    total,
)

FULL = {"A1": "15", "A2": "15", "B1": "25", "B2": "15", "C1": "15", "C2": "15"}


def marks(**changed: str) -> dict[str, Decimal]:
    return {code: Decimal(mark) for code, mark in {**FULL, **changed}.items()}


def test_the_log_of_the_year_proposes_points_in_proportion() -> None:
    log = [
        Record("apprentice", date(2026, 3, 1), 3),
        Record("apprentice", date(2025, 12, 31), 9),
        Record("training", date(2026, 5, 1), 45),
        Record("attack", date(2026, 6, 1), 8),
        Record("exchange", date(2026, 7, 1)),
    ]

    found = amounts(log, 2026)

    assert found == {"apprentice": 3, "training": 45, "attack": 1, "exchange": 1}
    assert proposed("studio", found) == {
        "B1": Decimal("7.5"),
        "B2": Decimal("11.2"),
        "C1": Decimal("7.5"),
        "C2": Decimal("3.7"),
    }


def test_the_total_is_the_sum_of_the_lines() -> None:
    assert total("studio", marks()) == Decimal(100)
    assert total("studio", marks(B1="7.5", C2="0")) == Decimal("67.5")


@pytest.mark.parametrize(
    ("changed", "faults"),
    [({}, []), ({"A1": "15.1"}, ["A1"]), ({"B1": "-1"}, ["B1"]), ({"C1": "7.55"}, ["C1"])],
)
def test_a_mark_out_of_its_line_is_named(changed: dict[str, str], faults: list[str]) -> None:
    assert mark_faults("studio", marks(**changed)) == faults


@pytest.mark.parametrize(
    ("totals", "expected"),
    [
        ([95, 90, 70, 61, 59], ["excellent", "passed", "passed", "passed", "failed"]),
        # Two share the only place: neither has it.
        ([95, 95, 70, 61, 60], ["passed"] * 5),
        # Four assessed: 20 % of them is no whole one.
        ([95, 90, 70, 61], ["passed"] * 4),
        ([84, 70, 70, 61, 60], ["passed"] * 5),
    ],
)
def test_excellent_is_for_the_best_within_the_share(totals: list[int], expected: list[str]) -> None:
    found = grades({key: Decimal(one) for key, one in enumerate(totals)}, Decimal(20))

    assert [found[key] for key in range(len(totals))] == expected


@settings(max_examples=80, deadline=None)
@given(st.lists(st.integers(0, 100), max_size=12), st.integers(0, 100))
def test_never_more_are_excellent_than_the_share(totals: list[int], percent: int) -> None:
    found = grades({key: Decimal(one) for key, one in enumerate(totals)}, Decimal(percent))

    count = sum(grade == "excellent" for grade in found.values())
    assert count * 100 <= len(totals) * percent
    assert all((grade == "failed") == (totals[key] < 60) for key, grade in found.items())


def test_a_term_ends_on_the_day_before_the_same_day() -> None:
    assert end_of_term(date(2026, 12, 1), 24) == date(2028, 11, 30)
    assert add_months(date(2026, 11, 30), 3) == date(2027, 2, 28)


@pytest.mark.parametrize("sheet", SHEETS)
def test_every_sheet_has_a_hundred_points(sheet: str) -> None:
    assert sum(line.most for line in SHEETS[sheet]) == 100


def test_the_log_of_a_term_counts_its_first_and_its_last_day() -> None:
    log = [Record("attack", date(2028, 11, day)) for day in (15, 16, 17)]
    first = term_starts(date(2030, 11, 16), 24)

    assert first == date(2028, 11, 17)
    assert amounts_between(log, date(2026, 11, 17), date(2028, 11, 16))["attack"] == 2


@pytest.mark.parametrize(("mark", "grade"), [("59.99", "failed"), ("60", "passed"), ("100", "passed")])
def test_a_term_is_passed_or_failed(mark: str, grade: str) -> None:
    assert term_grade(Decimal(mark)) == grade
