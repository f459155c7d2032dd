"""The office's notices: written, looked at, published, withdrawn."""

from __future__ import annotations

from flask import Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from qzcompete.core.errors import Problem
from qzcompete.core.forms import Page, show_problem, shown, tried
from qzcompete.core.permissions import requires
from qzcompete.notices.documents import print_notice
from qzcompete.notices.forms import NoticeForm, ReasonForm
from qzcompete.notices.queries import notices as queries
from qzcompete.notices.queries import objections as cases
from qzcompete.notices.services import notices as services
from qzcompete.notices.views.blueprint import blueprint


@blueprint.get("/office/notices")
@requires("notice.edit")
def office() -> str:
    state, search = request.args.get("state", ""), (request.args.get("q") or "").strip()
    page = queries.office_page(state, search, request.args.get("page", "1"))
    return render_template("notices/office.html", page=page, state=state, states=queries.STATES)


@blueprint.route("/office/notices/new", methods=["GET", "POST"])
@requires("notice.edit")
def create() -> Page:
    form = NoticeForm()
    if form.validate_on_submit():
        try:
            notice_id = services.draft_notice(current_user.actor, form.draft())
        except Problem as problem:
            show_problem(form, problem)
        else:
            flash(_("The draft is saved. Look at it before you publish it."), "success")
            return redirect(url_for(".show", notice_id=notice_id))
    page = render_template("notices/edit.html", form=form, notice=None)
    return shown(page, form)


@blueprint.get("/office/notices/<int:notice_id>")
@requires("notice.edit")
def show(notice_id: int) -> Page:
    return notice_page(notice_id, ReasonForm(formdata=None))


def notice_page(notice_id: int, form: ReasonForm) -> Page:
    notice = queries.notice_card(notice_id)
    page = render_template(
        "notices/show.html",
        notice=notice,
        cases=cases.cases_of_notice(notice_id),
        provisional=queries.is_provisional(notice),
        form=form,
    )
    return shown(page, form)


@blueprint.route("/office/notices/<int:notice_id>/edit", methods=["GET", "POST"])
@requires("notice.edit")
def edit(notice_id: int) -> Page:
    notice = queries.notice_card(notice_id)
    annex = "\n".join("\t".join(row) for row in (notice.columns, *notice.rows) if row)
    form = NoticeForm(obj=notice, data={"annex": annex})
    if tried(form, lambda: services.edit_notice(current_user.actor, notice_id, form.draft())):
        flash(_("The draft is saved. Look at it before you publish it."), "success")
        return redirect(url_for(".show", notice_id=notice_id))
    page = render_template("notices/edit.html", form=form, notice=notice)
    return shown(page, form)


@blueprint.get("/office/notices/<int:notice_id>/preview.pdf")
@requires("notice.edit")
def preview(notice_id: int) -> Response:
    """The notice as it would be printed now."""
    answer = Response(print_notice(queries.notice_card(notice_id)), mimetype="application/pdf")
    answer.headers["Content-Disposition"] = f'inline; filename="notice-{notice_id}.pdf"'
    return answer


@blueprint.post("/office/notices/<int:notice_id>/publish")
@requires("notice.edit")
def publish(notice_id: int) -> AnyResponse:
    services.publish_notice(current_user.actor, notice_id)
    flash(_("The notice is published."), "success")
    return redirect(url_for(".show", notice_id=notice_id))


@blueprint.post("/office/notices/<int:notice_id>/withdraw")
@requires("notice.edit")
def withdraw(notice_id: int) -> Page:
    form = ReasonForm()
    if tried(form, lambda: services.withdraw_notice(current_user.actor, notice_id, form.reason.data or "")):
        flash(_("The notice is withdrawn."), "success")
        return redirect(url_for(".show", notice_id=notice_id))
    return notice_page(notice_id, form)


@blueprint.post("/office/notices/<int:notice_id>/delete")
@requires("notice.edit")
def discard(notice_id: int) -> AnyResponse:
    services.discard_notice(current_user.actor, notice_id)
    flash(_("The draft is deleted."), "success")
    return redirect(url_for(".office"))
