"""The chief judge's pages: who has marked what, what stops the results, ties, closing and reopening. Codes only."""

from __future__ import annotations

import hashlib

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response

from qzcompete.core.errors import Problem
from qzcompete.core.forms import show_problem
from qzcompete.core.permissions import permit, requires
from qzcompete.marking import queries, services
from qzcompete.marking.forms import ReasonForm, TieForm
from qzcompete.marking.views.blueprint import blueprint

Page = str | Response | tuple[str, int]


def permitted(assessment_id: int, permission: str) -> None:
    permit(current_user.actor, permission, ("assessment", assessment_id))


@blueprint.get("/watch")
@requires("assessment.watch")
def watch_list() -> str:
    wanted = current_user.actor.scope_ids("assessment.watch", "assessment")
    return render_template("marking/watch_list.html", assessments=queries.watched(wanted))


@blueprint.get("/watch/<int:assessment_id>")
@requires("assessment.watch")
def watch(assessment_id: int) -> Page | Response:
    permitted(assessment_id, "assessment.watch")
    return watch_page(assessment_id)


def watch_page(assessment_id: int, form: FlaskForm | None = None) -> Page | Response:
    """The whole page; asked by htmx only the progress, or 304 where it is as before."""
    progress = queries.progress(assessment_id)
    may_close = current_user.actor.may("assessment.close", ("assessment", assessment_id))
    if request.headers.get("HX-Request"):
        return unless_known(render_template("marking/_progress.html", progress=progress, may_close=may_close))
    page = render_template(
        "marking/watch.html",
        progress=progress,
        may_close=may_close,
        tie_form=form if isinstance(form, TieForm) else TieForm(formdata=None),
        reason_form=form
        if isinstance(form, ReasonForm) and not isinstance(form, TieForm)
        else ReasonForm(formdata=None),
    )
    return (page, 422) if form is not None else page


def unless_known(fragment: str) -> Response:
    answer = Response(fragment, mimetype="text/html")
    answer.set_etag(hashlib.sha256(fragment.encode()).hexdigest()[:24])
    return answer.make_conditional(request)


@blueprint.post("/watch/<int:assessment_id>/close")
@requires("assessment.close")
def close(assessment_id: int) -> Page | Response:
    permitted(assessment_id, "assessment.close")
    services.close_assessment(current_user.actor, assessment_id)
    flash(_("The assessment is closed and signed."), "success")
    return redirect(url_for(".watch", assessment_id=assessment_id))


@blueprint.post("/watch/<int:assessment_id>/reopen")
@requires("assessment.close")
def reopen(assessment_id: int) -> Page | Response:
    permitted(assessment_id, "assessment.close")
    form = ReasonForm()
    if not form.validate_on_submit():
        return watch_page(assessment_id, form)
    services.reopen_assessment(current_user.actor, assessment_id, form.reason.data or "")
    flash(_("The assessment is open again."), "success")
    return redirect(url_for(".watch", assessment_id=assessment_id))


@blueprint.post("/watch/<int:assessment_id>/tie")
@requires("assessment.close")
def resolve_tie(assessment_id: int) -> Page | Response:
    permitted(assessment_id, "assessment.close")
    form = TieForm()
    if not form.validate_on_submit():
        return watch_page(assessment_id, form)
    try:
        services.decide_tie(current_user.actor, assessment_id, form.order(), form.reason.data or "")
    except Problem as problem:
        show_problem(form, problem)
        return watch_page(assessment_id, form)
    flash(_("The order is recorded."), "success")
    return redirect(url_for(".watch", assessment_id=assessment_id))


@blueprint.route("/watch/<int:assessment_id>/unlock/<int:seat_id>/<code>", methods=["GET", "POST"])
@requires("assessment.close")
def unlock(assessment_id: int, seat_id: int, code: str) -> Page | Response:
    """Open a signed sheet again, for one judge and one work, with a reason."""
    permitted(assessment_id, "assessment.close")
    form = ReasonForm()
    if form.validate_on_submit():
        services.unlock_sheet(current_user.actor, assessment_id, seat_id, code, form.reason.data or "")
        flash(_("The sheet is open again; the judge signs it anew."), "success")
        return redirect(url_for(".watch", assessment_id=assessment_id))
    card = queries.assessment_card(assessment_id)
    page = render_template("marking/unlock.html", form=form, assessment=card, code=code)
    return (page, 422) if form.errors else page
