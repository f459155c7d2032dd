"""The office's pages of an event: details, tasks, the way of its states."""

from __future__ import annotations

from functools import partial
from typing import Any

from flask import (
    current_app,
    flash,
    jsonify,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_babel import gettext as _
from flask_login import current_user

from qzcompete.competitions import queries, services
from qzcompete.competitions.forms import TRACK_NAMES, EventForm, typed
from qzcompete.competitions.queries import EventCard
from qzcompete.competitions.rules.occupations import search_occupations
from qzcompete.competitions.views.blueprint import NAMES, blueprint, editable
from qzcompete.core.errors import Problem
from qzcompete.core.forms import Page, select_choices, show_problem, shown, tried
from qzcompete.core.permissions import access_of, permit, requires


@blueprint.route("/competitions/<code>/events/new", methods=["GET", "POST"])
@requires("competition.edit")
def create_event(code: str) -> Page:
    card = queries.competition_card(code)
    permit(current_user.actor, "competition.edit", *card.scopes)
    form = event_form({"venue": card.venue, "team_size": 1, "group": "workers"})
    if form.validate_on_submit():
        try:
            event = services.create_event(current_user.actor, card.id, form.draft())
        except Problem as problem:
            show_problem(form, problem)
        else:
            flash(_("The event is created. Follow the task list below."), "success")
            return redirect(url_for(".show_event", code=event.code))
    return shown(render_template("competitions/create_event.html", form=form, competition=card), form)


def event_form(values: dict[str, Any]) -> EventForm:
    form = EventForm(data=values)
    form.target_level.choices = select_choices(
        [(0, _("Not chosen yet")), *((level, str(name)) for level, name in queries.LEVELS_OF_SKILL.items())]
    )
    form.track.choices = select_choices([("", _("None")), *TRACK_NAMES.items()])
    return form


@blueprint.route("/events/<code>/edit", methods=["GET", "POST"])
@requires("competition.edit")
def edit_event(code: str) -> Page:
    event = editable(code)
    values = vars(event) | {"starts_at": typed(event.starts_at)}
    values["occupation_code"] = f"{event.occupation_code} {event.occupation_name}"
    form = event_form(values | {"target_level": event.target_level or 0, "track": event.track or ""})
    if tried(form, lambda: services.edit_event(current_user.actor, event.id, form.draft())):
        flash(_("The changes are saved."), "success")
        return redirect(url_for(".show_event", code=code))
    return shown(render_template("competitions/edit_event.html", form=form, event=event), form)


@blueprint.get("/occupations")
@requires("competition.view")
def occupations() -> Any:
    search = request.args.get("q", "").strip()[:40]
    found = search_occupations(search)
    if request.args.get("format") == "json":
        return jsonify([{"code": item.code, "name": item.name} for item in found])
    return render_template("competitions/occupations.html", search=search, found=found)


@blueprint.get("/events/<code>")
@requires("competition.view")
def show_event(code: str) -> Page:
    event = queries.event_card(code)
    permit(current_user.actor, "competition.view", *event.scopes)
    missing = queries.readiness(event)
    return render_template(
        "competitions/show_event.html",
        event=event,
        tasks=tasks(event, missing),
        missing=[services.MISSING[code] for code in missing],
        panel=queries.panel_of(event.assessment_id),
        may_edit=current_user.actor.may("competition.edit", *event.scopes),
        **NAMES,
    )


def tasks(event: EventCard, missing: list[str]) -> list[dict[str, Any]]:
    """The way of an event, each step with its state and, where its page exists, the address."""
    drawn = not event.before_draw and event.state != "cancelled"
    ended = event.state in ("closed", "published")
    published = event.state == "published"
    details = not {"venue", "starts_at"} & set(missing)
    panel = not {"judges", "chief_judge"} & set(missing)
    step = partial(task, event)
    code = event.code
    return [
        step(_("Details"), details, "competitions.edit_event", code=code),
        step(_("Marking scheme"), "scheme" not in missing, "competitions.scheme", code=code),
        step(_("Regulations"), bool(queries.regulations(event.id)), "competitions.regulations", code=code),
        step(_("Stations"), bool(queries.stations(event.id)), "competitions.stations", code=code),
        step(_("Equipment list"), bool(queries.equipment(event.id)), "competitions.equipment", code=code),
        step(_("Schedule"), bool(queries.sessions_of([event.id])), "planning.schedule",
             hint=_("Sessions with their module, time, venue and stations."), code=code),
        step(_("Entries"), drawn, "registration.entries", hint=_("Import the list or add entries one by one."),
             code=code),
        step(_("Panel of judges"), panel, "planning.panel", hint=_("At least three judges and a chief judge."),
             code=code),
        step(_("Incidents"), ended and not queries.open_incidents(event.id), "competitions.incidents", code=code),
        step(_("Draw and open marking"), drawn, "registration.draw", locked=bool(missing) and not drawn,
             hint=_("Gives every work a secret code. It cannot be taken back."), code=code),
        step(_("Progress of marking"), ended, "marking.watch", locked=not drawn, assessment_id=event.assessment_id),
        step(_("Results"), published, "results.show", locked=not drawn, code=code),
        step(_("Certificates"), False, "certificates.office", locked=not published, event=code),
    ]  # fmt: skip


def task(
    event: EventCard,
    label: str,
    done: bool,
    endpoint: str,
    /,
    locked: bool = False,
    hint: str | None = None,
    **values: Any,
) -> dict[str, Any]:
    state = "done" if done else "locked" if locked else "todo"
    return {
        "label": label,
        "state": state,
        "url": None if locked else open_url(event, endpoint, **values),
        "hint": hint,
    }


def open_url(event: EventCard, endpoint: str, /, **values: Any) -> str | None:
    """The address of a page, of an upper slice too, where it exists and this account may open it."""
    view = current_app.view_functions.get(endpoint)
    scopes = (*event.scopes, ("assessment", event.assessment_id))
    if view is None or not current_user.actor.may(access_of(view), *scopes):
        return None
    rule = next(current_app.url_map.iter_rules(endpoint))
    if rule.arguments - set(values):
        return None
    return url_for(endpoint, **values)


@blueprint.post("/events/<code>/open")
@requires("competition.edit")
def open_event(code: str) -> Page:
    services.open_event(current_user.actor, queries.event_card(code).id)
    flash(_("The event is open."), "success")
    return redirect(url_for(".show_event", code=code))


@blueprint.post("/events/<code>/cancel")
@requires("competition.edit")
def cancel_event(code: str) -> Page:
    services.cancel_event(current_user.actor, queries.event_card(code).id)
    flash(_("The event is cancelled."), "success")
    return redirect(url_for(".show_event", code=code))
