"""Calls for the chief judge and incidents, with the photos sent for them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select

from qzcompete.adapters.files import Files, kept_files
from qzcompete.core.errors import NotFound
from qzcompete.extensions import db
from qzcompete.marking.models import Aspect, Candidate, EvidencePhoto, FlagAnswer, MarkOp, Seat


@dataclass(frozen=True)
class FlagCard:
    """A judge's call or incident; `kind` is call or incident, `photos` are those that have arrived."""

    op_id: str
    kind: str
    text: str
    seat_code: str
    judge_name: str
    candidate: str
    aspect: str | None
    received_at: datetime
    photos: Sequence[str]
    photos_missing: int
    answer: str | None


def photo_files() -> Files:
    return kept_files()


def flag_rows() -> Select[Any]:
    """Every flag that the server took, with its answer, newest last."""
    return (
        select(MarkOp, Candidate.code, Aspect.code, FlagAnswer.text)
        .join(Candidate, Candidate.id == MarkOp.candidate_id)
        .outerjoin(Aspect, Aspect.id == MarkOp.aspect_id)
        .outerjoin(FlagAnswer, FlagAnswer.op_id == MarkOp.op_id)
        .where(MarkOp.kind == "flag", MarkOp.status != "rejected")
        .order_by(MarkOp.received_at, MarkOp.op_id)
    )


def own_flags(seat_id: int) -> list[dict[str, Any]]:
    """The judge's own calls and incidents, as the tablet shows them."""
    return [
        {
            "op_id": op.op_id,
            "candidate": candidate,
            "aspect": aspect,
            "extra": op.extra,
            "client_ts": op.client_ts,
            "answer": answer,
        }
        for op, candidate, aspect, answer in db.session.execute(flag_rows().where(MarkOp.seat_id == seat_id))
    ]


def flag_cards(assessment_id: int) -> Sequence[FlagCard]:
    """What judges have called for, unanswered first, then newest first."""
    query = flag_rows().add_columns(Seat.code, Seat.name).join(Seat, Seat.id == MarkOp.seat_id)
    rows = db.session.execute(query.where(Seat.assessment_id == assessment_id)).all()
    stored = stored_photos(assessment_id) if rows else {}
    cards = [flag_card(row[0], tuple(row[1:]), stored) for row in rows]
    cards.sort(key=lambda card: card.received_at, reverse=True)
    return sorted(cards, key=lambda card: card.answer is not None)


def flag_card(op: MarkOp, about: tuple[Any, ...], stored: Mapping[str, int]) -> FlagCard:
    candidate, aspect, answer, seat_code, judge_name = about
    extra = op.extra if isinstance(op.extra, dict) else {}
    listed = extra.get("photos")
    wanted = [one for one in listed if isinstance(one, str)] if isinstance(listed, list) else []
    there = [one for one in wanted if stored.get(one) == op.seat_id]
    kind = "incident" if extra.get("kind") == "incident" else "call"
    text = extra.get("text")
    return FlagCard(
        op.op_id,
        kind,
        text if isinstance(text, str) else "",
        seat_code,
        judge_name,
        candidate,
        aspect,
        op.received_at,
        there,
        len(wanted) - len(there),
        answer,
    )


def stored_photos(assessment_id: int) -> dict[str, int]:
    """Photo id → the seat that sent it."""
    rows = db.session.execute(
        select(EvidencePhoto.id, EvidencePhoto.seat_id)
        .join(Seat, Seat.id == EvidencePhoto.seat_id)
        .where(Seat.assessment_id == assessment_id)
    )
    return dict(rows.tuples().all())


def photo_content(assessment_id: int, photo_id: str) -> bytes:
    """The JPEG of a photo of this assessment."""
    digest = db.session.scalar(
        select(EvidencePhoto.file_hash)
        .join(Seat, Seat.id == EvidencePhoto.seat_id)
        .where(EvidencePhoto.id == photo_id, Seat.assessment_id == assessment_id)
    )
    if digest is None:
        raise NotFound()
    return photo_files().get(digest)
