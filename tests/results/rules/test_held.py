"""Which ranks an open appeal may still change."""

from __future__ import annotations

from decimal import Decimal

from qzcompete.results.rules.held import Claim, span, touched

TOTALS = {"A": Decimal("90"), "B": Decimal("85"), "C": Decimal("84.50"), "D": Decimal("60")}


def test_only_entries_within_the_contested_marks_are_held() -> None:
    least, most = span(TOTALS["C"], [(Decimal("1"), Decimal("2"))], Decimal("100"))

    assert (least, most) == (Decimal("83.50"), Decimal("86.50"))
    assert touched(TOTALS, [Claim("C", least, most)]) == {"B", "C"}


def test_the_ends_of_the_span_are_held_for_a_tie_is_possible() -> None:
    assert touched(TOTALS, [Claim("C", Decimal("84.5"), Decimal("85"))]) == {"B", "C"}


def test_an_appeal_against_the_whole_result_holds_everybody() -> None:
    assert span(TOTALS["D"], [], Decimal("100")) == (Decimal("0"), Decimal("100"))
    assert touched(TOTALS, [Claim("D", Decimal("0"), Decimal("100"))]) == set("ABCD")


def test_where_points_depend_on_the_field_everybody_is_held() -> None:
    assert touched(TOTALS, [Claim("E", Decimal("0"), Decimal("1"))], everything=True) == set("ABCDE")


def test_nobody_is_held_without_a_claim() -> None:
    assert touched(TOTALS, [], everything=True) == frozenset()
