"""What must hold of marks at every moment; each function yields a sentence for each place where it does not."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from sqlalchemy import Row, Select, and_, or_, select

from qzcompete.core import audit
from qzcompete.core.numbers import parse_decimal
from qzcompete.extensions import db
from qzcompete.marking.models import (
    Aspect,
    Assessment,
    Candidate,
    Mark,
    MarkOp,
    Recusal,
    Seat,
    Sheet,
    SheetState,
)
from qzcompete.marking.queries.assessments import digest_of_marks, plain

STATES = {
    "assessment.opened": "open",
    "assessment.closed": "closed",
    "assessment.reopened": "open",
    "assessment.moved_in": None,
}
AT_ONCE = 1000


def states() -> Iterator[str]:
    """Each assessment is where its last event brought it."""
    held = [(key, state.value) for key, state in db.session.execute(select(Assessment.id, Assessment.state))]
    return audit.silent_states("assessment", held, "preparing", STATES)


def recused_marks() -> Iterator[str]:
    """A judge has nothing of a candidate for whom the judge is recused: no mark, no signed sheet."""
    for table, what in ((Mark, "a mark"), (Sheet, "a sheet")):
        query = (
            cells(select(Assessment.code, Seat.code, Candidate.code))
            .join(Recusal, and_(Recusal.seat_id == Seat.id, Recusal.candidate_id == Candidate.id))
            .join(table, and_(table.seat_id == Seat.id, table.candidate_id == Candidate.id))
        )
        for assessment, seat, candidate in db.session.execute(query.distinct()):
            yield f"assessment {assessment}: judge {seat} is recused for {candidate} and has {what} of it"


def cells(columns: Select[tuple[str, str, str]]) -> Select[tuple[str, str, str]]:
    """Every seat with every candidate of its assessment."""
    return (
        columns.select_from(Seat)
        .join(Assessment, Assessment.id == Seat.assessment_id)
        .join(Candidate, Candidate.assessment_id == Assessment.id)
    )


def marks_beside_ledger() -> Iterator[str]:
    """Each mark that counts is the last applied op of its cell, and says what that op says."""
    columns = (Assessment.code, Seat.code, Candidate.code, Aspect.code)
    query = (
        select(*columns, Mark.rev, Mark.value, MarkOp.result_rev, MarkOp.value, MarkOp.status)
        .select_from(Mark)
        .join(Seat, Seat.id == Mark.seat_id)
        .join(Assessment, Assessment.id == Seat.assessment_id)
        .join(Candidate, Candidate.id == Mark.candidate_id)
        .join(Aspect, Aspect.id == Mark.aspect_id)
        .outerjoin(
            MarkOp,
            and_(
                MarkOp.op_id == Mark.op_id,
                MarkOp.seat_id == Mark.seat_id,
                MarkOp.candidate_id == Mark.candidate_id,
                MarkOp.aspect_id == Mark.aspect_id,
            ),
        )
        .execution_options(yield_per=AT_ONCE)
    )
    for assessment, seat, candidate, aspect, rev, value, told_rev, told, status in db.session.execute(query):
        given = parse_decimal(told) if told is not None else None
        if status != "applied" or told_rev != rev or given != value:
            yield f"assessment {assessment}: the mark of {seat} for {candidate}, {aspect} is not what the ledger says"


def ledger_beside_log() -> Iterator[str]:
    """Each op that the audit log tells of is in the ledger, with the answer that was given."""
    rows = audit.history(["marks.recorded"])
    for _batch, part in groupby(rows, key=lambda row: row[3] // AT_ONCE):
        told = {
            op_id: (subject, status, rev)
            for _action, subject, after, _key in part
            for op_id, status, rev in after
        }
        kept: dict[str, tuple[str, str, int | None]] = {}
        ids = list(told)
        for start in range(0, len(ids), AT_ONCE):
            query = select(MarkOp.op_id, MarkOp.seat_id, MarkOp.status, MarkOp.result_rev).where(
                MarkOp.op_id.in_(ids[start : start + AT_ONCE])
            )
            kept |= {op: (f"seat:{seat}", status, rev) for op, seat, status, rev in db.session.execute(query)}
        for op_id, said in told.items():
            if op_id not in kept:
                yield f"op {op_id} of {said[0]} is missing from the ledger"
            elif kept[op_id] != said:
                yield f"op {op_id} of {said[0]} was changed in the ledger"


def signed_sheets() -> Iterator[str]:
    """What a judge has signed is what stands on the sheet, and the signature is in the ledger."""
    query = (
        select(
            Assessment.code,
            Seat.code,
            Candidate.code,
            Sheet.digest,
            MarkOp.op_id,
            Aspect.code,
            Mark.value,
        )
        .select_from(Sheet)
        .join(Seat, Seat.id == Sheet.seat_id)
        .join(Assessment, Assessment.id == Seat.assessment_id)
        .join(Candidate, Candidate.id == Sheet.candidate_id)
        .outerjoin(
            MarkOp,
            and_(
                MarkOp.op_id == Sheet.op_id,
                MarkOp.kind == "sign",
                MarkOp.status == "applied",
                MarkOp.value == Sheet.digest,
            ),
        )
        .outerjoin(
            Mark,
            and_(
                Mark.seat_id == Sheet.seat_id,
                Mark.candidate_id == Sheet.candidate_id,
                Mark.value.is_not(None),
            ),
        )
        .outerjoin(Aspect, Aspect.id == Mark.aspect_id)
        .where(or_(Sheet.state == SheetState.SIGNED, Sheet.digest.is_not(None)))
        .order_by(Sheet.seat_id, Sheet.candidate_id)
        .execution_options(yield_per=AT_ONCE)
    )
    for sheet, rows in groupby(db.session.execute(query), key=lambda row: tuple(row[:5])):
        yield from sheet_faults(sheet, list(rows))


def sheet_faults(sheet: tuple[str, str, str, str | None, str | None], rows: list[Row]) -> Iterator[str]:
    assessment, seat, candidate, digest, signature = sheet
    where = f"assessment {assessment}: the sheet of {seat} for {candidate}"
    if signature is None:
        yield f"{where} has a signature that the ledger does not know"
    if digest != digest_of_marks({row[5]: plain(row[6]) for row in rows if row[5] is not None}):
        yield f"{where} is not what was signed"
