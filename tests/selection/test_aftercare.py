"""After the designation: the log, yearly grades, correction, removal with a ban, renewal."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy import select

from qzcompete.core import clock
from qzcompete.core.errors import NotFound, RuleBroken
from qzcompete.core.transaction import unit
from qzcompete.extensions import db
from qzcompete.selection.models import Application, SelectionBan, YearAssessment
from qzcompete.selection.queries.aftercare import assessments_of, sheet_of, year_amounts
from qzcompete.selection.queries.designations import after_decision, designations_of, register
from qzcompete.selection.services import aftercare
from qzcompete.selection.services.aftercare import RecordDraft
from tests.conftest import Outbox
from tests.selection.decided import Decided
from tests.selection.test_grants import designated

GOOD = {"A1": 15, "A2": 15, "B1": 20, "B2": 12, "C1": 12, "C2": 12}
POOR = {"A1": 5, "A2": 5, "B1": 5, "B2": 5, "C1": 5, "C2": 5}
YEAR_END = datetime(2027, 12, 20, tzinfo=UTC)


@pytest.fixture
def made(app: Flask) -> Iterator[Decided]:
    made, _key = designated(app)
    with clock.held_at(YEAR_END):
        yield made


def ids(made: Decided) -> list[int]:
    return [card.id for card in designations_of(made.class_id)]


def assess(made: Decided, designation_id: int, marks: dict[str, int], year: int = 2027) -> None:
    exact = {code: Decimal(mark) for code, mark in marks.items()}
    with unit():
        aftercare.assess(made.office, designation_id, year, exact, "")


def graded(made: Decided, second: dict[str, int] = POOR) -> dict[int, str]:
    first, other = ids(made)
    assess(made, first, GOOD)
    assess(made, other, second)
    with unit():
        return aftercare.grade_year(made.office, made.class_id, 2027)


def state(made: Decided, place: int) -> str:
    return (
        db.session.scalar(select(Application.state).where(Application.id == made.applications[place])) or ""
    )


def test_the_log_prefills_the_sheet(made: Decided) -> None:
    key = ids(made)[0]
    with unit():
        for kind, persons in (("apprentice", 4), ("training", 30), ("attack", 1)):
            aftercare.add_record(
                made.applicants[0], key, RecordDraft(kind, date(2027, 6, 1), "坡口焊接培训", persons)
            )

    lines = {row.line.code: row.proposed for row in sheet_of(key, "studio", 2027)}

    assert year_amounts(key)[2027] == {"apprentice": 4, "training": 30, "attack": 1, "exchange": 0}
    assert (lines["B1"], lines["B2"], lines["C1"], lines["A1"]) == (
        Decimal("10.0"),
        Decimal("7.5"),
        Decimal("7.5"),
        None,
    )


@pytest.mark.parametrize("day", [date(2026, 11, 16), date(2027, 12, 21)])
def test_a_record_lies_within_the_term_and_not_in_the_future(made: Decided, day: date) -> None:
    with pytest.raises(RuleBroken) as refused, unit():
        aftercare.add_record(made.applicants[0], ids(made)[0], RecordDraft("exchange", day, "交流"))

    assert refused.value.field == "on_day"


def test_nobody_writes_the_log_of_another(made: Decided) -> None:
    with pytest.raises(NotFound), unit():
        aftercare.add_record(
            made.applicants[1], ids(made)[0], RecordDraft("exchange", date(2027, 6, 1), "交流")
        )


def test_a_year_is_graded_only_when_all_are_assessed(made: Decided) -> None:
    assess(made, ids(made)[0], GOOD)

    with pytest.raises(RuleBroken) as refused, unit():
        aftercare.grade_year(made.office, made.class_id, 2027)

    assert "陆志远" in str(refused.value.message)


def test_who_fails_gets_time_to_correct_and_is_told(made: Decided, outbox: Outbox) -> None:
    found = graded(made)
    failed = assessments_of(ids(made)[1])[0]

    # Two assessed: 20 % of them is no whole one, so that nobody is excellent.
    assert sorted(found.values()) == ["failed", "passed"]
    assert (state(made, 0), state(made, 1)) == ("designated", "correcting")
    assert failed.correct_until == date(2028, 3, 20)
    assert "请于2028年3月20日前完成整改" in outbox.of_kind("selection.graded")[1].body


def test_who_corrected_in_time_stands_again(made: Decided) -> None:
    graded(made)
    failed = assessments_of(ids(made)[1])[0]

    with unit():
        aftercare.accept_correction(made.office, failed.id, "补齐台账，新增带徒3人。")

    assert state(made, 1) == "designated"


def test_who_did_not_correct_is_removed_and_banned(made: Decided) -> None:
    graded(made)
    second = ids(made)[1]
    with pytest.raises(RuleBroken) as early, unit():
        aftercare.remove(made.office, second, "考核不合格")

    with clock.held_at(datetime(2028, 3, 21, tzinfo=UTC)), unit():
        aftercare.remove(made.office, second, "考核不合格，逾期未整改")
    ban = db.session.scalars(select(SelectionBan)).one()

    assert early.value.code == "correcting"
    assert (state(made, 1), ban.until) == ("removed", date(2034, 3, 21))
    with clock.held_at(datetime(2028, 3, 22, tzinfo=UTC)):
        assert [card.leader_name for _unit, cards in register() for card in cards] == ["韦梅静"]


def test_the_log_of_a_graded_year_is_closed(made: Decided) -> None:
    graded(made)

    with pytest.raises(RuleBroken), unit():
        aftercare.add_record(
            made.applicants[0], ids(made)[0], RecordDraft("exchange", date(2027, 6, 1), "交流")
        )


TERM_GOOD = {"A1": 10, "A2": 8, "A3": 18, "B1": 15, "B2": 12, "C1": 15}
TERM_END = datetime(2028, 10, 1, tzinfo=UTC)


def assess_term(made: Decided, marks: dict[str, int]) -> YearAssessment:
    exact = {code: Decimal(mark) for code, mark in marks.items()}
    with unit():
        return aftercare.assess_term(made.office, ids(made)[0], exact, "")


def test_a_term_is_assessed_and_renewed_at_its_end_and_not_before(made: Decided) -> None:
    key = ids(made)[0]
    with pytest.raises(RuleBroken, match="early"):
        assess_term(made, TERM_GOOD)
    with pytest.raises(RuleBroken, match="early"), unit():
        aftercare.renew(made.office, key, "期满评估合格")

    with clock.held_at(TERM_END):
        with pytest.raises(RuleBroken, match="not_assessed"), unit():
            aftercare.renew(made.office, key, "期满评估合格")
        assess_term(made, TERM_GOOD)
        with pytest.raises(RuleBroken, match="graded"):
            assess_term(made, TERM_GOOD)
        with unit():
            aftercare.renew(made.office, key, "期满评估合格")

    assert designations_of(made.class_id)[0].ends_on == date(2030, 11, 16)


def test_a_renewed_title_is_assessed_renewed_and_ended_as_before(made: Decided) -> None:
    key = ids(made)[0]
    with clock.held_at(TERM_END):
        assess_term(made, TERM_GOOD)
        with unit():
            aftercare.renew(made.office, key, "期满评估合格")

    with clock.held_at(datetime(2030, 9, 1, tzinfo=UTC)):
        with pytest.raises(RuleBroken, match="not_assessed"), unit():
            aftercare.renew(made.office, key, "期满评估合格")
        graded_of_term = assess_term(made, TERM_GOOD)
    assert (state(made, 0), graded_of_term.year) == ("renewed", 2030)
    with clock.held_at(datetime(2030, 11, 17, tzinfo=UTC)), unit():
        aftercare.end(made.office, key)
    assert state(made, 0) == "ended"


def test_who_failed_the_term_corrects_before_the_renewal(made: Decided, outbox: Outbox) -> None:
    key = ids(made)[0]
    with clock.held_at(TERM_END):
        failed = assess_term(made, TERM_GOOD | {"A3": 0, "B2": 0, "C1": 5})
        assert (failed.grade, state(made, 0)) == ("failed", "correcting")
        with unit():
            aftercare.accept_correction(made.office, failed.id, "补齐制度和台账。")
        with unit():
            aftercare.renew(made.office, key, "整改后合格")

    assert state(made, 0) == "renewed"
    assert "期满评估结果为不合格" in outbox.of_kind("selection.graded")[0].body


def test_a_term_and_the_year_in_which_it_ends_are_assessed_apart(made: Decided) -> None:
    with clock.held_at(TERM_END):
        assess_term(made, TERM_GOOD)
        for key in ids(made):
            assess(made, key, GOOD, 2028)
        with unit():
            found = aftercare.grade_year(made.office, made.class_id, 2028)

    assert set(found.values()) == {"passed"}
    assert [(row.year, row.whole_term) for row in assessments_of(ids(made)[0])] == [
        (2028, True),
        (2028, False),
    ]


def test_the_list_of_the_panel_stays_whatever_becomes_of_a_title(made: Decided) -> None:
    before = [row.name for row in after_decision(made.class_id).listed]
    graded(made)
    with clock.held_at(datetime(2028, 3, 21, tzinfo=UTC)), unit():
        aftercare.remove(made.office, ids(made)[1], "逾期未整改")

    assert [row.name for row in after_decision(made.class_id).listed] == before
    assert len(before) == 2
