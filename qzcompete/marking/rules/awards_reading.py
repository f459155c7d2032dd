"""Reads the awards of a scheme from its JSON document and writes them back (marking.md, 7)."""

from decimal import Decimal
from typing import Any, cast

from qzcompete.marking.rules.document import Node, decimal_member
from qzcompete.marking.rules.scheme import Awards, FewEntries, Prize

RULES = ("places", "worldskills_classic", "worldskills_dense")
FLOORS = {"worldskills_classic": Decimal(500), "worldskills_dense": Decimal(700)}
OWN_KEYS = {
    "places": ("list", "on_tie"),
    "worldskills_classic": ("tolerance", "floor"),
    "worldskills_dense": ("floor",),
}


def read_awards(node: Node) -> Awards:
    """Read the awards; a key that the rule does not use is refused."""
    at = node.members(["rule"], ["list", "on_tie", "tolerance", "floor", "few_entries"])
    rule = at.choice("rule", "places", *RULES)
    known = "rule" in at and at.values["rule"] == rule
    if known:
        at.refuse({"list", "on_tie", "tolerance", "floor"}.difference(OWN_KEYS[rule]), rule)
        if rule == "places" and "list" not in at:
            node.child("list", None).fault("missing")
    return Awards(
        rule=rule,  # type: ignore[arg-type]
        prizes=_prizes(at.elements("list")),
        on_tie=at.choice("on_tie", "block", "share", "exclude", "block"),  # type: ignore[arg-type]
        tolerance=at.number("tolerance", Decimal(2)),
        floor=at.number("floor", FLOORS.get(rule, Decimal(0))),
        few_entries=tuple(_few_entries(item) for item in at.elements("few_entries")),
    )


def _prizes(nodes: list[Node]) -> tuple[Prize, ...]:
    prizes: list[Prize] = []
    for node in nodes:
        prize = _prize(node)
        if prize.code and any(prize.code == other.code for other in prizes):
            node.child("code", None).fault("repeated_code", code=prize.code)
        prizes.append(prize)
    return tuple(prizes)


def _prize(node: Node) -> Prize:
    at = node.members(["code"], ["count", "percent", "percent_rounding", "needs_pass", "min_total"])
    if type(node.value) is dict and ("count" in at) == ("percent" in at):
        node.fault("prize_size")
    if "percent" not in at:
        at.refuse(["percent_rounding"], "count")
    return Prize(
        code=at.code("code"),
        count=at.whole("count", 0, 0) if "count" in at else None,
        percent=at["percent"].number(greatest=100) if "percent" in at else None,
        percent_rounding=cast(Any, at.choice("percent_rounding", "floor", "floor", "ceil", "half_up")),
        needs_pass=at.flag("needs_pass", True),
        min_total=at.optional_number("min_total"),
    )


def _few_entries(node: Node) -> FewEntries:
    """The codes need not be awards of this scheme's rule: one list may serve several rules."""
    at = node.members(["fewer_than", "without"])
    return FewEntries(
        fewer_than=at.whole("fewer_than", 0, 0),
        without=tuple(item.code() for item in at.elements("without")),
    )


def awards_document(awards: Awards) -> dict[str, Any]:
    """Write the awards as their document, defaults written out."""
    document: dict[str, Any] = {"rule": awards.rule}
    if awards.rule == "places":
        document["list"] = [_prize_document(prize) for prize in awards.prizes]
        document["on_tie"] = awards.on_tie
    if awards.rule == "worldskills_classic":
        document["tolerance"] = decimal_member(awards.tolerance)
    if awards.rule != "places":
        document["floor"] = decimal_member(awards.floor)
    if awards.few_entries:
        document["few_entries"] = [
            {"fewer_than": few.fewer_than, "without": list(few.without)} for few in awards.few_entries
        ]
    return document


def _prize_document(prize: Prize) -> dict[str, Any]:
    document: dict[str, Any] = {"code": prize.code}
    if prize.count is not None:
        document["count"] = prize.count
    if prize.percent is not None:
        document["percent"] = decimal_member(prize.percent)
        document["percent_rounding"] = prize.percent_rounding
    if not prize.needs_pass:
        document["needs_pass"] = False
    if prize.min_total is not None:
        document["min_total"] = decimal_member(prize.min_total)
    return document
