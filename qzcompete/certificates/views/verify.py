"""The page on which anybody verifies: by the QR code, by number and name, by the file; and the page for phones offline."""

from __future__ import annotations

from pathlib import Path

from flask import Response, current_app, jsonify, render_template, request, send_from_directory
from flask_babel import gettext as _

from qzcompete.adapters.signing.documents import GREATEST_FILE
from qzcompete.adapters.signing.keys import payload_key
from qzcompete.certificates import credentials, queries, services
from qzcompete.certificates.forms import FileForm, VerifyForm
from qzcompete.certificates.views.blueprint import blueprint
from qzcompete.core.errors import NotFound, RuleBroken
from qzcompete.core.forms import show_problem
from qzcompete.core.limits import count_try
from qzcompete.core.permissions import public
from qzcompete.extensions import csrf

# Of one address; a code needs no limit, for it cannot be guessed.
MOST_TRIES, WINDOW_SECONDS = 20, 300


def page_of(status: int = 200, **given: object) -> tuple[str, int]:
    values = {
        "found": None,
        "checked": None,
        "form": VerifyForm(formdata=None),
        "file_form": FileForm(formdata=None),
    }
    return render_template("certificates/verify.html", **{**values, **given}), status


@blueprint.get("/v/<token>")
@blueprint.get("/V/<token>")
@blueprint.get("/v/<token>/<payload>")
@blueprint.get("/V/<token>/<payload>")
@public("anybody who holds a certificate may verify it")
def verify_link(token: str, payload: str = "") -> tuple[str, int]:
    found = services.verify_code(token, payload)
    return page_of(404 if found.state == "unknown" else 200, found=found)


@blueprint.route("/verify", methods=["GET", "POST"])
@csrf.exempt
@public("anybody may verify a certificate by its number and name")
def verify() -> tuple[str, int]:
    form, found = VerifyForm(), None
    if form.validate_on_submit():
        count_try("verify", request.remote_addr or "", MOST_TRIES, WINDOW_SECONDS)
        found = queries.by_number((form.number.data or "").strip(), (form.name.data or "").strip())
    return page_of(422 if form.errors else 200, found=found, form=form)


@blueprint.post("/verify/file")
@csrf.exempt
@public("anybody may verify a certificate by its file, which is not kept")
def verify_file() -> tuple[str, int]:
    form, checked = FileForm(), None
    if form.validate_on_submit():
        count_try("verify", request.remote_addr or "", MOST_TRIES, WINDOW_SECONDS)
        content = form.file.data.read(GREATEST_FILE + 1)
        if len(content) > GREATEST_FILE:
            show_problem(form, RuleBroken(_("The file is larger than any certificate."), field="file"))
        else:
            checked = services.check_file(content)
    return page_of(422 if form.errors else 200, checked=checked, file_form=form)


@blueprint.get("/V/")
@public("the page with which a phone verifies a code without a network")
def offline() -> Response:
    return send_from_directory(static_folder(), "index.html")


@blueprint.get("/V/worker.js")
@public("keeps the page for phones on the phone")
def offline_worker() -> Response:
    return send_from_directory(static_folder(), "worker.js")


@blueprint.get("/V/keys.json")
@public("the public keys by which a phone verifies a code")
def offline_keys() -> Response:
    return jsonify(credentials.public_keys(queries.key_folder().trusted))


@blueprint.get("/credentials/issuer")
@public("who issues credentials, for the machines that verify them")
def issuer() -> Response:
    settings = current_app.config["QZ"]
    return jsonify(credentials.issuer(settings.public_url, queries.key_folder().trusted))


@blueprint.get("/credentials/status/<int:number>")
@public("which credentials are revoked, for the machines that verify them")
def status_list(number: int) -> Response:
    """A W3C bitstring status list, signed: one bit for each certificate, set where it is no longer valid."""
    key = payload_key(queries.key_folder())
    if key is None or number > credentials.MOST_LISTS:
        raise NotFound()
    settings = current_app.config["QZ"]
    first = number * credentials.LIST_SIZE
    ended = queries.ended_ids(first, first + credentials.LIST_SIZE)
    token = credentials.status_list(key, settings.public_url, number, ended)
    answer = Response(token, mimetype="application/vc+jwt")
    answer.headers["Cache-Control"] = "public, max-age=300"
    return answer


def static_folder() -> Path:
    return Path(str(current_app.static_folder)) / "verify"
