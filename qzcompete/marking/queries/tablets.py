"""What a judge's desk and tablet read: own assessments, the pack, grants, open conflicts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

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
    Recusal,
    Seat,
    ServerEpoch,
    Sheet,
    SheetState,
    TabletGrant,
)
from qzcompete.marking.queries.assessments import assessment_card, plain, scheme_of
from qzcompete.marking.rules.scheme import Scheme


@dataclass(frozen=True)
class OwnAssessment:
    """An open assessment on a judge's desk."""

    id: int
    code: str
    name: str
    state: str
    seat_code: str
    candidates: int
    signed: int


@dataclass(frozen=True)
class SeatCard:
    id: int
    code: str
    name: str


@dataclass(frozen=True)
class GrantCard:
    """A grant that holds now, with the seat that it is for."""

    id: int
    device_id: str
    seat_id: int
    seat_name: str
    account_id: int | None


def own_assessments(account_id: int) -> Sequence[OwnAssessment]:
    """The open assessments in which the account has a seat that marks, with how far its sheets are."""
    signed = (
        select(func.count())
        .where(Sheet.seat_id == Seat.id, Sheet.state == SheetState.SIGNED)
        .correlate(Seat)
        .scalar_subquery()
    )
    present = (
        select(func.count())
        .where(Candidate.assessment_id == Assessment.id, Candidate.status == "present")
        .correlate(Assessment)
        .scalar_subquery()
    )
    rows = db.session.execute(
        select(Assessment.id, Assessment.code, Assessment.name, Assessment.state, Seat.code, present, signed)
        .join(Seat, Seat.assessment_id == Assessment.id)
        .where(Seat.account_id == account_id, Seat.chief.is_(False), Assessment.state == AssessmentState.OPEN)
        .order_by(Assessment.code)
    )
    return [OwnAssessment(row[0], row[1], row[2], row[3].value, *row[4:]) for row in rows]


def own_seat(assessment_id: int, account_id: int) -> SeatCard:
    seat = db.session.scalar(
        select(Seat).where(
            Seat.assessment_id == assessment_id, Seat.account_id == account_id, Seat.chief.is_(False)
        )
    )
    if seat is None:
        raise NotFound()
    return SeatCard(seat.id, seat.code, seat.name)


def grant_of(token_hash: str, moment: datetime) -> GrantCard | None:
    """The grant of this token, unless it has expired or was revoked."""
    row = db.session.execute(
        select(TabletGrant, Seat)
        .join(Seat, Seat.id == TabletGrant.seat_id)
        .where(
            TabletGrant.token_hash == token_hash,
            TabletGrant.expires_at > moment,
            TabletGrant.revoked_at.is_(None),
        )
    ).first()
    if row is None:
        return None
    grant, seat = row
    return GrantCard(grant.id, grant.device_id, seat.id, seat.name, seat.account_id)


def epoch() -> str:
    return db.session.scalar(select(ServerEpoch.value)) or ""


def ops_seen(device_id: str) -> int:
    return db.session.scalar(select(func.count()).where(MarkOp.device_id == device_id)) or 0


def pack(seat_id: int) -> dict[str, Any]:
    """All that a tablet needs for one judge; recused candidates are not in it at all."""
    seat = db.session.get_one(Seat, seat_id)
    assessment = assessment_card(seat.assessment_id)
    recused = select(Recusal.candidate_id).where(Recusal.seat_id == seat_id)
    candidates = db.session.execute(
        select(Candidate.code, Candidate.status, Sheet.state)
        .outerjoin(Sheet, (Sheet.candidate_id == Candidate.id) & (Sheet.seat_id == seat_id))
        .where(Candidate.assessment_id == seat.assessment_id, Candidate.id.not_in(recused))
        .order_by(Candidate.code)
    )
    cells = db.session.execute(
        select(Candidate.code, Aspect.code, Mark.rev, Mark.value)
        .join(Candidate, Candidate.id == Mark.candidate_id)
        .join(Aspect, Aspect.id == Mark.aspect_id)
        .where(Mark.seat_id == seat_id, Mark.candidate_id.not_in(recused))
        .order_by(Candidate.code, Aspect.position)
    )
    return {
        "assessment": {
            "id": assessment.id,
            "code": assessment.code,
            "name": assessment.name,
            "state": assessment.state,
        },
        "judge": {"code": seat.code, "name": seat.name},
        "scheme": {"modules": scheme_pack(scheme_of(assessment.id))},
        "candidates": [
            {"code": code, "status": status, "signed": state is SheetState.SIGNED}
            for code, status, state in candidates
        ],
        "cells": [
            {
                "candidate": candidate,
                "aspect": aspect,
                "rev": rev,
                "value": None if value is None else plain(value),
            }
            for candidate, aspect, rev, value in cells
        ],
        "conflicts": open_conflicts(seat_id),
    }


def scheme_pack(scheme: Scheme) -> list[dict[str, Any]]:
    """The scheme as the tablet shows it, with every default filled in; no weights, no awards."""
    return [
        {
            "code": module.code,
            "name": module.name or module.code,
            "criteria": [
                {
                    "code": criterion.code,
                    "name": criterion.name or criterion.code,
                    "aspects": [
                        {
                            "code": aspect.code,
                            "name": aspect.name or aspect.code,
                            "description": aspect.description,
                            "kind": aspect.kind,
                            "max": plain(aspect.greatest_mark),
                            "step": plain(aspect.mark_step),
                            "benchmarks": list(aspect.benchmarks),
                            "unit": aspect.unit,
                        }
                        for aspect in criterion.aspects
                    ],
                }
                for criterion in module.criteria
            ],
        }
        for module in scheme.modules
    ]


def pack_tag(seat_id: int) -> str:
    """Changes with any op of the seat, its sheets, and the assessment's state."""
    ops, sheets = (
        db.session.scalar(select(func.count()).where(table.seat_id == seat_id)) for table in (MarkOp, Sheet)
    )
    signed = select(func.count()).where(Sheet.seat_id == seat_id, Sheet.state == SheetState.SIGNED)
    seat = db.session.get_one(Seat, seat_id)
    state = assessment_card(seat.assessment_id).state
    absent = select(func.count()).where(
        Candidate.assessment_id == seat.assessment_id, Candidate.status == "present"
    )
    told = [ops, sheets, db.session.scalar(signed), state, db.session.scalar(absent)]
    return "-".join(str(part) for part in told)


def open_conflicts(seat_id: int) -> list[dict[str, Any]]:
    """The judge's own values that lost against another of his tablets, until he has chosen."""
    rows = db.session.execute(
        select(MarkOp.op_id, Candidate.code, Aspect.code, MarkOp.value, MarkOp.client_ts)
        .join(Candidate, Candidate.id == MarkOp.candidate_id)
        .join(Aspect, Aspect.id == MarkOp.aspect_id)
        .where(MarkOp.seat_id == seat_id, MarkOp.status == "conflict", MarkOp.resolved_by.is_(None))
        .order_by(MarkOp.received_at)
    )
    keys = ("op_id", "candidate", "aspect", "value", "client_ts")
    return [dict(zip(keys, row, strict=True)) for row in rows]
