"""From totals to places: one ranking, votes that carry, ties that stop, reserves in order."""

from __future__ import annotations

from decimal import Decimal

from qzcompete.selection.rules.decision import (
    Reached,
    Vote,
    lists,
    quorum_of,
    ranking,
    spreads,
    ties_that_matter,
)

YES, NO = Vote(5, 0, 0), Vote(2, 3, 0)
TOTALS = {code: Decimal(total) for code, total in zip("ABCDEF", (95, 90, 85, 80, 75, 50), strict=True)}


def test_review_and_visit_count_by_their_weights() -> None:
    result = ranking(
        [Reached("A", Decimal(80), Decimal(100)), Reached("B", Decimal(90), Decimal(60))],
        Decimal(70),
        Decimal(30),
    )

    assert [(row.entry, row.total, row.rank) for row in result.rows] == [
        ("A", "86.0000", 1),
        ("B", "81.0000", 2),
    ]


def test_equals_are_told_until_a_vote_orders_them() -> None:
    reached = [Reached(code, Decimal(80), Decimal(80)) for code in "BA"]
    open_result = ranking(reached, Decimal(70), Decimal(30))

    assert ties_that_matter(open_result, {"A": Decimal(80), "B": Decimal(80)}, Decimal(60)) == [["A", "B"]]
    settled = ranking(reached, Decimal(70), Decimal(30), [["B", "A"]])
    assert [(row.entry, row.rank) for row in settled.rows] == [("B", 1), ("A", 2)]


def test_the_next_moves_into_a_place_when_a_vote_refuses_somebody() -> None:
    stands = lists("ABCDEF", TOTALS, {"A": YES, "B": NO, "C": YES}, 2, Decimal(60))

    assert (stands.chosen, stands.reserve, stands.rejected) == (("A", "C"), ("D", "E"), ("B", "F"))


def test_a_place_waits_for_its_vote() -> None:
    stands = lists("ABCDEF", TOTALS, {"A": YES}, 2, Decimal(60))

    assert (stands.chosen, stands.unvoted) == (("A",), ("B",))


def test_half_of_the_votes_carry_nothing() -> None:
    assert not Vote(2, 1, 1).passed()
    assert Vote(3, 1, 1).passed()


def test_a_quorum_is_rounded_up() -> None:
    assert [quorum_of(count, Decimal("66.67")) for count in (5, 6, 9)] == [4, 5, 7]


def test_a_line_is_flagged_when_experts_lie_far_apart() -> None:
    greatest = {"A1": Decimal(10), "A2": Decimal(10)}

    assert spreads(
        {"A1": [Decimal(4), Decimal(8)], "A2": [Decimal(3), Decimal("7.5")]}, greatest, Decimal(40)
    ) == ["A2"]
