"""Background jobs. The row in this table is the truth: enqueued in the caller's transaction, claimed with a
lease, kept alive by a heartbeat, retried, and shown when dead. No library holds what this table does not.

A job's own work must be idempotent, for a killed worker's job is taken up again.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Index, String, Text, func, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.orm.attributes import set_committed_value

from qzcompete.core.actor import Actor
from qzcompete.core.clock import now
from qzcompete.core.columns import JsonDocument, UtcDateTime, state_column
from qzcompete.extensions import db

LEASE = timedelta(seconds=30)
MOST_ATTEMPTS = 5


class JobState(enum.Enum):
    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    DEAD = "dead"
    CANCELLED = "cancelled"


@dataclass(frozen=True)
class Lease:
    """Which claim of a job this is. A value apart from the row, for the row is read anew after each rollback
    and would then name the worker that took the job over."""

    job_id: int
    worker: str
    attempt: int


class Job(db.Model):
    __tablename__ = "job"
    __allow_unmapped__ = True
    __table_args__ = (Index("ix_job_waiting", "state", "run_after"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(64))
    key: Mapped[str | None] = mapped_column(String(120), unique=True)
    payload: Mapped[dict[str, Any]] = mapped_column(JsonDocument)
    state: Mapped[JobState] = mapped_column(state_column(JobState), default=JobState.QUEUED)
    attempts: Mapped[int] = mapped_column(default=0)
    run_after: Mapped[datetime] = mapped_column(UtcDateTime)
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    worker: Mapped[str | None] = mapped_column(String(80))
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    error: Mapped[str | None] = mapped_column(Text)
    account_id: Mapped[int | None]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # Set by `claim`; no column.
    lease: Lease | None = None

    @property
    def finished(self) -> bool:
        return self.state not in (JobState.QUEUED, JobState.RUNNING)


class LeaseLost(Exception):
    """Another worker has taken this job over, or somebody cancelled it: what this one did since is undone."""


def enqueue(
    name: str,
    payload: dict[str, Any],
    actor: Actor,
    key: str | None = None,
    total: int = 0,
    run_after: datetime | None = None,
) -> Job:
    """A job that starts once the caller's transaction is committed, not before `run_after`. The same `key` again:
    the same job."""
    if key is not None and (known := job_of_key(key)):
        return known
    moment = now()
    job = Job(
        name=name,
        key=key,
        payload=payload,
        total=total,
        account_id=actor.account_id,
        run_after=run_after or moment,
        created_at=moment,
    )
    if key is None:
        db.session.add(job)
        db.session.flush()
        return job
    try:
        with db.session.begin_nested():
            db.session.add(job)
    except IntegrityError:
        # The same request ran twice at once, and the other was faster.
        if (known := job_of_key(key)) is None:
            raise
        return known
    return job


def job_of_key(key: str) -> Job | None:
    return db.session.scalar(select(Job).where(Job.key == key))


def counts() -> dict[str, int]:
    """How many jobs there are in each state."""
    rows = db.session.execute(select(Job.state, func.count()).group_by(Job.state))
    return {state.value: count for state, count in rows}


def claim(worker: str) -> Job | None:
    """Take the next job that waits or whose worker fell silent; the caller's unit commits the lease."""
    moment = now()
    waiting = (
        select(Job)
        .where(
            or_(
                (Job.state == JobState.QUEUED) & (Job.run_after <= moment),
                (Job.state == JobState.RUNNING) & (Job.lease_until < moment),
            )
        )
        .order_by(Job.run_after, Job.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    while job := db.session.scalar(waiting, execution_options={"populate_existing": True}):
        if job.attempts < MOST_ATTEMPTS:
            job.state, job.worker, job.attempts = JobState.RUNNING, worker, job.attempts + 1
            job.lease_until = moment + LEASE
            job.lease = Lease(job.id, worker, job.attempts)
            return job
        bury(job, f"given up after {job.attempts} attempts: its worker died each time")
        db.session.flush()
    return None


def renew(lease: Lease) -> None:
    """Keep the claim alive; raises LeaseLost where it is no longer this one."""
    change_claimed(lease, lease_until=now() + LEASE)


def hold(job: Job, done: int | None = None, total: int | None = None) -> None:
    """Renew the lease and tell the progress; raises LeaseLost where the job is no longer this worker's."""
    values: dict[str, Any] = {"lease_until": now() + LEASE}
    if done is not None:
        values["done"] = done
    if total is not None:
        values["total"] = total
    change(job, **values)


def finish(job: Job) -> None:
    """The job is done, in the same transaction as the last of its work."""
    change(
        job,
        state=JobState.DONE,
        lease_until=None,
        finished_at=now(),
        error=None,
        done=max(job.done, job.total),
    )


def fail(job: Job, error: str) -> None:
    """Try again later, twice as late each time; after the last attempt the job is dead and shown."""
    if job.attempts >= MOST_ATTEMPTS:
        change(job, state=JobState.DEAD, lease_until=None, error=error, finished_at=now())
        return
    later = now() + timedelta(seconds=2**job.attempts)
    change(job, state=JobState.QUEUED, lease_until=None, worker=None, error=error, run_after=later)


def bury(job: Job, error: str) -> None:
    job.state, job.error, job.lease_until, job.finished_at = JobState.DEAD, error, None, now()


def revive(job: Job) -> None:
    """Give a dead job new attempts."""
    job.state, job.attempts, job.run_after, job.finished_at = JobState.QUEUED, 0, now(), None


def cancel(job: Job) -> None:
    """Stop a job: one that runs notices at its next progress."""
    if not job.finished:
        job.state, job.lease_until, job.finished_at = JobState.CANCELLED, None, now()


def change(job: Job, **values: Any) -> None:
    change_claimed(claimed(job), **values)
    for name, value in values.items():
        set_committed_value(job, name, value)


def claimed(job: Job) -> Lease:
    if job.lease is None:
        raise ValueError("only the worker that claimed a job changes it")
    return job.lease


def change_claimed(lease: Lease, **values: Any) -> None:
    mine = (
        Job.id == lease.job_id,
        Job.worker == lease.worker,
        Job.attempts == lease.attempt,
        Job.state == JobState.RUNNING,
    )
    statement = (
        update(Job)
        .where(*mine)
        .values(**values)
        .returning(Job.id)
        .execution_options(synchronize_session=False)
    )
    if db.session.scalar(statement) is None:
        raise LeaseLost(f"job {lease.job_id}")
