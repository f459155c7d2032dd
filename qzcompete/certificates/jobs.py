"""Renders what is issued, one after the other; a killed worker's job goes on where it was. Lets plaques follow their
titles."""

from __future__ import annotations

from qzcompete.certificates import queries, services
from qzcompete.core import jobs
from qzcompete.core.actor import SYSTEM
from qzcompete.core.jobs import Job
from qzcompete.core.transaction import unit

CHUNK = 20


def render_batch(job: Job) -> None:
    """Each chunk is rendered and signed outside of any transaction, then kept in one unit with the progress."""
    event_id = job.payload.get("event_id")
    while waiting := queries.waiting(event_id, CHUNK):
        ids = [certificate.id for certificate in waiting]
        files = services.printed_files(waiting)
        queries.release()
        made = list(files)
        with unit():
            for certificate_id, content in zip(ids, made, strict=True):
                services.keep_file(certificate_id, content)
            done = job.done + len(ids)
            jobs.hold(job, done=done, total=max(job.total, done))


def settle_plaque(job: Job) -> None:
    with unit():
        services.settle_plaque(SYSTEM, job.payload["designation_id"])
