"""Aspect, module and total, clause by clause (marking.md, 3 and 4)."""

from typing import Any

import pytest

from qzcompete.marking.rules.bundle import parse_bundle, score_bundle


def test_mark_counts_when_measurement_has_equal_marks(event: Any) -> None:
    assert event.total(event.aspect(max="2"), ["1.50", "1.5"]) == "1.50"


def test_measurement_is_disputed_when_marks_differ(event: Any) -> None:
    assert event.total(event.aspect(max="2"), ["1.50", "1.51"]) == "disputed"


def test_measurement_is_incomplete_when_its_only_mark_is_withdrawn(event: Any) -> None:
    assert event.total(event.aspect(), [None]) == "incomplete"


def test_measurement_agrees_when_the_other_mark_is_withdrawn(event: Any) -> None:
    assert event.total(event.aspect(), ["1", None]) == "1.00"


@pytest.mark.parametrize(
    ("marks", "score"),
    [
        (["2", "2", "3"], "0.78"),
        (["0", "0", "0"], "0.00"),
        (["3", "3", "3"], "1.00"),
        (["1", "2", "2", "2"], "0.58"),
    ],
)
def test_judgement_is_max_times_sum_over_three_per_judge(event: Any, marks: list[str], score: str) -> None:
    assert event.total(event.aspect(kind="judgement", max="1"), marks) == score


def test_judgement_is_incomplete_when_fewer_judges_than_its_panel_marked(event: Any) -> None:
    assert event.total(event.aspect(kind="judgement", max="1"), ["2", "2"]) == "incomplete"


def test_judgement_is_incomplete_before_it_is_disputed(event: Any) -> None:
    assert event.total(event.aspect(kind="judgement", max="1"), ["0", "3"]) == "incomplete"


def test_judgement_is_disputed_when_marks_lie_two_apart(event: Any) -> None:
    assert event.total(event.aspect(kind="judgement", max="1"), ["1", "2", "3"]) == "disputed"


def test_judgement_panel_of_one_suffices_when_the_scheme_says_so(event: Any) -> None:
    assert event.total(event.aspect(kind="judgement", max="1", panel=1), ["1"]) == "0.33"


@pytest.mark.parametrize(
    ("more", "marks", "score"),
    [
        ({}, ["1", "2", "2"], "1.67"),
        ({"aggregate": "median"}, ["9", "1", "2"], "2.00"),
        ({"aggregate": "median"}, ["9", "1", "2", "2.25"], "2.13"),
        ({"aggregate": "trimmed"}, ["9", "1", "2"], "2.00"),
        ({"aggregate": "trimmed", "trim": 2}, ["1", "2", "3", "9", "9"], "3.00"),
        ({"aggregate": "trimmed", "trim": 0}, ["1", "2"], "1.50"),
        ({"factor": "1.2"}, ["1", "2", "2"], "2.00"),
        ({"factor": "0.333"}, ["1", "2", "2"], "0.56"),
    ],
)
def test_panel_is_aggregated_rounded_and_multiplied(event: Any, more: Any, marks: Any, score: str) -> None:
    assert event.total(event.aspect(kind="panel", max="10", **more), marks) == score


@pytest.mark.parametrize(
    ("more", "marks"),
    [
        ({}, []),
        ({"panel": 3}, ["1", "2"]),
        ({"aggregate": "trimmed"}, ["1", "2"]),
        ({"panel": 2}, ["1", None]),
    ],
)
def test_panel_is_incomplete_when_too_few_judges_marked(event: Any, more: Any, marks: Any) -> None:
    assert event.total(event.aspect(kind="panel", max="10", **more), marks) == "incomplete"


def test_absent_judge_is_no_zero(event: Any) -> None:
    assert event.total(event.aspect(kind="panel", max="10"), ["8", None, "6"]) == "7.00"


def test_step_after_step_is_rounded_when_places_are_zero(event: Any) -> None:
    aspect = event.aspect(kind="panel", max="10", factor="1.5")

    assert event.total(aspect, ["2", "3"], places=0) == "5"
    assert event.total(aspect, ["2", "3"], places=0, rounding="down") == "3"


@pytest.mark.parametrize(
    ("marks", "total"), [([], "10.00"), ([None], "10.00"), (["3", "3"], "7.00"), (["20"], "0.00")]
)
def test_deduction_is_taken_away_and_a_module_never_falls_below_zero(
    event: Any, marks: Any, total: str
) -> None:
    scheme = event.scheme(event.aspect(), event.aspect("D", "deduction", "50"))

    result = event.column("total", {"1": {"A": ["10"], "D": marks}}, scheme)

    assert result == {"1": total}


def test_deduction_is_disputed_when_judges_differ(event: Any) -> None:
    scheme = event.scheme(event.aspect(), event.aspect("D", "deduction", "50"))

    result = event.result({"1": {"A": ["10"], "D": ["1", "2"]}}, scheme)

    assert result["blockers"] == [{"kind": "disputed", "entry": "1", "aspect": "D"}]


def test_weight_is_what_a_full_module_with_factors_and_without_deductions_adds(event: Any) -> None:
    aspects = event.aspect("P", "panel", "10", factor="2"), event.aspect("D", "deduction", "50")

    total = event.column("total", {"1": {"P": ["10"], "D": []}}, event.scheme(*aspects, weight="30"))

    assert total == {"1": "30.00"}


def test_unweighted_module_score_is_rounded_only_in_the_total_and_in_print(event: Any) -> None:
    scheme = event.scheme(event.aspect(step="0.001"), places=2)
    scheme["modules"].append(
        {"code": "N", "criteria": [{"code": "CN", "aspects": [event.aspect("B", step="0.001")]}]}
    )

    row = event.result({"1": {"A": ["1.004"], "B": ["1.004"]}}, scheme)["results"][0]

    assert row["total"] == "2.01"
    assert row["modules"] == {"M": "1.00", "N": "1.00"}


def test_entry_passes_when_total_and_every_module_reach_their_bounds(event: Any) -> None:
    scheme = event.scheme(event.aspect(step="0.001"), pass_total="60", **{"pass": "59.996"})

    passed = event.column("passed", {"1": "59.995", "2": "59.996", "3": "59.994"}, scheme)

    assert passed == {"1": False, "2": True, "3": False}


def test_only_present_entries_are_scored(event: Any) -> None:
    entries = {"1": {"status": "absent"}, "2": {"status": "disqualified"}}

    result = event.result({"1": "90", "2": "80", "3": "70"}, entries=entries)

    assert [row["entry"] for row in result["results"]] == ["3", "1", "2"]
    assert result["results"][1] == {
        "entry": "1", "status": "absent", "rank": None, "award": None, "passed": None,
        "total": None, "points": None, "modules": None,
    }  # fmt: skip


def test_nobody_is_ranked_while_a_present_guest_is_blocked(event: Any) -> None:
    result = event.result({"1": "90", "2": None}, entries={"2": {"guest": True}})

    first = result["results"][0]
    assert (first["total"], first["rank"], first["points"], first["passed"]) == ("90.00", None, None, None)
    assert result["blockers"] == [{"kind": "incomplete", "entry": "2", "aspect": "A"}]


def test_absent_entry_blocks_nobody(event: Any) -> None:
    assert event.column("rank", {"1": "90", "2": None}, entries={"2": {"status": "absent"}}) == {
        "1": 1,
        "2": None,
    }


def test_newest_revision_counts_wherever_it_stands(event: Any) -> None:
    bundle = event.bundle({"1": "3"})
    bundle["marks"].insert(0, bundle["marks"][0] | {"value": "7", "rev": 9})
    assert score_bundle(parse_bundle(bundle)).rows[0].total == "7.00"
