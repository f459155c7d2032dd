"""A studio's or base's own pages: its plaque, its grant, its log."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from qzcompete.core.clock import today
from qzcompete.core.errors import NotFound
from qzcompete.core.forms import tried
from qzcompete.core.permissions import requires
from qzcompete.selection.forms.studios import ExpenseForm, RecordForm
from qzcompete.selection.queries import aftercare, designations, grants
from qzcompete.selection.queries.designations import DesignationCard
from qzcompete.selection.services import aftercare as log
from qzcompete.selection.services import grants as ledgers
from qzcompete.selection.views.studios_blueprint import Page, blueprint


@blueprint.get("/studios/mine")
@requires("application.own")
def mine() -> Page:
    return render_template("studios/mine.html", cards=designations.own_designations(current_user.id))


def own(designation_id: int) -> DesignationCard:
    card = designations.designation_card(designation_id)
    if card.account_id != current_user.id:
        raise NotFound()
    return card


@blueprint.get("/studios/mine/<int:designation_id>")
@requires("application.own")
def own_studio(designation_id: int) -> Page:
    return own_page(designation_id)


def own_page(designation_id: int, status: int = 200, **given: object) -> Page:
    card = own(designation_id)
    expense = ExpenseForm(formdata=None, data={"on_day": today()})
    expense.offer(card.kind)
    forms: dict[str, object] = {
        "expense": expense,
        "record": RecordForm(formdata=None, data={"on_day": today(), "persons": 1}),
        **given,
    }
    page = render_template(
        "studios/own.html",
        card=card,
        ledger=grants.ledger(designation_id),
        entries=aftercare.log_of(designation_id),
        amounts=aftercare.year_amounts(designation_id),
        assessments=[row for row in aftercare.assessments_of(designation_id) if row.grade],
        **forms,
    )
    return page, status


@blueprint.post("/studios/mine/<int:designation_id>/expenses")
@requires("application.own")
def enter_expense(designation_id: int) -> Page:
    card, form = own(designation_id), ExpenseForm()
    form.offer(card.kind)
    if not tried(form, lambda: ledgers.enter(current_user.actor, designation_id, form.draft())):
        return own_page(designation_id, 422, expense=form)
    flash(_("The expense is entered. The bureau checks it against the receipt."), "success")
    return redirect(url_for(".own_studio", designation_id=designation_id))


@blueprint.post("/studios/mine/<int:designation_id>/log")
@requires("application.own")
def add_record(designation_id: int) -> Page:
    form = RecordForm()
    if not tried(form, lambda: log.add_record(current_user.actor, designation_id, form.draft())):
        return own_page(designation_id, 422, record=form)
    flash(_("The entry is in the log."), "success")
    return redirect(url_for(".own_studio", designation_id=designation_id))


@blueprint.post("/studios/mine/<int:designation_id>/log/<int:record_id>/remove")
@requires("application.own")
def remove_record(designation_id: int, record_id: int) -> Response:
    log.remove_record(current_user.actor, designation_id, record_id)
    flash(_("The entry is removed."), "success")
    return redirect(url_for(".own_studio", designation_id=designation_id))
