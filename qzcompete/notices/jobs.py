"""What the job runner does for this slice: deliver messages, remind, print and end notices. Done twice, it does no harm."""

from __future__ import annotations

from flask import current_app

from qzcompete.adapters.files import kept_files
from qzcompete.adapters.messages import Letter, Refused
from qzcompete.core import jobs
from qzcompete.core.actor import SYSTEM
from qzcompete.core.jobs import Job
from qzcompete.core.transaction import unit
from qzcompete.extensions import db
from qzcompete.notices.documents import print_notice
from qzcompete.notices.queries.messages import Waiting, carrier_of, waiting_deliveries
from qzcompete.notices.queries.notices import notice_card
from qzcompete.notices.services import messages, notices


def deliver(job: Job) -> None:
    """Send what waits of one message, each delivery kept by itself; raises where one is to be tried again."""
    message_id, attempt = job.payload["message_id"], jobs.claimed(job).attempt
    failed: Exception | None = None
    for waiting in waiting_deliveries(message_id):
        try:
            send(message_id, waiting)
        except Refused as error:
            with unit():
                messages.keep_error(waiting.id, str(error), dead=True)
        except Exception as error:
            failed = error
            with unit():
                told = f"{type(error).__name__}: {error}"
                messages.keep_error(waiting.id, told, dead=attempt >= jobs.MOST_ATTEMPTS)
        else:
            with unit():
                messages.keep_sent(waiting.id)
    if failed is not None:
        raise failed


def send(message_id: int, waiting: Waiting) -> None:
    carrier = carrier_of(waiting.channel)
    if carrier is None:
        raise Refused("nothing carries such letters any more")
    carrier.send(Letter(f"message-{message_id}", waiting.address, waiting.subject, waiting.body))


def remind(job: Job) -> None:
    """Post the reminder to each of its accounts."""
    plan = job.payload
    with unit():
        for account_id in plan["account_ids"]:
            key = f"{plan['key']}:{account_id}"
            messages.post_message(
                SYSTEM,
                plan["kind"],
                key,
                plan["subject"],
                plan["body"],
                account_id=account_id,
                path=plan["path"],
            )


def print_file(job: Job) -> None:
    """The PDF of a published notice."""
    notice = notice_card(job.payload["notice_id"])
    db.session.rollback()
    digest = kept_files().put(print_notice(notice))
    with unit():
        notices.keep_file(notice.id, digest)


def end(job: Job) -> None:
    with unit():
        notices.end_notice(job.payload["notice_id"], current_app.config["QZ"].notice_keep_days)


def take_down(job: Job) -> None:
    with unit():
        notices.take_down(job.payload["notice_id"])
