"""The grant of each designation: its account, whose sums the database keeps within bounds, and its bookings.

Each booking is entered by one person and confirmed by another. Nothing is deleted: what was wrong is refused.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from flask_babel import lazy_gettext as _l
from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from qzcompete.core.columns import ExactDecimal, FileHash, UtcDateTime
from qzcompete.core.errors import law
from qzcompete.extensions import db
from qzcompete.selection.models.round import one_of
from qzcompete.selection.rules.classes import ALLOWED_USES
from qzcompete.selection.rules.grants import KINDS, STATES

USES = " OR ".join(
    f"(class_kind = '{kind}' AND {one_of('use', uses)})" for kind, uses in ALLOWED_USES.items()
)
PAYMENT = text("kind = 'payment' AND state <> 'refused'")


class GrantAccount(db.Model):
    """What was allocated, and the sums of the confirmed bookings; changed by the service that confirms them."""

    __tablename__ = "grant_account"
    __table_args__ = (
        UniqueConstraint("designation_id", "class_kind"),
        CheckConstraint("class_kind IN ('studio', 'base')", name="known_kind"),
        CheckConstraint(
            "allocated >= 0 AND paid >= 0 AND spent >= 0 AND recovered >= 0", name="not_negative"
        ),
        CheckConstraint("paid <= allocated", name="paid_within_allocation"),
        CheckConstraint("spent + recovered <= paid", name="spent_within_payments"),
    )
    designation_id: Mapped[int] = mapped_column(ForeignKey("designation.id"), primary_key=True)
    class_kind: Mapped[str] = mapped_column(String(8))
    allocated: Mapped[Decimal] = mapped_column(ExactDecimal(2))
    paid: Mapped[Decimal] = mapped_column(ExactDecimal(2))
    spent: Mapped[Decimal] = mapped_column(ExactDecimal(2))
    recovered: Mapped[Decimal] = mapped_column(ExactDecimal(2))
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)


class GrantInstalment(db.Model):
    """A part of the grant that is to be paid; all of them add up to it."""

    __tablename__ = "grant_instalment"
    __table_args__ = (CheckConstraint("amount > 0", name="amount_above_zero"),)
    designation_id: Mapped[int] = mapped_column(ForeignKey("grant_account.designation_id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    amount: Mapped[Decimal] = mapped_column(ExactDecimal(2))


class GrantBooking(db.Model):
    __tablename__ = "grant_booking"
    __table_args__ = (
        ForeignKeyConstraint(
            ["designation_id", "class_kind"], ["grant_account.designation_id", "grant_account.class_kind"]
        ),
        ForeignKeyConstraint(
            ["designation_id", "instalment"], ["grant_instalment.designation_id", "grant_instalment.number"]
        ),
        # An instalment is paid once.
        Index(
            "uq_grant_booking_instalment",
            "designation_id",
            "instalment",
            unique=True,
            sqlite_where=PAYMENT,
            postgresql_where=PAYMENT,
        ),
        CheckConstraint(one_of("kind", KINDS), name="known_kind"),
        CheckConstraint(one_of("state", STATES), name="known_state"),
        CheckConstraint("amount > 0", name="amount_above_zero"),
        CheckConstraint(f"kind <> 'expense' OR (use IS NOT NULL AND ({USES}))", name="use_is_allowed"),
        CheckConstraint("kind <> 'payment' OR instalment IS NOT NULL", name="payment_of_an_instalment"),
        CheckConstraint("state <> 'confirmed' OR confirmed_by IS NOT NULL", name="confirmed_by_somebody"),
        CheckConstraint("confirmed_by IS NULL OR confirmed_by <> entered_by", name="two_people"),
        CheckConstraint("state <> 'refused' OR length(refusal) >= 1", name="refused_with_reason"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    designation_id: Mapped[int] = mapped_column(index=True)
    class_kind: Mapped[str] = mapped_column(String(8))
    kind: Mapped[str] = mapped_column(String(12))
    state: Mapped[str] = mapped_column(String(12), default="entered")
    amount: Mapped[Decimal] = mapped_column(ExactDecimal(2))
    use: Mapped[str | None] = mapped_column("use", String(24))
    instalment: Mapped[int | None]
    on_day: Mapped[date]
    # The number of the voucher or invoice, and what it was for.
    voucher: Mapped[str] = mapped_column(String(60), default="")
    purpose: Mapped[str] = mapped_column(Text, default="")
    receipt_hash: Mapped[str | None] = mapped_column(FileHash())
    receipt_type: Mapped[str | None] = mapped_column(String(40))
    entered_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    entered_at: Mapped[datetime] = mapped_column(UtcDateTime)
    confirmed_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    refusal: Mapped[str | None] = mapped_column(String(400))


law("ck_grant_booking_two_people", _l("Who entered a booking cannot confirm it: a second person must."))
law("ck_grant_booking_use_is_allowed", _l("The plan does not allow this use."), "use")
law(
    "uq_grant_booking_instalment",
    _l("This instalment is paid already, or waits for its confirmation."),
    "instalment",
)
law("ck_grant_account_paid_within_allocation", _l("More would be paid than was allocated."), "amount")
law("ck_grant_account_spent_within_payments", _l("More would be spent or recovered than was paid."), "amount")
