"""Points on the two scales (marking.md, 5)."""

from typing import Any

import pytest

from qzcompete.marking.rules.points import points_rule


@pytest.mark.parametrize(
    ("scale", "totals", "points"),
    [
        (None, [100, 250], [100, 250]),
        ("ws500", [0, 100], [470, 530]),
        ("ws500", [0, 0, 3], [479, 479, 542]),
        ("ws500", [7, 7, 7], [500, 500, 500]),
        ("ws500", [7], [500]),
        ("ws700", [0, 10, 20], [680, 700, 720]),
        ("ws700", [0, 10, 30, 40], [673, 687, 713, 727]),
        ("ws700", [5, 5, 5, 90], [700, 700, 700, 700]),
        ("ws700", [], []),
    ],
)
def test_points_are_counted_on_the_scale(scale: Any, totals: list[int], points: list[int]) -> None:
    rule = points_rule(scale, totals)

    assert [rule(total) for total in totals] == points


def test_half_points_go_away_from_zero_on_the_500_scale() -> None:
    rule = points_rule("ws500", [0, 600])

    assert [rule(305), rule(295), rule(-10005)] == [501, 500, -531]


def test_points_may_be_negative_on_the_700_scale() -> None:
    rule = points_rule("ws700", [1000, 1001, 1002, 1003, 0])

    assert rule(0) == -19555


def test_guests_get_points_but_do_not_shape_the_scale(event: Any) -> None:
    scheme = event.scheme(scale="ws500")

    points = event.column("points", {"1": "0", "2": "100", "3": "50"}, scheme, {"3": {"guest": True}})

    assert points == {"1": "470", "2": "530", "3": "500"}


def test_everyone_gets_the_centre_when_only_one_is_no_guest(event: Any) -> None:
    scheme = event.scheme(scale="ws700")

    points = event.column("points", {"1": "0", "2": "100"}, scheme, {"2": {"guest": True}})

    assert points == {"1": "700", "2": "700"}


def test_points_are_the_printed_total_when_there_is_no_scale(event: Any) -> None:
    assert event.column("points", {"1": "7.5"}, event.scheme(places=1)) == {"1": "7.5"}
