"""Certificates for those to whom they belong: a person, or the institution that sent them."""

from __future__ import annotations

from flask import Response, render_template, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from qzcompete.certificates import queries
from qzcompete.certificates.views.blueprint import blueprint
from qzcompete.certificates.views.office import archive
from qzcompete.core.actor import Actor
from qzcompete.core.errors import NotFound
from qzcompete.core.permissions import permit, requires, signed_in


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
    answer = Response(queries.files().get(certificate.file_hash), mimetype="application/pdf")
    answer.headers["Content-Disposition"] = f'attachment; filename="{certificate.number}.pdf"'
    return answer


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
