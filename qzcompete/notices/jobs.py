"""What the job runner does for this slice: deliver messages, send reminders. A part done twice does no harm."""

from __future__ import annotations

from qzcompete.adapters.messages import Letter, Refused
from qzcompete.core import jobs
from qzcompete.core.actor import SYSTEM
from qzcompete.core.jobs import Job
from qzcompete.core.transaction import unit
from qzcompete.notices.queries.messages import Waiting, carrier_of, waiting_deliveries
from qzcompete.notices.services import messages


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
