"""Objections to a notice: the case, what happened to it, and its evidence. Who objected is encrypted."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from qzcompete.core.columns import ENCRYPTED_FILE, BlindIndex, EncryptedText, FileHash, UtcDateTime
from qzcompete.extensions import db
from qzcompete.notices.rules.objections import STATES

KNOWN = ", ".join(f"'{state}'" for state in STATES)


class Objection(db.Model):
    __tablename__ = "objection"
    __table_args__ = (
        UniqueConstraint("year", "serial"),
        CheckConstraint(f"state IN ({KNOWN})", name="known_state"),
        CheckConstraint("state <> 'examining' OR handler_id IS NOT NULL", name="examined_by_somebody"),
        CheckConstraint(
            "state NOT IN ('upheld', 'dismissed') OR "
            "(handler_id IS NOT NULL AND length(finding) >= 1 AND length(reply) >= 1)",
            name="decided_with_finding_and_reply",
        ),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    year: Mapped[int]
    serial: Mapped[int]
    notice_id: Mapped[int] = mapped_column(ForeignKey("notice.id"), index=True)
    # One of the notice's subjects: its key and its name; none for the notice as a whole.
    subject: Mapped[str | None] = mapped_column(String(80))
    subject_name: Mapped[str] = mapped_column(String(120), default="")
    state: Mapped[str] = mapped_column(String(16), default="received")
    # The name and contact are shown to the handler alone, who asks for them with a record of it.
    protected: Mapped[bool] = mapped_column(default=True)
    objector: Mapped[str] = mapped_column(EncryptedText)
    contact: Mapped[str] = mapped_column(EncryptedText)
    statement: Mapped[str] = mapped_column(EncryptedText)
    receipt_index: Mapped[str] = mapped_column(BlindIndex, unique=True)
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)
    deadline: Mapped[date]
    handler_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"), index=True)
    finding: Mapped[str | None] = mapped_column(Text)
    reply: Mapped[str | None] = mapped_column(Text)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class ObjectionEvent(db.Model):
    """What happened to a case: never changed."""

    __tablename__ = "objection_event"
    id: Mapped[int] = mapped_column(primary_key=True)
    objection_id: Mapped[int] = mapped_column(ForeignKey("objection.id"), index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    action: Mapped[str] = mapped_column(String(16))
    before: Mapped[str] = mapped_column(String(16))
    after: Mapped[str] = mapped_column(String(16))
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    actor_name: Mapped[str] = mapped_column(String(80))
    note: Mapped[str] = mapped_column(Text, default="")


class Evidence(db.Model):
    """A file that came with an objection: encrypted, by the hash of what is stored."""

    __tablename__ = "objection_evidence"
    __table_args__ = (CheckConstraint("size >= 1", name="not_empty"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    objection_id: Mapped[int] = mapped_column(ForeignKey("objection.id"), index=True)
    file_name: Mapped[str] = mapped_column(EncryptedText)
    media_type: Mapped[str] = mapped_column(String(40))
    size: Mapped[int]
    file_hash: Mapped[str] = mapped_column(FileHash(), info={ENCRYPTED_FILE: True})
