"""Certificates for their owner, the office's list, and the page on which anybody verifies one."""

from __future__ import annotations

from flask import Blueprint, Response, render_template, request
from flask_login import current_user

from qzcompete.certificates import queries
from qzcompete.core.errors import NotFound
from qzcompete.core.permissions import permit, public, requires, signed_in

blueprint = Blueprint("certificates", __name__)


@blueprint.get("/certificates")
@requires("certificate.view")
def office() -> str:
    search = (request.args.get("q") or "").strip()
    return render_template(
        "certificates/office.html", page=queries.certificate_page(search, request.args.get("page", "1"))
    )


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
        permit(actor, "certificate.view", ("event", certificate.event_id))
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
    return render_template(
        "certificates/verify.html", found=found, asked=True
    ), 404 if found.state == "unknown" else 200


@blueprint.get("/verify")
@public("anybody may verify a certificate by its number and name")
def verify() -> str:
    number, name = request.args.get("number", ""), request.args.get("name", "")
    asked = bool(number and name)
    found = queries.by_number(number, name) if asked else queries.Verification("unknown")
    return render_template("certificates/verify.html", found=found, asked=asked)
