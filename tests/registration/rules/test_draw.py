"""The draw is a function of its seed, and tells nothing of the order of entries."""

import pytest

from qzcompete.registration.rules.draw import drawn_codes

NUMBERS = [f"{place:03}" for place in range(1, 23)]


def test_same_seed_gives_the_same_codes_in_any_order_of_entries() -> None:
    assert drawn_codes("seed", NUMBERS) == drawn_codes("seed", NUMBERS[::-1])


def test_codes_are_those_of_the_published_way_of_drawing() -> None:
    assert drawn_codes("钦州", ["001", "002", "003"]) == {"002": "A23", "003": "A53", "001": "A69"}


def test_every_entry_has_a_code_of_its_own() -> None:
    codes = drawn_codes("seed", NUMBERS)

    assert sorted(codes) == NUMBERS
    assert len(set(codes.values())) == 22
    assert all(code[0] == "A" and len(code) == 3 for code in codes.values())


def test_another_seed_gives_other_codes() -> None:
    assert drawn_codes("seed", NUMBERS) != drawn_codes("other", NUMBERS)


def test_codes_do_not_follow_the_numbers() -> None:
    codes = drawn_codes("seed", NUMBERS)

    in_order = [codes[number] for number in NUMBERS]

    assert in_order != sorted(in_order) and in_order != sorted(in_order, reverse=True)


@pytest.mark.parametrize("count", [1, 60, 61, 1440, 2000])
def test_a_field_of_any_size_is_drawn(count: int) -> None:
    codes = drawn_codes("seed", [str(number) for number in range(count)])

    assert len(set(codes.values())) == count


def test_repeated_number_is_refused() -> None:
    with pytest.raises(ValueError, match="twice"):
        drawn_codes("seed", ["001", "001"])
