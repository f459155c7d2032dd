"""What the chief judge sees: each sheet's progress, what stops the results, and every tablet. No names of persons."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from qzcompete.extensions import db
from qzcompete.marking.models import (
    Aspect,
    Assessment,
    Candidate,
    Device,
    Mark,
    MarkOp,
    Seat,
    Sheet,
    SheetState,
)
from qzcompete.marking.queries.assessments import AssessmentCard, assessment_card, result
from qzcompete.marking.queries.tablets import SeatCard
from qzcompete.marking.rules.arithmetic import EntryBlocker


@dataclass(frozen=True)
class WatchedAssessment:
    id: int
    code: str
    name: str
    state: str
    signed: int
    sheets: int


@dataclass(frozen=True)
class SheetProgress:
    seat_id: int
    marked: int
    signed: bool


@dataclass(frozen=True)
class CandidateProgress:
    code: str
    status: str
    sheets: Sequence[SheetProgress]


@dataclass(frozen=True)
class Blocker:
    """What stops the results: `kind` is incomplete, disputed or tie_at_award."""

    kind: str
    candidates: Sequence[str]
    what: str


@dataclass(frozen=True)
class TabletCard:
    seat_code: str
    label: str | None
    pending: int
    seen_at: datetime


@dataclass(frozen=True)
class Progress:
    assessment: AssessmentCard
    aspects: int
    seats: Sequence[SeatCard]
    candidates: Sequence[CandidateProgress]
    blockers: Sequence[Blocker]
    tablets: Sequence[TabletCard]
    conflicts: int

    @property
    def signed(self) -> int:
        return sum(sheet.signed for candidate in self.candidates for sheet in candidate.sheets)

    @property
    def sheets(self) -> int:
        return sum(len(candidate.sheets) for candidate in self.candidates)


def watched(ids: frozenset[int] | None) -> Sequence[WatchedAssessment]:
    """Assessments that were opened, those of `ids` or all, with the number of signed sheets."""
    signed = (
        select(func.count())
        .select_from(Sheet)
        .join(Candidate, Candidate.id == Sheet.candidate_id)
        .where(Candidate.assessment_id == Assessment.id, Sheet.state == SheetState.SIGNED)
        .correlate(Assessment)
        .scalar_subquery()
    )
    present = (
        select(func.count())
        .where(Candidate.assessment_id == Assessment.id, Candidate.status == "present")
        .correlate(Assessment)
        .scalar_subquery()
    )
    seats = (
        select(func.count())
        .where(Seat.assessment_id == Assessment.id, Seat.chief.is_(False))
        .correlate(Assessment)
        .scalar_subquery()
    )
    query = select(Assessment.id, Assessment.code, Assessment.name, Assessment.state, signed, present * seats)
    query = query.where(Assessment.opened_at.is_not(None)).order_by(
        Assessment.opened_at.desc(), Assessment.code
    )
    if ids is not None:
        query = query.where(Assessment.id.in_(ids))
    rows = db.session.execute(query.limit(200))
    return [WatchedAssessment(row[0], row[1], row[2], row[3].value, row[4], row[5]) for row in rows]


def progress(assessment_id: int) -> Progress:
    """How far each sheet of each judge is, and what stops the results; a constant number of queries."""
    card = assessment_card(assessment_id)
    here = Seat.assessment_id == assessment_id
    seats = db.session.scalars(select(Seat).where(here, Seat.chief.is_(False)).order_by(Seat.code)).all()
    marked = {
        (candidate, seat): count
        for candidate, seat, count in db.session.execute(
            select(Mark.candidate_id, Mark.seat_id, func.count())
            .join(Seat, Seat.id == Mark.seat_id)
            .where(here, Mark.value.is_not(None))
            .group_by(Mark.candidate_id, Mark.seat_id)
        )
    }
    signed_rows = db.session.execute(
        select(Sheet.candidate_id, Sheet.seat_id)
        .join(Seat, Seat.id == Sheet.seat_id)
        .where(here, Sheet.state == SheetState.SIGNED)
    )
    signed = {(candidate, seat) for candidate, seat in signed_rows}
    candidates = db.session.scalars(
        select(Candidate).where(Candidate.assessment_id == assessment_id).order_by(Candidate.code)
    )
    return Progress(
        assessment=card,
        aspects=db.session.scalar(select(func.count()).where(Aspect.assessment_id == assessment_id)) or 0,
        seats=[SeatCard(seat.id, seat.code, seat.name) for seat in seats],
        candidates=[
            CandidateProgress(
                one.code,
                one.status,
                [
                    SheetProgress(seat.id, marked.get((one.id, seat.id), 0), (one.id, seat.id) in signed)
                    for seat in seats
                    if one.status == "present"
                ],
            )
            for one in candidates
        ],
        blockers=named_blockers(assessment_id) if card.scheme is not None else [],
        tablets=tablets(assessment_id),
        conflicts=db.session.scalar(
            select(func.count())
            .select_from(MarkOp)
            .join(Seat, Seat.id == MarkOp.seat_id)
            .where(here, MarkOp.status == "conflict", MarkOp.resolved_by.is_(None))
        )
        or 0,
    )


def named_blockers(assessment_id: int) -> list[Blocker]:
    """One for each aspect or award, with the candidates that it concerns."""
    grouped: dict[tuple[str, str], list[str]] = {}
    for blocker in result(assessment_id).blockers:
        if isinstance(blocker, EntryBlocker):
            grouped.setdefault((blocker.kind, blocker.aspect), []).append(blocker.entry)
        else:
            grouped.setdefault(("tie_at_award", blocker.award), []).extend(blocker.entries)
    return [Blocker(kind, candidates, what) for (kind, what), candidates in grouped.items()]


def tablets(assessment_id: int) -> list[TabletCard]:
    rows = db.session.execute(
        select(Seat.code, Device.label, Device.pending, Device.seen_at)
        .join(Seat, Seat.id == Device.seat_id)
        .where(Seat.assessment_id == assessment_id)
        .order_by(Seat.code, Device.seen_at.desc())
    )
    return [TabletCard(*row) for row in rows]


def unsigned_sheets(assessment_id: int) -> int:
    """Sheets of present candidates that a judge with an account has not signed; imported seats sign nothing."""
    pairs = (
        select(func.count())
        .select_from(Candidate)
        .join(Seat, Seat.assessment_id == Candidate.assessment_id)
        .outerjoin(
            Sheet,
            (Sheet.seat_id == Seat.id)
            & (Sheet.candidate_id == Candidate.id)
            & (Sheet.state == SheetState.SIGNED),
        )
        .where(
            Candidate.assessment_id == assessment_id,
            Candidate.status == "present",
            Seat.chief.is_(False),
            Seat.account_id.is_not(None),
            Sheet.seat_id.is_(None),
        )
    )
    return db.session.scalar(pairs) or 0
