"""An entry's working time: timed by one judge, disagreed upon by another, set by the chief judge, used for ties."""

from typing import Any

import pytest
from flask import Flask

from qzcompete.core.actor import SYSTEM
from qzcompete.core.errors import RuleBroken
from qzcompete.core.transaction import unit
from qzcompete.marking import queries, services
from tests.marking.panel import SCHEME, mark, op, open_panel


@pytest.fixture
def timed(app: Flask) -> int:
    return open_panel(scheme=SCHEME | {"tie_breaks": ["duration"]})


def time(value: object, **changes: Any) -> dict[str, Any]:
    return op(aspect=None, kind="time", value=value, **changes)


def times(assessment: int) -> list[tuple[str, int | None, str | None, list[tuple[str, int]]]]:
    return [
        (one.code, one.seconds, one.timed_by, list(one.others)) for one in queries.entry_times(assessment)
    ]


def test_time_of_a_judge_counts_until_that_judge_changes_it(timed: int) -> None:
    assert mark("J1", time("5025")) == [("applied", None)]
    assert mark("J2", time("5025")) == [("same", None)]
    assert mark("J1", time("5030")) == [("applied", None)]
    assert times(timed) == [("K1", 5030, "J1", []), ("K2", None, None, [])]

    assert mark("J1", time(None)) == [("applied", None)]
    assert mark("J2", time("60")) == [("applied", None)]
    assert times(timed)[0] == ("K1", 60, "J2", [])


def test_another_judges_time_is_held_until_the_chief_judge_sets_one(timed: int) -> None:
    mark("J1", time("5025"))
    assert mark("J2", time("5100")) == [("held", "timed")]
    assert times(timed)[0] == ("K1", 5025, "J1", [("J2", 5100)])

    with unit():
        services.set_duration(SYSTEM, timed, "K1", 5060, "以现场录像为准")

    assert times(timed)[0] == ("K1", 5060, None, [])
    assert mark("J1", time("5025")) == [("held", "timed")]


@pytest.mark.parametrize("wrong", ["-1", "1.5", "01", "1000000", 60])
def test_time_is_malformed_when_it_is_no_whole_seconds(timed: int, wrong: object) -> None:
    assert mark("J1", time(wrong)) == [("rejected", "malformed")]
    assert mark("J1", op(kind="time", value="60")) == [("rejected", "malformed")]


def test_setting_a_time_is_refused_without_reason(timed: int) -> None:
    with pytest.raises(RuleBroken), unit():
        services.set_duration(SYSTEM, timed, "K1", 5060, " ")


def test_shorter_time_goes_first_when_totals_are_equal(timed: int) -> None:
    for judge in ("J1", "J2"):
        for code in ("K1", "K2"):
            given = [op(candidate=code, aspect="A2", value="2")]
            mark(judge, *given, *([op(candidate=code)] if judge == "J1" else []))
    mark("J1", time("900"), time("800", candidate="K2"))

    assert [(row.entry, row.rank) for row in queries.result(timed).rows] == [("K2", 1), ("K1", 2)]


def test_pack_says_that_entries_are_timed(timed: int) -> None:
    mark("J1", time("900"))
    pack = queries.pack(1)

    assert pack["timed"] is True
    assert [one["duration_s"] for one in pack["candidates"]] == [900, None]


def test_chief_judge_sets_a_time_on_its_page(timed: int, sign_in: Any) -> None:
    chief = sign_in("chief_judge", ("assessment", timed))
    mark("J1", time("5025"))
    mark("J2", time("5100"))
    watch = chief.get(f"/marking/watch/{timed}")
    assert "1:23:45" in watch.text
    assert "J2 1:25:00" in watch.text

    wrong = chief.post(f"/marking/watch/{timed}/time/K1", data={"time": "1h", "reason": "录像"})
    assert wrong.status_code == 422
    assert "时:分:秒" in wrong.text
    chief.post(f"/marking/watch/{timed}/time/K1", data={"time": "1:24:00", "reason": "录像"})

    assert times(timed)[0] == ("K1", 5040, None, [])
    assert chief.get(f"/marking/watch/{timed}/time/K9").status_code == 404
