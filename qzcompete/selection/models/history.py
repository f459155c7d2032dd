"""What happened to a class or to one of its applications: who did what in which role, and why. Never changed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from qzcompete.core.columns import JsonDocument, UtcDateTime
from qzcompete.extensions import db


class SelectionEvent(db.Model):
    """A change of state. Without an application it is the class's own."""

    __tablename__ = "selection_event"
    __table_args__ = (CheckConstraint("length(actor_name) >= 1", name="has_an_actor"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    class_id: Mapped[int] = mapped_column(ForeignKey("selection_class.id"), index=True)
    application_id: Mapped[int | None] = mapped_column(ForeignKey("application.id"), index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    action: Mapped[str] = mapped_column(String(24))
    before: Mapped[str] = mapped_column(String(24))
    after: Mapped[str] = mapped_column(String(24))
    role: Mapped[str] = mapped_column(String(16))
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    actor_name: Mapped[str] = mapped_column(String(80))
    reason: Mapped[str] = mapped_column(Text, default="")
    details: Mapped[Any | None] = mapped_column(JsonDocument)
