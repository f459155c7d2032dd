"""Experts by lot: reproducible, balanced, filled up from the reserve."""

from __future__ import annotations

from collections import Counter

import pytest

from qzcompete.selection.rules.panel_draw import TooFewExperts, blind_codes, drawn, shared_out


def test_the_same_seed_draws_the_same_whatever_the_order_of_the_pool() -> None:
    assert drawn(range(30), "2026", 5) == drawn([*reversed(range(30))], "2026", 5) == [24, 12, 9, 15, 1]
    assert drawn(range(30), "2027", 5) != drawn(range(30), "2026", 5)


def test_a_pool_too_small_is_told_with_what_is_missing() -> None:
    with pytest.raises(TooFewExperts) as caught:
        drawn(range(3), "2026", 5)

    assert caught.value.missing == 2


def test_reserves_fill_up_by_the_least_load_when_members_stay_away() -> None:
    away = {1: {101}, 2: {101}, 3: {102}, 4: {103, 104}}

    shares = shared_out([1, 2, 3, 4, 5], [101, 102, 103], [201, 202, 203], away | {4: {103, 201}}, 3)

    assert shares[1] == [102, 103, 201]
    assert shares[2] == [102, 103, 202]
    assert shares[3] == [101, 103, 203]
    assert shares[4] == [101, 102, 202]
    assert shares[5] == [101, 102, 103]
    assert all(not set(experts) & set(away.get(one, ())) for one, experts in shares.items() if one != 4)
    load = Counter(expert for experts in shares.values() for expert in experts if expert > 200)
    assert max(load.values()) - min(load.values()) <= 1


def test_codes_tell_nothing_of_the_order_of_applications() -> None:
    codes = blind_codes(range(1, 13), "2026", "S")

    assert sorted(codes.values()) == [f"S{place:02}" for place in range(1, 13)]
    assert [codes[one] for one in range(1, 13)] != sorted(codes.values())
