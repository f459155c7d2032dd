"""The occupational dictionary of 2022: finds an occupation by its code, and searches by name, code or pinyin.

A name may end in L (green) or S (digital): kept for display, left out of matching. Packaged as a CSV whose
pinyin columns were made beforehand. Only the fourth level are occupations; the others are their classes.
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

MOST_FOUND = 20
OCCUPATION_LEVEL = "4"
# The one class without occupations of its own: it stands for what cannot be classified.
UNCLASSIFIED = "8-00-00-00"


@dataclass(frozen=True, slots=True)
class Occupation:
    code: str
    name: str
    pinyin: str
    initials: str

    @property
    def bare_name(self) -> str:
        return re.sub(r"(L/S|L|S)$", "", self.name)


@cache
def occupations() -> dict[str, Occupation]:
    """All occupations by code, in the order of the dictionary; a row that is there twice counts once."""
    text = files(__package__).joinpath("occupations_2022.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(text.splitlines())
    found: dict[str, Occupation] = {}
    for row in rows:
        if row["level"] == OCCUPATION_LEVEL or row["code"] == UNCLASSIFIED:
            found.setdefault(
                row["code"], Occupation(row["code"], row["name"], row["pinyin"], row["initials"])
            )
    return found


def occupation(code: str) -> Occupation | None:
    return occupations().get(tidy_code(code))


def tidy_code(text: str) -> str:
    """A code as the dictionary writes it: '6 18 02 04', '6180204' and '6-18-02-04' are the same."""
    digits = re.sub(r"[\s\-—–.]", "", text)
    if re.fullmatch(r"[0-9]{7}", digits):
        return f"{digits[0]}-{digits[1:3]}-{digits[3:5]}-{digits[5:]}"
    return text.strip()


def search_occupations(text: str, most: int = MOST_FOUND) -> list[Occupation]:
    """Those that fit best first: the very name or code, then what begins with the text, then what contains it."""
    wanted = re.sub(r"\s", "", text).lower()
    if not wanted:
        return []
    ranked = [(rank, place, item) for place, item in enumerate(occupations().values())
              if (rank := fit(item, wanted)) is not None]  # fmt: skip
    ranked.sort(key=lambda found: found[:2])
    return [item for _, _, item in ranked[:most]]


def fit(item: Occupation, wanted: str) -> int | None:
    """0 for the very thing, 1 for a beginning, 2 for a part, 3 for a part of the pinyin; None for no fit."""
    name, code = item.bare_name.lower(), item.code
    bare_code, bare_wanted = code.replace("-", ""), wanted.replace("-", "")
    if wanted in (name, item.name.lower(), code, item.pinyin, item.initials) or bare_wanted == bare_code:
        return 0
    if name.startswith(wanted) or (bare_wanted.isdigit() and bare_code.startswith(bare_wanted)):
        return 1
    if item.pinyin.startswith(wanted) or item.initials.startswith(wanted):
        return 1
    if wanted in name:
        return 2
    return 3 if wanted in item.pinyin or wanted in item.initials else None
