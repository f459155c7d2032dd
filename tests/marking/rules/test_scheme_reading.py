"""A scheme is refused with every fault and its place, and is written as it was read (marking.md, 2)."""

from collections.abc import Callable
from typing import Any

import pytest

from qzcompete.marking.rules.faults import Refused
from qzcompete.marking.rules.scheme_reading import parse_scheme, scheme_document

A = "scheme.modules[0].criteria[0].aspects[0]"


def aspect(scheme: Any, **changes: Any) -> None:
    scheme["modules"][0]["criteria"][0]["aspects"][0].update(changes)


def prize(**members: Any) -> dict[str, Any]:
    return {"rule": "places", "list": [{"code": "I", **members}]}


CHANGES: list[tuple[Callable[[Any], Any], str, str]] = [
    (lambda s: s.update(places=True), "scheme.places", "not_whole"),
    (lambda s: s.update(places=-1), "scheme.places", "too_small"),
    (lambda s: s.update(rounding="up"), "scheme.rounding", "not_choice"),
    (lambda s: s.update(scale="ws600"), "scheme.scale", "not_choice"),
    (lambda s: s.update(pass_total=60), "scheme.pass_total", "not_decimal"),
    (lambda s: s.update(modules=[]), "scheme.modules", "empty_list"),
    (lambda s: s.update(tie_breaks=["time"]), "scheme.tie_breaks[0]", "tie_break_form"),
    (lambda s: s.update(tie_breaks=["aspect:C"]), "scheme.tie_breaks[0]", "tie_break_unknown"),
    (lambda s: s.update(tie_breaks=[1]), "scheme.tie_breaks[0]", "not_text"),
    (lambda s: s["modules"][0].update(code="C"), "scheme.modules[0].criteria[0].code", "repeated_code"),
    (lambda s: s["modules"][0].update(weight="-1"), "scheme.modules[0].weight", "too_small"),
    (lambda s: s["modules"][0].update({"pass": "x"}), "scheme.modules[0].pass", "not_decimal"),
    (lambda s: aspect(s, max="0"), f"{A}.max", "not_above"),
    (lambda s: aspect(s, max="-2"), f"{A}.max", "not_above"),
    (lambda s: aspect(s, max=2), f"{A}.max", "not_decimal"),
    (lambda s: aspect(s, step="0"), f"{A}.step", "not_above"),
    (lambda s: aspect(s, kind="oral"), f"{A}.kind", "not_choice"),
    (lambda s: aspect(s, factor="1"), f"{A}.factor", "key_not_for"),
    (lambda s: aspect(s, kind="judgement", panel=0), f"{A}.panel", "too_small"),
    (lambda s: aspect(s, kind="panel", trim=1), f"{A}.trim", "key_not_for"),
    (lambda s: aspect(s, kind="panel", aggregate="trimmed", trim=-1), f"{A}.trim", "too_small"),
    (lambda s: aspect(s, kind="panel", factor="0"), f"{A}.factor", "not_above"),
    (lambda s: aspect(s, benchmarks=["a"]), f"{A}.benchmarks", "benchmark_count"),
    (lambda s: aspect(s, calculation={"x": 0.5}), f"{A}.calculation.x", "not_plain"),
    (lambda s: aspect(s, colour="red"), f"{A}.colour", "unknown_key"),
    (lambda s: s.update(awards={}), "scheme.awards.rule", "missing"),
    (lambda s: s.update(awards={"rule": "places"}), "scheme.awards.list", "missing"),
    (lambda s: s.update(awards=prize()), "scheme.awards.list[0]", "prize_size"),
    (lambda s: s.update(awards=prize(count=1, percent="5")), "scheme.awards.list[0]", "prize_size"),
    (lambda s: s.update(awards=prize(percent="101")), "scheme.awards.list[0].percent", "too_great"),
    (lambda s: s.update(awards=prize(count=-1)), "scheme.awards.list[0].count", "too_small"),
    (lambda s: s.update(awards=prize(count=1) | {"floor": "5"}), "scheme.awards.floor", "key_not_for"),
    (lambda s: s.update(awards=prize(count=1) | {"on_tie": "no"}), "scheme.awards.on_tie", "not_choice"),
]


@pytest.mark.parametrize(("change", "place", "code"), CHANGES)
def test_scheme_is_refused_with_the_place_of_its_fault(
    event: Any, change: Any, place: str, code: str
) -> None:
    scheme = event.scheme()
    change(scheme)

    with pytest.raises(Refused) as refused:
        parse_scheme(scheme)

    assert [(fault.place, fault.code) for fault in refused.value.faults] == [(place, code)]
    assert refused.value.faults[0].message


def test_module_with_a_weight_is_refused_when_it_has_only_deductions(event: Any) -> None:
    with pytest.raises(Refused, match="aspects give no marks"):
        parse_scheme(event.scheme(event.aspect(kind="deduction"), weight="10"))


def test_describing_keys_are_kept(event: Any) -> None:
    described = event.aspect(
        "A", "judgement", name="n", description="d", benchmarks=["0", "1", "2", "3"], unit="mm",
        calculation={"row": "4", "cells": ["a"]}, day=1, wsos="3",
    )  # fmt: skip

    scheme = parse_scheme(event.scheme(described, name="方案"))

    written = scheme_document(scheme)["modules"][0]["criteria"][0]["aspects"][0]
    assert written == described | {"day": "1", "panel": 3}
    assert parse_scheme(scheme_document(scheme)) == scheme
