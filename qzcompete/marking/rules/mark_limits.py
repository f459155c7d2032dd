"""May this mark be given to this aspect (marking.md, 2 and 3)? Used for bundles and for the tablet alike.

A mark is a plain decimal string or None (withdrawn), by exact type: a JSON number is malformed.
"""

from decimal import Decimal

from qzcompete.core.numbers import NotADecimal, parse_decimal, to_units
from qzcompete.marking.rules.scheme import Aspect


def mark_fault(aspect: Aspect, value: object) -> str | None:
    """None if the mark may be given, or `malformed`, `out_of_range` or `bad_step`."""
    if value is None:
        return None
    try:
        mark = parse_decimal(value)
    except NotADecimal:
        return "malformed"
    if not 0 <= mark <= aspect.greatest_mark:
        return "out_of_range"
    numerator, denominator = mark.as_integer_ratio()
    step, step_denominator = aspect.mark_step.as_integer_ratio()
    if numerator * step_denominator % (step * denominator):
        return "bad_step"
    return None


def needs_reason(aspect: Aspect, value: str, below: Decimal | None, above: Decimal | None) -> bool:
    """Whether a mark that may be given lies outside the middle: under or over these percents of the greatest mark."""
    if aspect.kind == "deduction" or below is None or above is None:
        return False
    share = parse_decimal(value) * 100
    return share < aspect.greatest_mark * below or share > aspect.greatest_mark * above


def mark_units(value: str, digits: int) -> int:
    """A mark that may be given, in whole units of 10^-digits."""
    return to_units(parse_decimal(value), digits)
