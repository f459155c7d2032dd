"""Messages, in the transaction of what they tell, and their deliveries outside of the system.

An address is encrypted. A message has one `key`, so that what is told twice arrives once.
"""

from __future__ import annotations

import enum
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from qzcompete.core.columns import EncryptedText, UtcDateTime, state_column
from qzcompete.extensions import db


class Channel(enum.Enum):
    EMAIL = "email"
    SMS = "sms"


class DeliveryState(enum.Enum):
    WAITING = "waiting"
    SENT = "sent"
    DEAD = "dead"


class Message(db.Model):
    """What somebody is told. With an account it lies in that account's inbox."""

    __tablename__ = "message"
    __table_args__ = (Index("ix_message_account_id_read_at", "account_id", "read_at"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(160), unique=True)
    kind: Mapped[str] = mapped_column(String(48), index=True)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    subject: Mapped[str] = mapped_column(String(120))
    body: Mapped[str] = mapped_column(Text)
    # The page of this site where the matter is dealt with.
    path: Mapped[str | None] = mapped_column(String(200))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    read_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    deliveries: Mapped[list[Delivery]] = relationship(lazy="selectin", order_by="Delivery.id")


class Delivery(db.Model):
    """A message on its way to an address outside."""

    __tablename__ = "message_delivery"
    __table_args__ = (
        UniqueConstraint("message_id", "channel"),
        CheckConstraint("state <> 'sent' OR sent_at IS NOT NULL", name="sent_at_a_time"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    message_id: Mapped[int] = mapped_column(ForeignKey("message.id"))
    channel: Mapped[Channel] = mapped_column(state_column(Channel))
    address: Mapped[str] = mapped_column(EncryptedText)
    state: Mapped[DeliveryState] = mapped_column(
        state_column(DeliveryState), default=DeliveryState.WAITING, index=True
    )
    error: Mapped[str | None] = mapped_column(String(200))
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class MessageAddress(db.Model):
    """Where an account wants copies of its messages."""

    __tablename__ = "message_address"
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), primary_key=True)
    email: Mapped[str | None] = mapped_column(EncryptedText)
    mobile: Mapped[str | None] = mapped_column(EncryptedText)
