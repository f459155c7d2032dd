"""What may be typed for a number of a competition."""

from decimal import Decimal

import pytest

from qzcompete.competitions.rules.settings import setting_value


@pytest.mark.parametrize(
    ("text", "expected"), [("2", Decimal(2)), (" 1.5 ", Decimal("1.5")), ("20", Decimal(20))]
)
def test_number_is_taken_when_it_is_within_its_bounds(text: str, expected: Decimal) -> None:
    assert setting_value("judges_per_unit", text) == expected


@pytest.mark.parametrize("text", ["", "0", "21", "two", "NaN", "1e1", "1.55"])
def test_number_is_refused_when_it_is_none_or_out_of_bounds(text: str) -> None:
    assert setting_value("judges_per_unit", text) is None
