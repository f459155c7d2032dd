"""What a competition lacks before it may open."""

from dataclasses import replace

from qzcompete.competitions.rules.opening import NEEDED_POINTS, EventPreparation, Lack, Preparation, lacks

EVENT = EventPreparation("E1", "焊接", True, True, True, True, True)
READY = Preparation(True, True, True, True, frozenset(NEEDED_POINTS), (EVENT,))


def test_nothing_is_missing_when_all_is_there() -> None:
    assert lacks(READY) == []


def test_the_unset_time_points_are_named_together_in_their_order() -> None:
    points = frozenset(NEEDED_POINTS) - {"award", "registration_opens"}

    assert lacks(replace(READY, points=points)) == [
        Lack("time_points", points=("registration_opens", "award"))
    ]


def test_each_event_names_what_it_lacks() -> None:
    bare = EventPreparation("E2", "电工", False, False, False, False, False)

    found = lacks(replace(READY, has_host=False, events=(EVENT, bare)))

    assert [(lack.what, lack.event_code) for lack in found] == [
        ("host", None),
        ("venue", "E2"),
        ("starts_at", "E2"),
        ("target_level", "E2"),
        ("scheme", "E2"),
        ("regulations", "E2"),
    ]


def test_a_competition_without_events_cannot_open() -> None:
    assert lacks(replace(READY, events=())) == [Lack("events")]
