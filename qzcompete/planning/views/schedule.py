"""The sessions of an event, and every clash of venue, judge or competitor, shown before one is saved."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from qzcompete.competitions import services
from qzcompete.competitions.forms import typed
from qzcompete.competitions.queries import (
    EventCard,
    SessionCard,
    modules_of,
    session_card,
    sessions_of,
    stations,
)
from qzcompete.core.clock import now
from qzcompete.core.errors import Problem
from qzcompete.core.forms import Page, select_choices, show_problem, shown
from qzcompete.core.permissions import requires
from qzcompete.planning import queries
from qzcompete.planning.forms import SessionForm
from qzcompete.planning.views.blueprint import blueprint, permitted_event
from qzcompete.planning.views.panels import fingerprint

# The list of all clashes asks for the usual rest; a competition's own holds where it is planned.
USUAL_REST = timedelta(hours=1)


@blueprint.get("/events/<code>/schedule")
@requires("competition.view")
def schedule(code: str) -> Page:
    event = permitted_event(code, "competition.view")
    return render_template(
        "planning/schedule.html",
        event=event,
        sessions=sessions_of([event.id]),
        modules=dict(modules_of(event.assessment_id)),
        may_edit=current_user.actor.may("competition.edit", *event.scopes),
    )


@blueprint.route("/events/<code>/schedule/new", methods=["GET", "POST"])
@requires("competition.edit")
def add_session(code: str) -> Page:
    event = permitted_event(code)
    start = typed(event.starts_at)
    ends = start + timedelta(hours=3) if start else None
    data = {"venue": event.venue, "starts_at": start, "ends_at": ends}
    return session_page(event, session_form(event, data), None)


@blueprint.route("/events/<code>/schedule/<int:session_id>", methods=["GET", "POST"])
@requires("competition.edit")
def edit_session(code: str, session_id: int) -> Page:
    event = permitted_event(code)
    card = session_card(session_id, event.id)
    data = vars(card) | {
        "starts_at": typed(card.starts_at),
        "ends_at": typed(card.ends_at),
        "stations": [station.id for station in card.stations],
    }
    return session_page(event, session_form(event, data), card)


def session_form(event: EventCard, data: dict[str, Any]) -> SessionForm:
    form = SessionForm(data=data)
    modules = [(code, f"{code} {name}") for code, name in modules_of(event.assessment_id)]
    form.module.choices = select_choices([("", _("All modules")), *modules])
    form.stations.choices = select_choices([(one.id, one.code) for one in stations(event.id)])
    return form


def session_page(event: EventCard, form: SessionForm, card: SessionCard | None) -> Page:
    """Clashes are shown once; sent again with the same clashes, the session is saved."""
    warnings: list[str] = []
    if form.validate_on_submit():
        draft = form.draft()
        session_id = card.id if card else None
        if draft.starts_at < draft.ends_at:
            clashes = queries.clashes_of_session(
                event,
                draft.name,
                draft.module,
                draft.venue,
                (draft.starts_at, draft.ends_at),
                draft.station_ids,
                session_id,
            )
            warnings = [queries.clash_sentence(clash) for clash in clashes]
        if not warnings or request.form.get("confirmed") == fingerprint(warnings):
            try:
                services.save_session(current_user.actor, event.id, draft, session_id)
            except Problem as problem:
                show_problem(form, problem)
            else:
                flash(_("The session is saved."), "success")
                return redirect(url_for(".schedule", code=event.code))
    return shown(
        render_template(
            "planning/session.html",
            event=event,
            session=card,
            form=form,
            warnings=warnings,
            warnings_seen=fingerprint(warnings),
        ),
        form,
    )


@blueprint.post("/events/<code>/schedule/<int:session_id>/remove")
@requires("competition.edit")
def remove_session(code: str, session_id: int) -> Page:
    services.remove_session(current_user.actor, permitted_event(code).id, session_id)
    flash(_("The session is removed."), "success")
    return redirect(url_for(".schedule", code=code))


@blueprint.get("/clashes")
@requires("competition.edit")
def clashes() -> Page:
    found = queries.clashes_to_come(now(), USUAL_REST)
    return render_template("planning/clashes.html", clashes=found, clash_names=queries.CLASH_NAMES)
