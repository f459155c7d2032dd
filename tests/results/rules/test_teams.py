"""Teams by the sum of the best, by medals, by the mean."""

from __future__ import annotations

from decimal import Decimal

from qzcompete.results.rules.teams import Share, team_ranking

AWARDS = ("一等奖", "二等奖")
SHARES = [
    Share("灵山县", Decimal("90"), "一等奖"),
    Share("灵山县", Decimal("50"), None),
    Share("浦北县", Decimal("80"), "二等奖"),
    Share("浦北县", Decimal("79.99"), "二等奖"),
    Share("钦南区", Decimal("81"), None),
]


def ranked(method: str, best: int = 1) -> list[tuple[int, str, str]]:
    return [(line.rank, line.team, str(line.score)) for line in team_ranking(SHARES, AWARDS, method, best)]


def test_the_best_totals_of_each_team_are_added() -> None:
    assert ranked("best", 2) == [(1, "浦北县", "159.99"), (2, "灵山县", "140.00"), (3, "钦南区", "81.00")]


def test_one_first_prize_goes_before_two_second_prizes() -> None:
    assert [team for _, team, _ in ranked("medals")] == ["灵山县", "浦北县", "钦南区"]


def test_the_mean_is_rounded_to_two_decimals_half_up() -> None:
    assert ranked("mean") == [(1, "钦南区", "81.00"), (2, "浦北县", "80.00"), (3, "灵山县", "70.00")]


def test_equal_teams_share_a_rank_and_the_next_counts_them() -> None:
    shares = [Share(team, Decimal(total), None) for team, total in (("甲", 5), ("乙", 5), ("丙", 4))]

    assert [(line.rank, line.team) for line in team_ranking(shares, (), "best")] == [
        (1, "乙"),
        (1, "甲"),
        (3, "丙"),
    ]
