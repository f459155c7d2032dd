"""Which ties keep an expert away, and when an old one counts no more."""

from __future__ import annotations

from dataclasses import replace

import pytest

from qzcompete.selection.rules.conflicts import ApplicationFacts, ExpertFacts, Tie, conflict_of

EXPERT = ExpertFacts("蒙志强", "北部湾大学", account_id=7)
APPLICATION = ApplicationFacts("黄丽华", "坭兴陶厂", "坭兴陶厂", "钦南区人社局", account_id=9)


@pytest.mark.parametrize(
    ("expert", "application", "kind"),
    [
        ({"name": "黄丽华"}, {}, "is_applicant"),
        ({"account_id": 9}, {}, "is_applicant"),
        ({"employer": "坭兴陶厂"}, {}, "is_host"),
        ({"employer": "钦南区人社局"}, {}, "is_recommender"),
        ({"employer": "陶艺 协会"}, {"leader_employer": "陶艺协会"}, "same_employer"),
        ({}, {"associates": (Tie("apprentice", "蒙志强", 2024),)}, "teacher_or_apprentice"),
        ({}, {"associates": (Tie("co_author", "蒙志强", 2023),)}, "co_author"),
        ({"ties": (Tie("teacher", "黄丽华"),)}, {}, "teacher_or_apprentice"),
        ({"ties": (Tie("relative", "黄丽华"),)}, {}, "relative"),
        ({"ties": (Tie("employer", "坭兴陶厂", 2023),)}, {}, "is_host"),
    ],
)
def test_a_tie_is_found(expert: dict, application: dict, kind: str) -> None:
    assert conflict_of(replace(EXPERT, **expert), replace(APPLICATION, **application), 2026, 3) == kind


def test_nothing_is_found_between_strangers() -> None:
    assert conflict_of(EXPERT, APPLICATION, 2026, 3) is None


def test_a_tie_counts_no_more_when_it_is_older_than_the_class_allows() -> None:
    old = replace(APPLICATION, associates=(Tie("co_author", "蒙志强", 2022),))

    assert conflict_of(EXPERT, old, 2026, 3) is None
    assert conflict_of(EXPERT, old, 2026, 4) == "co_author"
