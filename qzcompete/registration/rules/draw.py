"""Draws the work codes: at random, without any relation to the order, numbers or names of the entries.

The same seed gives the same codes, on every machine, so that a draw can be shown to have been honest.
"""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from hashlib import sha256

# Without I and O, which look like 1 and 0.
LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"
PER_LETTER = 99
# Of the codes of a letter that many are used at most: a gap tells nobody how many entries there are.
USED_PER_LETTER = 60


def drawn_codes(seed: str, numbers: Sequence[str]) -> dict[str, str]:
    """A work code such as A07 for each entry number."""
    if len(set(numbers)) < len(numbers):
        raise ValueError("an entry number is there twice")
    pool = sorted(code_pool(len(numbers)), key=lambda code: lot(seed, "code", code))
    entries = sorted(numbers, key=lambda number: lot(seed, "entry", number))
    return dict(zip(entries, pool, strict=False))


def code_pool(entries: int) -> list[str]:
    letters = -(-entries // USED_PER_LETTER)
    if letters <= len(LETTERS):
        return [
            f"{letter}{number:02}"
            for letter in LETTERS[: max(1, letters)]
            for number in range(1, PER_LETTER + 1)
        ]
    return [f"{letter}{number:04}" for letter in LETTERS for number in range(1, 10_000)]


def lot(seed: str, kind: str, text: str) -> bytes:
    return hmac.digest(seed.encode(), f"{kind}:{text}".encode(), sha256)
