"""Certificates for their owner, the office's list, and the page on which anybody verifies one."""

from __future__ import annotations

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from qzcompete.certificates import queries, services
from qzcompete.certificates.forms import RevokeForm, VerifyForm
from qzcompete.competitions.queries import event_card
from qzcompete.core.errors import NotFound, Problem
from qzcompete.core.forms import show_problem
from qzcompete.core.permissions import permit, public, requires, signed_in
from qzcompete.extensions import csrf

blueprint = Blueprint("certificates", __name__)
blueprint.add_app_template_filter(ord, "code_point")


@blueprint.get("/certificates")
@requires("certificate.view")
def office() -> str:
    search, code = (request.args.get("q") or "").strip(), request.args.get("event") or ""
    actor = current_user.actor
    event = event_card(code) if code else None
    if event is not None:
        permit(actor, "certificate.view", *event.scopes)
    may_issue = event is not None and actor.may("certificate.issue", *event.scopes)
    due = queries.due_awards(event) if event is not None and may_issue else []
    return render_template(
        "certificates/office.html",
        page=queries.certificate_page(actor, search, request.args.get("page", "1"), event),
        event=event,
        may_revoke=actor.may("certificate.issue"),
        due=due,
        unprintable=services.unprintable(event, due) if event is not None else [],
    )


@blueprint.post("/office/events/<code>/certificates")
@requires("certificate.issue")
def issue(code: str) -> AnyResponse:
    """Issue what is due and show the job that renders it."""
    job = services.issue_batch(current_user.actor, code)
    left = len(queries.due_awards(event_card(code)))
    if left:
        flash(_("%(count)s certificates were not issued: the fonts lack characters.", count=left), "warning")
    elif job is None:
        flash(_("All certificates of this event are issued already."), "info")
    if left or job is None:
        return redirect(url_for(".office", event=code))
    flash(_("The certificates are issued; their files are being made."), "success")
    return redirect(url_for("public.job", job_id=job.id))


@blueprint.route("/certificates/<int:certificate_id>/revoke", methods=["GET", "POST"])
@requires("certificate.issue")
def revoke(certificate_id: int) -> str | AnyResponse | tuple[str, int]:
    certificate = queries.certificate(certificate_id)
    permit(current_user.actor, "certificate.issue", *queries.scopes_of(certificate))
    form = RevokeForm()
    if form.validate_on_submit():
        try:
            services.revoke(current_user.actor, certificate_id, form.reason.data or "")
        except Problem as problem:
            show_problem(form, problem)
        else:
            flash(_("The certificate %(number)s is revoked.", number=certificate.number), "success")
            return redirect(url_for(".office", q=certificate.number))
    page = render_template("certificates/revoke.html", certificate=certificate, form=form)
    return page, 422 if form.errors or form.form_errors else 200


@blueprint.get("/my/certificates")
@requires("certificate.own")
def mine() -> str:
    person_id = current_user.actor.person_id
    return render_template(
        "certificates/mine.html", certificates=queries.of_person(person_id) if person_id is not None else []
    )


@blueprint.get("/certificates/<int:certificate_id>.pdf")
@signed_in
def download(certificate_id: int) -> Response:
    """For the owner, or an officer whose scope it is."""
    certificate = queries.certificate(certificate_id)
    actor = current_user.actor
    if certificate.person_id is None or certificate.person_id != actor.person_id:
        permit(actor, "certificate.view", *queries.scopes_of(certificate))
    if certificate.file_hash is None:
        raise NotFound()
    answer = Response(queries.files().get(certificate.file_hash), mimetype="application/pdf")
    answer.headers["Content-Disposition"] = f'attachment; filename="{certificate.number}.pdf"'
    return answer


@blueprint.get("/v/<token>")
@blueprint.get("/V/<token>")
@public("anybody who holds a certificate may verify it")
def verify_link(token: str) -> tuple[str, int]:
    found = queries.by_token(token)
    page = render_template("certificates/verify.html", found=found, form=VerifyForm(formdata=None))
    return page, 404 if found.state == "unknown" else 200


@blueprint.route("/verify", methods=["GET", "POST"])
@csrf.exempt
@public("anybody may verify a certificate by its number and name")
def verify() -> tuple[str, int]:
    form, found = VerifyForm(), None
    if form.validate_on_submit():
        found = queries.by_number((form.number.data or "").strip(), (form.name.data or "").strip())
    page = render_template("certificates/verify.html", found=found, form=form)
    return page, 422 if form.errors else 200
