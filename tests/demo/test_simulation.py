"""A competition from its calendar to the promotion list, through the services; the same seed gives the same result."""

from __future__ import annotations

from collections import Counter
from typing import Any

from flask import Flask

from qzcompete.core.transaction import unit
from qzcompete.demo.simulation import Shape, simulate
from tests.conftest import empty_tables


def simulated(seed: int) -> dict[str, Any]:
    empty_tables()
    with unit():
        return simulate(seed, Shape(occupations=1, entrants=11))


def test_the_same_seed_gives_the_same_competition(app: Flask) -> None:
    first, second = simulated(3), simulated(3)

    assert first == second


def test_each_occupation_gives_one_first_three_second_and_six_third_prizes(app: Flask) -> None:
    told = simulated(5)

    prizes = [Counter(line["award"] for line in event["results"]) for event in told["events"]]
    assert prizes == [{"一等奖": 1, "二等奖": 3, "三等奖": 6, None: 1}]
    assert [event["recheck"]["sheets"] for event in told["events"]] == [18]
    assert {line["team"] for line in told["teams"]} == {
        "钦南区",
        "钦北区",
        "灵山县",
        "浦北县",
        "自贸区钦州港片区",
    }
    assert {one["rank"] for one in told["promotions"]} == set(range(1, 11))
    assert told["audit_faults"] == []
