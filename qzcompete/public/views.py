"""The home page, everybody's desk, background jobs, health, and the living style page."""

from __future__ import annotations

from flask import Blueprint, current_app, flash, make_response, redirect, render_template, request, url_for
from flask import Response as FlaskResponse
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from qzcompete.competitions.queries import (
    EventCard,
    competition_links,
    events_with_regulations,
    postponements,
    timeline,
)
from qzcompete.core.clock import now
from qzcompete.core.jobs import Job
from qzcompete.core.permissions import permit, public, requires, signed_in
from qzcompete.public import queries, services

blueprint = Blueprint("public", __name__)
blueprint.add_app_template_filter(queries.job_name, "job_name")


@blueprint.get("/")
@public("the city's competitions are public")
def home() -> str:
    return render_template("public/home.html", **queries.home())


@blueprint.get("/competitions/<code>")
@public("the city's competitions are public")
def competition(code: str) -> str:
    card, events = queries.public_competition(code)
    return render_template(
        "public/competition.html",
        competition=card,
        events=events,
        timeline=timeline(card, now()),
        moves=postponements(card.id),
        ruled=events_with_regulations(card.id),
        **competition_links(card, public=True),
        may_register=queries.takes_individuals(card),
    )


@blueprint.get("/results/<code>")
@public("published results are for everybody")
def results(code: str) -> str:
    found = queries.published_results(code)
    return render_template(
        "public/results.html",
        event=found.event,
        result=found.result,
        versions=found.versions,
        names=found.names,
        held=found.held,
    )


@blueprint.get("/competitions/<code>/teams")
@public("the ranking of teams follows from published results")
def teams(code: str) -> str:
    card, book = queries.team_results(code)
    return render_template("public/teams.html", competition=card, book=book)


@blueprint.get("/desk")
@signed_in
def desk() -> str:
    tasks = [
        {
            "label": task.label,
            "url": url_for(task.endpoint, **task.values),
            "state": task.state,
            "kind": task.kind,
            "hint": task.hint,
        }
        for task in queries.desk_tasks(current_user.actor)
        if task.endpoint in current_app.view_functions
    ]
    return render_template("public/desk.html", tasks=tasks)


@blueprint.get("/style")
@public("the style page holds no data")
def style() -> str:
    from qzcompete.public.style import style_samples

    return render_template("public/style.html", demo=style_samples())


@blueprint.get("/jobs")
@requires("job.view")
def jobs() -> str:
    return render_template("public/jobs.html", page=queries.job_page(request.args.get("page", "1")))


@blueprint.get("/jobs/<int:job_id>")
@requires("job.view")
def job(job_id: int) -> FlaskResponse:
    """One job; asked by htmx, only its progress."""
    found, event = permitted_job(job_id)
    if request.headers.get("HX-Request"):
        answer = make_response(render_template("public/_job_progress.html", job=found))
        if found.finished:
            # All of the page says so: its state, its buttons.
            answer.headers["HX-Refresh"] = "true"
        return answer
    may_open = event is not None and current_user.actor.may("certificate.view", *event.scopes)
    page = render_template(
        "public/job.html", job=found, event=event, fault=queries.job_fault(found), may_open=may_open
    )
    return make_response(page)


def permitted_job(job_id: int) -> tuple[Job, EventCard | None]:
    """A job with its event; an officer of another competition may not see it."""
    found = queries.job(job_id)
    event = queries.job_event(found)
    permit(current_user.actor, "job.view", *(event.scopes if event else ()))
    return found, event


@blueprint.post("/jobs/<int:job_id>/revive")
@requires("job.view")
def revive_job(job_id: int) -> Response:
    permitted_job(job_id)
    services.revive_job(current_user.actor, job_id)
    flash(_("The job will be tried again."), "success")
    return redirect(url_for("public.job", job_id=job_id))


@blueprint.post("/jobs/<int:job_id>/cancel")
@requires("job.view")
def cancel_job(job_id: int) -> Response:
    permitted_job(job_id)
    services.cancel_job(current_user.actor, job_id)
    flash(_("The job is cancelled. What it had finished stays."), "success")
    return redirect(url_for("public.job", job_id=job_id))


@blueprint.get("/healthz")
@public("a monitor asks without an account; it says only that the process lives")
def healthz() -> tuple[dict[str, str], int]:
    return {"status": "ok"}, 200


@blueprint.get("/readyz")
@public("a load balancer asks without an account; it names faults, no data")
def readyz() -> tuple[dict[str, object], int]:
    faults = queries.readiness_faults(current_app.config["QZ"])
    return {"status": "ready" if not faults else "not ready", "faults": faults}, 503 if faults else 200
