"""The engine and the second calculator agree to the last digit: on the examples and on random bundles."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis.strategies import integers

from qzcompete.marking.rules.bundle import parse_bundle, score_bundle
from qzcompete.marking.rules.result import result_document
from qzcompete.marking.rules.scheme_reading import parse_scheme, scheme_document
from qzcompete.results.rules.second_calculator import disagreements, second_result
from tests.marking.random_bundles import random_bundle

EXAMPLES = sorted((Path(__file__).parent.parent.parent / "marking" / "examples").glob("*.expected.json"))


@pytest.mark.parametrize("expected", EXAMPLES, ids=lambda path: path.name)
def test_second_calculator_gives_the_expected_result_of_an_example(expected: Path) -> None:
    bundle = json.loads(expected.with_name(expected.name.replace(".expected", "")).read_bytes())

    assert second_result(bundle) == json.loads(expected.read_bytes())


@settings(max_examples=300, deadline=None)
@given(integers(0, 2**63))
def test_both_calculators_agree_on_a_random_bundle(seed: int) -> None:
    document = random_bundle(seed)

    bundle = parse_bundle(document)

    assert result_document(score_bundle(bundle)) == second_result(document)
    assert parse_scheme(scheme_document(bundle.scheme)) == bundle.scheme


def test_a_disagreement_names_the_entry_and_both_figures() -> None:
    second = {"results": [{"entry": "B01", "total": "88.50", "rank": 1}], "blockers": []}
    first = {"results": [{"entry": "B01", "total": "88.51", "rank": 1}], "blockers": []}

    assert disagreements(second, second) == []
    assert disagreements(first, second) == [("B01", "total", "88.51", "88.50")]


def test_another_order_of_equal_lines_is_a_disagreement() -> None:
    lines = [{"entry": "B01", "rank": 1}, {"entry": "B02", "rank": 1}]

    assert disagreements({"results": lines}, {"results": lines[::-1]}) != []
