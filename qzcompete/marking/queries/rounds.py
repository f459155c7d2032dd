"""Disputed cells, and the further rounds of marking that the chief judge asks for, with the marks of each round."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, exists, func, or_, select, tuple_

from qzcompete.extensions import db
from qzcompete.marking.models import (
    Aspect,
    Candidate,
    FormerJudge,
    Mark,
    MarkOp,
    Recusal,
    Remark,
    Seat,
    Sheet,
    SheetState,
)
from qzcompete.marking.queries.assessments import candidate_of, plain, scheme_of
from qzcompete.marking.rules.scheme import Scheme


@dataclass(frozen=True)
class OpenRound:
    """A cell that one judge still has to mark again."""

    seat_code: str
    candidate: str
    aspect: str
    round: int
    opened_at: datetime


@dataclass(frozen=True)
class Dispute:
    """A cell whose marks are too far apart. `waits_for`: the seats that have not marked again in the round under way."""

    candidate: str
    aspect: str
    name: str
    marks: Sequence[tuple[str, str]]
    round: int
    waits_for: Sequence[str]


@dataclass(frozen=True)
class Given:
    """A mark as it was given: by whom who sat there then, on a tablet or on paper; a value of none is withdrawn."""

    value: str | None
    judge_name: str
    on_paper: bool


@dataclass(frozen=True)
class Round:
    """One round of a cell: each seat's last mark in it."""

    number: int
    opened_at: datetime | None
    reason: str
    marks: Mapping[str, Given]


@dataclass(frozen=True)
class CellRounds:
    """An aspect of one candidate that has marks, with all its rounds; `waits_for` as in a dispute."""

    aspect: str
    name: str
    kind: str
    disputed: bool
    rounds: Sequence[Round]
    waits_for: Sequence[str]


def disputed_cells(assessment_id: int, scheme: Scheme, signed_by: int | None = None) -> list[tuple[str, str]]:
    """(candidate, aspect) whose marks are too far apart; those of the sheets that `signed_by` has signed, or all.

    The law is that of rules.aspect_scores; here it is asked of the database, without scoring anything."""
    where = select(Candidate.id).where(
        Candidate.assessment_id == assessment_id, Candidate.status == "present"
    )
    if signed_by is not None:
        where = where.join(Sheet, Sheet.candidate_id == Candidate.id).where(
            Sheet.seat_id == signed_by, Sheet.state == SheetState.SIGNED
        )
    # Grouped by keys alone: so the database walks the table's own index and sorts nothing.
    spread = db.session.execute(
        select(Mark.candidate_id, Mark.aspect_id, func.count(), func.max(Mark.value), func.min(Mark.value))
        .where(Mark.candidate_id.in_(where), Mark.value.is_not(None))
        .group_by(Mark.candidate_id, Mark.aspect_id)
        .having(func.max(Mark.value) > func.min(Mark.value))
    ).all()
    if not spread:
        return []
    codes = dict(
        db.session.execute(
            select(Candidate.id, Candidate.code).where(Candidate.assessment_id == assessment_id)
        )
        .tuples()
        .all()
    )
    aspects = {
        row.id: (row.position, row.code)
        for row in db.session.execute(
            select(Aspect.id, Aspect.position, Aspect.code).where(Aspect.assessment_id == assessment_id)
        )
    }
    rules = {aspect.code: aspect for aspect in scheme.aspects if aspect.kind != "panel"}
    cells = sorted(
        (codes[candidate], *aspects[aspect], number, most - least)
        for candidate, aspect, number, most, least in spread
    )
    return [
        (candidate, aspect)
        for candidate, _, aspect, number, apart in cells
        if aspect in rules
        and (rules[aspect].kind != "judgement" or (number >= rules[aspect].panel and apart > Decimal(1)))
    ]


def open_rounds(*which: ColumnElement[bool]) -> Sequence[OpenRound]:
    """What judges have still to mark again: neither marked nor signed anew since the round was opened."""
    in_cell = (
        MarkOp.seat_id == Seat.id,
        MarkOp.candidate_id == Remark.candidate_id,
        MarkOp.aspect_id == Remark.aspect_id,
        MarkOp.kind.in_(("set", "clear")),
    )
    given = exists().where(*in_cell, MarkOp.status == "applied")
    marked_since = exists().where(
        *in_cell, MarkOp.status.in_(("applied", "same")), MarkOp.received_at > Remark.opened_at
    )
    signed_since = exists().where(
        Sheet.seat_id == Seat.id,
        Sheet.candidate_id == Remark.candidate_id,
        Sheet.state == SheetState.SIGNED,
        Sheet.signed_at > Remark.opened_at,
    )
    recused = exists().where(Recusal.seat_id == Seat.id, Recusal.candidate_id == Remark.candidate_id)
    rows = db.session.execute(
        select(Seat.code, Candidate.code, Aspect.code, Remark.round, Remark.opened_at)
        .select_from(Remark)
        .join(Candidate, Candidate.id == Remark.candidate_id)
        .join(Aspect, Aspect.id == Remark.aspect_id)
        .join(Seat, Seat.assessment_id == Candidate.assessment_id)
        .where(*which, given, ~or_(marked_since, signed_since, recused))
        .order_by(Candidate.code, Aspect.position, Seat.code, Remark.round)
    )
    newest = {(row[0], row[1], row[2]): OpenRound(*row) for row in rows}
    return list(newest.values())


def cells_open_again(sheets: Iterable[tuple[int, int]]) -> set[tuple[int, int, int]]:
    """(candidate, aspect, seat) that may change on these (candidate, seat): sheets open for rounds alone."""
    rows = db.session.execute(
        select(Remark.candidate_id, Remark.aspect_id, Sheet.seat_id)
        .join(Sheet, Sheet.candidate_id == Remark.candidate_id)
        .where(
            tuple_(Sheet.candidate_id, Sheet.seat_id).in_(list(sheets)),
            Remark.opened_at >= Sheet.rounds_since,
        )
    )
    return set(rows.tuples())


def round_pack(seat_id: int) -> list[dict[str, Any]]:
    return [
        {
            "candidate": one.candidate,
            "aspect": one.aspect,
            "round": one.round,
            "opened_at": one.opened_at.isoformat(),
        }
        for one in open_rounds(Seat.id == seat_id)
    ]


def disputes(assessment_id: int, scheme: Scheme) -> Sequence[Dispute]:
    """Every disputed cell with its present marks, and how far the round under way is."""
    cells = disputed_cells(assessment_id, scheme)
    if not cells:
        return []
    names = {aspect.code: aspect.name or aspect.code for aspect in scheme.aspects}
    marks = present_marks(assessment_id, cells)
    waiting: dict[tuple[str, str], list[str]] = {}
    for one in open_rounds(Seat.assessment_id == assessment_id):
        waiting.setdefault((one.candidate, one.aspect), []).append(one.seat_code)
    rounds = {
        (candidate, aspect): number
        for candidate, aspect, number in db.session.execute(
            select(Candidate.code, Aspect.code, func.max(Remark.round))
            .join(Candidate, Candidate.id == Remark.candidate_id)
            .join(Aspect, Aspect.id == Remark.aspect_id)
            .where(Candidate.assessment_id == assessment_id)
            .group_by(Candidate.code, Aspect.code)
        )
    }
    return [
        Dispute(
            candidate,
            aspect,
            names[aspect],
            marks[candidate, aspect],
            rounds.get((candidate, aspect), 1),
            waiting.get((candidate, aspect), []),
        )
        for candidate, aspect in cells
    ]


def present_marks(
    assessment_id: int, cells: Iterable[tuple[str, str]]
) -> dict[tuple[str, str], list[tuple[str, str]]]:
    """(candidate, aspect) → the (seat, mark) that stand now."""
    rows = db.session.execute(
        select(Candidate.code, Aspect.code, Seat.code, Mark.value)
        .join(Candidate, Candidate.id == Mark.candidate_id)
        .join(Aspect, Aspect.id == Mark.aspect_id)
        .join(Seat, Seat.id == Mark.seat_id)
        .where(
            Candidate.assessment_id == assessment_id,
            Mark.value.is_not(None),
            tuple_(Candidate.code, Aspect.code).in_(list(cells)),
        )
        .order_by(Seat.code)
    )
    found: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for candidate, aspect, seat, value in rows:
        found.setdefault((candidate, aspect), []).append((seat, plain(value)))
    return found


def candidate_rounds(assessment_id: int, code: str) -> Sequence[CellRounds]:
    """Each aspect of the candidate that has marks, round by round from the ledger: nothing of it is ever lost."""
    candidate_id = candidate_of(assessment_id, code).id
    scheme = scheme_of(assessment_id)
    disputed = {aspect for candidate, aspect in disputed_cells(assessment_id, scheme) if candidate == code}
    acts = ledger(candidate_id)
    opened: dict[str, list[Remark]] = {}
    for aspect, remark in db.session.execute(
        select(Aspect.code, Remark)
        .join(Aspect, Aspect.id == Remark.aspect_id)
        .where(Remark.candidate_id == candidate_id)
        .order_by(Remark.round)
    ):
        opened.setdefault(aspect, []).append(remark)
    waiting: dict[str, list[str]] = {}
    for one in open_rounds(Seat.assessment_id == assessment_id, Candidate.id == candidate_id):
        waiting.setdefault(one.aspect, []).append(one.seat_code)
    return [
        CellRounds(
            aspect.code,
            aspect.name or aspect.code,
            aspect.kind,
            aspect.code in disputed,
            rounds_of(acts[aspect.code], opened.get(aspect.code, [])),
            waiting.get(aspect.code, []),
        )
        for aspect in scheme.aspects
        if aspect.code in acts
    ]


Act = tuple[str, Given, datetime]


def ledger(candidate_id: int) -> dict[str, list[Act]]:
    """Aspect → every (seat, mark, moment) that counted, oldest first."""
    former: dict[int, list[tuple[datetime, str]]] = {}
    for row in db.session.scalars(
        select(FormerJudge)
        .join(Seat, Seat.id == FormerJudge.seat_id)
        .join(Candidate, Candidate.assessment_id == Seat.assessment_id)
        .where(Candidate.id == candidate_id)
        .order_by(FormerJudge.until)
    ):
        former.setdefault(row.seat_id, []).append((row.until, row.name))
    acts: dict[str, list[Act]] = {}
    for aspect, seat, value, extra, at in db.session.execute(
        select(Aspect.code, Seat, MarkOp.value, MarkOp.extra, MarkOp.received_at)
        .join(Aspect, Aspect.id == MarkOp.aspect_id)
        .join(Seat, Seat.id == MarkOp.seat_id)
        .where(
            MarkOp.candidate_id == candidate_id,
            MarkOp.kind.in_(("set", "clear")),
            MarkOp.status.in_(("applied", "same")),
        )
        .order_by(MarkOp.received_at, MarkOp.result_rev)
    ):
        name = next((name for until, name in former.get(seat.id, []) if at <= until), seat.name)
        on_paper = isinstance(extra, dict) and "paper" in extra
        acts.setdefault(aspect, []).append((seat.code, Given(value, name, on_paper), at))
    return acts


def rounds_of(acts: Sequence[Act], opened: Sequence[Remark]) -> Sequence[Round]:
    """Round 1 until the first further round was opened, and so on."""
    starts: list[tuple[int, datetime | None, str]] = [(1, None, "")]
    starts += [(remark.round, remark.opened_at, remark.reason) for remark in opened]
    ends = [start for _, start, _ in starts[1:]] + [None]
    return [
        Round(
            number,
            start,
            reason,
            {
                seat: given
                for seat, given, at in acts
                if (start is None or at > start) and (end is None or at <= end)
            },
        )
        for (number, start, reason), end in zip(starts, ends, strict=True)
    ]
