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
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from qzcompete.competitions import queries, services
from qzcompete.competitions.forms import OUTER_LEVEL_NAMES, CompetitionForm, CopyForm, OuterForm
from qzcompete.competitions.queries import CompetitionCard
from qzcompete.competitions.rules.workflow import COMPETITION_STEPS
from qzcompete.competitions.views.blueprint import NAMES, blueprint, permitted
from qzcompete.core.clock import in_city, now
from qzcompete.core.errors import Problem
from qzcompete.core.forms import Page, select_choices, show_problem, shown, tried
from qzcompete.core.permissions import requires
from qzcompete.people.queries import organisations

# what a competition lacks -> its words, and the page where it is mended (else the form of the thing itself)
LACK_NAMES = {
    "host": _l("Choose the host"),
    "committee": _l("Name the organising committee"),
    "venue": _l("Enter the venue"),
    "days": _l("Enter the first and the last day"),
    "time_points": _l("Set the time points"),
    "events": _l("Add at least one event"),
    "starts_at": _l("Enter the time of the contest"),
    "target_level": _l("Choose the target level"),
    "scheme": _l("Import the marking scheme"),
    "regulations": _l("Upload the regulations"),
}
LACK_PAGES = {
    "time_points": "planning.dates",
    "events": ".create_event",
    "scheme": ".import_scheme",
    "regulations": ".regulations",
}


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
        years=[(year, str(year)) for year in queries.years()],
        states=[(state, None) for state in queries.COMPETITION_STATES],
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
    return shown(render_template("competitions/create.html", form=form), form)


@blueprint.get("/competitions/<code>")
@requires("competition.view")
def show(code: str) -> Page:
    card = permitted(code, "competition.view")
    return render_template(
        "competitions/show.html",
        competition=card,
        events=queries.events_of(card.id),
        timeline=queries.timeline(card, now()),
        lacking=lack_tasks(card) if card.state == "draft" else [],
        **queries.competition_links(card, public=False),
        following=sorted(COMPETITION_STEPS[card.state]),
        may_edit=current_user.actor.may("competition.edit", *card.scopes),
        **NAMES,
    )


def lack_tasks(card: CompetitionCard) -> list[dict[str, Any]]:
    """What is missing before the competition may open, each with the page where it is mended."""
    tasks = []
    for lack in queries.lacks_of(card):
        label = str(LACK_NAMES[lack.what])
        if lack.event_name:
            label = f"{lack.event_name}：{label}"
        names = [str(queries.TIME_POINT_NAMES[point]) for point in lack.points]
        endpoint = LACK_PAGES.get(lack.what, ".edit_event" if lack.event_code else ".edit")
        url = url_for(endpoint, code=lack.event_code or card.code)
        tasks.append({"label": label, "state": "missing", "url": url, "hint": "、".join(names)})
    return tasks


@blueprint.route("/competitions/<code>/copy", methods=["GET", "POST"])
@requires("competition.create")
def copy(code: str) -> Page:
    """A draft for another year; its dates are shown next, to be checked."""
    card = permitted(code, "competition.view")
    form = CopyForm(data={"year": max(card.year + 1, in_city(now()).year)})
    if form.validate_on_submit():
        try:
            made = services.copy_competition(current_user.actor, card.id, form.year.data or 0)
        except Problem as problem:
            show_problem(form, problem)
        else:
            flash(_("The draft is made. Check every date: they were moved by whole years."), "success")
            return redirect(url_for("planning.dates", code=made.code))
    return shown(render_template("competitions/copy.html", form=form, competition=card), form)


@blueprint.route("/outer-competitions", methods=["GET", "POST"])
@requires("competition.create")
def outer_competitions() -> Page:
    """The competitions above the city's: all of them, and one more."""
    form = OuterForm(data={"year": in_city(now()).year})
    if tried(form, lambda: services.add_outer_competition(current_user.actor, form.draft())):
        flash(_("The competition is on the list."), "success")
        return redirect(url_for(".outer_competitions"))
    return shown(
        render_template(
            "competitions/outer.html",
            form=form,
            outer=queries.outer_competitions(),
            outer_level_names=OUTER_LEVEL_NAMES,
        ),
        form,
    )


@blueprint.route("/competitions/<code>/edit", methods=["GET", "POST"])
@requires("competition.edit")
def edit(code: str) -> Page:
    card = permitted(code)
    form = competition_form(card)
    del form.code
    if tried(form, lambda: services.edit_competition(current_user.actor, card.id, form.draft())):
        flash(_("The changes are saved."), "success")
        return redirect(url_for(".show", code=code))
    return shown(render_template("competitions/edit.html", form=form, competition=card), form)


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
        links = {name: getattr(card, name) or 0 for name in ("host_id", "outer_id", "parent_id")}
        values = vars(card) | links
    form = CompetitionForm(data=values)
    hosts = [(host.id, host.name) for host in organisations()]
    form.host_id.choices = select_choices([(0, _("Not chosen yet")), *hosts])
    outer = [(one.id, f"{one.name}（{one.year}）") for one in queries.outer_competitions()]
    form.outer_id.choices = select_choices([(0, _("None")), *outer])
    parents = queries.possible_parents(values["year"])
    cities = [(one.id, one.name) for one in parents if one.level != "county" and one.id != values.get("id")]
    form.parent_id.choices = select_choices([(0, _("None")), *cities])
    return form
