"""Reads a scheme from its JSON document, with every fault and its place, and writes it back (marking.md, 2).

The optional describing keys (name, description, benchmarks …) are kept as they are; they change no score.
"""

from collections import Counter
from decimal import Decimal
from typing import Any, cast

from qzcompete.core.numbers import Rounding
from qzcompete.marking.rules.awards_reading import awards_document, read_awards
from qzcompete.marking.rules.calculation_reading import read_calculation
from qzcompete.marking.rules.document import Members, Node, decimal_member
from qzcompete.marking.rules.faults import Fault, Refused
from qzcompete.marking.rules.scheme import (
    AGGREGATES,
    KINDS,
    SCALES,
    Aggregate,
    Aspect,
    Criterion,
    Kind,
    Module,
    Scale,
    Scheme,
    TieBreak,
)

DESCRIBING = ("name", "description")
ASPECT_DESCRIBING = (*DESCRIBING, "benchmarks", "unit", "calculation", "day", "wsos")
PANELS: dict[Kind, int] = {"judgement": 3, "panel": 1}


def parse_scheme(document: Any, place: str = "scheme") -> Scheme:
    """Read a scheme; raises Refused with all its faults."""
    faults: list[Fault] = []
    scheme = read_scheme(Node(document, place, faults))
    if faults:
        raise Refused(faults)
    return scheme


def read_scheme(node: Node) -> Scheme:
    """Read a scheme and leave its faults in the node's list."""
    at = node.members(
        ["modules"], ["places", "rounding", "pass_total", "tie_breaks", "scale", "awards", *DESCRIBING]
    )
    scheme = Scheme(
        modules=tuple(_module(item) for item in at.elements("modules", empty=False)),
        places=at.whole("places", 2, 0, 4),
        rounding=cast(Rounding, at.choice("rounding", "half_up", "half_up", "down")),
        pass_total=at.optional_number("pass_total"),
        tie_breaks=tuple(_tie_break(item) for item in at.elements("tie_breaks")),
        scale=cast(Scale, at["scale"].choice(*SCALES)) if "scale" in at else None,
        awards=read_awards(at["awards"]) if "awards" in at else None,
        name=at.text("name"),
        description=at.text("description"),
    )
    _check_codes(scheme, node)
    _check_tie_breaks(scheme, node)
    return scheme


def _module(node: Node) -> Module:
    at = node.members(["code", "criteria"], ["weight", "pass", *DESCRIBING])
    before = len(node.faults)
    module = Module(
        code=at.code("code"),
        criteria=tuple(_criterion(item) for item in at.elements("criteria", empty=False)),
        weight=at.optional_number("weight"),
        pass_mark=at.optional_number("pass"),
        name=at.text("name"),
        description=at.text("description"),
    )
    sound = len(node.faults) == before
    if sound and module.weight is not None and not module.max:
        at["weight"].fault("weight_without_max")
    return module


def _criterion(node: Node) -> Criterion:
    at = node.members(["code", "aspects"], ["day", *DESCRIBING])
    return Criterion(
        code=at.code("code"),
        aspects=tuple(_aspect(item) for item in at.elements("aspects", empty=False)),
        name=at.text("name"),
        description=at.text("description"),
        day=at.label("day"),
    )


def _aspect(node: Node) -> Aspect:
    at = node.members(
        ["code", "kind", "max"], ["step", "panel", "aggregate", "trim", "factor", *ASPECT_DESCRIBING]
    )
    kind = cast(Kind, at.choice("kind", "measurement", *KINDS))
    aggregate = _aggregate(at, kind) if at.values.get("kind") in KINDS else None
    step = at.number("step", Decimal("0.01"), above=0)
    return Aspect(
        code=at.code("code"),
        kind=kind,
        max=at.number("max", Decimal(1), above=0),
        step=Decimal("0.01") if kind == "judgement" else step,
        panel=at.whole("panel", PANELS.get(kind, 1), 1),
        aggregate=aggregate,
        trim=at.whole("trim", 1, 0) if aggregate == "trimmed" else 0,
        factor=at.number("factor", Decimal(1), above=0),
        benchmarks=_benchmarks(at),
        calculation=read_calculation(at["calculation"], kind) if "calculation" in at else None,
        name=at.text("name"),
        description=at.text("description"),
        unit=at.text("unit"),
        day=at.label("day"),
        wsos=at.label("wsos"),
    )


def _aggregate(at: Members, kind: Kind) -> Aggregate | None:
    """Which aggregate applies; keys that would be without effect for this kind are refused."""
    aggregate = None
    if kind == "panel":
        aggregate = cast(Aggregate, at.choice("aggregate", "mean", *AGGREGATES))
        if aggregate != "trimmed":
            at.refuse(["trim"], aggregate)
    else:
        at.refuse(["aggregate", "trim", "factor"], kind)
        if kind not in PANELS:
            at.refuse(["panel"], kind)
    return aggregate


def _benchmarks(at: Members) -> tuple[str, ...]:
    benchmarks = tuple(item.text() for item in at.elements("benchmarks"))
    if "benchmarks" in at and type(at.values["benchmarks"]) is list and len(benchmarks) != 4:
        at["benchmarks"].fault("benchmark_count")
    return benchmarks


def _tie_break(node: Node) -> TieBreak:
    text = node.text()
    kind, colon, code = text.partition(":")
    if text == "duration":
        return TieBreak("duration")
    if kind in ("module", "criterion", "aspect") and colon and code:
        return TieBreak(kind, code)  # type: ignore[arg-type]
    if type(node.value) is str:
        node.fault("tie_break_form")
    return TieBreak("duration")


def _check_codes(scheme: Scheme, node: Node) -> None:
    """Codes are unique in the whole scheme, also between modules, criteria and aspects."""
    seen: Counter[str] = Counter()

    def check(code: str, place: str) -> None:
        seen[code] += 1
        if code and seen[code] > 1:
            Node(None, f"{place}.code", node.faults).fault("repeated_code", code=code)

    for m, module in enumerate(scheme.modules):
        at_module = f"{node.place}.modules[{m}]"
        check(module.code, at_module)
        for c, criterion in enumerate(module.criteria):
            at_criterion = f"{at_module}.criteria[{c}]"
            check(criterion.code, at_criterion)
            for a, aspect in enumerate(criterion.aspects):
                check(aspect.code, f"{at_criterion}.aspects[{a}]")


def _check_tie_breaks(scheme: Scheme, node: Node) -> None:
    codes = {
        "module": {module.code for module in scheme.modules},
        "criterion": {criterion.code for criterion in scheme.criteria},
        "aspect": {aspect.code for aspect in scheme.aspects},
    }
    for i, tie_break in enumerate(scheme.tie_breaks):
        if tie_break.kind != "duration" and tie_break.code not in codes[tie_break.kind]:
            Node(None, f"{node.place}.tie_breaks[{i}]", node.faults).fault(
                "tie_break_unknown", kind=tie_break.kind, code=tie_break.code
            )


def scheme_document(scheme: Scheme) -> dict[str, Any]:
    """Write a scheme as its document, defaults written out; reading it back gives an equal scheme."""
    return _without_none(
        name=scheme.name,
        description=scheme.description,
        places=scheme.places,
        rounding=scheme.rounding,
        pass_total=decimal_member(scheme.pass_total),
        tie_breaks=[str(tie_break) for tie_break in scheme.tie_breaks],
        scale=scheme.scale,
        modules=[_module_document(module) for module in scheme.modules],
        awards=awards_document(scheme.awards) if scheme.awards else None,
    )


def _module_document(module: Module) -> dict[str, Any]:
    document = _without_none(
        code=module.code,
        name=module.name,
        description=module.description,
        weight=decimal_member(module.weight),
    )
    if module.pass_mark is not None:
        document["pass"] = decimal_member(module.pass_mark)
    return document | {"criteria": [_criterion_document(criterion) for criterion in module.criteria]}


def _criterion_document(criterion: Criterion) -> dict[str, Any]:
    return _without_none(
        code=criterion.code,
        name=criterion.name,
        description=criterion.description,
        day=criterion.day,
        aspects=[_aspect_document(aspect) for aspect in criterion.aspects],
    )


def _aspect_document(aspect: Aspect) -> dict[str, Any]:
    panel = aspect.kind == "panel"
    return _without_none(
        code=aspect.code,
        name=aspect.name,
        kind=aspect.kind,
        max=decimal_member(aspect.max),
        step=None if aspect.kind == "judgement" else decimal_member(aspect.step),
        panel=aspect.panel if aspect.kind in PANELS else None,
        aggregate=aspect.aggregate,
        trim=aspect.trim if aspect.aggregate == "trimmed" else None,
        factor=decimal_member(aspect.factor) if panel else None,
        unit=aspect.unit,
        description=aspect.description,
        benchmarks=list(aspect.benchmarks) or None,
        calculation=aspect.calculation,
        day=aspect.day,
        wsos=aspect.wsos,
    )


def _without_none(**members: Any) -> dict[str, Any]:
    return {key: value for key, value in members.items() if value is not None}
