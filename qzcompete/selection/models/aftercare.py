"""What a studio or base does after its designation, and its assessments."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from qzcompete.core.columns import ExactDecimal, JsonDocument, UtcDateTime
from qzcompete.extensions import db
from qzcompete.selection.models.round import one_of
from qzcompete.selection.rules.aftercare import ACTIVITIES, GRADES


class ActivityRecord(db.Model):
    """An entry of the log: an apprentice taken, a training held, a problem solved, an exchange."""

    __tablename__ = "activity_record"
    __table_args__ = (
        CheckConstraint(one_of("kind", ACTIVITIES), name="known_kind"),
        CheckConstraint("persons >= 1", name="persons_above_zero"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    designation_id: Mapped[int] = mapped_column(ForeignKey("designation.id"), index=True)
    kind: Mapped[str] = mapped_column(String(12))
    on_day: Mapped[date]
    title: Mapped[str] = mapped_column(String(80))
    persons: Mapped[int] = mapped_column(default=1)
    description: Mapped[str] = mapped_column(Text, default="")
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    entered_at: Mapped[datetime] = mapped_column(UtcDateTime)
    removed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class YearAssessment(db.Model):
    """The assessment of a year, or of a whole term that ends in it. The grade of a year comes when the year of all is
    closed, that of a term at once; who failed gets time to correct."""

    __tablename__ = "year_assessment"
    __table_args__ = (
        UniqueConstraint("designation_id", "year", "whole_term"),
        CheckConstraint(f"grade IS NULL OR {one_of('grade', GRADES)}", name="known_grade"),
        CheckConstraint("total >= 0", name="total_not_negative"),
        CheckConstraint(
            "corrected_at IS NULL OR (correct_until IS NOT NULL AND correction IS NOT NULL)",
            name="corrected_what_had_failed",
        ),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    designation_id: Mapped[int] = mapped_column(ForeignKey("designation.id"), index=True)
    year: Mapped[int]
    whole_term: Mapped[bool] = mapped_column(default=False)
    # What the log held, and the marks as texts of decimals.
    records: Mapped[Any] = mapped_column(JsonDocument)
    marks: Mapped[Any] = mapped_column(JsonDocument)
    total: Mapped[Decimal] = mapped_column(ExactDecimal(2))
    remarks: Mapped[str] = mapped_column(Text, default="")
    grade: Mapped[str | None] = mapped_column(String(12))
    assessed_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    assessed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    graded_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    correct_until: Mapped[date | None]
    correction: Mapped[str | None] = mapped_column(Text)
    corrected_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
