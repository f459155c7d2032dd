"""Result sets: each compiled version of an event's results, whole and by row. A published one never changes."""

from __future__ import annotations

import enum
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from qzcompete.core.columns import ExactDecimal, JsonDocument, UtcDateTime, state_column
from qzcompete.extensions import db


class ResultSetState(enum.Enum):
    COMPILED = "compiled"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


class ResultSet(db.Model):
    __tablename__ = "result_set"
    __table_args__ = (
        UniqueConstraint("event_id", "version"),
        CheckConstraint("version >= 1", name="version_counts_from_one"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    version: Mapped[int]
    state: Mapped[ResultSetState] = mapped_column(
        state_column(ResultSetState), default=ResultSetState.COMPILED
    )
    scheme_hash: Mapped[str] = mapped_column(String(64))
    document: Mapped[Any] = mapped_column(JsonDocument)
    document_hash: Mapped[str] = mapped_column(String(64))
    compiled_at: Mapped[datetime] = mapped_column(UtcDateTime)
    compiled_by: Mapped[int | None]
    published_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class ResultRow(db.Model):
    """One candidate's line. `entry_id` is known only once the assessment is closed."""

    __tablename__ = "result_row"
    __table_args__ = (UniqueConstraint("result_set_id", "candidate_code"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    result_set_id: Mapped[int] = mapped_column(ForeignKey("result_set.id"))
    position: Mapped[int]
    candidate_code: Mapped[str] = mapped_column(String(100))
    entry_id: Mapped[int | None] = mapped_column(ForeignKey("entry.id"), index=True)
    status: Mapped[str] = mapped_column(String(16))
    total: Mapped[Decimal | None] = mapped_column(ExactDecimal(4))
    points: Mapped[Decimal | None] = mapped_column(ExactDecimal(4))
    rank: Mapped[int | None]
    award: Mapped[str | None] = mapped_column(String(80))
    passed: Mapped[bool | None]
