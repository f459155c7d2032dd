"""How long entries worked, as the chief judge sees it: the time that counts, and other judges' times beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from qzcompete.extensions import db
from qzcompete.marking.models import Candidate, MarkOp, Seat


@dataclass(frozen=True)
class EntryTime:
    """`timed_by` is a seat, or none where it was imported or set; `others` are times that do not count: (seat, seconds)."""

    code: str
    seconds: int | None
    timed_by: str | None
    others: Sequence[tuple[str, int]]


def entry_times(assessment_id: int) -> Sequence[EntryTime]:
    """Every present candidate's time; another judge's differing time stands beside it until the chief judge sets one."""
    candidates = db.session.execute(
        select(Candidate.id, Candidate.code, Candidate.duration_s, Candidate.timed_by)
        .where(Candidate.assessment_id == assessment_id, Candidate.status == "present")
        .order_by(Candidate.code)
    ).all()
    held = db.session.execute(
        select(MarkOp.candidate_id, Seat.code, MarkOp.value)
        .join(Seat, Seat.id == MarkOp.seat_id)
        .where(
            Seat.assessment_id == assessment_id,
            MarkOp.kind == "time",
            MarkOp.code == "timed",
            MarkOp.value.is_not(None),
        )
        .order_by(MarkOp.received_at)
    )
    others: dict[int, dict[str, int]] = {}
    for candidate_id, seat, value in held:
        others.setdefault(candidate_id, {})[seat] = int(value)
    return [
        EntryTime(
            row.code,
            row.duration_s,
            row.timed_by,
            [
                (seat, seconds)
                for seat, seconds in others.get(row.id, {}).items()
                if row.timed_by is not None and seconds != row.duration_s
            ],
        )
        for row in candidates
    ]
