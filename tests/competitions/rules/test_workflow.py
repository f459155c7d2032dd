"""What an event needs before it opens, and which state follows which."""

import pytest

from qzcompete.competitions.rules.workflow import (
    EventFacts,
    may_competition_go,
    may_event_go,
    missing_before_opening,
    panel_faults,
)

READY = EventFacts(venue="钦州市技工学校", has_start=True, has_scheme=True, judges=3, chief_judges=1)


def test_nothing_is_missing_when_all_is_prepared() -> None:
    assert missing_before_opening(READY) == []


def test_all_that_is_missing_is_named_in_the_order_of_the_work() -> None:
    bare = EventFacts(venue="", has_start=False, has_scheme=False, judges=0, chief_judges=0)

    assert missing_before_opening(bare) == ["venue", "starts_at", "scheme", "judges", "chief_judge"]


@pytest.mark.parametrize(
    ("judges", "chiefs", "faults"), [(3, 1, []), (2, 1, ["judges"]), (3, 2, ["chief_judge"])]
)
def test_panel_has_three_judges_and_one_chief_judge(judges: int, chiefs: int, faults: list[str]) -> None:
    assert panel_faults(judges, chiefs) == faults


@pytest.mark.parametrize(
    ("present", "following", "allowed"),
    [
        ("draft", "open", True),
        ("open", "marking", True),
        ("draft", "marking", False),
        ("marking", "open", False),
        ("closed", "marking", True),
        ("closed", "published", True),
        ("cancelled", "draft", False),
    ],
)
def test_event_goes_on_only_along_its_steps(present: str, following: str, allowed: bool) -> None:
    assert may_event_go(present, following) is allowed


def test_cancelled_competition_stays_cancelled() -> None:
    assert may_competition_go("running", "cancelled")
    assert not may_competition_go("cancelled", "running")
