"""What the chief judge sees: each sheet's progress, what stops the results, and every tablet. No names of persons."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import aliased

from qzcompete.extensions import db
from qzcompete.marking.models import (
    Aspect,
    Assessment,
    Candidate,
    Device,
    Mark,
    MarkOp,
    Recusal,
    Seat,
    Sheet,
    SheetState,
)
from qzcompete.marking.queries.assessments import AssessmentCard, Standing, assessment_card, standing
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
    """One judge's sheet for one candidate. Without `signs`, a seat of an imported event, it is never signed."""

    seat_id: int
    marked: int
    signed: bool
    signs: bool
    recused: bool


@dataclass(frozen=True)
class CandidateProgress:
    code: str
    status: str
    sheets: Sequence[SheetProgress]


@dataclass(frozen=True)
class JudgeProgress:
    """`sheets` is how many this judge signs in all."""

    id: int
    code: str
    name: str
    signed: int
    sheets: int


@dataclass(frozen=True)
class Blocker:
    """What stops the results: `kind` is incomplete, disputed or tie_at_award; `what` an aspect or an award."""

    kind: str
    candidates: Sequence[str]
    what: str
    name: str


@dataclass(frozen=True)
class HeldOp:
    """A mark that came after the signature or the end: not counted, and not followed by one that counts."""

    seat_code: str
    candidate: str
    aspect: str
    value: str | None
    received_at: datetime


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
    seats: Sequence[JudgeProgress]
    candidates: Sequence[CandidateProgress]
    blockers: Sequence[Blocker]
    tied: Sequence[Sequence[str]]
    tablets: Sequence[TabletCard]
    held: Sequence[HeldOp]
    conflicts: int

    @property
    def signed(self) -> int:
        return sum(seat.signed for seat in self.seats)

    @property
    def sheets(self) -> int:
        return sum(seat.sheets for seat in self.seats)


def watched(ids: frozenset[int] | None) -> Sequence[WatchedAssessment]:
    """Assessments that were opened, those of `ids` or all, with the number of signed sheets."""
    to_sign = sheets_to_sign().where(Candidate.assessment_id == Assessment.id).correlate(Assessment)
    signed = to_sign.where(Sheet.state == SheetState.SIGNED).scalar_subquery()
    query = select(
        Assessment.id, Assessment.code, Assessment.name, Assessment.state, signed, to_sign.scalar_subquery()
    )
    query = query.where(Assessment.opened_at.is_not(None)).order_by(
        Assessment.opened_at.desc(), Assessment.code
    )
    if ids is not None:
        query = query.where(Assessment.id.in_(ids))
    rows = db.session.execute(query.limit(200))
    return [WatchedAssessment(row[0], row[1], row[2], row[3].value, row[4], row[5]) for row in rows]


def sheets_to_sign() -> Select[tuple[int]]:
    """How many sheets there are to sign: of present candidates, by judges with an account who are not recused."""
    recused = select(Recusal.seat_id).where(Recusal.seat_id == Seat.id, Recusal.candidate_id == Candidate.id)
    return (
        select(func.count())
        .select_from(Candidate)
        .join(Seat, Seat.assessment_id == Candidate.assessment_id)
        .outerjoin(Sheet, (Sheet.seat_id == Seat.id) & (Sheet.candidate_id == Candidate.id))
        .where(
            Candidate.status == "present",
            Seat.chief.is_(False),
            Seat.account_id.is_not(None),
            ~recused.correlate(Seat, Candidate).exists(),
        )
    )


def unsigned_sheets(assessment_id: int) -> int:
    """Sheets that a judge has still to sign; seats of imported events sign nothing."""
    query = sheets_to_sign().where(
        Candidate.assessment_id == assessment_id, Sheet.state.is_distinct_from(SheetState.SIGNED)
    )
    return db.session.scalar(query) or 0


def progress(assessment_id: int) -> Progress:
    """How far each sheet of each judge is, and what stops the results; a constant number of queries."""
    card = assessment_card(assessment_id)
    seats = db.session.scalars(
        select(Seat).where(Seat.assessment_id == assessment_id, Seat.chief.is_(False)).order_by(Seat.code)
    ).all()
    candidates = candidate_progress(assessment_id, seats)
    now_stands = standing(assessment_id) if card.scheme is not None else None
    return Progress(
        assessment=card,
        aspects=db.session.scalar(select(func.count()).where(Aspect.assessment_id == assessment_id)) or 0,
        seats=[judge_progress(seat, candidates) for seat in seats],
        candidates=candidates,
        blockers=named_blockers(now_stands) if now_stands else [],
        tied=now_stands.tied if now_stands else [],
        tablets=tablets(assessment_id),
        held=held_ops(assessment_id),
        conflicts=conflicts(assessment_id),
    )


def candidate_progress(assessment_id: int, seats: Sequence[Seat]) -> list[CandidateProgress]:
    marked = counted_marks(assessment_id)
    here = Seat.assessment_id == assessment_id
    signed = pairs(
        select(Sheet.candidate_id, Sheet.seat_id)
        .join(Seat, Seat.id == Sheet.seat_id)
        .where(here, Sheet.state == SheetState.SIGNED)
    )
    recused = pairs(
        select(Recusal.candidate_id, Recusal.seat_id).join(Seat, Seat.id == Recusal.seat_id).where(here)
    )
    rows = db.session.execute(
        select(Candidate.id, Candidate.code, Candidate.status)
        .where(Candidate.assessment_id == assessment_id)
        .order_by(Candidate.code)
    )
    return [
        CandidateProgress(
            code,
            status,
            [
                SheetProgress(
                    seat.id,
                    marked.get((id, seat.id), 0),
                    (id, seat.id) in signed,
                    seat.account_id is not None,
                    (id, seat.id) in recused,
                )
                for seat in seats
                if status == "present"
            ],
        )
        for id, code, status in rows
    ]


def counted_marks(assessment_id: int) -> dict[tuple[int, int], int]:
    """(candidate, seat) → how many marks are given."""
    rows = db.session.execute(
        select(Mark.candidate_id, Mark.seat_id, func.count())
        .join(Seat, Seat.id == Mark.seat_id)
        .where(Seat.assessment_id == assessment_id, Mark.value.is_not(None))
        .group_by(Mark.candidate_id, Mark.seat_id)
    )
    return {(candidate, seat): count for candidate, seat, count in rows}


def pairs(query: Select[tuple[int, int]]) -> set[tuple[int, int]]:
    return {(candidate, seat) for candidate, seat in db.session.execute(query)}


def judge_progress(seat: Seat, candidates: Sequence[CandidateProgress]) -> JudgeProgress:
    own = [
        sheet
        for candidate in candidates
        for sheet in candidate.sheets
        if sheet.seat_id == seat.id and sheet.signs and not sheet.recused
    ]
    return JudgeProgress(seat.id, seat.code, seat.name, sum(sheet.signed for sheet in own), len(own))


def named_blockers(now_stands: Standing) -> list[Blocker]:
    """One for each aspect or award, with the candidates that it concerns."""
    names = {aspect.code: aspect.name for aspect in now_stands.scheme.aspects}
    grouped: dict[tuple[str, str], list[str]] = {}
    for blocker in now_stands.result.blockers:
        if isinstance(blocker, EntryBlocker):
            grouped.setdefault((blocker.kind, blocker.aspect), []).append(blocker.entry)
        else:
            grouped.setdefault(("tie_at_award", blocker.award), []).extend(blocker.entries)
    return [
        Blocker(kind, candidates, what, names.get(what) or "") for (kind, what), candidates in grouped.items()
    ]


def tablets(assessment_id: int) -> list[TabletCard]:
    rows = db.session.execute(
        select(Seat.code, Device.label, Device.pending, Device.seen_at)
        .join(Seat, Seat.id == Device.seat_id)
        .where(Seat.assessment_id == assessment_id)
        .order_by(Seat.code, Device.seen_at.desc())
    )
    return [TabletCard(*row) for row in rows]


def held_ops(assessment_id: int) -> list[HeldOp]:
    """What was held and has no later mark of the same judge in the same cell, oldest first."""
    later = aliased(MarkOp)
    followed = select(later.op_id).where(
        later.seat_id == MarkOp.seat_id,
        later.candidate_id == MarkOp.candidate_id,
        later.aspect_id == MarkOp.aspect_id,
        later.status.in_(("applied", "same")),
        later.received_at > MarkOp.received_at,
    )
    rows = db.session.execute(
        select(Seat.code, Candidate.code, Aspect.code, MarkOp.value, MarkOp.received_at)
        .join(Seat, Seat.id == MarkOp.seat_id)
        .join(Candidate, Candidate.id == MarkOp.candidate_id)
        .join(Aspect, Aspect.id == MarkOp.aspect_id)
        .where(Seat.assessment_id == assessment_id, MarkOp.status == "held", ~followed.exists())
        .order_by(MarkOp.received_at)
        .limit(50)
    )
    return [HeldOp(*row) for row in rows]


def conflicts(assessment_id: int) -> int:
    query = (
        select(func.count())
        .select_from(MarkOp)
        .join(Seat, Seat.id == MarkOp.seat_id)
        .where(Seat.assessment_id == assessment_id, MarkOp.status == "conflict", MarkOp.resolved_by.is_(None))
    )
    return db.session.scalar(query) or 0
