"""The bureau's pages of the designated: the register, one of them, yearly assessments, renewal and removal."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from qzcompete.core.clock import today
from qzcompete.core.forms import shown as page_of
from qzcompete.core.forms import tried
from qzcompete.core.permissions import requires
from qzcompete.selection.forms.studios import CorrectionForm, MarksForm, ReasonForm
from qzcompete.selection.queries import aftercare, designations
from qzcompete.selection.queries.designations import DesignationCard
from qzcompete.selection.rules.aftercare import sheet_name
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
        term_end=aftercare.term_end(designation_id),
        may=current_user.actor.may("selection.manage"),
        year=today().year,
        **{**forms, **given},
    )
    return page, status


@blueprint.route("/office/studios/<int:designation_id>/assess/<int:year>", methods=["GET", "POST"])
@requires("selection.manage")
def assess(designation_id: int, year: int) -> Page:
    card = designations.designation_card(designation_id)
    lines, form = marks_form(card, year)
    if tried(
        form,
        lambda: services.assess(
            current_user.actor, designation_id, year, form.marks(), form.remarks.data or ""
        ),
    ):
        flash(_("The assessment is saved. The grade comes when the whole class is graded."), "success")
        return redirect(url_for(".assessments", class_id=card.class_id, year=year))
    return page_of(
        render_template(
            "studios/assess.html", card=card, year=year, whole_term=False, lines=lines, form=form
        ),
        form,
    )


@blueprint.route("/office/studios/<int:designation_id>/assess/term", methods=["GET", "POST"])
@requires("selection.manage")
def assess_term(designation_id: int) -> Page:
    card = designations.designation_card(designation_id)
    year = card.ends_on.year
    lines, form = marks_form(card, year, whole_term=True)
    if tried(
        form,
        lambda: services.assess_term(
            current_user.actor, designation_id, form.marks(), form.remarks.data or ""
        ),
    ):
        flash(_("The end-of-term assessment is saved, and its result is told."), "success")
        return redirect(url_for(".show", designation_id=designation_id))
    return page_of(
        render_template("studios/assess.html", card=card, year=year, whole_term=True, lines=lines, form=form),
        form,
    )


def marks_form(
    card: DesignationCard, year: int, whole_term: bool = False
) -> tuple[list[aftercare.SheetLine], MarksForm]:
    """The sheet with what the log proposes, and its form with the marks so far."""
    lines = aftercare.sheet_of(card.id, card.kind, year, whole_term)
    filled = {
        f"line_{line.line.code}": line.mark if line.mark is not None else line.proposed for line in lines
    }
    return lines, MarksForm.of(sheet_name(card.kind, whole_term))(data=filled)


@blueprint.get("/office/designations/<int:class_id>/assessments/<int:year>")
@requires("selection.view")
def assessments(class_id: int, year: int) -> Page:
    cards = designations.designations_of(class_id)
    found = {
        row.designation_id: row
        for card in cards
        for row in aftercare.assessments_of(card.id)
        if row.year == year and not row.whole_term
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
    if not tried(
        form,
        lambda: services.accept_correction(current_user.actor, assessment_id, form.correction.data or ""),
    ):
        return shown(designation_id, 422, correction=form)
    flash(_("The correction is accepted."), "success")
    return redirect(url_for(".show", designation_id=designation_id))


@blueprint.post("/office/studios/<int:designation_id>/remove")
@requires("selection.manage")
def remove(designation_id: int) -> Page:
    form = ReasonForm(prefix="removal")
    if not tried(form, lambda: services.remove(current_user.actor, designation_id, form.reason.data or "")):
        return shown(designation_id, 422, removal=form)
    flash(_("The title is removed, and its holder may not apply for the years of the class."), "success")
    return redirect(url_for(".show", designation_id=designation_id))


@blueprint.post("/office/studios/<int:designation_id>/renew")
@requires("selection.manage")
def renew(designation_id: int) -> Page:
    form = ReasonForm(prefix="renewal")
    if not tried(form, lambda: services.renew(current_user.actor, designation_id, form.reason.data or "")):
        return shown(designation_id, 422, renewal=form)
    flash(_("The term is renewed."), "success")
    return redirect(url_for(".show", designation_id=designation_id))


@blueprint.post("/office/studios/<int:designation_id>/end")
@requires("selection.manage")
def end(designation_id: int) -> Response:
    services.end(current_user.actor, designation_id)
    flash(_("The term is ended."), "success")
    return redirect(url_for(".show", designation_id=designation_id))
