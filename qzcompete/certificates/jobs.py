"""Renders the certificates of an event, one after the other; a killed worker's job goes on where it was."""

from __future__ import annotations

from qzcompete.certificates import queries, services
from qzcompete.certificates.documents import render_award_certificates
from qzcompete.core import jobs
from qzcompete.core.jobs import Job
from qzcompete.core.transaction import unit

CHUNK = 20


def render_batch(job: Job) -> None:
    """Each chunk is rendered outside of any transaction, then kept in one unit with the job's progress."""
    event_id = job.payload["event_id"]
    while waiting := queries.waiting(event_id)[:CHUNK]:
        ids = [certificate.id for certificate in waiting]
        texts = [services.certificate_text(certificate) for certificate in waiting]
        queries.release()
        files = list(render_award_certificates(texts, sample=job.payload.get("sample", False)))
        with unit():
            for certificate_id, content in zip(ids, files, strict=True):
                services.keep_file(certificate_id, content)
            jobs.hold(job, done=job.done + len(ids))
