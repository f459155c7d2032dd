"""The draw gives each number one code on every layer, the same for the same seed, and its protocol can be checked."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qzcompete.registration.rules.draw import (
    ALGORITHM,
    chained,
    commitment,
    drawing_order,
    drawn_codes,
    drawn_layers,
)
from qzcompete.registration.rules.protocol import NotVerifiable, verified

NUMBERS = ["001", "002", "003"]


def protocol(**changes: Any) -> dict[str, Any]:
    return {
        "algorithm": ALGORITHM,
        "event": "EV1",
        "layers": 3,
        "numbers": NUMBERS,
        "commitment": commitment("EV1", 3, "seed", NUMBERS),
        "seed": "seed",
        "order": drawing_order("seed", NUMBERS),
        "drawn": [{"kind": layer.kind, "codes": layer.codes} for layer in drawn_layers("seed", 3, NUMBERS)],
    } | changes


def test_commitment_is_the_sha256_of_the_lines_that_the_page_shows() -> None:
    text = "qzcompete-draw-1\nEV1\n3\nseed\n001\n002\n003\n"

    assert commitment("EV1", 3, "seed", NUMBERS) == hashlib.sha256(text.encode()).hexdigest()


def test_codes_stay_what_they_were_when_the_seed_is_the_same() -> None:
    assert drawn_codes("seed", NUMBERS) == {"001": "A41", "002": "A71", "003": "A67"}


@given(st.text(min_size=1), st.integers(1, 130), st.integers(1, 3))
def test_every_layer_gives_every_code_one_other(seed: str, entries: int, layers: int) -> None:
    numbers = [f"{place:03}" for place in range(1, entries + 1)]

    drawn = [layer.codes for layer in drawn_layers(seed, layers, numbers)]

    assert list(map(len, drawn)) == [entries] * layers
    assert set(chained(drawn)) == set(numbers)
    assert len(set(chained(drawn).values())) == entries
    assert sorted(drawing_order(seed, numbers)) == numbers


def test_every_step_holds_when_the_protocol_is_honest() -> None:
    steps = verified(protocol())

    assert [(step.name, step.holds) for step in steps] == [
        ("commitment", True),
        ("order", True),
        ("contest", True),
        ("station", True),
        ("work", True),
    ]


def test_the_commitment_fails_when_the_seed_was_changed_afterwards() -> None:
    assert not verified(protocol(seed="a better seed"))[0].holds


def test_a_layer_fails_when_two_codes_were_swapped() -> None:
    drawn = protocol()["drawn"]
    first, second, _third = drawn[1]["codes"]
    codes = drawn[1]["codes"]
    codes[first], codes[second] = codes[second], codes[first]

    steps = verified(protocol(drawn=drawn))

    assert [step.name for step in steps if not step.holds] == ["station"]


@pytest.mark.parametrize(
    "changes",
    [
        {"seed": None},
        {"algorithm": "another"},
        {"layers": 4},
        {"layers": True},
        {"numbers": []},
        {"numbers": ["001", "001"]},
        {"numbers": ["001\n002"]},
        {"drawn": [{"codes": {}}]},
        {"drawn": "nothing"},
    ],
)
def test_a_protocol_that_says_too_little_cannot_be_checked(changes: dict[str, Any]) -> None:
    with pytest.raises(NotVerifiable):
        verified(protocol(**changes))
