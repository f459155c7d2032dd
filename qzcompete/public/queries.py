"""What the home page, the desk and the job list show, and whether the system is ready to serve."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.exc import SQLAlchemyError

from qzcompete.competitions import queries as competitions
from qzcompete.competitions.queries import EventCard
from qzcompete.config import Settings
from qzcompete.core.actor import Actor
from qzcompete.core.errors import NotFound
from qzcompete.core.jobs import Job, JobState
from qzcompete.core.paging import ListPage, list_page
from qzcompete.extensions import db
from qzcompete.marking import queries as marking
from qzcompete.results import queries as results

MOST_COMPETITIONS = 12


def home() -> dict[str, Any]:
    """What everybody sees first: the year's competitions, and the results published last."""
    shown = competitions.public_competitions()[:MOST_COMPETITIONS]
    return {"competitions": shown, "published": results.published_events()}


def published_results(event_code: str) -> tuple[EventCard, results.ResultPage]:
    """An event with its newest published results; raises NotFound where there are none."""
    event = competitions.event_card(event_code)
    page = results.result_page(event, published_only=True)
    if page is None:
        raise NotFound()
    return event, page


def public_competition(code: str) -> tuple[competitions.CompetitionCard, Sequence[EventCard]]:
    """A competition that is no draft, with its events; raises NotFound for another."""
    card = competitions.competition_card(code)
    if card.state == "draft":
        raise NotFound()
    return card, [event for event in competitions.events_of(card.id) if event.state != "draft"]


@dataclass(frozen=True)
class DeskTask:
    """Something that waits for the account, with the page where it is done."""

    label: str
    endpoint: str
    values: dict[str, Any]
    state: str
    kind: str


def desk_tasks(actor: Actor) -> list[DeskTask]:
    """What waits for this account: assessments to mark or to watch, events on their way, dead jobs."""
    tasks = []
    if actor.may("sheet.mark") and actor.account_id is not None:
        tasks += [
            DeskTask(f"{own.name}（{own.signed}/{own.candidates}）", "marking.desk", {}, "open", "assessment")
            for own in marking.own_assessments(actor.account_id)
        ]
    if actor.may("competition.edit"):
        tasks += [
            DeskTask(event.name, "competitions.show_event", {"code": event.code}, event.state, "event")
            for event in competitions.events_on_their_way()
            if actor.may("competition.edit", *event.scopes)
        ]
    if actor.may("job.view"):
        dead = select(Job).where(Job.state == JobState.DEAD).order_by(Job.id)
        tasks += [
            DeskTask(job.name, "public.job", {"job_id": job.id}, "dead", "job")
            for job in db.session.scalars(dead)
        ]
    return tasks


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
