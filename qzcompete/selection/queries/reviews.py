"""What the review has reached: progress for the bureau without any mark, spreads and reasons for the chair."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import func, select

from qzcompete.extensions import db
from qzcompete.marking import queries as marking
from qzcompete.marking.models import Aspect, Candidate, Mark, MarkOp, Seat, Sheet, SheetState
from qzcompete.selection.models import SelectionScore
from qzcompete.selection.rules.decision import spreads

HUNDRED = Decimal(100)
PLACES = Decimal("0.0001")


@dataclass(frozen=True)
class SheetCount:
    """How many sheets of an application, or of an expert, are signed."""

    name: str
    signed: int
    sheets: int


@dataclass(frozen=True)
class GivenMark:
    seat: str
    value: Decimal
    reason: str


@dataclass(frozen=True)
class Spread:
    """A line on which the experts lie far apart, with what each gave. Shown once all of them have signed."""

    code: str
    aspect: str
    name: str
    greatest: Decimal
    marks: Sequence[GivenMark]


def review_totals(assessment_id: int, greatest: Decimal) -> dict[str, Decimal]:
    """Code → total of the paper review, of 100."""
    rows = marking.result(assessment_id).rows
    return {
        row.entry: (Decimal(row.total) * HUNDRED / greatest).quantize(PLACES)
        for row in rows
        if row.total is not None
    }


def review_progress(assessment_id: int) -> Sequence[SheetCount]:
    """Signed sheets by application code, of those who are still in it."""
    progress = marking.progress(assessment_id)
    return [
        SheetCount(
            candidate.code,
            sum(sheet.signed for sheet in candidate.sheets if not sheet.recused),
            sum(not sheet.recused for sheet in candidate.sheets),
        )
        for candidate in progress.candidates
        if candidate.status == "present"
    ]


def wide_spreads(assessment_id: int, percent: Decimal) -> Sequence[Spread]:
    """Lines of fully signed applications on which the marks lie further apart than the class allows."""
    done = {one.name for one in review_progress(assessment_id) if one.signed == one.sheets}
    aspects = {aspect.code: aspect for aspect in marking.scheme_of(assessment_id).aspects}
    given: dict[str, dict[str, list[GivenMark]]] = {}
    for code, aspect, seat, value, extra in db.session.execute(
        select(Candidate.code, Aspect.code, Seat.code, Mark.value, MarkOp.extra)
        .join(Candidate, Candidate.id == Mark.candidate_id)
        .join(Aspect, Aspect.id == Mark.aspect_id)
        .join(Seat, Seat.id == Mark.seat_id)
        .join(MarkOp, MarkOp.op_id == Mark.op_id)
        .where(Seat.assessment_id == assessment_id, Mark.value.is_not(None))
        .order_by(Candidate.code, Aspect.position, Seat.code)
    ):
        reason = str(extra.get("reason") or "") if isinstance(extra, dict) else ""
        given.setdefault(code, {}).setdefault(aspect, []).append(GivenMark(seat, value, reason))
    greatest = {code: Decimal(aspect.greatest_mark) for code, aspect in aspects.items()}
    return [
        Spread(code, aspect, aspects[aspect].name or aspect, greatest[aspect], by_aspect[aspect])
        for code, by_aspect in given.items()
        if code in done
        for aspect in spreads(
            {name: [mark.value for mark in marks] for name, marks in by_aspect.items()}, greatest, percent
        )
    ]


def signed_sheets(assessment_id: int) -> int:
    query = (
        select(func.count())
        .select_from(Sheet)
        .join(Seat, Seat.id == Sheet.seat_id)
        .where(Seat.assessment_id == assessment_id, Sheet.state == SheetState.SIGNED)
    )
    return db.session.scalar(query) or 0


def scores_of(class_id: int) -> Mapping[int, SelectionScore]:
    rows = db.session.scalars(select(SelectionScore).where(SelectionScore.class_id == class_id))
    return {row.application_id: row for row in rows}
