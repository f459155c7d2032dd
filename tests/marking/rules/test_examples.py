"""Every example of the marking page is scored as it says, to the last digit."""

import json
from pathlib import Path

import pytest

from qzcompete.marking.rules.bundle import read_bundle, score_bundle
from qzcompete.marking.rules.result import result_document
from qzcompete.marking.rules.scheme_reading import parse_scheme, scheme_document

EXAMPLES = Path(__file__).parents[1] / "examples"
NAMES = sorted(path.name.removesuffix(".expected.json") for path in EXAMPLES.glob("*.expected.json"))


def test_all_examples_are_here() -> None:
    assert len(NAMES) == 57


@pytest.mark.parametrize("name", NAMES)
def test_result_is_the_expected_text_when_an_example_is_scored(name: str) -> None:
    bundle = read_bundle((EXAMPLES / f"{name}.json").read_bytes())

    text = json.dumps(result_document(score_bundle(bundle)), ensure_ascii=False, indent=1)

    assert text == (EXAMPLES / f"{name}.expected.json").read_text(encoding="utf-8").rstrip("\n")


@pytest.mark.parametrize("name", NAMES)
def test_scheme_is_equal_when_it_was_written_and_read_again(name: str) -> None:
    scheme = read_bundle((EXAMPLES / f"{name}.json").read_bytes()).scheme

    again = parse_scheme(json.loads(json.dumps(scheme_document(scheme))))

    assert again == scheme
