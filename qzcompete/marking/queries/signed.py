"""Signed sheets and what stands in them, by codes alone: for who looks at them again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from qzcompete.extensions import db
from qzcompete.marking.models import Aspect, Candidate, Mark, MarkOp, Seat, Sheet, SheetState
from qzcompete.marking.queries.assessments import plain, scheme_of


@dataclass(frozen=True)
class SheetMark:
    """One aspect of a sheet with the judge's mark; none where the judge gave none."""

    aspect: str
    name: str
    kind: str
    most: str
    step: str
    value: str | None


@dataclass(frozen=True)
class TimedMark:
    """A mark that counts, with the moment at which it came."""

    judge: str
    candidate: str
    aspect: str
    value: str
    given_at: datetime


def signed_sheets(assessment_id: int) -> Sequence[tuple[str, str]]:
    """(candidate, judge) of every signed sheet of a candidate who was present."""
    rows = db.session.execute(
        select(Candidate.code, Seat.code)
        .join(Sheet, Sheet.candidate_id == Candidate.id)
        .join(Seat, Seat.id == Sheet.seat_id)
        .where(
            Candidate.assessment_id == assessment_id,
            Candidate.status == "present",
            Sheet.state == SheetState.SIGNED,
        )
        .order_by(Candidate.code, Seat.code)
    )
    return [(row[0], row[1]) for row in rows]


def marks_of_sheet(assessment_id: int, code: str, judge: str) -> Sequence[SheetMark]:
    """The aspects of the scheme in their order, with this judge's marks for this work."""
    rows = db.session.execute(
        select(Aspect.code, Mark.value)
        .join(Aspect, Aspect.id == Mark.aspect_id)
        .join(Seat, Seat.id == Mark.seat_id)
        .join(Candidate, Candidate.id == Mark.candidate_id)
        .where(Candidate.assessment_id == assessment_id, Candidate.code == code, Seat.code == judge)
    )
    given = {row[0]: None if row[1] is None else plain(row[1]) for row in rows}
    return [
        SheetMark(
            aspect.code,
            aspect.name or aspect.code,
            aspect.kind,
            plain(aspect.greatest_mark),
            plain(aspect.mark_step),
            given.get(aspect.code),
        )
        for aspect in scheme_of(assessment_id).aspects
    ]


def timed_marks(assessment_id: int) -> Sequence[TimedMark]:
    """Every mark that counts for a candidate who was present, in the order in which they came."""
    rows = db.session.execute(
        select(Seat.code, Candidate.code, Aspect.code, Mark.value, MarkOp.received_at)
        .join(Seat, Seat.id == Mark.seat_id)
        .join(Candidate, Candidate.id == Mark.candidate_id)
        .join(Aspect, Aspect.id == Mark.aspect_id)
        .join(MarkOp, MarkOp.op_id == Mark.op_id)
        .where(
            Candidate.assessment_id == assessment_id,
            Candidate.status == "present",
            Mark.value.is_not(None),
        )
        .order_by(MarkOp.received_at, MarkOp.op_id)
    )
    return [TimedMark(judge, code, aspect, plain(value), at) for judge, code, aspect, value, at in rows]
