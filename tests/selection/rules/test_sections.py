"""What is wrong with what an applicant typed, field by field."""

from __future__ import annotations

from decimal import Decimal

import pytest

from qzcompete.selection.rules.sections import (
    PLAN,
    associates_of,
    missing_files,
    section_faults,
    section_of,
    tidy,
)

GRANT = Decimal(80000)
LEADER = {
    "name": "黄丽华",
    "document_kind": "resident_id",
    "document_number": "11010519491231002x",
    "phone": "13912345678",
    "employer": "坭兴陶厂",
}


def faults(name: str, given: dict, kind: str = "studio") -> list[tuple[str, str]]:
    section = section_of(kind, name)
    assert section is not None
    return section_faults(kind, section, tidy(section, given), GRANT, 2026)


def test_nothing_is_wrong_when_a_section_is_whole() -> None:
    assert faults("leader", LEADER) == []


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"document_number": "110105194912310021"}, ("document_number", "document_check_digit")),
        ({"document_number": "11010519491331002X"}, ("document_number", "document_date")),
        ({"phone": "12345"}, ("phone", "phone")),
        ({"name": "黄丽华3"}, ("name", "name")),
        ({"employer": "厂" * 81}, ("employer", "long")),
        ({"employer": " "}, ("employer", "missing")),
    ],
)
def test_a_field_is_refused_with_its_fault(change: dict, fault: tuple[str, str]) -> None:
    assert faults("leader", LEADER | change) == [fault]


def test_a_credit_code_is_checked_by_its_check_digit() -> None:
    host = {"host_uscc": "91350100M000100Y44"}

    assert ("host_uscc", "credit_check_digit") in faults("host", host)
    assert ("host_uscc", "credit_check_digit") not in faults("host", {"host_uscc": "91350100m000100y43"})


def test_a_budget_is_refused_when_it_is_beyond_the_grant_or_the_allowed_uses() -> None:
    rows = [{"use": "training_goods", "amount": "80,000"}, {"use": "exchange", "amount": "0.01"}]
    plan = {"goals": "目标", "budget": rows}

    assert faults("plan", plan) == [("budget", "over_grant")]
    assert faults("plan", plan | {"budget": [{"use": "site", "amount": "5"}]}) == [("budget-0-use", "use")]
    assert faults("plan", plan | {"budget": [{"use": "exchange", "amount": "5.001"}]}) == [
        ("budget-0-amount", "money")
    ]


def test_an_empty_row_is_left_out() -> None:
    assert tidy(PLAN, {"goals": "x", "budget": [{"use": "exchange", "amount": " "}]})["budget"] == []


def test_co_authors_are_told_apart_whatever_stands_between_them() -> None:
    contents = {"innovations": {"innovations": [{"year": "2024", "co_authors": "韦勇，陆涛、玉洁"}]}}

    assert associates_of(contents) == [
        ("co_author", "韦勇", "", 2024),
        ("co_author", "陆涛", "", 2024),
        ("co_author", "玉洁", "", 2024),
    ]


def test_missing_files_are_named() -> None:
    assert missing_files("studio", {"identity", "other"}) == ["certificate", "licence"]
