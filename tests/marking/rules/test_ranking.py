"""Order, tie-breaks and recorded resolutions (marking.md, 6)."""

from typing import Any

EQUAL = {"1": "5", "2": "5", "3": "9", "4": "1"}


def test_equal_entries_share_a_rank_and_the_next_rank_counts_them(event: Any) -> None:
    assert event.column("rank", EQUAL) == {"3": 1, "1": 2, "2": 2, "4": 4}


def test_totals_are_equal_when_they_print_equal(event: Any) -> None:
    scheme = event.scheme(event.aspect(step="0.001"))

    assert event.column("rank", {"1": "5.001", "2": "5.002"}, scheme) == {"1": 1, "2": 1}


def test_module_tie_break_uses_the_exact_score(event: Any) -> None:
    scheme = event.scheme(event.aspect(step="0.001"), tie_breaks=["module:M"])

    assert event.column("rank", {"1": "5.001", "2": "5.002"}, scheme) == {"2": 1, "1": 2}


def test_tie_breaks_are_asked_one_after_the_other(event: Any) -> None:
    scheme = event.scheme(event.aspect(), event.aspect("B"), tie_breaks=["duration", "aspect:B"])
    marks = {"1": {"A": ["3"], "B": ["1"]}, "2": {"A": ["1"], "B": ["3"]}, "3": {"A": ["2"], "B": ["2"]}}
    entries = {"1": {"duration_s": 60}, "2": {"duration_s": 60}, "3": {"duration_s": 59}}

    assert event.column("rank", marks, scheme, entries) == {"3": 1, "2": 2, "1": 3}


def test_entry_without_a_duration_comes_last(event: Any) -> None:
    scheme = event.scheme(tie_breaks=["duration"])
    entries = {"2": {"duration_s": 0}, "1": {}}

    assert event.column("rank", {"1": "5", "2": "5"}, scheme, entries) == {"2": 1, "1": 2}


def test_greater_deduction_comes_first_when_a_deduction_is_the_tie_break(event: Any) -> None:
    aspects = event.aspect(), event.aspect("D", "deduction", "10")
    scheme = event.scheme(*aspects, tie_breaks=["aspect:D"])

    assert event.column("rank", {"1": {"A": ["5"]}, "2": {"A": ["7"], "D": ["2"]}}, scheme) == {
        "2": 1,
        "1": 2,
    }


def test_resolution_applies_when_it_names_exactly_the_equal_entries(event: Any) -> None:
    assert event.column("rank", EQUAL, tie_resolutions=[["2", "1"]]) == {"3": 1, "2": 2, "1": 3, "4": 4}


def test_resolution_is_without_effect_when_it_names_more_or_fewer(event: Any) -> None:
    marks = {"1": "5", "2": "5", "3": "5"}

    assert event.column("rank", marks, tie_resolutions=[["2", "1"]]) == {"1": 1, "2": 1, "3": 1}
    assert event.column("rank", EQUAL, tie_resolutions=[["2", "1", "4"]]) == {"3": 1, "1": 2, "2": 2, "4": 4}


def test_guests_are_ranked_among_the_others(event: Any) -> None:
    assert event.column("rank", {"1": "5", "2": "6"}, entries={"2": {"guest": True}}) == {"2": 1, "1": 2}
