"""Each rule of eligibility by itself: what decides it, and with which value."""

from datetime import date
from typing import Any

import pytest

from qzcompete.registration.rules.eligibility import Facts, FormerWin, age_on, answers

AGE = {"kind": "age", "least": 16, "most": 25, "on": "2026-09-01"}
GUARDIAN = {"kind": "guardian", "on": "2026-09-01"}
LEVEL = {"kind": "skill_level", "least": 4}
BARRED = {"kind": "no_former_winner", "since": 2023, "awards": ["一等奖"]}


def decided(rule: dict[str, Any], facts: Facts) -> tuple[str, str]:
    (answer,) = answers([rule], facts)
    return answer.verdict, answer.reason


@pytest.mark.parametrize(
    ("born_on", "day", "years"),
    [
        (date(2001, 9, 1), date(2026, 9, 1), 25),
        (date(2001, 9, 2), date(2026, 9, 1), 24),
        (date(2004, 2, 29), date(2026, 2, 28), 21),
        (date(2004, 2, 29), date(2026, 3, 1), 22),
    ],
)
def test_a_year_is_full_on_the_birthday(born_on: date, day: date, years: int) -> None:
    assert age_on(born_on, day) == years


@pytest.mark.parametrize(
    ("rule", "facts", "verdict"),
    [
        (AGE, Facts(born_on=date(2010, 9, 1)), ("met", "age_fits")),
        (AGE, Facts(born_on=date(2010, 9, 2)), ("broken", "too_young")),
        (AGE, Facts(born_on=date(2000, 9, 1)), ("broken", "too_old")),
        (AGE, Facts(), ("open", "birth_unknown")),
        (GUARDIAN, Facts(born_on=date(2008, 9, 1)), ("met", "full_age")),
        (GUARDIAN, Facts(born_on=date(2008, 9, 2)), ("broken", "guardian_missing")),
        (GUARDIAN, Facts(born_on=date(2008, 9, 2), guardian=True), ("met", "guardian_consents")),
        ({"kind": "employer"}, Facts(standing="employee", unit="木业公司"), ("met", "employed")),
        ({"kind": "employer"}, Facts(standing="self_employed", unit="个体"), ("broken", "not_employed")),
        ({"kind": "employer"}, Facts(), ("open", "standing_unknown")),
        ({"kind": "student"}, Facts(standing="student"), ("met", "is_student")),
        ({"kind": "student"}, Facts(standing="employee"), ("broken", "not_student")),
        (LEVEL, Facts(skill_level=3), ("met", "level_fits")),
        (LEVEL, Facts(skill_level=5), ("broken", "level_too_low")),
        (LEVEL, Facts(), ("open", "level_unknown")),
        ({"kind": "one_event"}, Facts(), ("met", "only_event")),
        ({"kind": "one_event"}, Facts(other_events=("焊接",)), ("broken", "other_events")),
        (BARRED, Facts(wins=(FormerWin(2022, "一等奖"), FormerWin(2024, "二等奖"))), ("met", "never_won")),
        (BARRED, Facts(wins=(FormerWin(2023, "一等奖"),)), ("broken", "won_before")),
        (BARRED | {"awards": []}, Facts(wins=(FormerWin(2024, "二等奖"),)), ("broken", "won_before")),
    ],
)
def test_rule_is_decided_by_its_fact(rule: dict[str, Any], facts: Facts, verdict: tuple[str, str]) -> None:
    assert decided(rule, facts) == verdict


def test_answer_tells_the_values_that_decided_it() -> None:
    (answer,) = answers([AGE], Facts(born_on=date(1995, 1, 1)))

    assert answer.values == {"age": 31, "on": "2026-09-01", "least": 16, "most": 25}
