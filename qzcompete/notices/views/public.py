"""Notices for everybody, and the way by which anybody objects and follows the own case."""

from __future__ import annotations

from flask import Response, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from qzcompete.adapters.files import kept_files
from qzcompete.config import Settings
from qzcompete.core.errors import NotFound, Problem
from qzcompete.core.forms import Page, select_choices, show_problem, shown
from qzcompete.core.limits import count_try
from qzcompete.core.permissions import public
from qzcompete.notices.forms import ObjectionForm, ReceiptForm
from qzcompete.notices.queries import notices as queries
from qzcompete.notices.queries import objections as cases
from qzcompete.notices.services import objections as services
from qzcompete.notices.views.blueprint import blueprint


@blueprint.get("/notices")
@public("notices are for everybody")
def index() -> str:
    search = (request.args.get("q") or "").strip()
    page = queries.public_page(search, request.args.get("page", "1"))
    return render_template("notices/index.html", page=page)


@blueprint.get("/notices/<int:notice_id>")
@public("notices are for everybody")
def notice(notice_id: int) -> Page:
    found = queries.public_notice(notice_id)
    gone = found.state == "withdrawn" or found.taken_down_at is not None
    name = "gone" if gone else "notice"
    return render_template(f"notices/{name}.html", notice=found), 410 if gone else 200


@blueprint.get("/notices/<int:notice_id>.pdf")
@public("notices are for everybody")
def notice_file(notice_id: int) -> Response:
    found = queries.public_notice(notice_id)
    if found.file_hash is None or found.state == "withdrawn" or found.taken_down_at is not None:
        raise NotFound()
    answer = Response(kept_files().get(found.file_hash), mimetype="application/pdf")
    answer.headers["Content-Disposition"] = f'inline; filename="notice-{found.id}.pdf"'
    return answer


@blueprint.route("/notices/<int:notice_id>/objection", methods=["GET", "POST"])
@public("anybody may object to a notice")
def object_to(notice_id: int) -> Page:
    found = queries.public_notice(notice_id)
    if not found.running:
        flash(_("This notice takes no more objections."), "warning")
        return redirect(url_for(".notice", notice_id=notice_id))
    form = ObjectionForm()
    form.subject.choices = select_choices([("", _("The notice as a whole")), *found.subjects])
    if form.validate_on_submit():
        settings: Settings = current_app.config["QZ"]
        try:
            count_try("objection", request.remote_addr or "", settings.objections_per_hour, 3600)
            receipt = services.hand_in(form.draft(notice_id), settings.objection_days)
        except Problem as problem:
            show_problem(form, problem)
        else:
            # Shown here and nowhere else: no address, log or cookie holds the code.
            return render_template("notices/receipt.html", receipt=receipt, notice=found)
    page = render_template("notices/object.html", form=form, notice=found, most=services.MOST_FILES)
    return shown(page, form)


@blueprint.route("/objections/follow", methods=["GET", "POST"])
@public("whoever holds a receipt follows the own case")
def follow() -> Page:
    form, found = ReceiptForm(), None
    if form.validate_on_submit():
        found = cases.followed(form.code.data or "")
        if found is None:
            form.code.errors = [_("We know no such code. Compare it with your receipt.")]
    page = render_template("notices/follow.html", form=form, found=found)
    return shown(page, form)


@blueprint.post("/objections/withdraw")
@public("whoever holds a receipt may withdraw the own case")
def withdraw_objection() -> AnyResponse:
    number = services.withdraw(request.form.get("code", ""))
    flash(_("The objection %(number)s is withdrawn.", number=number), "success")
    return redirect(url_for(".follow"))
