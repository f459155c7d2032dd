"""Disputed cells and the further rounds of marking that the chief judge asks for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import exists, func, or_, select

from qzcompete.extensions import db
from qzcompete.marking.models import Aspect, Candidate, Mark, MarkOp, Recusal, Remark, Seat, Sheet, SheetState
from qzcompete.marking.rules.scheme import Scheme


@dataclass(frozen=True)
class OpenRound:
    """A cell that one judge still has to mark again."""

    candidate: str
    aspect: str
    round: int
    opened_at: datetime


def disputed_cells(assessment_id: int, scheme: Scheme, signed_by: int | None = None) -> list[tuple[str, str]]:
    """(candidate, aspect) whose marks are too far apart, by code; those of the sheets that `signed_by` has signed, or all.

    The law is that of rules.aspect_scores; here it is asked of the database, without scoring anything."""
    rules = {aspect.code: aspect for aspect in scheme.aspects if aspect.kind != "panel"}
    query = (
        select(Candidate.code, Aspect.code, func.count(), func.max(Mark.value), func.min(Mark.value))
        .join(Candidate, Candidate.id == Mark.candidate_id)
        .join(Aspect, Aspect.id == Mark.aspect_id)
        .where(
            Candidate.assessment_id == assessment_id, Candidate.status == "present", Mark.value.is_not(None)
        )
        .group_by(Candidate.code, Aspect.code, Aspect.position)
        .having(func.max(Mark.value) > func.min(Mark.value))
        .order_by(Candidate.code, Aspect.position)
    )
    if signed_by is not None:
        signed = select(Sheet.candidate_id).where(
            Sheet.seat_id == signed_by, Sheet.state == SheetState.SIGNED
        )
        query = query.where(Mark.candidate_id.in_(signed))
    return [
        (candidate, aspect)
        for candidate, aspect, number, most, least in db.session.execute(query)
        if aspect in rules
        and (
            rules[aspect].kind != "judgement" or (number >= rules[aspect].panel and most - least > Decimal(1))
        )
    ]


def open_rounds(seat_id: int) -> Sequence[OpenRound]:
    """What this judge has still to mark again: neither marked nor signed anew since the round was opened."""
    marked_since = exists().where(
        MarkOp.seat_id == seat_id,
        MarkOp.candidate_id == Remark.candidate_id,
        MarkOp.aspect_id == Remark.aspect_id,
        MarkOp.status.in_(("applied", "same")),
        MarkOp.received_at > Remark.opened_at,
    )
    signed_since = exists().where(
        Sheet.seat_id == seat_id,
        Sheet.candidate_id == Remark.candidate_id,
        Sheet.state == SheetState.SIGNED,
        Sheet.signed_at > Remark.opened_at,
    )
    recused = exists().where(Recusal.seat_id == seat_id, Recusal.candidate_id == Remark.candidate_id)
    given = exists().where(
        MarkOp.seat_id == seat_id,
        MarkOp.candidate_id == Remark.candidate_id,
        MarkOp.aspect_id == Remark.aspect_id,
        MarkOp.status == "applied",
    )
    rows = db.session.execute(
        select(Candidate.code, Aspect.code, Remark.round, Remark.opened_at)
        .join(Candidate, Candidate.id == Remark.candidate_id)
        .join(Aspect, Aspect.id == Remark.aspect_id)
        .join(Seat, Seat.assessment_id == Candidate.assessment_id)
        .where(Seat.id == seat_id, given, ~or_(marked_since, signed_since, recused))
        .order_by(Candidate.code, Aspect.position, Remark.round)
    )
    newest = {(row.code, row[1]): OpenRound(*row) for row in rows}
    return list(newest.values())


def round_pack(seat_id: int) -> list[dict[str, Any]]:
    return [
        {
            "candidate": one.candidate,
            "aspect": one.aspect,
            "round": one.round,
            "opened_at": one.opened_at.isoformat(),
        }
        for one in open_rounds(seat_id)
    ]
