"""Certificates, and the counters of their numbers. A number is never used again."""

from __future__ import annotations

import enum
from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from qzcompete.core.columns import JsonDocument, UtcDateTime, state_column
from qzcompete.extensions import db


class CertificateState(enum.Enum):
    VALID = "valid"
    REPLACED = "replaced"
    REVOKED = "revoked"


class CertificateCounter(db.Model):
    __tablename__ = "certificate_counter"
    kind: Mapped[str] = mapped_column(String(24), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True)
    last: Mapped[int] = mapped_column(default=0)


class Certificate(db.Model):
    __tablename__ = "certificate"
    __table_args__ = (
        # At most one valid certificate for an entry.
        Index(
            "uq_certificate_valid_entry",
            "entry_id",
            unique=True,
            sqlite_where=text("state = 'valid'"),
            postgresql_where=text("state = 'valid'"),
        ),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(32), unique=True)
    # Unguessable; what the QR code names. Upper-case base 32.
    token: Mapped[str] = mapped_column(String(32), unique=True)
    kind: Mapped[str] = mapped_column(String(24))
    state: Mapped[CertificateState] = mapped_column(
        state_column(CertificateState), default=CertificateState.VALID
    )
    entry_id: Mapped[int] = mapped_column(ForeignKey("entry.id"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"), index=True)
    result_set_id: Mapped[int] = mapped_column(ForeignKey("result_set.id"))
    name: Mapped[str] = mapped_column(String(40))
    unit: Mapped[str] = mapped_column(String(80))
    award: Mapped[str] = mapped_column(String(80))
    text: Mapped[dict[str, Any]] = mapped_column(JsonDocument)
    issued_on: Mapped[date]
    file_hash: Mapped[str | None] = mapped_column(String(64))
    rendered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revoke_reason: Mapped[str | None] = mapped_column(String(400))
