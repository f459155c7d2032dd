"""Awards by places and by the two WorldSkills rules (marking.md, 7)."""

from typing import Any

import pytest


def places(*prizes: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"rule": "places", "list": list(prizes), **more}


TEN = {f"{i:02}": str(100 - i) for i in range(1, 11)}
TIED = {"1": "9", "2": "8", "3": "8", "4": "7"}


def test_awards_are_taken_in_rank_order(event: Any) -> None:
    scheme = event.scheme(awards=places({"code": "I", "count": 1}, {"code": "II", "percent": "25"}))

    awards = event.column("award", TIED | {"5": "1", "6": "0", "7": "0", "8": "0"}, scheme)

    assert [awards[code] for code in "1234"] == ["I", "II", "II", None]


@pytest.mark.parametrize(("rounding", "number"), [("floor", 1), ("ceil", 2), ("half_up", 2)])
def test_percentage_is_of_the_present_entries_that_are_not_guests(
    event: Any, rounding: str, number: int
) -> None:
    scheme = event.scheme(awards=places({"code": "I", "percent": "15", "percent_rounding": rounding}))
    entries = {"11": {"guest": True}, "12": {"status": "absent"}}

    awards = event.column("award", TEN | {"11": "0", "12": "0"}, scheme, entries)

    assert list(awards.values()).count("I") == number


def test_guest_keeps_the_rank_and_takes_no_place(event: Any) -> None:
    scheme = event.scheme(awards=places({"code": "I", "count": 1}))

    result = event.result({"1": "9", "2": "8"}, scheme, {"1": {"guest": True}})

    assert [(row["rank"], row["award"]) for row in result["results"]] == [(1, None), (2, "I")]


def test_failed_entry_takes_only_an_award_that_needs_no_pass(event: Any) -> None:
    prizes = {"code": "I", "count": 2}, {"code": "II", "count": 2, "needs_pass": False}
    scheme = event.scheme(pass_total="8.5", awards=places(*prizes))

    assert event.column("award", {"1": "9", "2": "8", "3": "7"}, scheme) == {"1": "I", "2": "II", "3": "II"}


def test_entry_below_the_least_total_leaves_the_place_free(event: Any) -> None:
    scheme = event.scheme(
        awards=places({"code": "I", "count": 3, "min_total": "8.5"}, {"code": "II", "count": 1})
    )

    assert event.column("award", {"1": "9", "2": "8", "3": "7"}, scheme) == {"1": "I", "2": "II", "3": None}


@pytest.mark.parametrize(
    ("on_tie", "awards"),
    [("share", ["I", "I", "I", "II"]), ("exclude", ["I", "II", "II", None])],
)
def test_tie_at_the_last_place_is_shared_or_left_out(event: Any, on_tie: str, awards: list[Any]) -> None:
    prizes = {"code": "I", "count": 2}, {"code": "II", "count": 2 if on_tie == "exclude" else 1}
    scheme = event.scheme(awards=places(*prizes, on_tie=on_tie))

    assert list(event.column("award", TIED, scheme).values()) == awards


def test_tie_at_the_last_place_blocks_all_awards_but_not_the_ranks(event: Any) -> None:
    scheme = event.scheme(awards=places({"code": "I", "count": 1}, {"code": "II", "count": 1}))

    result = event.result(TIED, scheme)

    assert [(row["rank"], row["award"]) for row in result["results"]] == [
        (1, None),
        (2, None),
        (2, None),
        (4, None),
    ]
    assert result["blockers"] == [{"kind": "tie_at_award", "award": "II", "entries": ["2", "3"]}]


def test_resolution_frees_the_blocked_awards(event: Any) -> None:
    scheme = event.scheme(awards=places({"code": "I", "count": 2}))

    assert event.column("award", TIED, scheme, tie_resolutions=[["3", "2"]]) == {
        "1": "I",
        "3": "I",
        "2": None,
        "4": None,
    }


def test_no_tie_arises_with_a_guest_of_the_same_rank(event: Any) -> None:
    scheme = event.scheme(awards=places({"code": "I", "count": 2}))

    result = event.result(TIED, scheme, {"3": {"guest": True}})

    assert result["blockers"] == []


def test_award_of_nobody_blocks_nothing(event: Any) -> None:
    scheme = event.scheme(awards=places({"code": "I", "percent": "10"}, {"code": "II", "count": 0}))

    assert event.result({"1": "9", "2": "9"}, scheme)["blockers"] == []


def test_award_is_withheld_and_its_entries_take_none_when_entries_are_few(event: Any) -> None:
    few = [{"fewer_than": 5, "without": ["I", "gold"]}, {"fewer_than": 4, "without": ["II"]}]
    scheme = event.scheme(
        awards=places({"code": "I", "count": 1}, {"code": "II", "count": 1}, few_entries=few)
    )

    assert event.column("award", {"1": "9", "2": "8", "3": "7", "4": "6"}, scheme) == {
        "1": None, "2": "II", "3": None, "4": None,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("totals", "awards"),
    [
        ([530, 527, 524, 505], ["gold", "silver", "bronze", "medallion"]),
        ([530, 527, 526, 524], ["gold", "silver", "silver", "medallion"]),
        ([530, 528, 526, 525], ["gold", "gold", "bronze", "bronze"]),
        ([530, 529, 528, 527], ["gold", "gold", "gold", "bronze"]),
        ([530, 529, 528, 525], ["gold", "gold", "gold", "medallion"]),
        ([530, 520, 510, 499], ["gold", "silver", "bronze", None]),
        ([400], ["gold"]),
    ],
)
def test_classic_groups_are_measured_from_their_first(
    event: Any, totals: list[int], awards: list[Any]
) -> None:
    scheme = event.scheme(event.aspect(max="1000"), awards={"rule": "worldskills_classic"})

    marks = {str(i): str(total) for i, total in enumerate(totals)}

    assert list(event.column("award", marks, scheme).values()) == awards


def test_dense_skips_no_medal_and_gives_none_below_the_floor(event: Any) -> None:
    scheme = event.scheme(event.aspect(max="1000"), awards={"rule": "worldskills_dense"})
    marks = {"1": "750", "2": "750", "3": "740", "4": "699"}

    assert event.column("award", marks, scheme) == {"1": "gold", "2": "gold", "3": "silver", "4": None}


def test_dense_gives_medallions_after_bronze(event: Any) -> None:
    scheme = event.scheme(event.aspect(max="1000"), awards={"rule": "worldskills_dense", "floor": "5"})

    awards = event.column("award", {"1": "9", "2": "8", "3": "7", "4": "6", "5": "5"}, scheme)

    assert list(awards.values()) == ["gold", "silver", "bronze", "medallion", "medallion"]


@pytest.mark.parametrize("rule", ["worldskills_classic", "worldskills_dense"])
def test_worldskills_rules_leave_guests_out_and_withhold_with_few_entries(event: Any, rule: str) -> None:
    few = [{"fewer_than": 4, "without": ["bronze"]}]
    scheme = event.scheme(event.aspect(max="1000"), awards={"rule": rule, "few_entries": few, "floor": "0"})
    marks = {"1": "900", "2": "800", "3": "700", "4": "600"}

    awards = event.column("award", marks, scheme, {"1": {"guest": True}})

    assert list(awards.values()) == [None, "gold", "silver", None]
