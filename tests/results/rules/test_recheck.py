"""Whose sheets are looked at again, and when all must be."""

from __future__ import annotations

from fractions import Fraction

from qzcompete.results.rules.recheck import drawn, leading, must_check_all

RANKS = {f"W{place:02}": place for place in range(1, 11)}


def test_the_leading_group_is_the_first_thirty_per_cent_rounded_up() -> None:
    assert leading(RANKS, "percent", 30) == {"W01", "W02", "W03"}
    assert leading(RANKS, "percent", 31) == {"W01", "W02", "W03", "W04"}


def test_who_shares_the_last_rank_of_the_leading_group_belongs_to_it() -> None:
    assert leading({"A": 1, "B": 2, "C": 2, "D": 4}, "count", 2) == {"A", "B", "C"}


def test_of_the_rest_at_least_the_share_is_drawn() -> None:
    assert len(drawn([f"W{place}" for place in range(7)], Fraction(15, 100), "s")) == 2
    assert drawn([], Fraction(15, 100), "s") == frozenset()


def test_the_same_seed_draws_the_same_whatever_the_order_of_the_list() -> None:
    codes = [f"W{place}" for place in range(20)]

    first, second = drawn(codes, Fraction(1, 4), "seed"), drawn(codes[::-1], Fraction(1, 4), "seed")

    assert first == second
    assert first != drawn(codes, Fraction(1, 4), "another seed")


def test_all_must_be_checked_only_above_the_limit() -> None:
    assert not must_check_all(1, 20, Fraction(5, 100))
    assert must_check_all(2, 39, Fraction(5, 100))
    assert not must_check_all(0, 0, Fraction(5, 100))
