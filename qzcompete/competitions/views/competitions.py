"""The office's pages of competitions: list, details, state."""

from __future__ import annotations

from typing import Any

from flask import (
    flash,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_babel import gettext as _
from flask_login import current_user

from qzcompete.competitions import queries, services
from qzcompete.competitions.forms import (
    CompetitionForm,
)
from qzcompete.competitions.queries import CompetitionCard
from qzcompete.competitions.rules.workflow import COMPETITION_STEPS
from qzcompete.competitions.views.blueprint import NAMES, Page, blueprint
from qzcompete.core.clock import in_city, now
from qzcompete.core.errors import Problem
from qzcompete.core.forms import select_choices, show_problem
from qzcompete.core.permissions import permit, requires
from qzcompete.people.queries import organisations


@blueprint.get("/competitions")
@requires("competition.view")
def index() -> Page:
    asked = {name: request.args.get(name, "").strip() for name in ("year", "family", "state")}
    page = queries.competition_page(
        current_user.actor, request.args.get("page", "1"), request.args.get("q", "").strip(), **asked
    )
    return render_template(
        "competitions/index.html",
        page=page,
        years=queries.years(),
        states=queries.COMPETITION_STATES,
        asked=asked,
        **NAMES,
    )


@blueprint.route("/competitions/new", methods=["GET", "POST"])
@requires("competition.create")
def create() -> Page:
    form = competition_form(None)
    if form.validate_on_submit():
        try:
            competition = services.create_competition(current_user.actor, form.draft())
        except Problem as problem:
            show_problem(form, problem)
        else:
            flash(_("The competition is created. Add its events next."), "success")
            return redirect(url_for(".show", code=competition.code))
    return render_template("competitions/create.html", form=form), 422 if form.errors else 200


@blueprint.get("/competitions/<code>")
@requires("competition.view")
def show(code: str) -> Page:
    card = queries.competition_card(code)
    permit(current_user.actor, "competition.view", *card.scopes)
    return render_template(
        "competitions/show.html",
        competition=card,
        events=queries.events_of(card.id),
        timeline=queries.timeline(card, now()),
        following=sorted(COMPETITION_STEPS[card.state]),
        may_edit=current_user.actor.may("competition.edit", *card.scopes),
        **NAMES,
    )


@blueprint.route("/competitions/<code>/edit", methods=["GET", "POST"])
@requires("competition.edit")
def edit(code: str) -> Page:
    card = queries.competition_card(code)
    permit(current_user.actor, "competition.edit", *card.scopes)
    form = competition_form(card)
    del form.code
    if form.validate_on_submit():
        try:
            services.edit_competition(current_user.actor, card.id, form.draft())
        except Problem as problem:
            show_problem(form, problem)
        else:
            flash(_("The changes are saved."), "success")
            return redirect(url_for(".show", code=code))
    return render_template("competitions/edit.html", form=form, competition=card), 422 if form.errors else 200


@blueprint.post("/competitions/<code>/state")
@requires("competition.edit")
def set_state(code: str) -> Page:
    card = queries.competition_card(code)
    services.set_competition_state(current_user.actor, card.id, request.form.get("state", ""))
    flash(_("The state of the competition is changed."), "success")
    return redirect(url_for(".show", code=code))


def competition_form(card: CompetitionCard | None) -> CompetitionForm:
    values: dict[str, Any] = {"year": in_city(now()).year}
    if card is not None:
        values = vars(card) | {"host_id": card.host_id or 0}
    form = CompetitionForm(data=values)
    hosts = [(host.id, host.name) for host in organisations()]
    form.host_id.choices = select_choices([(0, _("Not chosen yet")), *hosts])
    return form
