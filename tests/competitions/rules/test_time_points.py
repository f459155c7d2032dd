"""The time points of a competition: their order, their windows, and what moves along."""

from datetime import UTC, datetime

import pytest

from qzcompete.competitions.rules.time_points import OrderFault, moved, order_faults, stages, window


def day(number: int, hour: int = 0) -> datetime:
    return datetime(2026, 6, number, hour, tzinfo=UTC)


POINTS = {
    "registration_opens": day(1),
    "registration_closes": day(10),
    "sessions_begin": day(15, 1),
    "notice_begins": day(20),
    "notice_ends": day(25),
    "appeals_close": day(22),
    "award": day(28),
}


def test_all_that_follows_moves_by_as_much_when_a_point_is_put_off() -> None:
    assert moved(POINTS, "sessions_begin", day(17, 1)) == {
        "sessions_begin": day(17, 1),
        "notice_begins": day(22),
        "notice_ends": day(27),
        "appeals_close": day(24),
        "award": day(30),
    }


def test_a_point_moves_alone_when_it_is_brought_forward_or_new() -> None:
    assert moved(POINTS, "notice_begins", day(19)) == {"notice_begins": day(19)}
    assert moved(POINTS, "draw", day(12)) == {"draw": day(12)}


def test_end_of_notice_leaves_the_appeals_where_they_are() -> None:
    assert set(moved(POINTS, "notice_ends", day(26))) == {"notice_ends", "award"}


def test_order_is_kept_over_a_point_that_is_not_set() -> None:
    assert order_faults(POINTS) == []
    assert order_faults(POINTS | {"sessions_begin": day(9)}) == [
        OrderFault("registration_closes", "sessions_begin")
    ]


def test_a_window_needs_some_time_while_other_points_may_fall_together() -> None:
    together = POINTS | {"registration_closes": day(1), "award": day(25)}

    assert order_faults(together) == [OrderFault("registration_opens", "registration_closes")]


@pytest.mark.parametrize(
    ("moment", "expected"),
    [(datetime(2026, 5, 31, tzinfo=UTC), False), (day(1), True), (day(9, 23), True), (day(10), False)],
)
def test_registration_is_open_from_its_first_moment_until_before_its_last(
    moment: datetime, expected: bool
) -> None:
    assert window(POINTS, "registration").is_open(moment) is expected


def test_a_window_is_not_bounded_on_the_side_that_is_not_set() -> None:
    assert window({"notice_begins": day(20)}, "appeals").is_open(day(30))
    assert not window({"notice_begins": day(20)}, "appeals").is_open(day(19))


def test_only_the_next_point_is_current_when_some_are_past() -> None:
    states = [(name, state) for name, _, state in stages(POINTS, day(21))]

    assert states == [
        ("registration_opens", "done"),
        ("registration_closes", "done"),
        ("sessions_begin", "done"),
        ("notice_begins", "done"),
        ("appeals_close", "current"),
        ("notice_ends", "todo"),
        ("award", "todo"),
    ]
