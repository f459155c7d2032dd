"""Points from totals (marking.md, 5): the total itself, or the WorldSkills 500 or 700 scale.

Exact: the scale figures are decided with whole-number square roots, so no halfway case is ever guessed.
"""

from collections.abc import Callable, Sequence
from math import isqrt

from qzcompete.core.numbers import round_half_up
from qzcompete.marking.rules.scheme import Scale

SPREAD = 30
CENTRE: dict[Scale, int] = {"ws500": 500, "ws700": 700}
MAD_FACTOR = (14826, 10000)

PointsRule = Callable[[int], int]


def points_rule(scale: Scale | None, field: Sequence[int]) -> PointsRule:
    """The function from a total to points, given the totals of the field (present, no guests)."""
    if scale is None:
        return lambda total: total
    centre = CENTRE[scale]
    if len(field) < 2:
        return lambda total: centre
    return _ws500(field) if scale == "ws500" else _ws700(field)


def _ws500(field: Sequence[int]) -> PointsRule:
    """500 + 30 × (total − mean) / σ = 500 + 30 × (n·total − S) / √(n·Q − S²)."""
    number, total_sum = len(field), sum(field)
    variance = number * sum(total * total for total in field) - total_sum * total_sum
    if not variance:
        return lambda total: CENTRE["ws500"]
    return lambda total: _centre_plus_root(CENTRE["ws500"], SPREAD * (number * total - total_sum), variance)


def _centre_plus_root(centre: int, numerator: int, radicand: int) -> int:
    """centre + numerator / √radicand, to a whole number, half away from zero."""
    square = 4 * numerator * numerator
    doubled = isqrt(square // radicand)
    exact = doubled * doubled * radicand == square
    if numerator >= 0:
        return centre + (doubled + 1) // 2
    if doubled < 2 * centre:
        return centre - (doubled if exact else doubled + 1) // 2
    return centre - (doubled + 1) // 2


def _ws700(field: Sequence[int]) -> PointsRule:
    """700 + 30 × (total − median) / (1.4826 × MAD)."""
    median = _doubled_median(field)
    deviation = _doubled_median([abs(2 * total - median) for total in field])
    if not deviation:
        return lambda total: CENTRE["ws700"]
    numerator, denominator = 2 * SPREAD * MAD_FACTOR[1], MAD_FACTOR[0] * deviation
    centre = CENTRE["ws700"] * denominator
    return lambda total: round_half_up(centre + numerator * (2 * total - median), denominator)


def _doubled_median(numbers: Sequence[int]) -> int:
    """Twice the median, which is always whole."""
    ordered, middle = sorted(numbers), len(numbers) // 2
    return 2 * ordered[middle] if len(numbers) % 2 else ordered[middle - 1] + ordered[middle]
