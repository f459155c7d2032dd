"""Exact decimals and the two rounding modes."""

from decimal import Decimal

import pytest

from qzcompete.core.numbers import (
    NotADecimal,
    decimal_text,
    decimals_of,
    from_units,
    parse_decimal,
    print_units,
    round_ratio,
    rounded,
    to_units,
    units_at_least,
    units_at_most,
)


@pytest.mark.parametrize("text", ["0", "7", "12.50", "0.000001", "-3.5", "100"])
def test_number_is_read_with_its_decimals_when_it_is_plain(text: str) -> None:
    assert decimal_text(parse_decimal(text)) == text


@pytest.mark.parametrize(
    "value",
    ["", " 1", "1 ", "+1", "-0", "-0.00", "1e3", "1E3", ".5", "5.", "05", "1,5", "1_000", "NaN", "Infinity",
     "١٢", "１２", "0x1", "1\n", "9" * 41, 1, 1.5, True, None, Decimal(1), ["1"]],
)  # fmt: skip
def test_number_is_refused_when_it_is_not_plain(value: object) -> None:
    with pytest.raises(NotADecimal):
        parse_decimal(value)


@pytest.mark.parametrize(
    ("numerator", "denominator", "half_up", "down"),
    [(5, 2, 3, 2), (-5, 2, -3, -2), (7, 3, 2, 2), (-7, 3, -2, -2), (8, 3, 3, 2), (-8, 3, -3, -2),
     (0, 9, 0, 0),
     (1, 2, 1, 0), (-1, 2, -1, 0), (49, 100, 0, 0), (10**40 + 1, 2, 5 * 10**39 + 1, 5 * 10**39)],
)  # fmt: skip
def test_halves_go_away_from_zero_and_down_goes_towards_it(
    numerator: int, denominator: int, half_up: int, down: int
) -> None:
    assert round_ratio(numerator, denominator, "half_up") == half_up
    assert round_ratio(numerator, denominator, "down") == down


@pytest.mark.parametrize(
    ("units", "places", "text"),
    [(1250, 2, "12.50"), (5, 2, "0.05"), (-5, 2, "-0.05"), (0, 0, "0"), (0, 3, "0.000"), (-123, 0, "-123")],
)
def test_figure_is_printed_with_exactly_its_places(units: int, places: int, text: str) -> None:
    assert print_units(units, places) == text


def test_units_are_exact_when_the_decimals_fit() -> None:
    assert to_units(Decimal("12.345678"), 6) == 12345678
    assert from_units(12345678, 6) == Decimal("12.345678")


def test_units_are_an_error_when_the_decimals_do_not_fit() -> None:
    with pytest.raises(ValueError, match="more than 2 decimals"):
        to_units(Decimal("0.125"), 2)


def test_bounds_take_the_safe_side_when_they_lie_between_units() -> None:
    assert units_at_least(Decimal("59.995"), 2) == 6000
    assert units_at_most(Decimal("59.995"), 2) == 5999


def test_decimals_are_counted_without_trailing_zeros() -> None:
    assert decimals_of(Decimal("12.500")) == 1
    assert decimals_of(Decimal("100")) == 0


def test_decimal_is_rounded_without_the_limits_of_a_context() -> None:
    assert rounded(Decimal("12345678901234567890123456789012.345"), 2) == Decimal(
        "12345678901234567890123456789012.35"
    )
    assert rounded(Decimal("-2.345"), 2, "down") == Decimal("-2.34")
