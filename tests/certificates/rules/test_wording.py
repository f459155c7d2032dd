from datetime import date

import pytest

from qzcompete.certificates.rules.wording import (
    award_sentence,
    certificate_number,
    chinese_date,
    chinese_number,
    masked_name,
)


def test_the_year_is_read_digit_by_digit_and_the_day_as_a_number():
    assert chinese_date(date(2026, 5, 20)) == "二〇二六年五月二十日"
    assert chinese_date(date(2030, 10, 11)) == "二〇三〇年十月十一日"
    assert chinese_date(date(2025, 12, 31)) == "二〇二五年十二月三十一日"


@pytest.mark.parametrize(
    ("value", "read"),
    [(1, "一"), (10, "十"), (19, "十九"), (20, "二十"), (99, "九十九")],
)
def test_numbers_are_read_as_in_speech(value, read):
    assert chinese_number(value) == read


@pytest.mark.parametrize("value", [0, 100])
def test_a_number_is_refused_when_it_is_not_between_1_and_99(value):
    with pytest.raises(ValueError, match="not between"):
        chinese_number(value)


def test_a_certificate_number_has_six_digits():
    assert certificate_number(2026, 1) == "QZJN-2026-000001"
    assert certificate_number(2026, 999_999, "QZGZ") == "QZGZ-2026-999999"


def test_a_certificate_number_is_refused_when_the_serial_has_seven_digits():
    with pytest.raises(ValueError, match="QZJN-2026-1000000"):
        certificate_number(2026, 1_000_000)


@pytest.mark.parametrize(
    ("name", "shown"),
    [("陈𫖯", "陈*"), ("阿依古丽·买买提", "阿*"), ("𬱖𣲗", "𬱖*"), ("", "")],
)
def test_a_masked_name_keeps_its_first_character_and_hides_its_length(name, shown):
    assert masked_name(name) == shown


def test_the_award_sentence_names_competition_and_event():
    sentence = award_sentence("二〇二六年钦州市职业技能竞赛", "电工")

    assert sentence == "在二〇二六年钦州市职业技能竞赛“电工”赛项中成绩优异，经竞赛组织委员会评审，荣获"
