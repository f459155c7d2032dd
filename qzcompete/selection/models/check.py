"""The checklist of an application: each line with its finding and evidence; an override by two people."""

from __future__ import annotations

from datetime import date, datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import CheckConstraint, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from qzcompete.core.columns import UtcDateTime
from qzcompete.core.errors import law
from qzcompete.extensions import db


class EligibilityLine(db.Model):
    """`outcome` is what was found; an override makes a failed line count as met once a second person agrees."""

    __tablename__ = "eligibility_line"
    __table_args__ = (
        CheckConstraint("outcome IN ('waiting', 'met', 'not_met')", name="known_outcome"),
        CheckConstraint(
            "override_confirmed_by IS NULL OR (override_asked_by IS NOT NULL "
            "AND override_asked_by <> override_confirmed_by)",
            name="two_people",
        ),
        CheckConstraint(
            "override_asked_by IS NULL OR length(override_reason) >= 1", name="override_has_a_reason"
        ),
    )
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"), primary_key=True)
    line: Mapped[str] = mapped_column(String(32), primary_key=True)
    outcome: Mapped[str] = mapped_column(String(8), default="waiting")
    automatic: Mapped[bool] = mapped_column(default=False)
    evidence: Mapped[str] = mapped_column(Text, default="")
    checked_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    checked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    override_reason: Mapped[str | None] = mapped_column(Text)
    override_asked_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    override_confirmed_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    override_confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


law(
    "ck_eligibility_line_two_people",
    _l("Who asked for the exception cannot confirm it: a second person must."),
)


class SelectionBan(db.Model):
    """Who may not apply, until when, and why: a leader, a host, or both."""

    __tablename__ = "selection_ban"
    __table_args__ = (
        CheckConstraint("person_id IS NOT NULL OR host_uscc IS NOT NULL", name="bans_somebody"),
        CheckConstraint("length(reason) >= 1", name="has_a_reason"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    host_uscc: Mapped[str | None] = mapped_column(String(18), index=True)
    application_id: Mapped[int | None] = mapped_column(ForeignKey("application.id"))
    until: Mapped[date]
    reason: Mapped[str] = mapped_column(Text)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    banned_at: Mapped[datetime] = mapped_column(UtcDateTime)
