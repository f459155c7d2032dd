"""What a judge measures gives the mark that the shared vectors say, and only sound calculations are read."""

import json
from pathlib import Path
from typing import Any

import pytest

from qzcompete.marking.rules.calculation import calculated_mark, measure_fault
from qzcompete.marking.rules.faults import Refused
from qzcompete.marking.rules.scheme import Aspect
from qzcompete.marking.rules.scheme_reading import parse_scheme

VECTORS = json.loads((Path(__file__).parents[2] / "vectors" / "calculations.json").read_bytes())


def aspect_of(document: dict[str, Any]) -> Aspect:
    criterion = {"code": "C", "aspects": [{"code": "A", "kind": "measurement", "max": "2", **document}]}
    return parse_scheme({"modules": [{"code": "M", "criteria": [criterion]}]}).aspect("A")


def calculated(**calculation: Any) -> Aspect:
    return aspect_of({"calculation": calculation})


@pytest.mark.parametrize("vector", VECTORS, ids=repr)
def test_measured_value_gives_the_mark_of_the_vector(vector: dict[str, Any]) -> None:
    assert calculated_mark(aspect_of(vector["aspect"]), vector["measured"]) == vector["mark"]


def test_mark_is_refused_when_the_measured_value_gives_another() -> None:
    aspect = calculated(type="NUMBER_COMPLETED", possible=4)

    assert measure_fault(aspect, "1.50", {"measured": "3"}) is None
    assert measure_fault(aspect, "2", {"measured": "3"}) == "bad_measure"
    assert measure_fault(aspect, "2", {"measured": 4}) == "bad_measure"
    assert measure_fault(aspect, "2", {"measured": "5"}) == "bad_measure"


def test_mark_stands_by_itself_when_nothing_measured_came_with_it() -> None:
    aspect = calculated(type="NUMBER_COMPLETED", possible=4)

    assert measure_fault(aspect, "2", None) is None
    assert measure_fault(aspect, "2", {"paper": 1}) is None
    assert measure_fault(aspect, None, {"measured": "3"}) is None


CHOICE = {"label": "a", "deduction": "0"}
RANGE = {"lower": "1", "upper": "2", "deduction": "10"}


@pytest.mark.parametrize(
    ("calculation", "place", "code"),
    [
        ({"type": "NUMBER_COMPLETED"}, "possible", "missing"),
        ({"type": "NUMBER_COMPLETED", "possible": 0}, "possible", "too_small"),
        ({"type": "PASS_FAIL", "possible": 3}, "possible", "unknown_key"),
        ({"type": "CHOICE", "unit": "EURO", "choices": [CHOICE]}, "unit", "not_choice"),
        ({"type": "CHOICE", "unit": "UNIT", "choices": [CHOICE] * 5}, "choices", "too_many_items"),
        ({"type": "CHOICE", "unit": "UNIT", "choices": [{"label": "a"}]}, "choices[0].deduction", "missing"),
        ({"type": "RANGED_SCORE", "target": "1", "ranges": [RANGE] * 4}, "ranges", "too_many_items"),
        (
            {"type": "RANGED_SCORE", "target": "1", "ranges": [RANGE | {"upper": "0.5"}]},
            "ranges[0].upper",
            "too_small",
        ),
        (
            {
                "type": "REGULAR_DIFFERENCE_DEDUCTION",
                "unit": "UNIT",
                "target": "0",
                "difference": "0",
                "deduction": "1",
            },
            "difference",
            "not_above",
        ),
    ],
)
def test_calculation_is_refused_when_a_part_is_wrong(
    calculation: dict[str, Any], place: str, code: str
) -> None:
    with pytest.raises(Refused) as refused:
        calculated(**calculation)

    found = [(fault.place.partition("calculation.")[2], fault.code) for fault in refused.value.faults]
    assert found == [(place, code)]


def test_calculation_is_refused_when_the_aspect_is_judged() -> None:
    with pytest.raises(Refused, match="does not belong to “judgement”"):
        aspect_of({"kind": "judgement", "calculation": {"type": "PASS_FAIL"}})
