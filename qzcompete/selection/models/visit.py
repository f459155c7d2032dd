"""Site visits: team, date, checklist, findings and photos, countersigned by the host."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from qzcompete.core.columns import ExactDecimal, FileHash, JsonDocument, UtcDateTime
from qzcompete.extensions import db


class SiteVisit(db.Model):
    __tablename__ = "site_visit"
    __table_args__ = (
        CheckConstraint("score IS NULL OR score BETWEEN 0 AND 10000", name="score_in_bounds"),
        CheckConstraint(
            "countersigned_at IS NULL OR countersigned_by IS NOT NULL", name="signed_by_somebody"
        ),
    )
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"), primary_key=True)
    planned_on: Mapped[date]
    # Names and account ids of the team, two or more.
    team: Mapped[Any] = mapped_column(JsonDocument)
    # Line of the checklist → points as text and a remark.
    checklist: Mapped[Any] = mapped_column(JsonDocument)
    findings: Mapped[str] = mapped_column(Text, default="")
    score: Mapped[Decimal | None] = mapped_column(ExactDecimal(2))
    reported_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reported_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    countersigned_by: Mapped[str | None] = mapped_column(String(40))
    countersigned_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class VisitPhoto(db.Model):
    """A photo of a visit, drawn anew; time and place as the device told them apart from the file."""

    __tablename__ = "visit_photo"
    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"), index=True)
    file_hash: Mapped[str] = mapped_column(FileHash())
    taken_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    latitude: Mapped[Decimal | None] = mapped_column(ExactDecimal(6))
    longitude: Mapped[Decimal | None] = mapped_column(ExactDecimal(6))
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)
