"""The job runner: job name → slice function. Run by `qzcompete worker`, or beside the web server.

Each step is its own unit: claim, work (the slice commits its steps through `unit`), finish. A heartbeat in a
thread keeps the lease while the work lasts; a killed worker's lease runs out and another takes the job.
"""

from __future__ import annotations

import logging
import os
import signal
import socket
import threading
import time
from collections.abc import Callable
from datetime import date
from importlib import import_module
from types import FrameType
from uuid import uuid4

from flask import Flask

from qzcompete.core import jobs
from qzcompete.core.actor import SYSTEM
from qzcompete.core.clock import today
from qzcompete.core.jobs import Job, Lease, LeaseLost
from qzcompete.core.transaction import unit

log = logging.getLogger("qzcompete.worker")

# job name -> "module:function"; the function takes the job and commits its steps through `unit`.
HANDLERS: dict[str, str] = {
    "certificates.render": "qzcompete.certificates.jobs:render_batch",
    "certificates.plaque": "qzcompete.certificates.jobs:settle_plaque",
    "messages.deliver": "qzcompete.notices.jobs:deliver",
    "messages.remind": "qzcompete.notices.jobs:remind",
    "notices.print": "qzcompete.notices.jobs:print_file",
    "notices.end": "qzcompete.notices.jobs:end",
    "notices.take_down": "qzcompete.notices.jobs:take_down",
    "oversight.anchor": "qzcompete.oversight.jobs:anchor",
    "oversight.delete_run_out": "qzcompete.oversight.jobs:delete_run_out",
}
# Asked for once on each day of the city, by the first worker that has nothing else to do.
DAILY = ("oversight.anchor", "oversight.delete_run_out")

PAUSE = 0.5


def handler(name: str) -> Callable[[Job], None]:
    module, function = HANDLERS[name].split(":")
    found: Callable[[Job], None] = getattr(import_module(module), function)
    return found


class Worker:
    """Takes jobs one after the other until told to stop."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        # In containers host and pid may be the same again after a restart.
        self.name = f"{socket.gethostname()[:40]}:{os.getpid()}:{uuid4().hex[:8]}"
        self.stopping = threading.Event()
        self.planned: date | None = None

    def run(self, until_idle: bool = False) -> int:
        """Work until stopped, or until nothing waits; returns the number of jobs that were taken."""
        taken = 0
        while not self.stopping.is_set():
            if self.step():
                taken += 1
            elif until_idle:
                break
            elif not self.plan_day():
                self.stopping.wait(PAUSE)
        return taken

    def plan_day(self) -> bool:
        """Ask for what is to be done today, if this worker has not yet; another one may have."""
        if self.planned == today():
            return False
        with self.app.app_context():
            try:
                with unit():
                    for name in DAILY:
                        key = f"{name}:{today()}"
                        jobs.enqueue(name, {"day": today().isoformat()}, SYSTEM, key=key)
            except Exception:
                log.exception("the day could not be planned")
                return False
        self.planned = today()
        return True

    def stop_on_signals(self) -> None:
        def stop(_signal: int, _frame: FrameType | None) -> None:
            self.stopping.set()

        signal.signal(signal.SIGTERM, stop)
        signal.signal(signal.SIGINT, stop)

    def step(self) -> bool:
        """Take one job and run it; False when none waits."""
        with self.app.app_context():
            try:
                with unit():
                    job = jobs.claim(self.name)
            except Exception:
                # The database is away or locked: it is asked again at the next step.
                log.exception("claim failed")
                time.sleep(PAUSE)
                return False
            if job is None:
                return False
            self.work(job)
            return True

    def work(self, job: Job) -> None:
        job_id, name = job.id, job.name
        beat = Heartbeat(self.app, jobs.claimed(job))
        beat.start()
        try:
            handler(name)(job)
            with unit():
                jobs.finish(job)
        except LeaseLost:
            log.warning("job %s %s was taken over or cancelled", job_id, name)
        except Exception as error:
            log.exception("job %s %s failed", job_id, name)
            self.fail(job, error)
        finally:
            beat.stop()

    def fail(self, job: Job, error: Exception) -> None:
        try:
            with unit():
                jobs.fail(job, f"{type(error).__name__}: {error}")
        except LeaseLost:
            log.warning("a failed job was taken over or cancelled meanwhile")
        except Exception:
            # The database is away: the lease runs out and the job is taken up again.
            log.exception("the failure of a job could not be kept")


class Heartbeat(threading.Thread):
    """Renews the lease of a running job, on a connection of its own."""

    def __init__(self, app: Flask, lease: Lease) -> None:
        super().__init__(daemon=True)
        self.app, self.lease = app, lease
        self.ended = threading.Event()

    def run(self) -> None:
        while not self.ended.wait(jobs.LEASE.total_seconds() / 3):
            with self.app.app_context():
                try:
                    with unit():
                        jobs.renew(self.lease)
                except LeaseLost:
                    return
                except Exception:
                    log.exception("heartbeat of job %s failed", self.lease.job_id)

    def stop(self) -> None:
        self.ended.set()
        self.join()
