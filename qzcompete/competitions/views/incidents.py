"""Incidents of the venue: told by whoever is there, decided by the chief judge."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user

from qzcompete.competitions import queries, services
from qzcompete.competitions.forms import DECISION_NAMES, INCIDENT_NAMES, DecisionForm, IncidentForm, typed
from qzcompete.competitions.queries import EventCard
from qzcompete.competitions.views.blueprint import blueprint
from qzcompete.core.clock import now
from qzcompete.core.forms import Page, select_choices, shown, tried
from qzcompete.core.permissions import permit, requires


def held_event(code: str) -> EventCard:
    """The event, where the account may tell of its incidents."""
    event = queries.event_card(code)
    permit(current_user.actor, "incident.report", *event.scopes, ("assessment", event.assessment_id))
    return event


@blueprint.get("/incidents")
@requires("incident.report")
def incident_list() -> Page:
    return render_template(
        "competitions/incident_list.html", events=queries.events_to_report_on(current_user.actor)
    )


@blueprint.route("/events/<code>/incidents", methods=["GET", "POST"])
@requires("incident.report")
def incidents(code: str) -> Page:
    event = held_event(code)
    form = incident_form(event)
    if tried(form, lambda: services.report_incident(current_user.actor, event.id, form.draft())):
        flash(_("The incident is recorded. The chief judge decides."), "success")
        return redirect(url_for(".incidents", code=code))
    return shown(
        render_template(
            "competitions/incidents.html",
            event=event,
            form=form,
            incidents=queries.incidents(event.id),
            kind_names=INCIDENT_NAMES,
            decision_names=DECISION_NAMES,
            may_decide=current_user.actor.may("incident.decide", ("assessment", event.assessment_id)),
        ),
        form,
    )


def incident_form(event: EventCard) -> IncidentForm:
    form = IncidentForm(data={"happened_at": typed(now())})
    stations = [(one.id, one.code) for one in queries.stations(event.id)]
    form.station_id.choices = select_choices([(0, _("None")), *stations])
    sessions = [(one.id, one.name) for one in queries.sessions_of([event.id])]
    form.session_id.choices = select_choices([(0, _("None")), *sessions])
    return form


@blueprint.route("/incidents/<int:incident_id>/decide", methods=["GET", "POST"])
@requires("incident.decide")
def decide_incident(incident_id: int) -> Page:
    card = queries.incident(incident_id)
    event = queries.event_card_by_id(card.event_id)
    permit(current_user.actor, "incident.decide", ("assessment", event.assessment_id))
    form = DecisionForm()
    if tried(form, lambda: services.decide_incident(current_user.actor, incident_id, form.draft())):
        flash(_("The decision is recorded."), "success")
        return redirect(url_for(".incidents", code=event.code))
    return shown(
        render_template(
            "competitions/decide_incident.html",
            event=event,
            incident=card,
            form=form,
            kind_names=INCIDENT_NAMES,
        ),
        form,
    )
