"""The panel of an event."""

from __future__ import annotations

from typing import Any

from flask import (
    flash,
    redirect,
    render_template,
    url_for,
)
from flask_babel import gettext as _
from flask_login import current_user

from qzcompete.competitions import queries, services
from qzcompete.competitions.forms import (
    PanelForm,
)
from qzcompete.competitions.views.blueprint import Page, blueprint, editable
from qzcompete.core.errors import Problem
from qzcompete.core.forms import select_choices, show_problem
from qzcompete.core.permissions import requires


@blueprint.route("/events/<code>/panel", methods=["GET", "POST"])
@requires("panel.edit")
def panel(code: str) -> Page:
    event = editable(code, "panel.edit")
    seats = queries.panel_of(event.assessment_id)
    form = PanelForm(
        data={
            "judges": [seat.account_id for seat in seats if not seat.chief],
            "chief": next((seat.account_id for seat in seats if seat.chief), None),
        }
    )
    form.judges.choices = select_choices(labelled(queries.panel_choices("judge")))
    form.chief.choices = select_choices(labelled(queries.panel_choices("chief_judge")))
    if form.validate_on_submit():
        try:
            services.name_panel(current_user.actor, event.id, form.specs())
        except Problem as problem:
            show_problem(form, problem)
        else:
            flash(_("The panel is saved."), "success")
            return redirect(url_for(".show_event", code=code))
    return render_template(
        "competitions/panel.html", event=event, form=form, seats=seats
    ), 422 if form.errors else 200


def labelled(choices: Any) -> list[tuple[int, str]]:
    return [(choice.account_id, f"{choice.name}（{choice.username}）") for choice in choices]
