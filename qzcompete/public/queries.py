"""What the home page, the desk and the job list show, and whether the system is ready to serve."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select, text
from sqlalchemy.exc import SQLAlchemyError

from qzcompete.certificates import queries as certificates
from qzcompete.competitions import queries as competitions
from qzcompete.competitions.queries import EventCard
from qzcompete.config import Settings
from qzcompete.core.actor import Actor
from qzcompete.core.clock import now
from qzcompete.core.errors import NotFound
from qzcompete.core.jobs import Job, JobState
from qzcompete.core.paging import ListPage, list_page
from qzcompete.extensions import db
from qzcompete.marking import queries as marking
from qzcompete.registration import queries as registration
from qzcompete.results import queries as results
from qzcompete.selection import queries as selection
from qzcompete.selection.forms import words as selection_words

MOST_COMPETITIONS = 12
MOST_DEAD_JOBS = 10


def home() -> dict[str, Any]:
    """What everybody sees first: the year's competitions, and the results published last."""
    shown = competitions.public_competitions()[:MOST_COMPETITIONS]
    return {"competitions": shown, "published": results.published_events()}


@dataclass(frozen=True)
class PublicResult:
    """An event's results as everybody sees them; `held`: entries whose rank an open appeal may still change."""

    event: EventCard
    result: results.ResultPage
    versions: Sequence[results.VersionCard]
    names: Mapping[str, str]
    held: frozenset[int]


def published_results(event_code: str) -> PublicResult:
    """The newest results that are public, with all that were; raises NotFound where there are none."""
    event = competitions.event_card(event_code)
    page = results.result_page(event, "public")
    if page is None:
        raise NotFound()
    return PublicResult(
        event,
        page,
        [version for version in results.versions(event.id) if version.version <= page.version],
        {line.code: line.name or line.code for line in page.lines},
        results.held_entries(event.id),
    )


def board_stamp(event_code: str) -> object:
    """What the public page of an event hangs on; None where nothing is public."""
    return results.public_stamp(event_code)


def verification_stamp(token: str) -> object:
    """What the page of a certificate's code hangs on; None where there is none."""
    return certificates.verification_stamp(token)


def team_results(code: str) -> tuple[competitions.CompetitionCard, results.ResultBook]:
    """The teams of a public competition."""
    card, _events = public_competition(code)
    return card, results.result_book(card.id)


def public_competition(code: str) -> tuple[competitions.CompetitionCard, Sequence[EventCard]]:
    """A competition that is no draft, with its events; raises NotFound for another."""
    card = competitions.competition_card(code)
    if card.state == "draft":
        raise NotFound()
    return card, [event for event in competitions.events_of(card.id) if event.state != "draft"]


def takes_individuals(card: competitions.CompetitionCard) -> bool:
    """Whether anybody may register in it alone, now."""
    open_now = registration.period_of(card, now()) == "open"
    return open_now and registration.setting_of(card.id).self_registration


@dataclass(frozen=True)
class DeskTask:
    """Something that waits for the account, with the page where it is done."""

    label: str
    endpoint: str
    values: dict[str, Any]
    state: str
    kind: str
    hint: str | None = None


def desk_tasks(actor: Actor) -> list[DeskTask]:
    """What waits for this account, the nearest first."""
    return [
        *dead_jobs(actor),
        *result_tasks(actor),
        *selection_tasks(actor),
        *marking_tasks(actor),
        *entry_tasks(actor),
        *event_tasks(actor),
        *certificate_tasks(actor),
    ]


def selection_tasks(actor: Actor) -> list[DeskTask]:
    """What waits in a selection: to correct or to send, to recommend, to declare, to decide, to close."""
    tasks = []
    if actor.may("application.own") and actor.account_id is not None:
        for card in selection.own_applications(actor.account_id):
            if card.state in ("draft", "returned"):
                hint = _("Returned to be corrected") if card.state == "returned" else _("Draft")
                values = {"application_id": card.id}
                tasks.append(task(card.title or card.number, "selection.application", values, hint))
    if actor.may("application.recommend"):
        for quota in selection.unit_quotas(actor.scope_ids("application.recommend", "unit")):
            if quota.waiting:
                hint = _("%(count)s applications to read", count=quota.waiting)
                tasks.append(task(quota.round_name, "selection.units_desk", {}, hint))
    expert = selection.expert_of_account(actor.account_id) if actor.may("review.own") else None
    for panel in selection.own_panels(expert.id) if expert else ():
        values = {"class_id": panel.class_id}
        if panel.class_state == "drawing" and panel.declared_at is None:
            tasks.append(task(panel.round_name, "selection.review", values, _("Declare your conflicts")))
        elif panel.class_state == "deciding" and panel.part == "chair":
            tasks.append(task(panel.round_name, "selection.meeting", values, _("Meeting of the panel")))
    return tasks + bureau_tasks(actor)


def bureau_tasks(actor: Actor) -> list[DeskTask]:
    """Classes whose next close is the bureau's."""
    if not actor.may("selection.manage"):
        return []
    classes = [class_ for round_ in selection.called_rounds() for class_ in round_.classes]
    return [
        task(
            f"{selection_words.KINDS[class_.kind]} · {class_.cycle}",
            "selection.show_class",
            {"class_id": class_.id},
            str(selection_words.CLASS_STATES[class_.state]),
        )
        for class_ in classes
        if class_.state
        in ("calling", "recommending", "checking", "drawing", "visiting", "decided", "noticed")
    ]


def task(label: str, endpoint: str, values: dict[str, Any], hint: str) -> DeskTask:
    return DeskTask(label, endpoint, values, "todo", "task", hint)


# What waits in the results -> the page where it is done, and what that is.
RESULT_STEPS: dict[str, tuple[str, object]] = {
    "correction": ("results.corrections", _l("Decide the marks that were found wrong")),
    "recheck": ("results.recheck", _l("Look at the sheets of the re-check")),
    "arbiter": ("appeals.show", _l("Decide the appeal")),
    "appeal": ("appeals.show", _l("Name the arbiter")),
}


def result_tasks(actor: Actor) -> list[DeskTask]:
    """Corrections, re-checks and appeals that wait for this account."""
    return [
        DeskTask(one.title, endpoint, dict(one.values), "todo", "result", f"{hint} · {one.about}")
        for one in results.waiting_for(actor)
        for endpoint, hint in [RESULT_STEPS[one.kind]]
    ]


def entry_tasks(actor: Actor) -> list[DeskTask]:
    """For an officer the entries that wait for a decision; for an organisation where it may nominate."""
    tasks = []
    if actor.may("entry.import"):
        for event, count in registration.events_with_submitted():
            if actor.may("entry.import", *event.scopes):
                values = {"code": event.code, "admission": "submitted"}
                told = _("%(count)s entries wait for the office", count=count)
                hint = f"{event.competition.name} · {told}"
                tasks.append(DeskTask(event.name, "registration.entries", values, "submitted", "entry", hint))
    for one in registration.open_competitions(actor, now()):
        if one.period == "open":
            hint = _("Registration is open")
            tasks.append(
                DeskTask(
                    one.competition.name, "nominations.index", {}, one.competition.state, "competition", hint
                )
            )
    return tasks


def marking_tasks(actor: Actor) -> list[DeskTask]:
    """Assessments to mark, and those to watch for who is no officer of an event."""
    tasks = []
    if actor.may("sheet.mark") and actor.account_id is not None:
        for own in marking.own_assessments(actor.account_id):
            hint = _("%(signed)s of %(sheets)s sheets are signed", signed=own.signed, sheets=own.candidates)
            tasks.append(DeskTask(own.name, "marking.desk", {}, own.state, "assessment", hint))
    if actor.may("assessment.watch") and not actor.may("competition.edit"):
        for watched in marking.watched(actor.scope_ids("assessment.watch", "assessment")):
            if watched.state == "open":
                hint = _(
                    "%(signed)s of %(sheets)s sheets are signed",
                    signed=watched.signed,
                    sheets=watched.sheets,
                )
                values = {"assessment_id": watched.id}
                tasks.append(
                    DeskTask(watched.name, "marking.watch", values, watched.state, "assessment", hint)
                )
    return tasks


# The stage of an event -> the page of its next step, and what that step is.
NEXT_STEPS: dict[str, tuple[str, object]] = {
    "closed": ("results.show", _l("Compile and publish the results")),
    "marking": ("results.show", _l("Wait for the judges; a preliminary ranking is there")),
    "open": ("competitions.show_event", _l("Take the entries, name the panel, then draw lots")),
    "draft": ("competitions.show_event", _l("Finish the preparations and open it for entry")),
}


def event_tasks(actor: Actor) -> list[DeskTask]:
    """The events of an officer by stage, those nearest to their end first, and what is to do in each."""
    if not actor.may("competition.edit"):
        return []
    mine = [
        event for event in competitions.events_on_their_way() if actor.may("competition.edit", *event.scopes)
    ]
    return [
        DeskTask(
            event.name, endpoint, {"code": event.code}, state, "event", f"{event.competition.name} · {hint}"
        )
        for state, (endpoint, hint) in NEXT_STEPS.items()
        for event in mine
        if event.state == state
    ]


def certificate_tasks(actor: Actor) -> list[DeskTask]:
    """The own certificates that may be downloaded."""
    if actor.person_id is None or not actor.may("certificate.own"):
        return []
    return [
        DeskTask(
            f"{row.text['event']} · {row.award}",
            "certificates.mine",
            {},
            "valid",
            "certificate",
            " · ".join((row.number, _("Ready to download"))),
        )
        for row in certificates.of_person(actor.person_id)
        if row.state.value == "valid" and row.file_hash is not None
    ]


def dead_jobs(actor: Actor) -> list[DeskTask]:
    if not actor.may("job.view"):
        return []
    dead = select(Job).where(Job.state == JobState.DEAD).order_by(Job.id.desc()).limit(MOST_DEAD_JOBS)
    return [
        DeskTask(job_name(job.name), "public.job", {"job_id": job.id}, "dead", "job", job_fault(job))
        for job in db.session.scalars(dead)
    ]


JOB_NAMES: dict[str, object] = {
    "certificates.render": _l("Making certificates"),
    "messages.deliver": _l("Delivering a message"),
    "messages.remind": _l("Reminding before a deadline"),
    "notices.print": _l("Printing a notice"),
    "notices.end": _l("Ending the period of a notice"),
    "notices.take_down": _l("Taking a notice down"),
    "oversight.anchor": _l("Publishing the anchor of the audit log"),
}

# The first word of a job's error -> what it means for the person who reads it.
FAULTS: dict[str, object] = {
    "MissingGlyph": _l(
        "The fonts lack some characters. Ask the administrator to add a font, then try again."
    ),
    "DoesNotFit": _l("A text is too long for its page. Shorten the names, then issue anew."),
    "Unavailable": _l("A library or a font is missing on this machine. Ask the administrator."),
    "given": _l("The worker was stopped each time before it had finished. Try again."),
}


def job_name(name: str) -> str:
    return str(JOB_NAMES.get(name, name))


def job_fault(job: Job) -> str | None:
    """Why the job's last attempt failed, for people; None where none failed."""
    if not job.error:
        return None
    known = FAULTS.get(job.error.replace(":", " ").split(" ")[0])
    return str(known or _l("An unexpected error. The administrator finds the details below and in the log."))


def job_event(job: Job) -> EventCard | None:
    """The event that the job works for."""
    event_id = job.payload.get("event_id")
    return competitions.event_card_by_id(event_id) if event_id is not None else None


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
