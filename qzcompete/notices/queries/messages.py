"""Reads the inbox of an account, and the outbox for the office."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import current_app
from sqlalchemy import func, select

from qzcompete.adapters.messages import Carrier, mail_carrier, text_carrier
from qzcompete.config import Settings
from qzcompete.core.errors import NotFound
from qzcompete.core.paging import ListPage, list_page
from qzcompete.extensions import db
from qzcompete.notices.models import Channel, Delivery, DeliveryState, Message, MessageAddress
from qzcompete.people.models import Account

STATES = tuple(state.value for state in DeliveryState)


@dataclass(frozen=True)
class Addresses:
    """Where an account wants copies of its messages."""

    email: str | None = None
    mobile: str | None = None


@dataclass(frozen=True)
class OutboxRow:
    """A delivery as the office sees it: neither the address nor the text."""

    id: int
    message_id: int
    kind: str
    subject: str
    recipient: str | None
    channel: str
    state: str
    error: str | None
    created_at: datetime
    sent_at: datetime | None


def unread_count(account_id: int) -> int:
    unread = select(func.count()).where(Message.account_id == account_id, Message.read_at.is_(None))
    return db.session.scalar(unread) or 0


def inbox_page(account_id: int, number: str, only_unread: bool = False) -> ListPage:
    """The account's messages, newest first."""
    query = select(Message).where(Message.account_id == account_id)
    if only_unread:
        query = query.where(Message.read_at.is_(None))
    return list_page(query.order_by(Message.id.desc()), number, size=20)


def own_message(account_id: int, message_id: int) -> Message:
    """A message of this account; another's is not found."""
    found = db.session.get(Message, message_id)
    if found is None or found.account_id != account_id:
        raise NotFound()
    return found


def addresses_of(account_id: int) -> Addresses:
    row = db.session.get(MessageAddress, account_id)
    return Addresses() if row is None else Addresses(row.email, row.mobile)


def message_of_key(key: str) -> Message | None:
    return db.session.scalar(select(Message).where(Message.key == key))


def messages_of_kind(kind: str) -> Sequence[Message]:
    return db.session.scalars(select(Message).where(Message.kind == kind).order_by(Message.id)).all()


@dataclass(frozen=True)
class Waiting:
    """A delivery that is to leave, with what it carries."""

    id: int
    channel: str
    address: str
    subject: str
    body: str


def waiting_deliveries(message_id: int) -> list[Waiting]:
    """What waits of one message; ends the reading transaction, for sending takes long."""
    query = (
        select(Delivery, Message)
        .join(Message, Message.id == Delivery.message_id)
        .where(Delivery.message_id == message_id, Delivery.state == DeliveryState.WAITING)
        .order_by(Delivery.id)
    )
    found = [
        Waiting(delivery.id, delivery.channel.value, delivery.address, message.subject, message.body)
        for delivery, message in db.session.execute(query)
    ]
    db.session.rollback()
    return found


def carrier_of(channel: str) -> Carrier | None:
    """What carries letters of this channel by the settings; None: they stay in the system."""
    settings: Settings = current_app.config["QZ"]
    if channel == Channel.EMAIL.value:
        return mail_carrier(settings.smtp_url, settings.mail_from)
    return text_carrier()


def outbox_page(state: str, number: str) -> ListPage:
    """Deliveries outside of the system in one state or all, newest first."""
    query = (
        select(Delivery, Message, Account.name)
        .join(Message, Message.id == Delivery.message_id)
        .outerjoin(Account, Account.id == Message.account_id)
    )
    if state in STATES:
        query = query.where(Delivery.state == DeliveryState(state))
    page = list_page(query.order_by(Delivery.id.desc()), number)
    rows = [outbox_row(delivery, message, name) for delivery, message, name in page.items]
    return ListPage(rows, page.number, page.size, page.total)


def outbox_row(delivery: Delivery, message: Message, recipient: str | None) -> OutboxRow:
    return OutboxRow(
        delivery.id,
        message.id,
        message.kind,
        message.subject,
        recipient,
        delivery.channel.value,
        delivery.state.value,
        delivery.error,
        message.created_at,
        delivery.sent_at,
    )


def outbox_counts() -> dict[str, int]:
    rows = db.session.execute(select(Delivery.state, func.count()).group_by(Delivery.state))
    return {state.value: count for state, count in rows}
