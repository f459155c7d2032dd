"""The daily anchors of the audit log: published, so that whoever kept one can prove what the log said that day."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import String

from qzcompete.core.columns import JsonDocument, UtcDateTime
from qzcompete.extensions import db


class AuditAnchor(db.Model):
    """The ends of all chains at a moment of a day, under one hash that also covers the anchor before."""

    __tablename__ = "audit_anchor"
    day: Mapped[date] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    # How many rows the log had, in all chains.
    rows: Mapped[int]
    # [chain, seq, hash] of every chain that went on since the anchor before, by name.
    ends: Mapped[Any] = mapped_column(JsonDocument)
    previous: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64), unique=True)
