"""Takes personal numbers out of what is to be published: identity and card numbers, mobile numbers. Pure.

Digits may be of full width and parted by spaces or dashes, as people type them. Landlines, dates and amounts stay.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

DIGIT = "[0-9０-９]"
GAP = r"[ \u00a0\u3000\-－–]?"
NOT_BEFORE = r"(?<![0-9０-９A-Za-z])"
NOT_AFTER = r"(?![0-9０-９A-Za-z])"


def run_of(least: int, most: int, start: str = DIGIT, end: str = "") -> re.Pattern[str]:
    return re.compile(f"{NOT_BEFORE}{start}(?:{GAP}{DIGIT}){{{least - 1},{most - 1}}}{end}{NOT_AFTER}")


MOBILE = re.compile(
    f"{NOT_BEFORE}(?:[+＋]?[8８][6６]{GAP})?[1１]{GAP}[3-9３-９](?:{GAP}{DIGIT}){{9}}{NOT_AFTER}"
)
# Resident identity numbers of 18 and 15 characters, and the numbers of bank cards.
LONG = (
    run_of(17, 17, end=f"{GAP}[0-9０-９XxＸｘ]"),
    run_of(15, 19),
)


def masked_text(text: str) -> str:
    """The text with each such number masked: 450702********1234, 138****5678."""
    for pattern in LONG:
        text = pattern.sub(masked_long, text)
    return MOBILE.sub(masked_mobile, text)


def masked_rows(rows: Sequence[Sequence[str]]) -> list[list[str]]:
    return [[masked_text(cell) for cell in row] for row in rows]


def masked_long(found: re.Match[str]) -> str:
    signs = plain(found[0])
    return f"{signs[:6]}{'*' * (len(signs) - 10)}{signs[-4:]}"


def masked_mobile(found: re.Match[str]) -> str:
    digits = plain(found[0])[-11:]
    return f"{digits[:3]}****{digits[-4:]}"


def plain(text: str) -> str:
    """Digits and letters alone, of half width."""
    half = "".join(chr(ord(sign) - 0xFEE0) if "！" <= sign <= "～" else sign for sign in text)
    return "".join(sign for sign in half if sign.isalnum())
