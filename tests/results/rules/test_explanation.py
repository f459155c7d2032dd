"""An explanation shows the marks that stand, what became of each, and the very figures of the result."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from qzcompete.results.rules.explanation import JudgesMark, explain

EXAMPLES = sorted((Path(__file__).parent.parent.parent / "marking" / "examples").glob("*.expected.json"))


def bundle(**aspect: str | int) -> dict[str, Any]:
    values = {"J1": "6", "J2": "8", "J3": "9", "J4": "9.5", "J5": "3"}
    marks = [
        {"entry": "B01", "aspect": "A1", "judge": judge, "value": value, "rev": 2}
        for judge, value in values.items()
    ]
    marks += [{"entry": "B01", "aspect": "A1", "judge": "J1", "value": "1", "rev": 1}]
    return {
        "event": {"code": "X", "name": "X"},
        "scheme": {
            "modules": [
                {
                    "code": "A",
                    "weight": "50",
                    "criteria": [
                        {"code": "A", "aspects": [{"code": "A1", "kind": "panel", "max": "10", **aspect}]}
                    ],
                }
            ]
        },
        "judges": [{"code": judge} for judge in values],
        "entries": [{"code": "B01", "status": "present"}, {"code": "B02", "status": "absent"}],
        "marks": marks,
    }


def test_the_extremes_are_shown_as_dropped_when_the_mean_is_trimmed() -> None:
    told = explain(bundle(aggregate="trimmed", trim=1), "B01")

    (step,) = told.modules[0].aspects
    assert step.marks == [
        JudgesMark("J1", "6"),
        JudgesMark("J2", "8"),
        JudgesMark("J3", "9"),
        JudgesMark("J4", "9.5", dropped=True),
        JudgesMark("J5", "3", dropped=True),
    ]
    assert (step.way, step.score) == ("trimmed", "7.67")


def test_a_module_shows_its_weight_and_what_it_adds() -> None:
    told = explain(bundle(), "B01")

    module = told.modules[0]
    assert (module.score, module.most, module.weight, module.counted) == ("7.10", "10.00", "50", "35.50")
    assert (told.total, told.rank, told.better, told.equal) == ("35.50", 1, 0, 0)


def test_an_absent_entry_has_no_steps() -> None:
    told = explain(bundle(), "B02")

    assert (told.modules, told.total, told.rank) == ([], None, None)


@pytest.mark.parametrize("expected", EXAMPLES, ids=lambda path: path.name)
def test_the_steps_add_up_to_the_result_of_an_example(expected: Path) -> None:
    document = json.loads(expected.with_name(expected.name.replace(".expected", "")).read_bytes())

    for row in json.loads(expected.read_bytes())["results"][:3]:
        told = explain(document, row["entry"])
        assert (told.total, told.points, told.rank, told.award) == (
            row["total"],
            row["points"],
            row["rank"],
            row["award"],
        )
        if told.total is not None:
            assert sum(Decimal(module.counted) for module in told.modules) == Decimal(told.total)
