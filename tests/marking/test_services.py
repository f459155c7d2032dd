"""An assessment's life, and what becomes of every kind of op: nothing is lost, nothing counts twice."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from time import time
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import func, select

from qzcompete.core.actor import SYSTEM
from qzcompete.core.audit import AuditRow, chain_faults
from qzcompete.core.errors import NotFound, RuleBroken
from qzcompete.core.transaction import unit
from qzcompete.extensions import db
from qzcompete.marking import queries, services
from qzcompete.marking.models import Assessment, Candidate, Mark, MarkOp, Recusal, Seat, Sheet, TieResolution
from qzcompete.marking.services import OpResult
from qzcompete.people.services import create_account
from tests.marking.panel import SCHEME, op


def prepare() -> int:
    """An assessment of K1 and K2 (K3 is absent), marked by J1 and J2; J1 alone marks A1. Its id."""
    accounts = [create_account(SYSTEM, name, name, "correct-horse-9", []).id for name in ("liang", "wei")]
    assessment = services.create_assessment(SYSTEM, "EV1", "坭兴陶")
    services.set_scheme(SYSTEM, assessment.id, SCHEME)
    specs = [
        services.CandidateSpec("K1"),
        services.CandidateSpec("K2"),
        services.CandidateSpec("K3", "absent"),
    ]
    services.add_candidates(SYSTEM, assessment.id, specs)
    seats = [
        services.SeatSpec(f"J{number}", name, account)
        for number, (name, account) in enumerate(zip(("liang", "wei"), accounts, strict=True), 1)
    ]
    services.seat_judges(SYSTEM, assessment.id, [*seats, services.SeatSpec("J3", "chief", None, True)])
    services.open_assessment(SYSTEM, assessment.id)
    return assessment.id


@pytest.fixture
def assessment(app: Flask) -> int:
    with unit():
        return prepare()


def seat_id(code: str) -> int:
    return db.session.scalars(select(Seat.id).where(Seat.code == code)).one()


def send(judge: str, *ops: dict[str, Any]) -> list[OpResult]:
    with unit():
        return services.record_ops(SYSTEM, seat_id(judge), ops)


def status(judge: str, *ops: dict[str, Any]) -> list[tuple[str, str | None, int | None]]:
    return [(result.status, result.code, result.rev) for result in send(judge, *ops)]


def sign(judge: str, *candidates: str) -> None:
    seat = seat_id(judge)
    for code in candidates:
        digest = queries.digest_of(seat, queries.assessment_card(1).id, code)
        assert status(judge, op(candidate=code, aspect=None, kind="sign", value=digest))[0][0] == "applied"


def mark_all(assessment: int, first: str = "7.5", second: str = "5") -> None:
    for code, value in (("K1", first), ("K2", second)):
        assert status("J1", op(candidate=code, value=value), op(candidate=code, aspect="A2", value="2")) == [
            ("applied", None, 1),
            ("applied", None, 1),
        ]
        assert status("J2", op(candidate=code, aspect="A2", value="2")) == [("applied", None, 1)]


def state(assessment: int) -> str:
    return queries.assessment_card(assessment).state


def refusal(call: Any, *arguments: Any) -> str:
    with pytest.raises(RuleBroken) as refused, unit():
        call(SYSTEM, *arguments)
    return refused.value.code


def marks() -> list[tuple[str, Decimal | None, int]]:
    rows = db.session.execute(
        select(Candidate.code, Mark.value, Mark.rev).join(Candidate, Candidate.id == Mark.candidate_id)
    )
    return sorted((code, value, rev) for code, value, rev in rows)


def audited(action: str) -> Any:
    return db.session.scalars(select(AuditRow.after).where(AuditRow.action == action)).all()


# The life of an assessment


def test_nothing_is_prepared_any_more_when_marking_has_begun(assessment: int) -> None:
    late = [services.CandidateSpec("K9")]

    assert refusal(services.set_scheme, assessment, SCHEME) == "begun"
    assert refusal(services.add_candidates, assessment, late) == "begun"
    assert refusal(services.seat_judges, assessment, []) == "begun"
    assert refusal(services.open_assessment, assessment) == "begun"


def test_opening_is_refused_when_there_is_no_scheme(app: Flask) -> None:
    with unit():
        bare = services.create_assessment(SYSTEM, "EV2", "砌筑").id

    assert refusal(services.open_assessment, bare) == "no_scheme"


def test_closing_is_refused_when_a_mark_is_missing(assessment: int) -> None:
    send("J1", op(), op(aspect="A2", value="2"))

    assert refusal(services.close_assessment, assessment) == "blocked"
    assert state(assessment) == "open"


def test_closing_is_refused_when_judges_are_two_levels_apart(assessment: int) -> None:
    mark_all(assessment)
    send("J2", op(aspect="A2", value="0", base_rev=1))
    for judge in ("J1", "J2"):
        sign(judge, "K1", "K2")

    assert refusal(services.close_assessment, assessment) == "blocked"
    assert [(one.kind, one.candidates, one.what) for one in queries.progress(assessment).blockers] == [
        ("disputed", ["K1"], "A2")
    ]


def test_closing_is_refused_when_a_sheet_is_unsigned(assessment: int) -> None:
    mark_all(assessment)
    sign("J1", "K1", "K2")
    sign("J2", "K1")

    assert refusal(services.close_assessment, assessment) == "unsigned"
    assert queries.unsigned_sheets(assessment) == 1
    assert [(seat.code, seat.signed, seat.sheets) for seat in queries.progress(assessment).seats] == [
        ("J1", 2, 2),
        ("J2", 1, 2),
    ]


def test_recused_judge_signs_nothing_when_the_assessment_closes(assessment: int) -> None:
    mark_all(assessment)
    with unit():
        candidate = db.session.scalars(select(Candidate.id).where(Candidate.code == "K2")).one()
        db.session.add(Recusal(seat_id=seat_id("J2"), candidate_id=candidate))
    sign("J1", "K1", "K2")
    sign("J2", "K1")

    with unit():
        services.close_assessment(SYSTEM, assessment)

    assert state(assessment) == "closed"
    assert (queries.progress(assessment).signed, queries.progress(assessment).sheets) == (3, 3)


def signed_by_all(assessment: int) -> None:
    mark_all(assessment)
    sign("J1", "K1", "K2")
    sign("J2", "K1", "K2")


def test_assessment_is_closed_when_all_is_marked_and_signed(assessment: int) -> None:
    signed_by_all(assessment)

    with unit():
        services.close_assessment(SYSTEM, assessment)

    row = db.session.get_one(Assessment, assessment)
    assert (state(assessment), row.closed_at is not None) == ("closed", True)
    assert audited("assessment.closed") == [None]
    assert refusal(services.close_assessment, assessment) == "not_open"
    assert list(chain_faults()) == []


def test_closing_asks_no_signature_when_the_seats_have_no_account(app: Flask) -> None:
    with unit():
        imported = services.create_assessment(SYSTEM, "EV3", "导入").id
        services.set_scheme(SYSTEM, imported, SCHEME)
        services.add_candidates(SYSTEM, imported, [services.CandidateSpec("K1")])
        services.seat_judges(SYSTEM, imported, [services.SeatSpec("J1", "甲"), services.SeatSpec("J2", "乙")])
        services.open_assessment(SYSTEM, imported)
        cells = (("A1", "J1", "7.5"), ("A2", "J1", "2"), ("A2", "J2", "2"))
        given = [
            {"entry": "K1", "aspect": aspect, "judge": judge, "value": value, "rev": 1}
            for aspect, judge, value in cells
        ]
        services.import_marks(SYSTEM, imported, given)

        services.close_assessment(SYSTEM, imported)

    assert state(imported) == "closed"


def test_marks_are_taken_again_when_the_assessment_is_reopened(assessment: int) -> None:
    signed_by_all(assessment)
    with unit():
        services.close_assessment(SYSTEM, assessment)

    with unit():
        services.reopen_assessment(SYSTEM, assessment, " K1 was measured wrongly ")

    row = db.session.get_one(Assessment, assessment)
    assert (state(assessment), row.closed_at, row.closed_by) == ("open", None, None)
    assert audited("assessment.reopened") == [{"reason": "K1 was measured wrongly"}]


def test_reopening_is_refused_without_reason_and_when_it_is_open(assessment: int) -> None:
    assert refusal(services.reopen_assessment, assessment, "why") == "not_closed"
    signed_by_all(assessment)
    with unit():
        services.close_assessment(SYSTEM, assessment)

    assert refusal(services.reopen_assessment, assessment, "  ") == "rule_broken"
    assert state(assessment) == "closed"


def test_judge_marks_and_signs_anew_when_the_sheet_is_unlocked(assessment: int) -> None:
    signed_by_all(assessment)

    with unit():
        services.unlock_sheet(SYSTEM, assessment, seat_id("J1"), "K1", "misread the gauge")

    assert refusal(services.close_assessment, assessment) == "unsigned"
    assert status("J1", op(value="8", base_rev=1)) == [("applied", None, 2)]
    sign("J1", "K1")
    with unit():
        services.close_assessment(SYSTEM, assessment)
    assert audited("sheet.unlocked") == [{"code": "K1", "reason": "misread the gauge"}]


def test_unlocking_is_refused_without_sheet_reason_or_open_assessment(assessment: int) -> None:
    assert refusal(services.unlock_sheet, assessment, seat_id("J1"), "K1", "why") == "not_signed"
    with pytest.raises(NotFound), unit():
        services.unlock_sheet(SYSTEM, assessment, seat_id("J1"), "K99", "why")
    signed_by_all(assessment)

    assert refusal(services.unlock_sheet, assessment, seat_id("J1"), "K1", " ") == "rule_broken"
    with unit():
        services.close_assessment(SYSTEM, assessment)
    assert refusal(services.unlock_sheet, assessment, seat_id("J1"), "K1", "why") == "not_open"
    assert db.session.scalar(select(func.count()).where(Sheet.signed_at.is_(None))) == 0


def test_tie_at_an_award_stops_closing_until_the_chief_judge_decides(assessment: int) -> None:
    mark_all(assessment, first="5", second="5")
    for judge in ("J1", "J2"):
        sign(judge, "K1", "K2")
    assert refusal(services.close_assessment, assessment) == "blocked"
    assert [(one.kind, one.what) for one in queries.progress(assessment).blockers] == [
        ("tie_at_award", "一等奖")
    ]

    with unit():
        services.decide_tie(SYSTEM, assessment, ["K2", "K1"], "cleaner joint")

    rows = queries.result(assessment).rows
    assert [(row.entry, row.rank, row.award) for row in rows[:2]] == [("K2", 1, "一等奖"), ("K1", 2, None)]
    with unit():
        services.close_assessment(SYSTEM, assessment)
    assert db.session.scalars(select(TieResolution.reason)).all() == ["cleaner joint"]


@pytest.mark.parametrize("codes", ["K1", "K1 K1", "K1 K9", "K1 K2 K3", ""])
def test_order_is_refused_when_it_is_not_of_the_tied_works(assessment: int, codes: str) -> None:
    mark_all(assessment, first="5", second="5")

    assert refusal(services.decide_tie, assessment, codes.split(), "why") == "no_tie"


def test_order_is_refused_when_a_work_stands_twice_or_the_reason_is_missing(assessment: int) -> None:
    mark_all(assessment, first="5", second="5")

    assert refusal(services.decide_tie, assessment, ["K1", "K2", "K1"], "why") == "rule_broken"
    assert refusal(services.decide_tie, assessment, ["K1", "K2"], " ") == "rule_broken"


def test_order_is_refused_when_nothing_is_tied_or_all_is_closed(assessment: int) -> None:
    signed_by_all(assessment)
    assert refusal(services.decide_tie, assessment, ["K1", "K2"], "why") == "no_tie"

    with unit():
        services.close_assessment(SYSTEM, assessment)

    assert refusal(services.decide_tie, assessment, ["K1", "K2"], "why") == "not_open"


def test_later_order_counts_when_the_chief_judge_decides_twice(assessment: int) -> None:
    mark_all(assessment, first="5", second="5")
    for order in (["K1", "K2"], ["K2", "K1"]):
        with unit():
            services.decide_tie(SYSTEM, assessment, order, "looked again")

    assert [row.entry for row in queries.result(assessment).rows[:2]] == ["K2", "K1"]


def test_only_present_candidates_count_when_one_is_withdrawn(assessment: int) -> None:
    mark_all(assessment)
    sign("J1", "K1")
    sign("J2", "K1")

    with unit():
        services.set_status(SYSTEM, assessment, "K2", "withdrawn")
        services.close_assessment(SYSTEM, assessment)

    assert [(row.entry, row.status) for row in queries.result(assessment).rows][:2] == [
        ("K1", "present"),
        ("K2", "withdrawn"),
    ]


# What becomes of an op


def test_cell_moves_on_when_a_mark_is_changed_and_withdrawn(assessment: int) -> None:
    assert status("J1", op()) == [("applied", None, 1)]
    assert status("J1", op(value="8", base_rev=1)) == [("applied", None, 2)]
    assert status("J1", op(kind="clear", value=None, base_rev=2)) == [("applied", None, 3)]

    assert marks() == [("K1", None, 3)]


def test_same_value_settles_itself_when_it_comes_from_another_tablet(assessment: int) -> None:
    send("J1", op(value="7.5"))

    assert status("J1", op(value="7.50")) == [("same", None, 1)]
    assert marks() == [("K1", Decimal("7.5"), 1)]


def test_conflict_keeps_the_mark_and_tells_it_when_the_cell_moved_on(assessment: int) -> None:
    send("J1", op(value="7.5"))

    (conflict,) = send("J1", late := op(value="8"))

    assert (conflict.status, conflict.code, conflict.rev) == ("conflict", "stale_rev", 1)
    assert conflict.current is not None
    assert (conflict.current["rev"], conflict.current["value"]) == (1, "7.5")
    assert conflict.current["label"] is None
    assert abs(conflict.current["at"] / 1000 - time()) < 60
    assert queries.progress(assessment).conflicts == 1
    assert marks() == [("K1", Decimal("7.5"), 1)]
    assert status("J1", op(value="8", base_rev=1, resolves=[late["op_id"]])) == [("applied", None, 2)]
    assert queries.progress(assessment).conflicts == 0


def test_conflict_stays_when_another_judge_claims_to_settle_it(assessment: int) -> None:
    send("J1", op(aspect="A2", value="1"))
    send("J1", late := op(aspect="A2", value="2"))

    send("J2", op(aspect="A2", value="2", resolves=[late["op_id"]]))

    assert queries.progress(assessment).conflicts == 1


def test_mark_is_held_for_the_chief_judge_when_the_sheet_is_signed(assessment: int) -> None:
    mark_all(assessment)
    sign("J1", "K1")

    assert status("J1", op(value="9", base_rev=1)) == [("held", "signed", 1)]

    held = [
        (one.seat_code, one.candidate, one.aspect, one.value) for one in queries.progress(assessment).held
    ]
    assert held == [("J1", "K1", "A1", "9")]
    assert ("K1", Decimal("7.5"), 1) in marks()


def test_held_mark_is_done_with_when_the_judge_marks_again_after_unlocking(assessment: int) -> None:
    mark_all(assessment)
    sign("J1", "K1")
    send("J1", op(value="9", base_rev=1))
    with unit():
        services.unlock_sheet(SYSTEM, assessment, seat_id("J1"), "K1", "second look")

    send("J1", op(value="9", base_rev=1))

    assert queries.progress(assessment).held == []


def test_mark_is_held_when_the_assessment_is_closed(assessment: int) -> None:
    signed_by_all(assessment)
    with unit():
        services.close_assessment(SYSTEM, assessment)

    assert status("J1", op(value="9", base_rev=1)) == [("held", "closed", 1)]
    assert [one.value for one in queries.progress(assessment).held] == ["9"]


def call(**changes: Any) -> dict[str, Any]:
    extra = {"kind": "call", "text": "刀具断裂", "photos": [str(uuid4())]} | changes
    return op(kind="flag", value=None, extra=extra)


def test_call_is_kept_and_changes_no_mark_when_the_sheet_is_signed(assessment: int) -> None:
    mark_all(assessment)
    sign("J1", "K1")
    before = marks()

    assert status("J1", call(), call(kind="incident", text="", photos=[])) == [("applied", None, None)] * 2

    assert marks() == before


@pytest.mark.parametrize(
    "changes",
    [
        {"kind": "song"},
        {"text": "长" * 501},
        {"text": None},
        {"photos": ["x"]},
        {"photos": None},
        {"photos": [str(uuid4()) for _ in range(7)]},
    ],
)
def test_call_is_malformed_when_its_words_or_photos_are_none(
    assessment: int, changes: dict[str, Any]
) -> None:
    assert status("J1", call(**changes)) == [("rejected", "malformed", None)]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"value": True}, "malformed"),
        ({"value": 1}, "malformed"),
        ({"value": 1.5}, "malformed"),
        ({"value": "1e1"}, "malformed"),
        ({"value": "٣"}, "malformed"),
        ({"value": ""}, "malformed"),
        ({"value": None}, "malformed"),
        ({"kind": "clear"}, "malformed"),
        ({"kind": "flag"}, "malformed"),
        ({"candidate": None}, "malformed"),
        ({"candidate": ["K1"]}, "malformed"),
        ({"aspect": 1}, "malformed"),
        ({"base_rev": True}, "malformed"),
        ({"base_rev": -1}, "malformed"),
        ({"base_rev": 2**31}, "malformed"),
        ({"seq": "1"}, "malformed"),
        ({"resolves": 5}, "malformed"),
        ({"resolves": ["no id"]}, "malformed"),
        ({"extra": {"note": "\x00"}}, "malformed"),
        ({"extra": "\ud800"}, "malformed"),
        ({"extra": float("nan")}, "malformed"),
        ({"value": "10.5"}, "out_of_range"),
        ({"value": "-0.5"}, "out_of_range"),
        ({"value": "7.25"}, "bad_step"),
        ({"candidate": "K9"}, "unknown_cell"),
        ({"aspect": "A9"}, "unknown_cell"),
        ({"aspect": None}, "unknown_cell"),
        ({"assessment": "EV9"}, "unknown_cell"),
        ({"judge": "J2"}, "wrong_judge"),
        ({"kind": "sign", "aspect": None, "value": "0" * 64}, "digest_mismatch"),
    ],
)
def test_op_is_rejected_and_the_next_one_applied_when_it_breaks_a_rule(
    assessment: int, changes: dict[str, Any], code: str
) -> None:
    results = status("J1", op(**changes), op(candidate="K2"))

    assert results == [("rejected", code, None), ("applied", None, 1)]
    assert marks() == [("K2", Decimal("7.5"), 1)]


@pytest.mark.parametrize("wrong", [None, 7, "", "1", "A" * 36, "EBC70A18-CEF9-468A-8DD9-6740C1C3E3E8"])
def test_op_is_rejected_when_its_id_is_none(assessment: int, wrong: object) -> None:
    assert status("J1", op(op_id=wrong)) == [("rejected", "malformed", None)]


def test_op_is_rejected_when_the_judge_is_recused(assessment: int) -> None:
    with unit():
        candidate = db.session.scalars(select(Candidate.id).where(Candidate.code == "K1")).one()
        db.session.add(Recusal(seat_id=seat_id("J1"), candidate_id=candidate))

    assert status("J1", op(), op(candidate="K2")) == [("rejected", "recused", None), ("applied", None, 1)]


def test_signature_is_the_same_when_it_comes_again_and_held_over_other_content(assessment: int) -> None:
    mark_all(assessment)
    digest = queries.digest_of(seat_id("J1"), assessment, "K1")
    one = {"aspect": None, "kind": "sign"}

    assert status("J1", op(**one, value=digest)) == [("applied", None, None)]
    assert status("J1", op(**one, value=digest)) == [("same", None, None)]
    assert status("J1", op(**one, value="0" * 64)) == [("held", "signed", None)]


# The same op again


def first_and_again(judge: str, given: dict[str, Any]) -> tuple[OpResult, OpResult]:
    return send(judge, given)[0], send(judge, given)[0]


def everything_but_duplicate(result: OpResult) -> tuple[Any, ...]:
    return result.op_id, result.status, result.code, result.rev, result.current


@pytest.mark.parametrize("kind", ["applied", "same", "conflict", "held", "rejected"])
def test_answer_is_the_first_one_for_ever_when_an_op_comes_again(assessment: int, kind: str) -> None:
    mark_all(assessment)
    sign("J1", "K2")
    given = {
        "applied": op(value="8", base_rev=1),
        "same": op(value="7.5", base_rev=1),
        "conflict": op(value="9"),
        "held": op(candidate="K2", value="9", base_rev=1),
        "rejected": op(value="11", base_rev=1),
    }[kind]

    first = send("J1", given)[0]
    send("J1", op(value="1.5", base_rev=1), op(value="2.5", base_rev=2))
    again = send("J1", given)[0]

    assert first.status == kind
    assert everything_but_duplicate(again) == everything_but_duplicate(first)
    assert (first.duplicate, again.duplicate) == (False, True)


def test_id_is_refused_and_the_first_answer_kept_when_it_names_another_op(assessment: int) -> None:
    send("J1", given := op())

    assert status("J1", given | {"value": "8"}) == [("rejected", "key_reuse", None)]
    assert status("J2", given) == [("rejected", "key_reuse", None)]
    assert status("J1", given) == [("applied", None, 1)]
    assert marks() == [("K1", Decimal("7.5"), 1)]


def test_one_op_counts_once_when_a_batch_has_it_twice(assessment: int) -> None:
    given = op()

    results = send("J1", given, given)

    assert [(result.status, result.duplicate) for result in results] == [
        ("applied", False),
        ("applied", True),
    ]
    assert db.session.scalar(select(func.count()).select_from(MarkOp)) == 1


# Many at once, on both engines


@pytest.fixture
def racing(both_engines: Flask) -> Iterator[Flask]:
    with unit():
        prepare()
    seat_id("J1")
    db.session.rollback()
    yield both_engines


def at_once(app: Flask, judge: str, batches: list[list[dict[str, Any]]]) -> list[list[OpResult]]:
    seat = seat_id(judge)
    db.session.rollback()

    def one(ops: list[dict[str, Any]]) -> list[OpResult]:
        with app.app_context(), unit():
            return services.record_ops(SYSTEM, seat, ops)

    with ThreadPoolExecutor(12) as pool:
        return list(pool.map(one, batches))


def test_twelve_get_the_same_answer_and_one_row_when_they_send_the_same_op(racing: Flask) -> None:
    given = op()

    answers = at_once(racing, "J1", [[given]] * 12)

    assert {everything_but_duplicate(answer) for (answer,) in answers} == {
        (given["op_id"], "applied", None, 1, None)
    }
    assert [answer.duplicate for (answer,) in answers].count(False) == 1
    assert db.session.scalar(select(func.count()).select_from(MarkOp)) == 1
    assert marks() == [("K1", Decimal("7.5"), 1)]
    assert list(chain_faults()) == []


def test_one_mark_wins_and_the_others_are_kept_when_twelve_tablets_mark_one_cell(racing: Flask) -> None:
    values = [f"{half // 2}.{half % 2 * 5}" for half in range(1, 13)]

    answers = at_once(racing, "J1", [[op(value=value)] for value in values])

    assert sorted(answer.status for (answer,) in answers) == ["applied"] + ["conflict"] * 11
    assert [(code, rev) for code, _value, rev in marks()] == [("K1", 1)]
    assert queries.progress(1).conflicts == 11
    kept = db.session.scalars(select(MarkOp.value)).all()
    assert sorted(kept) == sorted(values)


def test_closing_and_marking_exclude_each_other_when_they_come_at_once(racing: Flask) -> None:
    signed_by_all(1)
    with unit():
        services.unlock_sheet(SYSTEM, 1, seat_id("J1"), "K1", "second look")
    given = op(value="9", base_rev=1)
    seat = seat_id("J1")
    db.session.rollback()

    def close() -> str:
        try:
            with racing.app_context(), unit():
                services.close_assessment(SYSTEM, 1)
        except RuleBroken as refused:
            return refused.code
        return "closed"

    def mark() -> str:
        with racing.app_context(), unit():
            return services.record_ops(SYSTEM, seat, [given])[0].status

    with ThreadPoolExecutor(2) as pool:
        closing, marking = pool.submit(close), pool.submit(mark)

    assert (closing.result(), marking.result()) == ("unsigned", "applied")
