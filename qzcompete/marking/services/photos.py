"""Photos as evidence: drawn anew, so that nothing of camera and place stays, and kept by their content."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from sqlalchemy import select

from qzcompete.core import audit
from qzcompete.core.actor import Actor
from qzcompete.core.clock import now
from qzcompete.extensions import db
from qzcompete.marking.models import Aspect, Candidate, EvidencePhoto, Recusal, Seat


@dataclass(frozen=True)
class PhotoSpec:
    id: str
    candidate: str
    aspect: str | None
    taken_at: int
    device_id: str


def store_photo(actor: Actor, seat_id: int, spec: PhotoSpec, sent: bytes, file_hash: str) -> str | None:
    """Keep the photo once under its id; else why not: `key_reuse`, `unknown_cell` or `recused`.

    Its file is stored before: marks of the seat must not wait behind its lock for the storage. One that no row names
    in the end is swept."""
    seat = db.session.get_one(Seat, seat_id, with_for_update=True)
    sent_hash = hashlib.sha256(sent).hexdigest()
    known = db.session.get(EvidencePhoto, spec.id)
    if known is not None:
        return None if (known.seat_id, known.sent_hash) == (seat_id, sent_hash) else "key_reuse"
    candidate_id = db.session.scalar(
        select(Candidate.id).where(
            Candidate.assessment_id == seat.assessment_id, Candidate.code == spec.candidate
        )
    )
    aspect_id = db.session.scalar(
        select(Aspect.id).where(Aspect.assessment_id == seat.assessment_id, Aspect.code == spec.aspect)
    )
    if candidate_id is None or (spec.aspect and aspect_id is None):
        return "unknown_cell"
    if db.session.get(Recusal, (seat_id, candidate_id)) is not None:
        return "recused"
    photo = EvidencePhoto(
        id=spec.id,
        seat_id=seat_id,
        candidate_id=candidate_id,
        aspect_id=aspect_id,
        device_id=spec.device_id,
        taken_at=spec.taken_at,
        received_at=now(),
        sent_hash=sent_hash,
        file_hash=file_hash,
    )
    db.session.add(photo)
    db.session.flush()
    told = {"photo": spec.id, "sha256": photo.file_hash}
    audit.record(actor, "photo.stored", f"seat:{seat_id}", after=told, chain=f"seat:{seat_id}")
    return None
