"""Which marks may be given, and what the aggregates of the shared vectors are."""

import json
from pathlib import Path
from typing import Any

import pytest

from qzcompete.marking.rules.aspect_scores import Unscored, aspect_rule
from qzcompete.marking.rules.mark_limits import mark_fault, mark_units
from qzcompete.marking.rules.scheme import Aspect
from qzcompete.marking.rules.scheme_reading import parse_scheme

VECTORS = Path(__file__).parents[2] / "vectors"
MARKS = json.loads((VECTORS / "marks.json").read_bytes())
AGGREGATES = json.loads((VECTORS / "aggregates.json").read_bytes())


def aspect_of(document: dict[str, Any]) -> Aspect:
    criterion = {"code": "C", "aspects": [{"code": "A", **document}]}
    return parse_scheme({"modules": [{"code": "M", "criteria": [criterion]}]}).aspect("A")


@pytest.mark.parametrize("vector", MARKS, ids=repr)
def test_mark_is_allowed_or_refused_with_its_code(vector: dict[str, Any]) -> None:
    assert mark_fault(aspect_of(vector["aspect"]), vector["value"]) == vector["code"]


@pytest.mark.parametrize("vector", AGGREGATES, ids=repr)
def test_marks_are_aggregated_as_the_vector_says(vector: dict[str, Any]) -> None:
    rule = aspect_rule(aspect_of(vector["aspect"]), 6, vector["places"], vector["rounding"])

    score = rule([mark_units(mark, 6) for mark in vector["marks"] if mark is not None])

    expected = vector["score"]
    assert score == (Unscored(expected) if expected.isalpha() else mark_units(expected, 6))
