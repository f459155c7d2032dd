"""The dictionary is whole, and an officer finds an occupation however it is typed."""

import pytest

from qzcompete.competitions.rules.occupations import fit, occupation, occupations, search_occupations


def test_dictionary_has_every_occupation_once() -> None:
    """1,632 codes of the fourth level, and the class of what cannot be classified."""
    assert len(occupations()) == 1633


@pytest.mark.parametrize("code", ["6-18-02-04", "6180204", "6 18 02 04"])
def test_code_is_found_however_it_is_written(code: str) -> None:
    found = occupation(code)

    assert found is not None and found.name == "焊工"


def test_class_of_occupations_is_no_occupation() -> None:
    assert occupation("6-18-00-00") is None


def test_suffix_is_kept_for_display_and_left_out_of_matching() -> None:
    found = search_occupations("无人机测绘操控员")

    assert [(item.code, item.name, item.bare_name) for item in found] == [
        ("4-08-03-07", "无人机测绘操控员L", "无人机测绘操控员")
    ]


@pytest.mark.parametrize("typed", ["陶瓷装饰工", "taocizhuangshigong", "tczsg", "6-15-05-04"])
def test_first_hit_is_the_very_occupation(typed: str) -> None:
    assert search_occupations(typed)[0].name == "陶瓷装饰工"


def test_beginnings_come_before_parts() -> None:
    names = [item.name for item in search_occupations("茶", most=100)]

    assert names.index("茶叶加工工") < names.index("评茶师")


def test_nothing_is_found_for_blanks() -> None:
    assert search_occupations("  ") == []


def test_hits_are_cut_at_the_most() -> None:
    assert len(search_occupations("工", most=5)) == 5


def test_every_occupation_is_the_best_fit_for_its_code_names_and_pinyin() -> None:
    missed = [
        (item.code, text)
        for item in occupations().values()
        for text in (
            item.code,
            item.code.replace("-", ""),
            item.name,
            item.bare_name,
            item.pinyin,
            item.initials,
        )
        if fit(item, text.lower()) != 0
    ]

    assert missed == []
