"""Where an event is held and with what: its stations, its equipment list, the versions of its regulations."""

from __future__ import annotations

from io import BytesIO

from flask import flash, redirect, render_template, send_file, url_for
from flask_babel import gettext as _
from flask_login import current_user

from qzcompete.adapters.files import kept_files
from qzcompete.competitions import queries, services
from qzcompete.competitions.forms import (
    PLACE_NAMES,
    EquipmentForm,
    RegulationsForm,
    StationsForm,
    station_codes,
)
from qzcompete.competitions.views.blueprint import blueprint, editable
from qzcompete.core.errors import Problem
from qzcompete.core.forms import Page, show_problem, shown, tried
from qzcompete.core.permissions import requires


@blueprint.route("/events/<code>/stations", methods=["GET", "POST"])
@requires("competition.view")
def stations(code: str) -> Page:
    event = editable(code, "competition.view")
    form = StationsForm(data={"venue": event.venue})
    if tried(
        form,
        lambda: services.add_stations(
            current_user.actor, event.id, station_codes(form.codes.data or ""), form.venue.data or ""
        ),
    ):
        flash(_("The stations are added."), "success")
        return redirect(url_for(".stations", code=code))
    return shown(
        render_template(
            "competitions/stations.html",
            event=event,
            form=form,
            stations=queries.stations(event.id),
            may_edit=current_user.actor.may("competition.edit", *event.scopes),
        ),
        form,
    )


@blueprint.post("/events/<code>/stations/<int:station_id>/remove")
@requires("competition.edit")
def remove_station(code: str, station_id: int) -> Page:
    services.remove_station(current_user.actor, editable(code).id, station_id)
    flash(_("The station is removed."), "success")
    return redirect(url_for(".stations", code=code))


@blueprint.route("/events/<code>/equipment", methods=["GET", "POST"])
@requires("competition.view")
def equipment(code: str) -> Page:
    event = editable(code, "competition.view")
    form = EquipmentForm(data={"quantity": 1})
    if tried(form, lambda: services.add_equipment(current_user.actor, event.id, form.draft())):
        flash(_("The equipment is on the list."), "success")
        return redirect(url_for(".equipment", code=code))
    return shown(
        render_template(
            "competitions/equipment.html",
            event=event,
            form=form,
            lines=queries.equipment(event.id),
            place_names=PLACE_NAMES,
            may_edit=current_user.actor.may("competition.edit", *event.scopes),
        ),
        form,
    )


@blueprint.post("/events/<code>/equipment/<int:equipment_id>/remove")
@requires("competition.edit")
def remove_equipment(code: str, equipment_id: int) -> Page:
    services.remove_equipment(current_user.actor, editable(code).id, equipment_id)
    flash(_("The equipment is taken off the list."), "success")
    return redirect(url_for(".equipment", code=code))


@blueprint.get("/events/<code>/equipment/print")
@requires("competition.view")
def print_equipment(code: str) -> Page:
    event = editable(code, "competition.view")
    return render_template(
        "competitions/print_equipment.html",
        event=event,
        stations=queries.stations(event.id),
        lines=queries.equipment(event.id),
        place_names=PLACE_NAMES,
    )


@blueprint.route("/events/<code>/regulations", methods=["GET", "POST"])
@requires("competition.view")
def regulations(code: str) -> Page:
    event = editable(code, "competition.view")
    form = RegulationsForm()
    if form.validate_on_submit():
        file = form.file.data
        try:
            services.add_regulations(
                current_user.actor, event.id, file.filename or "", file.read(), form.note.data or ""
            )
        except Problem as problem:
            # What is wrong with an upload is wrong with its file.
            problem.field = problem.field or "file"
            show_problem(form, problem)
        else:
            flash(_("The new version of the regulations is kept."), "success")
            return redirect(url_for(".regulations", code=code))
    return shown(
        render_template(
            "competitions/regulations.html",
            event=event,
            form=form,
            versions=queries.regulations(event.id),
            may_edit=current_user.actor.may("competition.edit", *event.scopes),
        ),
        form,
    )


@blueprint.get("/events/<code>/regulations/<int:version>.pdf")
@requires("competition.view")
def regulations_file(code: str, version: int) -> Page:
    card = queries.regulations_version(editable(code, "competition.view").id, version)
    return send_file(
        BytesIO(kept_files().get(card.digest)),
        mimetype="application/pdf",
        download_name=f"{code}-v{version}.pdf",
    )
