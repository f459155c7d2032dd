"""The published examples of GB 11643 and GB 32100, and what names may be."""

import csv
from pathlib import Path

import pytest

from qzcompete.people.rules.identity import (
    birth_date,
    credit_code_fault,
    document_fault,
    masked_number,
    name_fault,
    region_is_odd,
    resident_fault,
    tidy_name,
    tidy_number,
)

VECTORS = list(csv.DictReader((Path(__file__).parent / "identity_vectors.csv").open(encoding="utf-8")))


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: f"{vector['kind']} {vector['input']}")
def test_published_example_is_judged_as_its_source_says(vector: dict[str, str]) -> None:
    fault_of = {"ric": resident_fault, "uscc": credit_code_fault}[vector["kind"]]

    fault = fault_of(tidy_number(vector["input"]))

    assert (fault is None) == (vector["valid"] == "1"), vector["note"]


@pytest.mark.parametrize(
    ("number", "fault"),
    [
        ("11010519491231002", "length"),
        ("T60426199101010078", "characters"),
        ("110105194902300021", "date"),
        ("110105194912310021", "check_digit"),
    ],
)
def test_fault_names_what_is_wrong_with_a_resident_number(number: str, fault: str) -> None:
    assert resident_fault(number) == fault


def test_number_is_made_plain_when_typed_with_spaces_and_full_width_digits() -> None:
    assert tidy_number(" １１０１０５ 19491231002x ") == "11010519491231002X"


def test_birth_date_stands_in_the_resident_number() -> None:
    assert str(birth_date("452825198012310018")) == "1980-12-31"


def test_document_of_an_unknown_kind_is_refused() -> None:
    assert document_fault("library_card", "12345") == "kind"


def test_passport_has_letters_and_digits_only() -> None:
    assert document_fault("passport", "E12345678") is None
    assert document_fault("passport", "E1234-5678") == "characters"


# One of each block: A, B, C, D, E, F of GB 18030-2022 level 3, then G, I and H, which are younger than Python's tables.
RARE = ("黄㛃", "𠅤", "韦𬱖", "梁𫝆", "刘𬍛", "陈𬺰", "周𰀀", "莫\U0002ebf1", "韦\U00031350", "覃\U000323af")


@pytest.mark.parametrize("name", ["韦梅静", "阿依古丽·买买提", "欧阳𬭩", "Anna-Maria O'Neill", *RARE])
def test_name_is_taken_when_it_has_rare_characters_or_a_middle_dot(name: str) -> None:
    assert name_fault(name) is None


@pytest.mark.parametrize(
    ("name", "fault"),
    [("", "empty"), ("长" * 41, "length"), ("韦3", "characters"), ("韦\ue000", "characters")],
)
def test_name_fault_is_named(name: str, fault: str) -> None:
    assert name_fault(name) == fault


def test_every_kind_of_middle_dot_becomes_the_one_of_chinese_text() -> None:
    assert tidy_name(" 阿依古丽•买买提 ") == "阿依古丽·买买提"
    assert tidy_name("阿依古丽.买买提") == "阿依古丽·买买提"


def test_masked_number_keeps_six_digits_and_four() -> None:
    assert masked_number("11010519491231002X") == "110105********002X"
    assert masked_number("E12345678") == "*******78"


def test_region_only_warns_when_it_is_older_than_its_holder_or_unknown() -> None:
    assert [region_is_odd(number) for number in ("452825198012310018", "450702199003070015")] == [False, True]
    assert region_is_odd("999999199003070015")
