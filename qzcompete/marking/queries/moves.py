"""An assessment as one document, to be carried to another server: codes only, with the identity of every op."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from enum import Enum
from typing import Any

from sqlalchemy import Select, String, cast, literal, select

from qzcompete.core.audit import AuditHead
from qzcompete.core.errors import NotFound
from qzcompete.extensions import db
from qzcompete.marking.models import (
    Aspect,
    Assessment,
    Candidate,
    EvidencePhoto,
    FlagAnswer,
    FormerJudge,
    Mark,
    MarkOp,
    Recusal,
    Remark,
    Seat,
    Sheet,
    TieResolution,
)
from qzcompete.marking.queries.assessments import plain
from qzcompete.marking.queries.flags import photo_files
from qzcompete.people.models import Account

FORMAT = "qzcompete-assessment/2"
# What an op carries to another server; its grant stays where it was given.
OP_FACTS = (
    "op_id",
    "body_hash",
    "device_id",
    "seq",
    "kind",
    "value",
    "base_rev",
    "client_ts",
    "clock_offset_ms",
    "received_at",
    "status",
    "code",
    "result_rev",
    "resolved_by",
    "extra",
    "current",
)


def packed(assessment_code: str) -> dict[str, Any]:
    """The whole assessment with the digest of its content: `digest` over everything else."""
    assessment = db.session.scalar(select(Assessment).where(Assessment.code == assessment_code))
    if assessment is None or assessment.scheme is None:
        raise NotFound()
    content = {
        "format": FORMAT,
        "assessment": facts(
            assessment, ("code", "name", "state", "scheme", "scheme_hash", "opened_at", "closed_at")
        ),
        **people_part(assessment.id),
        **ledger_part(assessment.id),
        **chief_part(assessment.id),
    }
    return {**content, "digest": digest(content)}


def digest(content: Mapping[str, Any]) -> str:
    told = {name: value for name, value in content.items() if name != "digest"}
    text = json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def facts(row: Any, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: as_json(getattr(row, name)) for name in names}


def as_json(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Decimal):
        return plain(value)
    return value.value if isinstance(value, Enum) else value


def people_part(assessment_id: int) -> dict[str, Any]:
    seats = db.session.execute(
        select(Seat, Account.username)
        .outerjoin(Account, Account.id == Seat.account_id)
        .where(Seat.assessment_id == assessment_id)
        .order_by(Seat.code)
    )
    candidates = db.session.scalars(
        select(Candidate).where(Candidate.assessment_id == assessment_id).order_by(Candidate.code)
    )
    recused = (
        select(Seat.code, Candidate.code)
        .select_from(Recusal)
        .join(Seat, Seat.id == Recusal.seat_id)
        .join(Candidate, Candidate.id == Recusal.candidate_id)
        .where(Seat.assessment_id == assessment_id)
        .order_by(Seat.code, Candidate.code)
    )
    former = select(FormerJudge, Seat.code).join(Seat, Seat.id == FormerJudge.seat_id)
    former = former.where(Seat.assessment_id == assessment_id).order_by(FormerJudge.until, Seat.code)
    return {
        "candidates": [
            facts(row, ("code", "status", "guest", "duration_s", "timed_by")) for row in candidates
        ],
        "seats": [
            {**facts(seat, ("code", "name", "chief")), "username": username} for seat, username in seats
        ],
        "recusals": [list(row) for row in db.session.execute(recused)],
        "former_judges": [
            {"seat": code, **facts(row, ("name", "until", "reason"))}
            for row, code in db.session.execute(former)
        ],
    }


def in_cells(table: Any, assessment_id: int) -> Select[Any]:
    """Rows of a table with a seat and a candidate, and the codes of both and of the aspect."""
    query = (
        select(table, Seat.code, Candidate.code)
        .join(Seat, Seat.id == table.seat_id)
        .outerjoin(Candidate, Candidate.id == table.candidate_id)
        .where(Seat.assessment_id == assessment_id)
    )
    if hasattr(table, "aspect_id"):
        return query.add_columns(Aspect.code).outerjoin(Aspect, Aspect.id == table.aspect_id)
    return query.add_columns(literal(None))


def placed(query: Select[Any], names: tuple[str, ...]) -> list[dict[str, Any]]:
    return [
        {"seat": seat, "candidate": candidate, "aspect": aspect, **facts(row, names)}
        for row, seat, candidate, aspect in db.session.execute(query)
    ]


def ledger_part(assessment_id: int) -> dict[str, Any]:
    return {
        "ops": placed(in_cells(MarkOp, assessment_id).order_by(MarkOp.received_at, MarkOp.op_id), OP_FACTS),
        "marks": placed(in_cells(Mark, assessment_id).order_by(Mark.op_id), ("rev", "value", "op_id")),
        "sheets": placed(
            in_cells(Sheet, assessment_id).order_by(Seat.code, Candidate.code),
            ("state", "digest", "signed_at", "op_id", "rounds_since"),
        ),
    }


def chief_part(assessment_id: int) -> dict[str, Any]:
    here = Candidate.assessment_id == assessment_id
    rounds = (
        select(Remark, Candidate.code, Aspect.code)
        .join(Candidate, Candidate.id == Remark.candidate_id)
        .join(Aspect, Aspect.id == Remark.aspect_id)
        .where(here)
        .order_by(Candidate.code, Aspect.code, Remark.round)
    )
    ties = select(TieResolution).where(TieResolution.assessment_id == assessment_id)
    answers = (
        select(FlagAnswer)
        .join(MarkOp, MarkOp.op_id == FlagAnswer.op_id)
        .join(Seat, Seat.id == MarkOp.seat_id)
        .where(Seat.assessment_id == assessment_id)
        .order_by(FlagAnswer.op_id)
    )
    chains = select(literal("seat:") + cast(Seat.id, String)).where(Seat.assessment_id == assessment_id)
    heads = select(AuditHead).where(AuditHead.chain.in_(chains)).order_by(AuditHead.chain)
    return {
        "rounds": [
            {"candidate": candidate, "aspect": aspect, **facts(row, ("round", "reason", "opened_at"))}
            for row, candidate, aspect in db.session.execute(rounds)
        ],
        "ties": [
            facts(row, ("codes", "reason", "resolved_at"))
            for row in db.session.scalars(ties.order_by(TieResolution.id))
        ],
        "answers": [facts(row, ("op_id", "text", "answered_at")) for row in db.session.scalars(answers)],
        "photos": photos_part(assessment_id),
        # The other server's log stays there; this is what proves later that it is the same.
        "audit_heads": [facts(row, ("chain", "seq", "hash")) for row in db.session.scalars(heads)],
    }


def photos_part(assessment_id: int) -> list[dict[str, Any]]:
    names = ("id", "device_id", "taken_at", "received_at", "sent_hash", "file_hash")
    photos = placed(in_cells(EvidencePhoto, assessment_id).order_by(EvidencePhoto.id), names)
    for photo in photos:
        photo["content"] = base64.b64encode(photo_files().get(photo["file_hash"])).decode()
    return photos
