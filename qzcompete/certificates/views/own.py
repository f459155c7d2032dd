"""Certificates for those to whom they belong: a person, or the institution that sent them."""

from __future__ import annotations

from flask import Response, render_template, url_for
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from qzcompete.certificates import queries
from qzcompete.certificates.views.blueprint import blueprint
from qzcompete.certificates.views.office import archive
from qzcompete.core.actor import Actor
from qzcompete.core.errors import NotFound, RuleBroken
from qzcompete.core.permissions import permit, requires, signed_in
from qzcompete.selection.queries.designations import designation_card


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
    """For the owner, the institution that sent the entry, or an officer whose scope it is."""
    certificate = queries.certificate(certificate_id)
    actor = current_user.actor
    if not belongs_to(certificate, actor):
        permit(actor, "certificate.view", *queries.scopes_of(certificate))
    if certificate.file_hash is None:
        raise NotFound()
    return file_of(certificate)


def file_of(certificate: queries.Certificate) -> Response:
    answer = Response(queries.files().get(certificate.file_hash or ""), mimetype="application/pdf")
    answer.headers["Content-Disposition"] = f'attachment; filename="{certificate.number}.pdf"'
    return answer


@blueprint.get("/studios/<int:designation_id>/plaque.pdf")
@signed_in
def plaque(designation_id: int) -> Response:
    """The plaque of a studio or base, for whose it is and for the office."""
    card, actor = designation_card(designation_id), current_user.actor
    if card.account_id != actor.account_id:
        permit(actor, "selection.view")
    found = queries.plaque_of(designation_id)
    if found is None or found.file_hash is None:
        raise RuleBroken(_l("The plaque is being made. Load the page again in a minute."), code="being_made")
    return file_of(found)


def belongs_to(certificate: queries.Certificate, actor: Actor) -> bool:
    if certificate.person_id is not None and certificate.person_id == actor.person_id:
        return True
    own = actor.scope_ids("certificate.unit", "organisation") or ()
    return any(row.id == certificate.id for row in queries.of_organisations(own))


@blueprint.get("/unit/certificates")
@requires("certificate.unit")
def unit() -> str:
    """Those of the people whom the institution sent."""
    own = current_user.actor.scope_ids("certificate.unit", "organisation") or ()
    return render_template("certificates/unit.html", certificates=queries.of_organisations(own))


@blueprint.get("/unit/certificates.zip")
@requires("certificate.unit")
def unit_zip() -> AnyResponse:
    own = current_user.actor.scope_ids("certificate.unit", "organisation") or ()
    return archive(queries.of_organisations(own), "certificates.zip", url_for(".unit"))
