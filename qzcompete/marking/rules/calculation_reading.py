"""Reads what an aspect says of its calculation: a kind that the engine knows is checked, anything else kept as it is."""

from typing import Any

from qzcompete.marking.rules.calculation import LOSSES
from qzcompete.marking.rules.document import Members, Node

MOST_CHOICES = 4
MOST_RANGES = 3
UNITS = ("PERCENT", "UNIT")
NEEDED = {
    "PASS_FAIL": (),
    "NUMBER_COMPLETED": ("possible",),
    "CHOICE": ("unit", "choices"),
    "RANGED_SCORE": ("target", "ranges"),
    "REGULAR_DIFFERENCE_DEDUCTION": ("unit", "target", "difference", "deduction"),
}
BESIDE = ("row", "cells", "tolerance", "duration_s")


def read_calculation(node: Node, kind: str) -> Any:
    """Read a calculation and leave its faults in the node's list; the document itself is what is kept."""
    if type(node.value) is not dict:
        node.fault("not_object")
        return None
    node.plain()
    name = str(node.value.get("type"))
    if name in LOSSES:
        if kind != "measurement":
            node.fault("key_not_for", key="calculation", owner=kind)
        _check(node.members(("type", *NEEDED[name]), BESIDE))
    return node.value


def _check(at: Members) -> None:
    at.whole("possible", 1, 1, 1000)
    at.choice("unit", "UNIT", *UNITS)
    for key, above in (("target", None), ("difference", 0), ("deduction", 0)):
        if key in at:
            at[key].number(above=above)
    for item in _few(at, "choices", MOST_CHOICES):
        choice = item.members(("label", "deduction"))
        choice.text("label")
        choice.optional_number("deduction")
    for item in _few(at, "ranges", MOST_RANGES):
        span = item.members(("lower", "upper", "deduction"))
        span.optional_number("deduction")
        lower, upper = span.optional_number("lower"), span.optional_number("upper")
        if lower is not None and upper is not None and lower > upper:
            span["upper"].fault("too_small", least=str(span.values["lower"]))


def _few(at: Members, key: str, most: int) -> list[Node]:
    items = at.elements(key, empty=False)
    if len(items) > most:
        at[key].fault("too_many_items", most=most)
    return items
