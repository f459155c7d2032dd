"""Exact decimals: strict parsing, the two rounding modes, printing with a fixed number of places.

Pure. Works on Decimal and on whole numbers of small units; never on float (marking.md, 1).
"""

import re
from decimal import Decimal
from typing import Literal

Rounding = Literal["half_up", "down"]

LONGEST_NUMBER = 40
_PLAIN = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?")


class NotADecimal(ValueError):
    """The value is no plain decimal string such as "12.50"."""


def parse_decimal(value: object) -> Decimal:
    """Read a plain decimal string; a JSON number, an exponent, a plus sign, NaN or "-0" is refused."""
    if type(value) is not str or len(value) > LONGEST_NUMBER or not _PLAIN.fullmatch(value):
        raise NotADecimal(value)
    number = Decimal(value)
    if not number and number.is_signed():
        raise NotADecimal(value)
    return number


def decimal_text(number: Decimal) -> str:
    """Print without an exponent, with the decimals that the number was written with."""
    return format(number, "f")


def decimals_of(number: Decimal) -> int:
    """Count the decimals without trailing zeros: 1 for 12.50."""
    _, _, decimals = decimal_text(number).partition(".")
    return len(decimals.rstrip("0"))


def power_of_ten(exponent: int) -> int:
    """How many units of 10^-exponent make 1."""
    return int("1" + "0" * exponent)


def to_units(number: Decimal, digits: int) -> int:
    """Express exactly in units of 10^-digits; a number with more decimals is an error."""
    numerator, denominator = number.as_integer_ratio()
    units, rest = divmod(numerator * power_of_ten(digits), denominator)
    if rest:
        raise ValueError(f"{decimal_text(number)} has more than {digits} decimals")
    return units


def units_at_least(number: Decimal, digits: int) -> int:
    """The least whole number of units that is not below the number."""
    numerator, denominator = number.as_integer_ratio()
    return -(-numerator * power_of_ten(digits) // denominator)


def units_at_most(number: Decimal, digits: int) -> int:
    """The greatest whole number of units that is not above the number."""
    numerator, denominator = number.as_integer_ratio()
    return numerator * power_of_ten(digits) // denominator


def from_units(units: int, digits: int) -> Decimal:
    """The exact number that so many units of 10^-digits make."""
    return Decimal(print_units(units, digits))


def round_half_up(numerator: int, denominator: int) -> int:
    """Round numerator / denominator (> 0) to a whole number, halves away from zero."""
    if numerator >= 0:
        return (2 * numerator + denominator) // (2 * denominator)
    return -((denominator - 2 * numerator) // (2 * denominator))


def round_down(numerator: int, denominator: int) -> int:
    """Cut numerator / denominator (> 0) to a whole number, towards zero."""
    if numerator >= 0:
        return numerator // denominator
    return -(-numerator // denominator)


def round_ratio(numerator: int, denominator: int, rounding: Rounding) -> int:
    """Round a ratio with a denominator above zero to a whole number."""
    if rounding == "half_up":
        return round_half_up(numerator, denominator)
    return round_down(numerator, denominator)


def rounded(number: Decimal, places: int, rounding: Rounding = "half_up") -> Decimal:
    """Round a number to so many places, exactly."""
    numerator, denominator = number.as_integer_ratio()
    return from_units(round_ratio(numerator * power_of_ten(places), denominator, rounding), places)


def print_units(units: int, places: int) -> str:
    """Print a whole number of units of 10^-places with exactly that many places."""
    if not places:
        return str(units)
    digits = str(abs(units)).zfill(places + 1)
    sign = "-" if units < 0 else ""
    return f"{sign}{digits[:-places]}.{digits[-places:]}"
