"""How a name, an award and the text take their place: shorter names are spread, longer ones set smaller."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

# Width in ems of the face up to which a size in millimetres fits its line.
NAME_STEPS = ((4.0, 9.0), (6.0, 8.0), (9.0, 7.2), (13.0, 6.2), (20.0, 5.2))
SMALLEST_NAME = 4.4
# A longer sentence would run into the QR code.
LONGEST_SENTENCE = 180
TEXT_STEPS = ((70, "normal"), (92, "compact"))


@dataclass(frozen=True)
class FittedName:
    size: float
    spread: float


def width(text: str) -> float:
    """Ems: a wide character counts one, any other a little more than half."""
    return sum(1.0 if unicodedata.east_asian_width(character) in "WFA" else 0.56 for character in text)


def fitted_name(name: str) -> FittedName:
    """王芳 is spread to the width of three characters, as on printed forms; names of three or more are not."""
    size = next((size for limit, size in NAME_STEPS if width(name) <= limit), SMALLEST_NAME)
    return FittedName(size=size, spread=0.6 if len(name) == 2 and width(name) == 2 else 0.0)


def line_size(text: str, size: float, room: float) -> float:
    """The given size in millimetres, or the largest at which one line of the text fits the room."""
    return round(min(size, room / max(width(text), 1)), 2)


def award_spread(award: str) -> float:
    """一等奖 is set wide, longer titles closer, so that the line keeps its weight."""
    return 0.55 if len(award) <= 3 else 0.32 if len(award) <= 5 else 0.12


def density(sentence: str, members: str) -> str:
    length = len(sentence) + len(members)
    return next((name for limit, name in TEXT_STEPS if length <= limit), "dense")
