"""The home page, everybody's desk, background jobs, health, and the living style page."""

from __future__ import annotations

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from qzcompete.core.permissions import public, requires, signed_in
from qzcompete.public import queries, services

blueprint = Blueprint("public", __name__)


@blueprint.get("/")
@public("the city's competitions are public")
def home() -> str:
    return render_template("public/home.html", **queries.home())


@blueprint.get("/competitions/<code>")
@public("the city's competitions are public")
def competition(code: str) -> str:
    card, events = queries.public_competition(code)
    return render_template("public/competition.html", competition=card, events=events)


@blueprint.get("/results/<code>")
@public("published results are for everybody")
def results(code: str) -> str:
    event, result = queries.published_results(code)
    return render_template("public/results.html", event=event, result=result)


@blueprint.get("/desk")
@signed_in
def desk() -> str:
    tasks = [
        {
            "label": task.label,
            "url": url_for(task.endpoint, **task.values),
            "state": task.state,
            "kind": task.kind,
        }
        for task in queries.desk_tasks(current_user.actor)
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
def job(job_id: int) -> str:
    """One job; asked by htmx, only its progress."""
    template = "public/_job_progress.html" if request.headers.get("HX-Request") else "public/job.html"
    return render_template(template, job=queries.job(job_id))


@blueprint.post("/jobs/<int:job_id>/revive")
@requires("job.view")
def revive_job(job_id: int) -> Response:
    services.revive_job(current_user.actor, job_id)
    flash(_("The job will be tried again."), "success")
    return redirect(url_for("public.job", job_id=job_id))


@blueprint.post("/jobs/<int:job_id>/cancel")
@requires("job.view")
def cancel_job(job_id: int) -> Response:
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
