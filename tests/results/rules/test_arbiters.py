"""Who may not decide an appeal."""

from __future__ import annotations

from dataclasses import replace

from qzcompete.results.rules.arbiters import Arbiter, Cause, conflicts

FREE = Arbiter(7, 70, "北部湾职业技术学校", frozenset())
CAUSE = Cause(20, "钦州市技工学校", 5, 2, [3, 4], [9])


def test_an_arbiter_from_elsewhere_is_free_of_conflict() -> None:
    assert conflicts(FREE, CAUSE) == []


def test_the_same_employer_is_found_in_spite_of_blanks() -> None:
    assert conflicts(replace(FREE, unit=" 钦州市　技工学校"), CAUSE) == ["same_unit"]
    assert conflicts(replace(FREE, organisations=frozenset({5})), CAUSE) == ["same_unit"]


def test_a_judge_a_party_and_the_first_arbiter_are_kept_away() -> None:
    assert conflicts(replace(FREE, account_id=3), CAUSE) == ["judged"]
    assert conflicts(replace(FREE, person_id=20), CAUSE) == ["own_cause"]
    assert conflicts(replace(FREE, account_id=2), CAUSE) == ["own_cause"]
    assert conflicts(replace(FREE, account_id=9), CAUSE) == ["decided_before"]


def test_an_entry_without_organisation_is_no_conflict_with_an_arbiter_without_one() -> None:
    assert conflicts(FREE, replace(CAUSE, entry_organisation_id=None)) == []
