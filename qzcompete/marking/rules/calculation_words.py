"""A calculation as one cell of our own workbook says it: 目标 25；24.9~25.1 扣 0%；24.8~25.2 扣 50%."""

import re
from typing import Any

from qzcompete.marking.rules.calculation_reading import read_calculation
from qzcompete.marking.rules.document import Node

CALCULATIONS = {
    "通过与否": "PASS_FAIL",
    "完成数量": "NUMBER_COMPLETED",
    "选项": "CHOICE",
    "区间": "RANGED_SCORE",
    "差值递减": "REGULAR_DIFFERENCE_DEDUCTION",
}
EXAMPLES = {
    "通过与否": "",
    "完成数量": "共 8",
    "选项": "无缺陷 扣 0%；一处 扣 33.3%；两处 扣 66.6%；三处以上 扣 100%",
    "区间": "目标 25；24.9~25.1 扣 0%；24.8~25.2 扣 50%",
    "差值递减": "目标 0；每 1 扣 0.25",
}
NUMBER = r"([0-9.]+)"
POSSIBLE = re.compile(r"共?\s*([0-9]+)")
TARGET = re.compile(rf"目标\s*{NUMBER}")
SPAN = re.compile(rf"{NUMBER}\s*[~～]\s*{NUMBER}\s*扣\s*{NUMBER}\s*[%％]")
REGULAR = re.compile(rf"每\s*{NUMBER}\s*扣\s*{NUMBER}\s*([%％]?)")
OPTION = re.compile(rf"(.+?)\s*扣\s*{NUMBER}\s*([%％]?)")


def calculation_of(name: str, parameters: str) -> dict[str, Any] | None:
    """The calculation as its document; None where the words do not make a sound one."""
    parts = [part.strip() for part in re.split("[；;]", parameters) if part.strip()]
    kind = CALCULATIONS[name]
    document = {"type": kind} | READERS[kind](parts)
    node = Node(document, "", [])
    read_calculation(node, "measurement")
    return None if node.faults else document


def _nothing(parts: list[str]) -> dict[str, Any]:
    return {"unread": parts} if parts else {}


def _possible(parts: list[str]) -> dict[str, Any]:
    found = POSSIBLE.fullmatch(parts[0]) if len(parts) == 1 else None
    return {"possible": int(found[1])} if found else {}


def _choices(parts: list[str]) -> dict[str, Any]:
    found = [OPTION.fullmatch(part) for part in parts]
    units = {bool(one and one[3]) for one in found}
    if len(units) != 1 or not all(found):
        return {}
    choices = [{"label": one[1], "deduction": one[2]} for one in found if one]
    return {"unit": "PERCENT" if units.pop() else "UNIT", "choices": choices}


def _ranges(parts: list[str]) -> dict[str, Any]:
    target = TARGET.fullmatch(parts[0]) if parts else None
    found = [SPAN.fullmatch(part) for part in parts[1:]]
    if target is None or not all(found):
        return {}
    ranges = [{"lower": one[1], "upper": one[2], "deduction": one[3]} for one in found if one]
    return {"target": target[1], "ranges": ranges}


def _regular(parts: list[str]) -> dict[str, Any]:
    if len(parts) != 2:
        return {}
    target, regular = TARGET.fullmatch(parts[0]), REGULAR.fullmatch(parts[1])
    if target is None or regular is None:
        return {}
    unit = "PERCENT" if regular[3] else "UNIT"
    return {"unit": unit, "target": target[1], "difference": regular[1], "deduction": regular[2]}


READERS = {
    "PASS_FAIL": _nothing,
    "NUMBER_COMPLETED": _possible,
    "CHOICE": _choices,
    "RANGED_SCORE": _ranges,
    "REGULAR_DIFFERENCE_DEDUCTION": _regular,
}
