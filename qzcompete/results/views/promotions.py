"""The promotion table by versions, and the proposals of an event that an officer confirms or rejects one by one."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from qzcompete.competitions.queries import event_card
from qzcompete.core.forms import Page, shown, tried
from qzcompete.core.permissions import permit, requires
from qzcompete.results import queries, services
from qzcompete.results.forms import (
    COMPETITION_LEVEL_NAMES,
    GROUP_NAMES,
    LEVEL_NAMES,
    SPARE_ROWS,
    LevelForm,
    TableForm,
    read_rules,
)
from qzcompete.results.services import WrongRules
from qzcompete.results.services.promotions import AGAINST

blueprint = Blueprint("promotions", __name__, url_prefix="/promotions")


@blueprint.route("", methods=["GET", "POST"])
@requires("promotion.decide")
def index() -> Page:
    actor = current_user.actor
    form = TableForm()
    if actor.may("promotion.edit") and tried(
        form,
        lambda: services.start_table(
            actor, form.name.data or "", from_template=form.start.data == "template"
        ),
    ):
        flash(_("A draft is made. Fill it in, then put it in force."), "success")
        return redirect(url_for(".table", version=queries.promotion_tables()[0].version))
    page = render_template(
        "results/promotions.html",
        events=queries.promotion_events(actor),
        tables=queries.promotion_tables(),
        may_edit=actor.may("promotion.edit"),
        form=form,
    )
    return shown(page, form)


@blueprint.route("/tables/<int:version>", methods=["GET", "POST"])
@requires("promotion.edit")
def table(version: int) -> Page:
    card = queries.promotion_table(version)
    rules, faults = list(card.rules), {}
    if request.method == "POST":
        rules = read_rules(request.form)
        try:
            services.edit_table(current_user.actor, version, rules)
        except WrongRules as wrong:
            faults = {(row, field): fault for row, field, fault in wrong.faults}
        else:
            flash(_("The table is saved."), "success")
            return redirect(url_for(".table", version=version))
    page = render_template(
        "results/promotion_table.html",
        table=card,
        rules=rules,
        faults=faults,
        spare=SPARE_ROWS,
        levels=COMPETITION_LEVEL_NAMES,
        groups=GROUP_NAMES,
        grades=LEVEL_NAMES,
    )
    return (page, 422) if faults else page


@blueprint.post("/tables/<int:version>/force")
@requires("promotion.edit")
def put_in_force(version: int) -> Response:
    services.put_in_force(current_user.actor, version)
    flash(_("The table is in force."), "success")
    return redirect(url_for(".index"))


@blueprint.route("/events/<code>", methods=["GET", "POST"])
@requires("promotion.decide")
def event(code: str) -> Page:
    card = event_card(code)
    permit(current_user.actor, "promotion.decide", *card.scopes)
    if request.method == "POST":
        count = services.propose(current_user.actor, card.id)
        flash(_("%(count)s promotions are proposed.", count=count), "success")
        return redirect(url_for(".event", code=code))
    return render_template(
        "results/promotion_event.html",
        event=card,
        promotions=queries.promotions_of(card.id),
        table=queries.table_in_force(),
        published=queries.published_set(card.id) is not None,
        held=queries.held_entries(card.id),
        grades=LEVEL_NAMES,
        against=AGAINST,
    )


@blueprint.route("/<int:promotion_id>", methods=["GET", "POST"])
@requires("promotion.decide")
def show(promotion_id: int) -> Page:
    """One proposal: the level that the person holds, then the officer's yes or no."""
    card = queries.promotion(promotion_id)
    permit(current_user.actor, "promotion.decide", *event_card(card.event_code).scopes)
    form = LevelForm(data={"held": str(card.held_level or ""), "proof": card.held_proof})
    if tried(
        form,
        lambda: services.state_held_level(
            current_user.actor,
            promotion_id,
            int(form.held.data) if form.held.data else None,
            form.proof.data or "",
        ),
    ):
        flash(_("The level is recorded."), "success")
        return redirect(url_for(".show", promotion_id=promotion_id))
    page = render_template(
        "results/promotion.html", promotion=card, form=form, grades=LEVEL_NAMES, against=AGAINST
    )
    return shown(page, form)


@blueprint.post("/<int:promotion_id>/<any(confirm, reject, reopen):way>")
@requires("promotion.decide")
def decide(promotion_id: int, way: str) -> Response:
    card = queries.promotion(promotion_id)
    reason = request.form.get("reason", "")
    if way == "confirm":
        services.confirm_promotion(current_user.actor, promotion_id)
    elif way == "reject":
        services.reject_promotion(current_user.actor, promotion_id, reason)
    else:
        services.take_back(current_user.actor, promotion_id, reason)
    flash(_("The decision is recorded."), "success")
    return redirect(url_for(".event", code=card.event_code))
