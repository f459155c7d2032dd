"""Posts messages in the caller's transaction, delivers them, and reminds before deadlines.

The caller words the message; it names no document number, no mark before publication, and no more persons than it must.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from qzcompete.core import audit, jobs
from qzcompete.core.actor import Actor
from qzcompete.core.clock import now
from qzcompete.core.errors import NotFound, RuleBroken
from qzcompete.core.permissions import permit
from qzcompete.extensions import db
from qzcompete.notices.models import Channel, Delivery, DeliveryState, Message, MessageAddress
from qzcompete.notices.queries.messages import addresses_of, carrier_of, message_of_key, own_message
from qzcompete.notices.rules.addresses import is_email, is_mobile, tidy_mobile

LONGEST_SUBJECT = 120


def post_message(
    actor: Actor,
    kind: str,
    key: str,
    subject: str,
    body: str,
    *,
    account_id: int | None = None,
    email: str | None = None,
    mobile: str | None = None,
    path: str | None = None,
) -> int:
    """Tell an account, or an address of somebody without one; returns the message's id. The same `key`: told once.

    `kind` is "slice.event"; `path` the page of this site where the matter stands. A copy leaves by the job runner once the
    caller's transaction is committed, and not at all where the account named no address.
    """
    if known := message_of_key(key):
        return known.id
    message = Message(
        key=key,
        kind=kind,
        account_id=account_id,
        subject=" ".join(subject.split())[:LONGEST_SUBJECT],
        body=body,
        path=path,
        created_at=now(),
    )
    try:
        with db.session.begin_nested():
            db.session.add(message)
    except IntegrityError:
        # The same was told twice at once, and the other was faster.
        if (known := message_of_key(key)) is None:
            raise
        return known.id
    wanted = addresses_of(account_id) if account_id is not None else None
    add_delivery(message, Channel.EMAIL, email or (wanted.email if wanted else None))
    add_delivery(message, Channel.SMS, mobile or (wanted.mobile if wanted else None))
    if message.deliveries:
        jobs.enqueue("messages.deliver", {"message_id": message.id}, actor, key=delivery_job(message.id))
    return message.id


def add_delivery(message: Message, channel: Channel, address: str | None) -> None:
    if address and carrier_of(channel.value) is not None:
        message.deliveries.append(Delivery(channel=channel, address=address, state=DeliveryState.WAITING))


def delivery_job(message_id: int) -> str:
    return f"message:{message_id}"


def mark_read(actor: Actor, message_id: int, read: bool = True) -> Message:
    """An own message read, or unread again."""
    message = own_message(actor.account_id or 0, message_id)
    if read:
        message.read_at = message.read_at or now()
    else:
        message.read_at = None
    return message


def mark_all_read(actor: Actor) -> None:
    unread = update(Message).where(Message.account_id == actor.account_id, Message.read_at.is_(None))
    db.session.execute(unread.values(read_at=now()))


def set_addresses(actor: Actor, email: str, mobile: str) -> None:
    """Where the own account wants copies; an empty one asks for none."""
    email, mobile = email.strip(), tidy_mobile(mobile)
    if email and not is_email(email):
        raise RuleBroken(_l("This is no e-mail address. Write one like name@example.cn."), field="email")
    if mobile and not is_mobile(mobile):
        raise RuleBroken(_l("A mobile number has 11 digits and begins with 1."), field="mobile")
    if actor.account_id is None:
        raise NotFound()
    row = db.session.get(MessageAddress, actor.account_id) or MessageAddress(account_id=actor.account_id)
    row.email, row.mobile = email or None, mobile or None
    db.session.add(row)
    audit.record(
        actor,
        "message.addresses_set",
        f"account:{actor.account_id}",
        after={"email": bool(email), "mobile": bool(mobile)},
    )


def keep_sent(delivery_id: int) -> None:
    delivery = db.session.get_one(Delivery, delivery_id)
    delivery.state, delivery.sent_at, delivery.error = DeliveryState.SENT, now(), None


def keep_error(delivery_id: int, error: str, dead: bool) -> None:
    delivery = db.session.get_one(Delivery, delivery_id)
    delivery.error = error[:200]
    if dead:
        delivery.state = DeliveryState.DEAD


def send_again(actor: Actor, delivery_id: int) -> None:
    """Give a dead delivery new attempts."""
    permit(actor, "message.view")
    delivery = db.session.get(Delivery, delivery_id, with_for_update=True)
    if delivery is None:
        raise NotFound()
    if delivery.state is not DeliveryState.DEAD:
        raise RuleBroken(_l("Only a message that could not be delivered is sent again."))
    delivery.state = DeliveryState.WAITING
    job = jobs.job_of_key(delivery_job(delivery.message_id))
    if job is not None and job.finished:
        jobs.revive(job)
    audit.record(actor, "message.sent_again", f"message:{delivery.message_id}")


def plan_reminder(
    actor: Actor,
    key: str,
    kind: str,
    at: datetime,
    account_ids: Iterable[int],
    subject: str,
    body: str,
    path: str | None = None,
) -> None:
    """Tell these accounts at the moment `at`, unless it is cancelled before; the same `key` again moves it."""
    payload = {
        "key": key,
        "kind": kind,
        "account_ids": sorted(set(account_ids)),
        "subject": subject,
        "body": body,
        "path": path,
    }
    job = jobs.enqueue("messages.remind", payload, actor, key=reminder_job(key), run_after=at)
    if job.state is not jobs.JobState.RUNNING and (job.payload, job.run_after) != (payload, at):
        job.payload, job.run_after, job.state = payload, at, jobs.JobState.QUEUED


def cancel_reminder(key: str) -> None:
    """What it was about is done; nothing happens where there is no such reminder."""
    job = jobs.job_of_key(reminder_job(key))
    if job is not None:
        jobs.cancel(job)


def reminder_job(key: str) -> str:
    return f"reminder:{key}"
