"""What the chief judge sees: each sheet's progress, what stops the results, and every tablet. Candidates are codes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, String, cast, func, literal, select
from sqlalchemy.orm import aliased

from qzcompete.core.audit import AuditHead, AuditRow
from qzcompete.core.clock import now
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
    TieResolution,
)
from qzcompete.marking.queries.assessments import AssessmentCard, Standing, assessment_card, standing
from qzcompete.marking.queries.devices import TabletCard, tablet_cards
from qzcompete.marking.queries.durations import EntryTime, entry_times
from qzcompete.marking.queries.flags import FlagCard, flag_cards
from qzcompete.marking.queries.rounds import Dispute, disputes
from qzcompete.marking.rules.arithmetic import EntryBlocker
from qzcompete.marking.rules.ranking import is_timed


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
    """A mark that came after the signature or the end: not counted, and not followed by one that counts.

    `why` is signed or closed."""

    seat_id: int
    seat_code: str
    candidate: str
    aspect: str
    value: str | None
    why: str | None
    received_at: datetime


@dataclass(frozen=True)
class TiedGroup:
    """Candidates that the rules leave equal: `order` as the chief judge has put them, `stops` an award until then."""

    codes: Sequence[str]
    order: Sequence[str] | None
    stops: str | None


@dataclass(frozen=True)
class Progress:
    assessment: AssessmentCard
    aspects: Mapping[str, str]
    seats: Sequence[JudgeProgress]
    candidates: Sequence[CandidateProgress]
    blockers: Sequence[Blocker]
    disputes: Sequence[Dispute]
    tied: Sequence[TiedGroup]
    tablets: Sequence[TabletCard]
    held: Sequence[HeldOp]
    flags: Sequence[FlagCard]
    conflicts: int
    times: Sequence[EntryTime]

    @property
    def signed(self) -> int:
        return sum(seat.signed for seat in self.seats)

    @property
    def sheets(self) -> int:
        return sum(seat.sheets for seat in self.seats)

    @property
    def unsent(self) -> int:
        return sum(tablet.pending for tablet in self.tablets)

    @property
    def open_flags(self) -> int:
        return sum(flag.answer is None for flag in self.flags)


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
        aspects={one.code: one.name or one.code for one in now_stands.scheme.aspects} if now_stands else {},
        seats=[judge_progress(seat, candidates) for seat in seats],
        candidates=candidates,
        blockers=named_blockers(now_stands) if now_stands else [],
        disputes=disputes(assessment_id, now_stands.scheme) if now_stands else [],
        tied=tied_groups(assessment_id, now_stands) if now_stands else [],
        tablets=tablet_cards(assessment_id, now()),
        held=held_ops(assessment_id),
        flags=flag_cards(assessment_id),
        conflicts=conflicts(assessment_id),
        times=entry_times(assessment_id) if now_stands and is_timed(now_stands.scheme) else [],
    )


def progress_tag(assessment_id: int) -> str:
    """Changes with whatever the chief judge's page shows, by five reads, however many judges and tablets there are.

    Every act of an assessment leaves a row in the audit log: in the chain of its seat, or under its own name."""
    chains = select(literal("seat:") + cast(Seat.id, String)).where(Seat.assessment_id == assessment_id)
    heads = select(AuditHead.chain, AuditHead.seq).where(AuditHead.chain.in_(chains))
    own = select(func.max(AuditRow.id)).where(AuditRow.subject == f"assessment:{assessment_id}")
    ops = (
        select(func.count()).join(Seat, Seat.id == MarkOp.seat_id).where(Seat.assessment_id == assessment_id)
    )
    told = [
        db.session.scalar(select(Assessment.state).where(Assessment.id == assessment_id)),
        sorted(map(list, db.session.execute(heads).all())),
        db.session.scalar(own),
        db.session.scalar(ops.select_from(MarkOp)),
        [repr(card) for card in tablet_cards(assessment_id, now())],
    ]
    return hashlib.sha256(json.dumps(told, default=str).encode()).hexdigest()[:24]


def tied_groups(assessment_id: int, now_stands: Standing) -> list[TiedGroup]:
    """Every group that the rules leave equal; the newest order of exactly its candidates is the one that counts."""
    orders = {
        frozenset(codes): codes
        for codes in db.session.scalars(
            select(TieResolution.codes)
            .where(TieResolution.assessment_id == assessment_id)
            .order_by(TieResolution.id)
        )
    }
    stopped = {
        code: blocker.award
        for blocker in now_stands.result.blockers
        if not isinstance(blocker, EntryBlocker)
        for code in blocker.entries
    }
    return [
        TiedGroup(codes, orders.get(frozenset(codes)), stopped.get(codes[0])) for codes in now_stands.tied
    ]


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


def held_ops(assessment_id: int) -> list[HeldOp]:
    """What was held and has no later mark of the same judge in the same cell, oldest first."""
    later = aliased(MarkOp)
    followed = select(later.op_id).where(
        later.seat_id == MarkOp.seat_id,
        later.candidate_id == MarkOp.candidate_id,
        later.aspect_id == MarkOp.aspect_id,
        later.kind.in_(("set", "clear")),
        later.status.in_(("applied", "same")),
        later.received_at > MarkOp.received_at,
    )
    rows = db.session.execute(
        select(
            Seat.id,
            Seat.code,
            Candidate.code,
            Aspect.code,
            MarkOp.value,
            MarkOp.code,
            MarkOp.received_at,
        )
        .join(Seat, Seat.id == MarkOp.seat_id)
        .join(Candidate, Candidate.id == MarkOp.candidate_id)
        .join(Aspect, Aspect.id == MarkOp.aspect_id)
        .where(
            Seat.assessment_id == assessment_id,
            MarkOp.status == "held",
            MarkOp.kind.in_(("set", "clear")),
            ~followed.exists(),
        )
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
