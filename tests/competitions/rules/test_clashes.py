"""Which sessions clash: by venue, judge, competitor, or for want of rest."""

from datetime import UTC, datetime, timedelta

import pytest

from qzcompete.competitions.rules.clashes import Booking, all_clashes, clashes_with

HOUR = timedelta(hours=1)


def booking(begins: int, ends: int, event: int = 1, **needs: object) -> Booking:
    values = {"venue": "", "session_id": begins * 100 + event} | needs
    day = datetime(2026, 6, 15, tzinfo=UTC)
    return Booking(
        event_id=event, title=f"{event}", starts_at=day + begins * HOUR, ends_at=day + ends * HOUR, **values
    )  # type: ignore[arg-type]


def kinds(*bookings: Booking, rest: timedelta = timedelta()) -> list[tuple[str, str]]:
    return [(clash.kind, clash.what) for clash in all_clashes(bookings, rest)]


def test_two_events_clash_when_they_want_one_venue_at_one_time() -> None:
    assert kinds(booking(8, 11, venue="一号厅"), booking(10, 12, 2, venue="一号厅")) == [("venue", "一号厅")]


def test_nothing_clashes_when_one_ends_as_the_other_begins() -> None:
    assert kinds(booking(8, 10, venue="一号厅"), booking(10, 12, 2, venue="一号厅")) == []


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [({1, 2}, {3, 4}, []), ({1, 2}, {2, 3}, [("venue", "厅")]), ({1}, set(), [("venue", "厅")])],
)
def test_sessions_of_one_event_share_a_venue_while_their_stations_differ(
    first: set[int], second: set[int], expected: list[tuple[str, str]]
) -> None:
    one = booking(8, 11, venue="厅", stations=frozenset(first))
    other = booking(9, 12, venue="厅", stations=frozenset(second))

    assert kinds(one, other) == expected


def test_a_judge_and_a_competitor_are_named_when_they_are_needed_twice() -> None:
    one = booking(8, 11, judges={7: "黄永福"}, competitors={3: "韦梅静", 4: "黄㛃"})
    other = booking(9, 12, 2, judges={7: "黄永福", 8: "陈丽华"}, competitors={4: "黄㛃"})

    assert kinds(one, other) == [("competitor", "黄㛃"), ("judge", "黄永福")]


def test_a_judge_without_the_rest_between_two_events_is_named() -> None:
    one, other = booking(8, 11, judges={7: "黄永福"}), booking(12, 14, 2, judges={7: "黄永福"})

    assert kinds(one, other, rest=2 * HOUR) == [("rest", "黄永福")]
    assert kinds(one, other, rest=HOUR) == []


def test_a_changed_session_does_not_clash_with_its_former_self() -> None:
    stored = booking(8, 11, venue="厅")
    changed = booking(9, 12, venue="厅", session_id=stored.session_id)

    assert clashes_with(changed, [stored]) == []
    assert len(clashes_with(booking(9, 12, 2, venue="厅", session_id=None), [stored])) == 1
