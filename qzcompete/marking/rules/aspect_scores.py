"""The score of one aspect of one entry (marking.md, 3), in whole numbers, so that it is exact and fast.

Marks and scores are counted in units of 10^-digits; a rounded score is a whole number of 10^-places.
Never sees an entry, a judge or a revision: only the current marks that exist.
"""

from collections.abc import Callable, Sequence
from enum import StrEnum

from qzcompete.core.numbers import Rounding, power_of_ten, round_down, round_half_up
from qzcompete.marking.rules.scheme import GREATEST_JUDGEMENT, Aspect


class Unscored(StrEnum):
    """Why an aspect has no score; such an aspect blocks its entry."""

    INCOMPLETE = "incomplete"
    DISPUTED = "disputed"


AspectScore = int | Unscored
AspectRule = Callable[[Sequence[int]], AspectScore]
Ratio = Callable[[int, int], int]


def aspect_rule(aspect: Aspect, digits: int, places: int, rounding: Rounding) -> AspectRule:
    """Build the function from an aspect's current marks to its score."""
    round_ = round_half_up if rounding == "half_up" else round_down
    if aspect.kind == "measurement":
        return _measurement
    if aspect.kind == "deduction":
        return _deduction
    if aspect.kind == "judgement":
        return _judgement(aspect, digits, places, round_)
    return _panel(aspect, digits, places, round_)


def _measurement(marks: Sequence[int]) -> AspectScore:
    if not marks:
        return Unscored.INCOMPLETE
    first = marks[0]
    for mark in marks:
        if mark != first:
            return Unscored.DISPUTED
    return first


def _deduction(marks: Sequence[int]) -> AspectScore:
    return _measurement(marks) if marks else 0


def _judgement(aspect: Aspect, digits: int, places: int, round_: Ratio) -> AspectRule:
    """round(max × sum / (3 × number of marks)); the marks must lie within 1 of each other."""
    needed, spread = aspect.panel, power_of_ten(digits)
    numerator, denominator = aspect.max.as_integer_ratio()
    numerator *= power_of_ten(places)
    denominator *= GREATEST_JUDGEMENT * power_of_ten(digits)
    coarse = _coarse(digits, places)

    def score(marks: Sequence[int]) -> AspectScore:
        number = len(marks)
        if number < needed:
            return Unscored.INCOMPLETE
        if max(marks) - min(marks) > spread:
            return Unscored.DISPUTED
        return round_(numerator * sum(marks), denominator * number) * coarse

    return score


def _panel(aspect: Aspect, digits: int, places: int, round_: Ratio) -> AspectRule:
    """round(round(aggregate of the marks) × factor); no mark is no zero."""
    trim = aspect.trim
    needed = max(aspect.panel, 2 * trim + 1)
    median = aspect.aggregate == "median"
    factor, factor_denominator = aspect.factor.as_integer_ratio()
    coarse = _coarse(digits, places)

    def score(marks: Sequence[int]) -> AspectScore:
        number = len(marks)
        if number < needed:
            return Unscored.INCOMPLETE
        if median:
            cut = (number - 1) // 2
            marks, number = sorted(marks)[cut : number - cut], 2 - number % 2
        elif trim:
            marks, number = sorted(marks)[trim:-trim], number - 2 * trim
        aggregate = round_(sum(marks), number * coarse)
        return round_(aggregate * factor, factor_denominator) * coarse

    return score


def _coarse(digits: int, places: int) -> int:
    """How many units of marks make one unit of rounded figures."""
    return power_of_ten(digits - places)
