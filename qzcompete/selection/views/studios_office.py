"""The bureau's pages of the designated: the register, one of them, yearly assessments, renewal and removal."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from qzcompete.core.clock import today
from qzcompete.core.errors import Problem
from qzcompete.core.forms import show_problem
from qzcompete.core.permissions import requires
from qzcompete.selection.forms.studios import CorrectionForm, MarksForm, ReasonForm
from qzcompete.selection.queries import aftercare, designations
from qzcompete.selection.services import aftercare as services
from qzcompete.selection.views.studios_blueprint import Page, blueprint


@blueprint.get("/office/studios")
@requires("selection.view")
def office() -> Page:
    kind = request.args.get("kind", "")
    page = designations.designation_page(kind, request.args.get("page", "1"))
    return render_template("studios/office.html", page=page, kind=kind)


@blueprint.get("/office/studios/<int:designation_id>")
@requires("selection.view")
def show(designation_id: int) -> Page:
    return shown(designation_id)


def shown(designation_id: int, status: int = 200, **given: object) -> Page:
    """The page of one, with its forms; a form that was refused is `given`."""
    forms: dict[str, object] = {
        "renewal": ReasonForm(formdata=None, prefix="renewal"),
        "removal": ReasonForm(formdata=None, prefix="removal"),
        "correction": CorrectionForm(formdata=None),
    }
    page = render_template(
        "studios/show.html",
        card=designations.designation_card(designation_id),
        amounts=aftercare.year_amounts(designation_id),
        assessments=aftercare.assessments_of(designation_id),
        may=current_user.actor.may("selection.manage"),
        year=today().year,
        **{**forms, **given},
    )
    return page, status


@blueprint.route("/office/studios/<int:designation_id>/assess/<int:year>", methods=["GET", "POST"])
@requires("selection.manage")
def assess(designation_id: int, year: int) -> Page:
    card = designations.designation_card(designation_id)
    lines = aftercare.sheet_of(designation_id, card.kind, year)
    filled = {
        f"line_{line.line.code}": line.mark if line.mark is not None else line.proposed for line in lines
    }
    form = MarksForm.of(card.kind)(data=filled)
    if form.validate_on_submit():
        try:
            services.assess(current_user.actor, designation_id, year, form.marks(), form.remarks.data or "")
        except Problem as problem:
            show_problem(form, problem)
        else:
            flash(_("The assessment is saved. The grade comes when the whole class is graded."), "success")
            return redirect(url_for(".assessments", class_id=card.class_id, year=year))
    page = render_template("studios/assess.html", card=card, year=year, lines=lines, form=form)
    return page, 422 if form.errors or form.form_errors else 200


@blueprint.get("/office/designations/<int:class_id>/assessments/<int:year>")
@requires("selection.view")
def assessments(class_id: int, year: int) -> Page:
    cards = designations.designations_of(class_id)
    found = {
        row.designation_id: row
        for card in cards
        for row in aftercare.assessments_of(card.id)
        if row.year == year
    }
    return render_template(
        "studios/assessments.html",
        stands=designations.after_decision(class_id),
        cards=cards,
        found=found,
        year=year,
        ready=bool(found) and all(row.grade is None for row in found.values()),
        may=current_user.actor.may("selection.manage"),
    )


@blueprint.post("/office/designations/<int:class_id>/assessments/<int:year>/grade")
@requires("selection.manage")
def grade(class_id: int, year: int) -> Response:
    services.grade_year(current_user.actor, class_id, year)
    flash(_("The year is graded, and all are told."), "success")
    return redirect(url_for(".assessments", class_id=class_id, year=year))


@blueprint.post("/office/studios/<int:designation_id>/corrections/<int:assessment_id>")
@requires("selection.manage")
def correct(designation_id: int, assessment_id: int) -> Page:
    form = CorrectionForm()
    if not form.validate():
        return shown(designation_id, 422, correction=form)
    services.accept_correction(current_user.actor, assessment_id, form.correction.data or "")
    flash(_("The correction is accepted."), "success")
    return redirect(url_for(".show", designation_id=designation_id))


@blueprint.post("/office/studios/<int:designation_id>/remove")
@requires("selection.manage")
def remove(designation_id: int) -> Page:
    form = ReasonForm(prefix="removal")
    if not form.validate():
        return shown(designation_id, 422, removal=form)
    services.remove(current_user.actor, designation_id, form.reason.data or "")
    flash(_("The title is removed, and its holder may not apply for the years of the class."), "success")
    return redirect(url_for(".show", designation_id=designation_id))


@blueprint.post("/office/studios/<int:designation_id>/renew")
@requires("selection.manage")
def renew(designation_id: int) -> Page:
    form = ReasonForm(prefix="renewal")
    if not form.validate():
        return shown(designation_id, 422, renewal=form)
    services.renew(current_user.actor, designation_id, form.reason.data or "")
    flash(_("The term is renewed."), "success")
    return redirect(url_for(".show", designation_id=designation_id))


@blueprint.post("/office/studios/<int:designation_id>/end")
@requires("selection.manage")
def end(designation_id: int) -> Response:
    services.end(current_user.actor, designation_id)
    flash(_("The term is ended."), "success")
    return redirect(url_for(".show", designation_id=designation_id))
