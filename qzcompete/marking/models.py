"""Assessments, their aspects, candidates and seats; marks as a ledger of ops and one current row per cell.

Candidates are codes: no column here leads to a person.
"""

from __future__ import annotations

import enum
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    and_,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from qzcompete.core.columns import ExactDecimal, FileHash, JsonDocument, UtcDateTime, state_column
from qzcompete.extensions import db

# Marks are kept as whole numbers of 10^-6.
MARK_DIGITS = 6
OPEN_CONFLICT = text("status = 'conflict' AND resolved_by IS NULL")


class AssessmentState(enum.Enum):
    PREPARING = "preparing"
    OPEN = "open"
    CLOSED = "closed"


class SheetState(enum.Enum):
    OPEN = "open"
    SIGNED = "signed"


class Assessment(db.Model):
    __tablename__ = "assessment"
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    state: Mapped[AssessmentState] = mapped_column(
        state_column(AssessmentState), default=AssessmentState.PREPARING
    )
    scheme: Mapped[Any | None] = mapped_column(JsonDocument)
    scheme_hash: Mapped[str | None] = mapped_column(String(64))
    opened_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_by: Mapped[int | None]
    # A mark below or above these shares of an aspect's greatest mark needs the judge's reason, in percent.
    reason_below: Mapped[Decimal | None] = mapped_column(ExactDecimal(2))
    reason_above: Mapped[Decimal | None] = mapped_column(ExactDecimal(2))


class Aspect(db.Model):
    __tablename__ = "aspect"
    __table_args__ = (UniqueConstraint("assessment_id", "code"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    assessment_id: Mapped[int] = mapped_column(ForeignKey("assessment.id"))
    code: Mapped[str] = mapped_column(String(100))
    position: Mapped[int]


class Candidate(db.Model):
    __tablename__ = "candidate"
    __table_args__ = (
        UniqueConstraint("assessment_id", "code"),
        CheckConstraint("status IN ('present', 'absent', 'withdrawn', 'disqualified')", name="known_status"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    assessment_id: Mapped[int] = mapped_column(ForeignKey("assessment.id"))
    code: Mapped[str] = mapped_column(String(100))
    status: Mapped[str] = mapped_column(String(16), default="present")
    guest: Mapped[bool] = mapped_column(default=False)
    duration_s: Mapped[int | None]
    # The code of the seat that timed it; none where it was imported or set by the chief judge.
    timed_by: Mapped[str | None] = mapped_column(String(100))


class Seat(db.Model):
    """A judge's place on the panel of an assessment."""

    __tablename__ = "seat"
    __table_args__ = (UniqueConstraint("assessment_id", "code"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    assessment_id: Mapped[int] = mapped_column(ForeignKey("assessment.id"))
    code: Mapped[str] = mapped_column(String(100))
    name: Mapped[str] = mapped_column(String(80))
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"), index=True)
    chief: Mapped[bool] = mapped_column(default=False)


class Recusal(db.Model):
    __tablename__ = "recusal"
    seat_id: Mapped[int] = mapped_column(ForeignKey("seat.id"), primary_key=True)
    candidate_id: Mapped[int] = mapped_column(ForeignKey("candidate.id"), primary_key=True)


class Mark(db.Model):
    """The current mark of a cell; a null value is a withdrawn one."""

    __tablename__ = "mark"
    __table_args__ = (CheckConstraint("rev >= 1", name="rev_counts_from_one"), UniqueConstraint("op_id"))
    candidate_id: Mapped[int] = mapped_column(ForeignKey("candidate.id"), primary_key=True)
    aspect_id: Mapped[int] = mapped_column(ForeignKey("aspect.id"), primary_key=True)
    seat_id: Mapped[int] = mapped_column(ForeignKey("seat.id"), primary_key=True)
    rev: Mapped[int]
    value: Mapped[Decimal | None] = mapped_column(ExactDecimal(MARK_DIGITS))
    op_id: Mapped[str] = mapped_column(String(36))


class MarkOp(db.Model):
    """The ledger: each act of a judge, as it came and what became of it. Never changed, never removed."""

    __tablename__ = "mark_op"
    __table_args__ = (
        # A judge's open conflicts are told with every answer, however many marks he has given.
        Index(
            "ix_mark_op_open_conflict", "seat_id", sqlite_where=OPEN_CONFLICT, postgresql_where=OPEN_CONFLICT
        ),
    )
    op_id: Mapped[str] = mapped_column(String(36), primary_key=True)
    body_hash: Mapped[str] = mapped_column(String(64))
    seat_id: Mapped[int] = mapped_column(ForeignKey("seat.id"), index=True)
    device_id: Mapped[str | None] = mapped_column(String(36), index=True)
    grant_id: Mapped[int | None]
    seq: Mapped[int | None] = mapped_column(BigInteger)
    candidate_id: Mapped[int | None] = mapped_column(ForeignKey("candidate.id"))
    aspect_id: Mapped[int | None] = mapped_column(ForeignKey("aspect.id"))
    kind: Mapped[str] = mapped_column(String(8))
    value: Mapped[str | None] = mapped_column(Text)
    base_rev: Mapped[int]
    client_ts: Mapped[int | None] = mapped_column(BigInteger)
    clock_offset_ms: Mapped[int | None] = mapped_column(BigInteger)
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)
    status: Mapped[str] = mapped_column(String(12))
    code: Mapped[str | None] = mapped_column(String(24))
    result_rev: Mapped[int | None]
    resolved_by: Mapped[str | None] = mapped_column(String(36))
    extra: Mapped[Any | None] = mapped_column(JsonDocument)
    # The cell as it stood when a conflict was answered: the same op again gets the same answer.
    current: Mapped[Any | None] = mapped_column(JsonDocument)


class Ending:
    """A right that holds until it has run out or was revoked."""

    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    @classmethod
    def holds(cls, moment: Any) -> ColumnElement[bool]:
        """Whether it holds at the moment: a time, or a parameter of a statement."""
        return and_(cls.expires_at > moment, cls.revoked_at.is_(None))


class TabletGrant(Ending, db.Model):
    """The right of one judge on one tablet to send; the server keeps only the hash of its token."""

    __tablename__ = "tablet_grant"
    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    seat_id: Mapped[int] = mapped_column(ForeignKey("seat.id"), index=True)
    device_id: Mapped[str] = mapped_column(String(36))
    card_id: Mapped[int | None] = mapped_column(ForeignKey("judge_card.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class JudgeCard(Ending, db.Model):
    """The printed card of a seat: its code is known, of PIN and QR token only keyed hashes."""

    __tablename__ = "judge_card"
    id: Mapped[int] = mapped_column(primary_key=True)
    seat_id: Mapped[int] = mapped_column(ForeignKey("seat.id"), index=True)
    code: Mapped[str] = mapped_column(String(6), unique=True)
    pin_hash: Mapped[str] = mapped_column(String(64))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    issued_at: Mapped[datetime] = mapped_column(UtcDateTime)


class EntryFailures(db.Model):
    """The last failed entries with one card, or from one address: moments in milliseconds, oldest first."""

    __tablename__ = "entry_failures"
    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    moments: Mapped[Any] = mapped_column(JsonDocument)
    last_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class FormerJudge(db.Model):
    """Who held a seat until another took it over; the marks given meanwhile are this judge's."""

    __tablename__ = "former_judge"
    id: Mapped[int] = mapped_column(primary_key=True)
    seat_id: Mapped[int] = mapped_column(ForeignKey("seat.id"), index=True)
    name: Mapped[str] = mapped_column(String(80))
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    until: Mapped[datetime] = mapped_column(UtcDateTime)
    reason: Mapped[str] = mapped_column(String(400))


class Remark(db.Model):
    """A further round for one aspect of one candidate, asked by the chief judge; the first marks are round 1."""

    __tablename__ = "remark"
    __table_args__ = (UniqueConstraint("candidate_id", "aspect_id", "round"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    candidate_id: Mapped[int] = mapped_column(ForeignKey("candidate.id"))
    aspect_id: Mapped[int] = mapped_column(ForeignKey("aspect.id"))
    round: Mapped[int]
    reason: Mapped[str] = mapped_column(String(400))
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)


class FlagAnswer(db.Model):
    """What the chief judge says to a call or an incident."""

    __tablename__ = "flag_answer"
    op_id: Mapped[str] = mapped_column(ForeignKey("mark_op.op_id"), primary_key=True)
    text: Mapped[str] = mapped_column(String(400))
    answered_at: Mapped[datetime] = mapped_column(UtcDateTime)


class EvidencePhoto(db.Model):
    """A photo that a judge's tablet sent: a file by its content; `sent_hash` knows the bytes as they came."""

    __tablename__ = "evidence_photo"
    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    seat_id: Mapped[int] = mapped_column(ForeignKey("seat.id"), index=True)
    candidate_id: Mapped[int] = mapped_column(ForeignKey("candidate.id"))
    aspect_id: Mapped[int | None] = mapped_column(ForeignKey("aspect.id"))
    device_id: Mapped[str] = mapped_column(String(36))
    taken_at: Mapped[int] = mapped_column(BigInteger)
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)
    sent_hash: Mapped[str] = mapped_column(String(64))
    file_hash: Mapped[str] = mapped_column(FileHash())


class PaperEntry(db.Model):
    """One typing of a judge's paper sheet; two by different people must agree before it counts."""

    __tablename__ = "paper_entry"
    __table_args__ = (
        UniqueConstraint("seat_id", "candidate_id", "round", "place"),
        CheckConstraint("place IN (1, 2)", name="first_or_second"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    seat_id: Mapped[int] = mapped_column(ForeignKey("seat.id"))
    candidate_id: Mapped[int] = mapped_column(ForeignKey("candidate.id"))
    round: Mapped[int]
    place: Mapped[int]
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    # Aspect code → the mark as typed; an empty cell of the paper is not in it.
    marks: Mapped[Any] = mapped_column(JsonDocument)
    signed: Mapped[bool]
    entered_at: Mapped[datetime] = mapped_column(UtcDateTime)
    recorded_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Device(db.Model):
    """What a tablet last told of itself: how many marks it still holds, and since when."""

    __tablename__ = "device"
    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    seat_id: Mapped[int] = mapped_column(ForeignKey("seat.id"), index=True)
    label: Mapped[str | None] = mapped_column(String(80))
    pending: Mapped[int] = mapped_column(default=0)
    oldest_pending_at: Mapped[int | None] = mapped_column(BigInteger)
    clock_offset_ms: Mapped[int | None] = mapped_column(BigInteger)
    build: Mapped[str | None] = mapped_column(String(40))
    persisted: Mapped[bool | None]
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ServerEpoch(db.Model):
    """One row: another value tells tablets that this database is not the one they knew."""

    __tablename__ = "server_epoch"
    id: Mapped[int] = mapped_column(primary_key=True)
    value: Mapped[str] = mapped_column(String(36))


class Sheet(db.Model):
    """All cells of one judge for one candidate; signed over the hash of their content.

    A signed sheet that further rounds have opened since a moment is open for the cells of those rounds alone."""

    __tablename__ = "sheet"
    seat_id: Mapped[int] = mapped_column(ForeignKey("seat.id"), primary_key=True)
    candidate_id: Mapped[int] = mapped_column(ForeignKey("candidate.id"), primary_key=True)
    state: Mapped[SheetState] = mapped_column(state_column(SheetState), default=SheetState.OPEN)
    digest: Mapped[str | None] = mapped_column(String(64))
    signed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    op_id: Mapped[str | None] = mapped_column(String(36))
    rounds_since: Mapped[datetime | None] = mapped_column(UtcDateTime)


class TieResolution(db.Model):
    """The chief judge's order of candidates that the rules left equal, best first."""

    __tablename__ = "tie_resolution"
    id: Mapped[int] = mapped_column(primary_key=True)
    assessment_id: Mapped[int] = mapped_column(ForeignKey("assessment.id"), index=True)
    codes: Mapped[Any] = mapped_column(JsonDocument)
    reason: Mapped[str] = mapped_column(String(400))
    resolved_at: Mapped[datetime] = mapped_column(UtcDateTime)
