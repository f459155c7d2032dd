"""Paper sheets: what is printed on them, who has typed which, and where two typings differ."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid5

from sqlalchemy import func, select

from qzcompete.core.errors import NotFound
from qzcompete.extensions import db
from qzcompete.marking.models import (
    Aspect,
    Assessment,
    AssessmentState,
    Candidate,
    Mark,
    MarkOp,
    PaperEntry,
    Recusal,
    Seat,
)
from qzcompete.marking.queries.assessments import (
    AssessmentCard,
    assessment_card,
    candidate_of,
    plain,
    scheme_of,
)
from qzcompete.marking.rules.scheme import Aspect as AspectRule
from qzcompete.marking.rules.scheme import Scheme

PAPER_OPS = UUID("7a9f6c1e-52d4-4b0c-9d0b-3f6f2f6e8a11")
# Stands among the differences where one typist saw a signature and the other none.
SIGNATURE = ""


@dataclass(frozen=True)
class PaperAspect:
    """`choices`: the marks to choose from where they are few."""

    code: str
    name: str
    kind: str
    most: str
    step: str
    unit: str | None
    choices: Sequence[str]


@dataclass(frozen=True)
class PaperGroup:
    name: str
    aspects: Sequence[PaperAspect]


@dataclass(frozen=True)
class PrintedSheet:
    """One paper sheet; `marks` of those given so far, none on a blank one."""

    number: str
    seat_code: str
    judge_name: str
    candidate: str
    marks: Mapping[str, str]


@dataclass(frozen=True)
class Typed:
    account_id: int
    marks: Mapping[str, str]
    signed: bool
    entered_at: datetime


@dataclass(frozen=True)
class PaperSheet:
    """A sheet as it is typed in. `state`: none, first (typed once), differs, or recorded; `became`: what became of each
    mark of the last recording, by aspect."""

    assessment: AssessmentCard
    seat_id: int
    seat_code: str
    judge_name: str
    candidate: str
    groups: Sequence[PaperGroup]
    state: str
    typed: Sequence[Typed]
    differences: Sequence[str]
    became: Mapping[str, str]


@dataclass(frozen=True)
class PaperBoard:
    """Every sheet's state by (candidate, seat id); recused judges have none."""

    assessment: AssessmentCard
    seats: Sequence[tuple[int, str, str]]
    candidates: Sequence[str]
    states: Mapping[tuple[str, int], str]


def paper_number(assessment_id: int, seat_id: int, candidate_id: int) -> str:
    """What the QR code of a sheet says: a scanner types it as a keyboard does."""
    return f"QZP-{assessment_id}-{seat_id}-{candidate_id}"


def paper_op_id(seat_id: int, candidate_id: int, round_number: int, aspect: str | None) -> str:
    """The same sheet recorded again is the same ops."""
    return str(uuid5(PAPER_OPS, f"{seat_id}:{candidate_id}:{round_number}:{aspect or ''}"))


def paper_entries(seat_id: int, candidate_id: int) -> Sequence[PaperEntry]:
    """The typings that are not recorded yet, first and second."""
    return db.session.scalars(
        select(PaperEntry)
        .where(
            PaperEntry.seat_id == seat_id,
            PaperEntry.candidate_id == candidate_id,
            PaperEntry.recorded_at.is_(None),
        )
        .order_by(PaperEntry.place)
    ).all()


def paper_differences(entries: Sequence[PaperEntry]) -> list[str]:
    """The aspects that two typings tell apart, an empty cell from a mark too; SIGNATURE for the signature."""
    if len(entries) < 2:
        return []
    first, second = entries
    differing = sorted(
        aspect
        for aspect in {*first.marks, *second.marks}
        if first.marks.get(aspect) != second.marks.get(aspect)
    )
    return [*differing, SIGNATURE] if first.signed != second.signed else differing


def paper_groups(scheme: Scheme) -> Sequence[PaperGroup]:
    return [
        PaperGroup(
            f"{criterion.code} {criterion.name}" if criterion.name else criterion.code,
            [paper_aspect(aspect) for aspect in criterion.aspects],
        )
        for criterion in scheme.criteria
    ]


def paper_aspect(aspect: AspectRule) -> PaperAspect:
    most, step = plain(aspect.greatest_mark), plain(aspect.mark_step)
    choices = ["0", "1", "2", "3"] if aspect.kind == "judgement" else ["0", most] if most == step else []
    return PaperAspect(aspect.code, aspect.name or aspect.code, aspect.kind, most, step, aspect.unit, choices)


def paper_assessments(ids: frozenset[int] | None) -> Sequence[tuple[int, str, str]]:
    """(id, code, name) of open assessments, those of `ids` or all."""
    query = select(Assessment.id, Assessment.code, Assessment.name).where(
        Assessment.state == AssessmentState.OPEN
    )
    if ids is not None:
        query = query.where(Assessment.id.in_(ids))
    return list(db.session.execute(query.order_by(Assessment.code)).tuples())


def printed_sheets(
    assessment_id: int, seat_id: int, with_marks: bool, code: str | None = None
) -> Sequence[PrintedSheet]:
    """The sheets of one judge for every present candidate whom this judge marks, or for one."""
    seat = judge_seat(assessment_id, seat_id)
    recused = select(Recusal.candidate_id).where(Recusal.seat_id == seat_id)
    query = select(Candidate.id, Candidate.code).where(
        Candidate.assessment_id == assessment_id,
        Candidate.status == "present",
        Candidate.id.not_in(recused),
    )
    if code is not None:
        query = query.where(Candidate.code == code)
    marks: dict[int, dict[str, str]] = {}
    if with_marks:
        for candidate_id, aspect, value in db.session.execute(
            select(Mark.candidate_id, Aspect.code, Mark.value)
            .join(Aspect, Aspect.id == Mark.aspect_id)
            .where(Mark.seat_id == seat_id, Mark.value.is_not(None))
        ):
            marks.setdefault(candidate_id, {})[aspect] = plain(value)
    return [
        PrintedSheet(
            paper_number(assessment_id, seat_id, id), seat.code, seat.name, candidate, marks.get(id, {})
        )
        for id, candidate in db.session.execute(query.order_by(Candidate.code)).tuples()
    ]


def judge_seat(assessment_id: int, seat_id: int) -> Seat:
    seat = db.session.get(Seat, seat_id)
    if seat is None or seat.assessment_id != assessment_id or seat.chief:
        raise NotFound()
    return seat


def paper_address(number: str) -> tuple[int, int, str]:
    """(assessment, seat, candidate's code) of a printed number; raises NotFound for any other."""
    parts = number.strip().upper().split("-")
    if (
        len(parts) != 4
        or parts[0] != "QZP"
        or not all(part.isdecimal() and len(part) < 16 for part in parts[1:])
    ):
        raise NotFound()
    assessment_id, seat_id, candidate_id = (int(part) for part in parts[1:])
    candidate = db.session.get(Candidate, candidate_id)
    if candidate is None or candidate.assessment_id != assessment_id:
        raise NotFound()
    return assessment_id, judge_seat(assessment_id, seat_id).id, candidate.code


def paper_sheet(assessment_id: int, seat_id: int, code: str) -> PaperSheet:
    seat = judge_seat(assessment_id, seat_id)
    candidate_id = candidate_of(assessment_id, code).id
    entries = paper_entries(seat_id, candidate_id)
    last = db.session.scalar(
        select(func.max(PaperEntry.round)).where(
            PaperEntry.seat_id == seat_id,
            PaperEntry.candidate_id == candidate_id,
            PaperEntry.recorded_at.is_not(None),
        )
    )
    scheme = scheme_of(assessment_id)
    return PaperSheet(
        assessment_card(assessment_id),
        seat.id,
        seat.code,
        seat.name,
        code,
        paper_groups(scheme),
        sheet_state(len(entries), last is not None),
        [Typed(entry.account_id, entry.marks, entry.signed, entry.entered_at) for entry in entries],
        paper_differences(entries),
        what_became(seat_id, candidate_id, last, scheme) if last else {},
    )


def sheet_state(entries: int, recorded: bool) -> str:
    """Two typings that agree are recorded at once: two that wait differ."""
    return "differs" if entries == 2 else "first" if entries else "recorded" if recorded else "none"


def what_became(seat_id: int, candidate_id: int, round_number: int, scheme: Scheme) -> dict[str, str]:
    ids = {
        paper_op_id(seat_id, candidate_id, round_number, code): code
        for code in [*(aspect.code for aspect in scheme.aspects), SIGNATURE]
    }
    rows = db.session.execute(select(MarkOp.op_id, MarkOp.status).where(MarkOp.op_id.in_(ids)))
    return {ids[op_id]: status for op_id, status in rows}


def paper_board(assessment_id: int) -> PaperBoard:
    card = assessment_card(assessment_id)
    seats = db.session.execute(
        select(Seat.id, Seat.code, Seat.name)
        .where(Seat.assessment_id == assessment_id, Seat.chief.is_(False))
        .order_by(Seat.code)
    ).tuples()
    codes = dict(
        db.session.execute(
            select(Candidate.id, Candidate.code)
            .where(Candidate.assessment_id == assessment_id, Candidate.status == "present")
            .order_by(Candidate.code)
        )
        .tuples()
        .all()
    )
    here = select(Seat.id).where(Seat.assessment_id == assessment_id)
    counted = db.session.execute(
        select(
            PaperEntry.candidate_id,
            PaperEntry.seat_id,
            func.count().filter(PaperEntry.recorded_at.is_(None)),
            func.count(PaperEntry.recorded_at),
        )
        .where(PaperEntry.seat_id.in_(here))
        .group_by(PaperEntry.candidate_id, PaperEntry.seat_id)
    )
    states = {
        (codes[candidate], seat): sheet_state(waiting, recorded > 0)
        for candidate, seat, waiting, recorded in counted
        if candidate in codes
    }
    for recusal in db.session.scalars(select(Recusal).where(Recusal.seat_id.in_(here))):
        if recusal.candidate_id in codes:
            states[codes[recusal.candidate_id], recusal.seat_id] = "recused"
    return PaperBoard(card, list(seats), list(codes.values()), states)
