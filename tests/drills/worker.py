"""A job worker as a process of its own for the drill: DATA_DIR, DATABASE_URL or "-". One job has three slow
steps; each leaves a row that says who did it, together with the job's progress."""

from __future__ import annotations

import sys
import time
from datetime import timedelta
from types import ModuleType

from sqlalchemy import text

from qzcompete.app import create_app
from qzcompete.config import load_settings
from qzcompete.core import jobs
from qzcompete.core.jobs import Job
from qzcompete.core.transaction import unit
from qzcompete.extensions import db
from qzcompete.worker import HANDLERS, Worker

STEPS = 3
LEASE = timedelta(seconds=1.5)


def three_steps(job: Job) -> None:
    key = job.id
    # Read in the session, as a slice's queries do: the next unit then reads the job's row anew.
    while (
        step := db.session.scalar(text("SELECT count(*) FROM effect WHERE job_id = :id"), {"id": key})
    ) < STEPS:
        time.sleep(0.1)
        with unit():
            values = {"id": key, "step": step}
            db.session.execute(text("INSERT INTO effect (job_id, step) VALUES (:id, :step)"), values)
            jobs.hold(job, done=step + 1)


def main() -> None:
    folder, url = sys.argv[1:3]
    environ = {"QZ_DATA_DIR": folder, "QZ_SECRET_KEY": "k" * 40, "QZ_LOG_LEVEL": "ERROR"}
    app = create_app(load_settings(environ | ({} if url == "-" else {"QZ_DATABASE_URL": url})))
    here = ModuleType("drill")
    here.three_steps = three_steps  # type: ignore[attr-defined]
    sys.modules["drill"] = here
    HANDLERS["drill.three_steps"] = "drill:three_steps"
    jobs.LEASE = LEASE
    worker = Worker(app)
    worker.stop_on_signals()
    worker.run()


if __name__ == "__main__":
    main()
