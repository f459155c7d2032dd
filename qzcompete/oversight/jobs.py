"""What the job runner does for this slice, once a day. Done twice, it does no harm."""

from __future__ import annotations

from datetime import date

from qzcompete.core.clock import now
from qzcompete.core.jobs import Job
from qzcompete.core.transaction import unit
from qzcompete.oversight import services


def anchor(job: Job) -> None:
    """Publish the anchor of the job's day."""
    day = date.fromisoformat(job.payload["day"])
    with unit():
        services.publish_anchor(day)


def delete_run_out(job: Job) -> None:
    """Delete the personal data whose years have passed."""
    with unit():
        services.delete_run_out(now())
