"""The time points of a competition: set in a draft, moved with a reason once it is public; and its numbers."""

from __future__ import annotations

from datetime import datetime

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from qzcompete.competitions import queries, services
from qzcompete.competitions.forms import moment_of, typed
from qzcompete.competitions.queries import CompetitionCard
from qzcompete.core.clock import now
from qzcompete.core.errors import NotFound
from qzcompete.core.forms import Page, shown, tried
from qzcompete.core.permissions import requires
from qzcompete.planning.forms import MoveForm, dates_form, settings_form
from qzcompete.planning.services import postpone
from qzcompete.planning.views.blueprint import blueprint, permitted


@blueprint.route("/competitions/<code>/dates", methods=["GET", "POST"])
@requires("competition.view")
def dates(code: str) -> Page:
    """The form of a draft; of a public competition the timeline, each point with its way to be moved."""
    card = permitted(code, "competition.view")
    may_edit = current_user.actor.may("competition.edit", *card.scopes)
    if card.state == "draft" and may_edit:
        return draft_dates(card)
    return render_template(
        "planning/dates.html",
        competition=card,
        timeline=queries.timeline(card, now()),
        unset=[(name, label) for name, label in queries.TIME_POINT_NAMES.items() if name not in card.points],
        moves=queries.postponements(card.id),
        may_move=may_edit and card.state in ("open", "running"),
    )


def draft_dates(card: CompetitionCard) -> Page:
    form = dates_form({name: typed(at) for name, at in card.points.items()})
    if tried(form, lambda: services.set_time_points(current_user.actor, card.id, form.points())):
        flash(_("The time points are saved."), "success")
        return redirect(url_for("competitions.show", code=card.code))
    return shown(render_template("planning/edit_dates.html", competition=card, form=form), form)


@blueprint.route("/competitions/<code>/dates/<name>", methods=["GET", "POST"])
@requires("competition.edit")
def move_date(code: str, name: str) -> Page:
    """Move one time point: the new time and the reason, then all that it changes, then the yes."""
    card = permitted(code)
    if name not in queries.TIME_POINT_NAMES:
        raise NotFound()
    form = MoveForm(data={"to": typed(card.points.get(name))})
    plan = None
    if form.validate_on_submit():
        to = moment_of(form.to.data)
        assert to is not None
        plan = queries.move_plan(card, name, to)
        if plan.faults:
            form.to.errors = [*form.to.errors, *plan.faults]
        elif "confirmed" in request.form:
            reason, seen = form.reason.data or "", seen_moment(request.form)
            if tried(form, lambda: postpone(current_user.actor, card.id, name, to, reason, seen)):
                flash(_("The time is changed, and what follows it with it."), "success")
                return redirect(url_for(".dates", code=code))
    page = render_template(
        "planning/move_date.html",
        competition=card,
        name=name,
        label=queries.TIME_POINT_NAMES[name],
        labels=queries.TIME_POINT_NAMES,
        form=form,
        plan=plan if plan and not plan.faults else None,
    )
    return shown(page, form)


def seen_moment(posted: dict[str, str]) -> datetime | None:
    """The old moment that the preview showed."""
    text = posted.get("seen", "")
    try:
        return datetime.fromisoformat(text) if text else None
    except ValueError:
        return None


@blueprint.route("/competitions/<code>/settings", methods=["GET", "POST"])
@requires("competition.edit")
def settings(code: str) -> Page:
    card = permitted(code)
    cards = queries.setting_cards(card.id)
    form = settings_form(cards)
    if tried(form, lambda: services.set_settings(current_user.actor, card.id, form.texts())):
        flash(_("The numbers are saved."), "success")
        return redirect(url_for("competitions.show", code=code))
    return shown(render_template("planning/settings.html", competition=card, form=form, cards=cards), form)
