"""From what a judge measures to the mark, by the calculations that a scheme may mandate (domain.md, 1.2).

Exact; the mark is rounded to the aspect's step, halves up. static/tablet/rules.js is its twin: the same vectors.
"""

from collections.abc import Callable, Mapping
from fractions import Fraction
from math import floor
from typing import Any

from qzcompete.core.numbers import NotADecimal, parse_decimal
from qzcompete.marking.rules.cells import plain_text
from qzcompete.marking.rules.scheme import Aspect

Loss = Callable[[Mapping[str, Any], Fraction, Fraction], Fraction | None]
"""(calculation, greatest mark, what was measured) → the marks lost; None for what cannot have been measured."""


def calculated_mark(aspect: Aspect, measured: object) -> str | None:
    """The mark that follows from a measured value; None where the aspect has no calculation, or the value no sense."""
    calculation = aspect.calculation or {}
    loss = LOSSES.get(calculation.get("type", ""))
    try:
        value = Fraction(parse_decimal(measured))
    except NotADecimal:
        return None
    most = Fraction(aspect.max)
    lost = None if loss is None or value < 0 else loss(calculation, most, value)
    if lost is None:
        return None
    step = Fraction(aspect.mark_step)
    steps = min(floor(max(most - lost, Fraction(0)) / step + Fraction(1, 2)), floor(most / step))
    return plain_text(aspect.mark_step * steps)


def measure_fault(aspect: Aspect, value: str | None, extra: object) -> str | None:
    """`bad_measure` where a mark is not what the measured value that came with it gives; else None."""
    if value is None or not isinstance(extra, dict) or "measured" not in extra:
        return None
    mark = calculated_mark(aspect, extra["measured"])
    return None if mark is not None and parse_decimal(mark) == parse_decimal(value) else "bad_measure"


def _pass_fail(calculation: Mapping[str, Any], most: Fraction, value: Fraction) -> Fraction | None:
    return most * (1 - value) if value in (0, 1) else None


def _number_completed(calculation: Mapping[str, Any], most: Fraction, value: Fraction) -> Fraction | None:
    possible = calculation["possible"]
    return most * (possible - value) / possible if value.denominator == 1 and value <= possible else None


def _choice(calculation: Mapping[str, Any], most: Fraction, value: Fraction) -> Fraction | None:
    """What was chosen is told by its place in the list, from 0 on."""
    choices = calculation["choices"]
    if value.denominator != 1 or value >= len(choices):
        return None
    return _share(calculation, choices[int(value)]["deduction"], most)


def _ranged_score(calculation: Mapping[str, Any], most: Fraction, value: Fraction) -> Fraction | None:
    """The target itself loses nothing; else the first range counts that holds the value, and outside all is lost."""
    if value == Fraction(calculation["target"]):
        return Fraction(0)
    for one in calculation["ranges"]:
        if Fraction(one["lower"]) <= value <= Fraction(one["upper"]):
            return most * Fraction(one["deduction"]) / 100
    return most


def _regular_difference(calculation: Mapping[str, Any], most: Fraction, value: Fraction) -> Fraction | None:
    """Every whole difference from the target, above or below, loses the same."""
    times = abs(value - Fraction(calculation["target"])) // Fraction(calculation["difference"])
    return times * _share(calculation, calculation["deduction"], most)


def _share(calculation: Mapping[str, Any], deduction: str, most: Fraction) -> Fraction:
    return Fraction(deduction) * (most / 100 if calculation["unit"] == "PERCENT" else 1)


LOSSES: Mapping[str, Loss] = {
    "PASS_FAIL": _pass_fail,
    "NUMBER_COMPLETED": _number_completed,
    "CHOICE": _choice,
    "RANGED_SCORE": _ranged_score,
    "REGULAR_DIFFERENCE_DEDUCTION": _regular_difference,
}
