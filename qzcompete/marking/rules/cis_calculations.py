"""From the cells of one row of CIS's sheet “Calculations” to a calculation that the engine knows.

CIS publishes no description of that sheet: words are read as KEY=VALUE or as KEY beside VALUE. Where a row makes no
sound calculation, nothing is made of it, and judges type the mark itself.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from qzcompete.marking.rules.calculation import LOSSES
from qzcompete.marking.rules.calculation_reading import NEEDED, read_calculation
from qzcompete.marking.rules.document import Node

KEY = re.compile(r"(NUM_POSSIBLE|DEDUCTION_TYPE|TARGET|DIFFERENCE|DEDUCTION|LABEL|LOWER|UPPER)_?([1-9]?)")


def calculation_of(cells: Sequence[str]) -> dict[str, Any]:
    """The calculation that the cells name with all its parts, or nothing."""
    kind = next((cell.upper() for cell in cells if cell.upper() in LOSSES), None)
    if kind is None:
        return {}
    document = _document(kind, dict(_words(cells)))
    node = Node(document, "", [])
    read_calculation(node, "measurement")
    return {} if node.faults else document


def _words(cells: Sequence[str]) -> Iterator[tuple[tuple[str, str], str]]:
    """((key, number), value) of each word that is known."""
    for place, cell in enumerate(cells):
        key, equals, value = cell.partition("=")
        known = KEY.fullmatch(re.sub(r"[ -]+", "_", key.strip().upper()))
        if known is None:
            continue
        if equals:
            yield (known[1], known[2]), value.strip()
        elif place + 1 < len(cells):
            yield (known[1], known[2]), cells[place + 1]


def _document(kind: str, words: Mapping[tuple[str, str], str]) -> dict[str, Any]:
    numbers = sorted({number for _, number in words if number})
    unit = words.get(("DEDUCTION_TYPE", ""), "UNIT").upper()
    possible = words.get(("NUM_POSSIBLE", ""), "")
    parts: dict[str, Any] = {
        "possible": int(possible) if possible.isascii() and possible.isdigit() else possible,
        "unit": unit,
        "target": words.get(("TARGET", ""), ""),
        "difference": words.get(("DIFFERENCE", ""), ""),
        "deduction": words.get(("DEDUCTION", ""), ""),
        "choices": [_numbered(words, number, ("LABEL", "DEDUCTION")) for number in numbers],
        "ranges": [_numbered(words, number, ("LOWER", "UPPER", "DEDUCTION")) for number in numbers],
    }
    return {"type": kind} | {key: parts[key] for key in NEEDED[kind]}


def _numbered(words: Mapping[tuple[str, str], str], number: str, keys: Sequence[str]) -> dict[str, str]:
    return {key.lower(): words[key, number] for key in keys if (key, number) in words}
