"""One certificate with its history: revoke it by two people, put another in its place, follow a corrected result."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from qzcompete.certificates import queries, services
from qzcompete.certificates.forms import ReissueForm, RevokeForm
from qzcompete.certificates.views.blueprint import blueprint
from qzcompete.core.forms import Page, shown, tried
from qzcompete.core.permissions import permit, requires


@blueprint.get("/certificates/<int:certificate_id>")
@requires("certificate.view")
def show(certificate_id: int) -> str:
    told = queries.history(certificate_id)
    actor, scopes = current_user.actor, queries.scopes_of(told.certificate)
    permit(actor, "certificate.view", *scopes)
    return render_template(
        "certificates/show.html",
        told=told,
        certificate=told.certificate,
        may_issue=actor.may("certificate.issue", *scopes),
        may_confirm=actor.may("certificate.confirm", *scopes),
        asked_by_me=told.certificate.revoke_asked_by == actor.account_id,
    )


@blueprint.route("/certificates/<int:certificate_id>/revoke", methods=["GET", "POST"])
@requires("certificate.issue")
def revoke(certificate_id: int) -> Page:
    """Ask for the revocation; a second person confirms it."""
    certificate = queries.certificate(certificate_id)
    permit(current_user.actor, "certificate.issue", *queries.scopes_of(certificate))
    form = RevokeForm()
    reason = form.reason.data or ""
    if tried(form, lambda: services.ask_revocation(current_user.actor, certificate_id, reason)):
        flash(
            _("The revocation of %(number)s waits for a second person.", number=certificate.number), "success"
        )
        return redirect(url_for(".show", certificate_id=certificate_id))
    return shown(render_template("certificates/revoke.html", certificate=certificate, form=form), form)


@blueprint.post("/certificates/<int:certificate_id>/revocation")
@requires("certificate.confirm")
def settle(certificate_id: int) -> AnyResponse:
    """The second person confirms, or the certificate stays valid."""
    certificate = queries.certificate(certificate_id)
    permit(current_user.actor, "certificate.confirm", *queries.scopes_of(certificate))
    if request.form.get("answer") == "confirm":
        services.confirm_revocation(current_user.actor, certificate_id)
        flash(_("The certificate %(number)s is revoked.", number=certificate.number), "success")
    else:
        services.keep_certificate(current_user.actor, certificate_id)
        flash(_("The certificate %(number)s stays valid.", number=certificate.number), "success")
    return redirect(url_for(".show", certificate_id=certificate_id))


@blueprint.route("/certificates/<int:certificate_id>/reissue", methods=["GET", "POST"])
@requires("certificate.issue")
def reissue(certificate_id: int) -> Page:
    certificate = queries.certificate(certificate_id)
    permit(current_user.actor, "certificate.issue", *queries.scopes_of(certificate))
    form = ReissueForm(name=certificate.name)
    made: list[queries.Certificate] = []

    def put_another() -> None:
        note, name = form.note.data or "", form.name.data or ""
        made.append(services.reissue(current_user.actor, certificate_id, form.reason.data, note, name))
        services.render_waiting(current_user.actor, made[0].event_id)

    if tried(form, put_another):
        flash(_("The new certificate has the number %(number)s.", number=made[0].number), "success")
        return redirect(url_for(".show", certificate_id=made[0].id))
    return shown(render_template("certificates/reissue.html", certificate=certificate, form=form), form)


@blueprint.post("/office/events/<code>/certificates/correct")
@requires("certificate.issue")
def correct(code: str) -> AnyResponse:
    """Let the certificates of an event follow its corrected result."""
    replaced, waiting = services.correct_after_result(
        current_user.actor, code, request.form.get("note") or str(_("The result was corrected."))
    )
    services.render_waiting(current_user.actor)
    flash(
        _(
            "%(replaced)s certificates were replaced; the revocation of %(waiting)s waits for a second person.",
            replaced=replaced,
            waiting=waiting,
        ),
        "success",
    )
    return redirect(url_for(".office", event=code))
