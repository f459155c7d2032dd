"""What a rank is worth by the table, and what stands against it."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from qzcompete.results.rules.promotion import (
    TEMPLATE,
    Facts,
    Outcome,
    Rule,
    outcome,
    parts_reached,
    rule_faults,
)

PASSED = {"theory": Fraction(60), "practice": Fraction(75)}
FIRST = Facts("city_1", "workers", 3, 22, None, PASSED)
ROW = Rule("city_1", "workers", 1, 10, None, None, 2, "", "某文件")


def test_the_template_gives_the_second_level_for_the_first_ten_of_the_city() -> None:
    given = outcome(TEMPLATE, FIRST, 60)

    assert (given.grants, given.against) == (2, None)
    assert outcome(TEMPLATE, replace(FIRST, rank=11), 60).against == "no_rule"


def test_who_holds_the_granted_level_goes_one_up_and_never_more() -> None:
    assert outcome([ROW], replace(FIRST, held=2), 60).grants == 1
    assert outcome([ROW], replace(FIRST, held=1), 60) == Outcome(None, "", "某文件", "holds_better")
    assert outcome([ROW], replace(FIRST, held=4), 60).grants == 2


def test_theory_and_practice_must_each_be_passed() -> None:
    failed = replace(FIRST, parts={"theory": Fraction(5999, 100), "practice": Fraction(100)})

    assert outcome([ROW], failed, 60).against == "part_failed"


def test_there_is_one_promotion_in_a_year() -> None:
    assert outcome([ROW], replace(FIRST, promoted_this_year=True), 60).against == "this_year"


def test_a_row_for_the_level_held_goes_before_one_for_all() -> None:
    own = replace(ROW, held=3, grants=2, basis="特别规定")

    assert outcome([ROW, own], replace(FIRST, held=3), 60).basis == "特别规定"
    assert outcome([ROW, own], replace(FIRST, held=4), 60).basis == "某文件"


def test_a_share_of_the_field_is_rounded_up() -> None:
    row = replace(ROW, last=None, share=30)

    assert outcome([row], replace(FIRST, rank=7), 60).against is None
    assert outcome([row], replace(FIRST, rank=8), 60).against == "no_rule"


def test_a_row_without_basis_or_with_two_steps_up_is_refused() -> None:
    assert rule_faults(replace(ROW, basis="", held=3, grants=1)) == {
        "grants": "more_than_one_up",
        "basis": "missing",
    }
    assert rule_faults(replace(ROW, share=30)) == {"last": "one_of_two"}
    assert all(rule_faults(row) == {} for row in TEMPLATE)


def test_parts_are_weighted_as_in_the_total() -> None:
    parts = parts_reached(
        {
            "A": (Fraction(18), Fraction(30)),
            "B": (Fraction(40), Fraction(40)),
            "C": (Fraction(2), Fraction(30)),
        },
        ["A"],
    )

    assert parts == {"theory": Fraction(60), "practice": Fraction(60)}
