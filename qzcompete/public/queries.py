"""What the home page, the desk and the job list show, and whether the system is ready to serve."""

from __future__ import annotations

import os
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.exc import SQLAlchemyError

from qzcompete.config import Settings
from qzcompete.core.actor import Actor
from qzcompete.core.errors import NotFound
from qzcompete.core.jobs import Job
from qzcompete.core.paging import ListPage, list_page
from qzcompete.extensions import db


def home() -> dict[str, Any]:
    return {}


def desk_tasks(actor: Actor) -> list[dict[str, Any]]:
    return []


def job_page(number: str) -> ListPage:
    """Background jobs, newest first."""
    return list_page(select(Job).order_by(Job.id.desc()), number)


def job(job_id: int) -> Job:
    found = db.session.get(Job, job_id)
    if found is None:
        raise NotFound()
    return found


def readiness_faults(settings: Settings) -> list[str]:
    """Why this process should get no requests now; empty when it may."""
    faults = []
    try:
        db.session.execute(text("SELECT 1"))
    except SQLAlchemyError:
        faults.append("database does not answer")
    if not os.access(settings.data_dir, os.W_OK):
        faults.append("data folder cannot be written")
    return faults
