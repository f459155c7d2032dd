import pytest

from qzcompete.certificates.rules.fitting import (
    award_spread,
    density,
    fitted_name,
    line_size,
    width,
)


def test_a_name_of_two_characters_is_spread():
    assert fitted_name("王芳").spread == 0.6
    assert fitted_name("陈丽华").spread == 0.0
    assert fitted_name("Li").spread == 0.0


@pytest.mark.parametrize(
    ("name", "size"),
    [
        ("王芳", 9.0),
        ("欧阳娜娜", 9.0),
        ("阿依古丽·买买提", 7.2),
        ("北部湾职业技术学校第一代表队" * 2, 4.4),
    ],
)
def test_a_longer_name_is_set_smaller(name, size):
    assert fitted_name(name).size == size


def test_every_step_keeps_the_name_inside_its_line():
    widest = max(fitted_name("名" * length).size * length for length in range(1, 28))

    assert widest <= 130


def test_a_line_is_made_smaller_only_when_it_would_not_fit():
    assert line_size("钦州市职业技能竞赛组织委员会", 5.4, 108) == 5.4
    assert line_size("钦" * 40, 5.4, 108) == 2.7


def test_latin_letters_are_counted_narrower_than_han_characters():
    assert width("钦a") == pytest.approx(1.56)


def test_short_awards_are_spread_wider():
    assert award_spread("一等奖") > award_spread("特等奖金牌") > award_spread("特等奖（金牌）")


def test_the_text_is_set_tighter_when_it_is_longer():
    assert [density("字" * length, "") for length in (70, 71, 92, 93)] == [
        "normal",
        "compact",
        "compact",
        "dense",
    ]
