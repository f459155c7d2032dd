from datetime import date

import pytest

from qzcompete.certificates.rules.grade import Body, body_for, grade_number, read_number, unexplained

DAY = date(2026, 11, 26)


def body(**changes):
    values = {
        "id": 1,
        "name": "钦州市坭兴陶行业协会",
        "kind": "S",
        "code": "0000",
        "province": "45",
        "serial": "070001",
        "valid_from": date(2024, 1, 1),
        "valid_to": None,
        "filed": frozenset({("6-09-03-03", 3)}),
    }
    return Body(**{**values, **changes})


def test_a_number_has_a_letter_and_21_digits_in_seven_parts():
    assert grade_number(body(), 2026, 3, 1) == "S000045070001263000001"
    assert grade_number(body(kind="Y", code="0001", province="23", serial="123456"), 2019, 5, 1) == (
        "Y000123123456195000001"
    )


@pytest.mark.parametrize(("level", "serial"), [(0, 1), (6, 1), (3, 0), (3, 1_000_000)])
def test_a_number_outside_its_parts_is_refused(level, serial):
    with pytest.raises(ValueError):
        grade_number(body(), 2026, level, serial)


@pytest.mark.parametrize(
    ("text", "standard", "year", "level"),
    [
        ("S000045070001263000001", "grade", 2026, 3),
        ("s0000450700012 63000001", "grade", 2026, 3),
        ("Y00004507000126T000001", "senior", 2026, None),
        ("1545001234300017", "old", 2015, 3),
        ("9945001234500017", "old", 1999, 5),
    ],
)
def test_old_and_new_numbers_are_read(text, standard, year, level):
    found = read_number(text)

    assert (found.standard, found.year, found.level) == (standard, year, level)


@pytest.mark.parametrize("text", ["", "QZJN-2026-000001", "S00004507000126300001", "X000045070001263000001"])
def test_what_is_no_number_of_a_level_is_not_read(text):
    assert read_number(text) is None


def test_a_body_issues_only_what_it_has_filed_while_it_stands():
    ended = body(id=2, name="已到期机构", valid_to=date(2025, 12, 31))

    assert body_for([body()], "6-09-03-03", 3, DAY).body == body()
    assert body_for([body()], "6-09-03-03", 2, DAY).reason == "not_filed"
    assert body_for([body()], "4-03-02-01", 3, DAY).reason == "not_filed"
    assert body_for([ended], "6-09-03-03", 3, DAY).reason == "ended"
    assert body_for([body()], "6-09-03-03", None, DAY).reason == "no_level"


def test_every_serial_is_on_a_certificate_or_void():
    assert unexplained(5, {1, 2, 4}, {5}) == [3]
    assert unexplained(2, {1, 2}, set()) == []
