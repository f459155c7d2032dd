"""The daily anchors of the audit log, published for whoever wants to prove later what it said; requests for erasure."""

from __future__ import annotations

import enum
from datetime import date, datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import String

from qzcompete.core.columns import JsonDocument, UtcDateTime, state_column
from qzcompete.core.errors import law
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


class ErasureState(enum.Enum):
    ASKED = "asked"
    DONE = "done"
    REFUSED = "refused"


class Erasure(db.Model):
    """Somebody asked that the own account and data be deleted (PIPL, article 47); at most one request is open."""

    __tablename__ = "erasure"
    __table_args__ = (
        Index(
            "uq_erasure_open",
            "account_id",
            unique=True,
            sqlite_where=text("state = 'asked'"),
            postgresql_where=text("state = 'asked'"),
        ),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    state: Mapped[ErasureState] = mapped_column(state_column(ErasureState), default=ErasureState.ASKED)
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # Why it was refused.
    answer: Mapped[str] = mapped_column(String(400), default="")


law("uq_erasure_open", _l("You have asked already. The office answers within 15 working days."))
