"""What an officer may do with background jobs: try a dead one again, cancel a waiting or running one."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from qzcompete.core import audit, jobs
from qzcompete.core.actor import Actor
from qzcompete.core.errors import NotFound, RuleBroken
from qzcompete.core.jobs import Job, JobState
from qzcompete.extensions import db


def revive_job(actor: Actor, job_id: int) -> Job:
    job = locked(job_id)
    if job.state not in (JobState.DEAD, JobState.CANCELLED):
        raise RuleBroken(_l("Only a dead or cancelled job can be tried again."))
    jobs.revive(job)
    audit.record(actor, "job.revived", f"job:{job.id}")
    return job


def cancel_job(actor: Actor, job_id: int) -> Job:
    job = locked(job_id)
    if job.finished:
        raise RuleBroken(_l("This job has ended already."))
    jobs.cancel(job)
    audit.record(actor, "job.cancelled", f"job:{job.id}")
    return job


def locked(job_id: int) -> Job:
    job = db.session.get(Job, job_id, with_for_update=True)
    if job is None:
        raise NotFound()
    return job
