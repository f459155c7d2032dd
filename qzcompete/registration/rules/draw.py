"""Draws the codes: at random, without any relation to the order, numbers or names of the entries.

The same seed gives the same codes, on every machine, so that a draw can be shown to have been honest. Each layer
gives the codes of the layer before it new ones; the last is the work code, which is all that marking knows.
"""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

# Without I and O, which look like 1 and 0.
LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"
PER_LETTER = 99
# Of the codes of a letter that many are used at most: a gap tells nobody how many entries there are.
USED_PER_LETTER = 60

ALGORITHM = "qzcompete-draw-1"
MOST_LAYERS = 3
# How many layers a competition has -> what each of them is, from the person inwards.
LAYERS: dict[int, tuple[str, ...]] = {
    1: ("work",),
    2: ("contest", "work"),
    3: ("contest", "station", "work"),
}
# 参赛编号 and 赛位号; a work code never has a letter and three digits.
STEMS = {"contest": "C", "station": "G"}


@dataclass(frozen=True, slots=True)
class Layer:
    """One layer of a draw: what the codes of the layer before became."""

    kind: str
    codes: dict[str, str]


def drawn_codes(seed: str, numbers: Sequence[str]) -> dict[str, str]:
    """A work code such as A07 for each entry number."""
    return drawn_layers(seed, 1, numbers)[0].codes


def drawn_layers(seed: str, layers: int, numbers: Sequence[str]) -> list[Layer]:
    """Every layer of the draw, from the entry numbers inwards to the work codes."""
    if len(set(numbers)) < len(numbers):
        raise ValueError("an entry number is there twice")
    drawn: list[Layer] = []
    outer = list(numbers)
    for kind in LAYERS[layers]:
        codes = drawn_layer(seed, kind, outer)
        drawn.append(Layer(kind, codes))
        outer = list(codes.values())
    return drawn


def drawn_layer(seed: str, kind: str, outer: Sequence[str]) -> dict[str, str]:
    """Both sides are put in the order of their lots; the first gets the first, and so on."""
    prefix = "" if kind == "work" else f"{kind}-"
    pool = sorted(layer_pool(kind, len(outer)), key=lambda code: lot(seed, f"{prefix}code", code))
    ordered = sorted(outer, key=lambda code: lot(seed, f"{prefix}entry", code))
    return dict(zip(ordered, pool, strict=False))


def layer_pool(kind: str, entries: int) -> list[str]:
    if kind == "work":
        return code_pool(entries)
    return [f"{STEMS[kind]}{place:03}" for place in range(1, entries + 1)]


def code_pool(entries: int) -> list[str]:
    letters = -(-entries // USED_PER_LETTER)
    if letters <= len(LETTERS):
        return [
            f"{letter}{number:02}"
            for letter in LETTERS[: max(1, letters)]
            for number in range(1, PER_LETTER + 1)
        ]
    return [f"{letter}{number:04}" for letter in LETTERS for number in range(1, 10_000)]


def drawing_order(seed: str, numbers: Sequence[str]) -> list[str]:
    """In which order the competitors come to the table. Public: it tells nothing of any code."""
    return sorted(numbers, key=lambda number: lot(seed, "order", number))


def chained(layers: Sequence[dict[str, str]]) -> dict[str, str]:
    """From the outermost codes straight to the innermost."""
    through = dict(layers[0])
    for codes in layers[1:]:
        through = {outer: codes[inner] for outer, inner in through.items()}
    return through


def lot(seed: str, kind: str, text: str) -> bytes:
    return hmac.digest(seed.encode(), f"{kind}:{text}".encode(), sha256)


def committed_text(event: str, layers: int, seed: str, numbers: Sequence[str]) -> str:
    """What the commitment is the hash of: five or more lines, each ended by a line feed."""
    return "".join(f"{line}\n" for line in (ALGORITHM, event, str(layers), seed, *numbers))


def commitment(event: str, layers: int, seed: str, numbers: Sequence[str]) -> str:
    """SHA-256 over the seed and the ordered list of entry numbers, in hex: `sha256sum` of those lines."""
    return sha256(committed_text(event, layers, seed, numbers).encode()).hexdigest()
