"""What the report on the judges finds, from plain marks."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from qzcompete.results.rules.judges import Given, JudgeLine, judge_lines

LIMIT = Fraction(5, 100)


def lines(
    marks: dict[str, list[int]], units: dict[str, str] | None = None, own: dict[str, str] | None = None
) -> dict[str, JudgeLine]:
    """Each judge's marks for the works W0, W1, … in per cent."""
    given = [
        Given(judge, f"W{work}", "A", Fraction(values[work], 100))
        for work in range(len(next(iter(marks.values()))))
        for judge, values in marks.items()
    ]
    return {line.judge: line for line in judge_lines(given, own or {}, units or {}, LIMIT)}


def test_severity_is_the_mean_difference_to_the_others_of_the_same_work() -> None:
    found = lines({"J1": [70, 80], "J2": [80, 90], "J3": [80, 90]})

    assert (found["J1"].severity, found["J1"].warnings) == (Decimal("-10.0"), ("strict",))
    assert (found["J2"].severity, found["J2"].warnings) == (Decimal("5.0"), ("mild",))


def test_spread_is_the_mean_distance_from_the_own_mean() -> None:
    assert lines({"J1": [50, 90], "J2": [70, 70]})["J1"].spread == Decimal("20.0")


def test_a_judge_who_changes_over_the_day_is_named() -> None:
    found = lines({"J1": [70, 70, 70, 85], "J2": [70, 70, 70, 70], "J3": [70, 70, 70, 70]})["J1"]

    assert found.drift == (Decimal("0.0"), Decimal("0.0"), Decimal("0.0"), Decimal("15.0"))
    assert "drift" in found.warnings


def test_the_own_unit_is_compared_with_all_others() -> None:
    units = {f"W{work}": "甲校" if work < 3 else "乙校" for work in range(6)}
    found = lines(
        {"J1": [90, 90, 90, 70, 70, 70], "J2": [80, 80, 80, 70, 70, 70]}, units, {"J1": "甲校", "J2": "丙校"}
    )

    assert (found["J1"].own_unit, found["J2"].own_unit) == (Decimal("10.0"), None)
    assert "own_unit" in found["J1"].warnings


def test_a_single_judge_is_compared_with_nobody() -> None:
    found = lines({"J1": [10, 90]})["J1"]

    assert (found.severity, found.warnings) == (Decimal("0.0"), ())
