"""The panel of an event: who may judge, what speaks against it, and who is named for which module."""

from __future__ import annotations

import hashlib
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from qzcompete.competitions import services
from qzcompete.competitions.forms import PanelForm
from qzcompete.competitions.queries import (
    modules_of,
    named_modules,
    panel_choices,
    panel_of,
    setting,
)
from qzcompete.core.errors import Problem
from qzcompete.core.forms import Page, select_choices, show_problem, shown
from qzcompete.core.permissions import requires
from qzcompete.planning import queries
from qzcompete.planning.views.blueprint import blueprint, permitted_event


@blueprint.route("/events/<code>/panel", methods=["GET", "POST"])
@requires("panel.edit")
def panel(code: str) -> Page:
    """What speaks against a panel is shown once; sent again unchanged, it is saved."""
    event = permitted_event(code, "panel.edit")
    seats = panel_of(event.assessment_id)
    form = panel_form(seats)
    warnings: list[str] = []
    if form.validate_on_submit():
        specs = form.specs()
        try:
            services.check_panel(event.competition.id, specs)
            warnings = queries.panel_warnings(event, [spec.account_id for spec in specs])
            if not warnings or request.form.get("confirmed") == fingerprint(warnings):
                services.name_panel(current_user.actor, event.id, specs)
                flash(_("The panel is saved."), "success")
                return redirect(url_for("competitions.show_event", code=code))
        except Problem as problem:
            show_problem(form, problem)
    return shown(
        render_template(
            "planning/panel.html",
            event=event,
            form=form,
            seats=seats,
            warnings=warnings,
            remarks=queries.register_remarks(event, [seat.account_id for seat in seats if seat.account_id]),
            warnings_seen=fingerprint(warnings),
            least=int(setting(event.competition.id, "least_judges")),
            modules=modules_of(event.assessment_id),
            named=named_modules(event.id),
        ),
        form,
    )


def panel_form(seats: Any) -> PanelForm:
    form = PanelForm(
        data={
            "judges": [seat.account_id for seat in seats if not seat.chief],
            "chief": next((seat.account_id for seat in seats if seat.chief), None),
        }
    )
    form.judges.choices = select_choices(labelled(panel_choices("judge")))
    form.chief.choices = select_choices(labelled(panel_choices("chief_judge")))
    return form


def fingerprint(warnings: list[str]) -> str:
    """Which warnings were seen: others ask anew."""
    return hashlib.sha256("\n".join(warnings).encode()).hexdigest()[:16]


def labelled(choices: Any) -> list[tuple[int, str]]:
    return [(choice.account_id, f"{choice.name}（{choice.username}）") for choice in choices]


@blueprint.post("/events/<code>/panel/modules")
@requires("panel.edit")
def modules(code: str) -> Page:
    event = permitted_event(code, "panel.edit")
    named = {int(key): request.form.getlist(key) for key in request.form if key.isascii() and key.isdigit()}
    services.name_modules(current_user.actor, event.id, named)
    flash(_("The modules are saved."), "success")
    return redirect(url_for(".panel", code=code))
