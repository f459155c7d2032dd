"""The audit log for those who watch over the city's work, its anchors and the register of personal data for everybody,
and for each account the own data."""

from __future__ import annotations

import json
from io import BytesIO

from flask import Blueprint, Response, render_template, request, send_file
from flask_babel import gettext as _
from flask_login import current_user

from qzcompete.core.actor import CITY
from qzcompete.core.forms import Page
from qzcompete.core.permissions import permit, public, requires, signed_in
from qzcompete.oversight import documents, queries, services
from qzcompete.oversight.forms import OwnDataForm, kind_choices, wanted_of
from qzcompete.oversight.personal import REGISTER
from qzcompete.people.services import password_holds

blueprint = Blueprint("oversight", __name__)
blueprint.add_app_template_filter(queries.in_words, "in_words")

KINDS = {
    "xlsx": (documents.log_workbook, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "csv": (documents.log_csv, "text/csv"),
}


@blueprint.get("/audit")
@requires("audit.view")
def log() -> str:
    permit(current_user.actor, "audit.view", CITY)
    wanted = wanted_of(request.args)
    return render_template(
        "oversight/log.html",
        page=queries.log_page(wanted, request.args.get("page", "1")),
        wanted=wanted,
        kinds=kind_choices(),
        most=queries.MOST_EXPORTED,
    )


@blueprint.post("/audit/copy.<any(xlsx, csv):kind>")
@requires("audit.view")
def copy(kind: str) -> Response:
    """A file of what the filters leave; taking it away is an act, so it is posted and told to the log."""
    rows = services.take_copy(current_user.actor, wanted_of(request.form))
    write, mimetype = KINDS[kind]
    return send_file(
        BytesIO(write(rows)), mimetype=mimetype, as_attachment=True, download_name=f"审计日志.{kind}"
    )


@blueprint.get("/audit/anchors")
@public("whoever keeps an anchor can later prove what the log said that day; it tells nothing of anybody")
def anchors() -> str:
    return render_template("oversight/anchors.html", page=queries.anchor_page(request.args.get("page", "1")))


@blueprint.get("/audit/anchors.txt")
@public("the same list, to be kept by programs")
def anchor_list() -> Response:
    listed = "".join(f"{one.day} {one.hash}\n" for one in queries.anchors())
    return Response(listed, mimetype="text/plain")


@blueprint.get("/privacy")
@public("everybody may know which personal data is held, what for and how long")
def privacy() -> str:
    return render_template("oversight/privacy.html", register=REGISTER)


@blueprint.route("/account/data", methods=["GET", "POST"])
@signed_in
def own_data() -> Page:
    """One's own data as a file, after the password: it holds the whole document number."""
    form = OwnDataForm()
    if form.validate_on_submit():
        if password_holds(current_user._get_current_object(), form.password.data or ""):
            told = services.take_own_data(current_user.actor)
            packed = json.dumps(told, ensure_ascii=False, indent=2).encode()
            return send_file(
                BytesIO(packed),
                mimetype="application/json",
                as_attachment=True,
                download_name="个人信息副本.json",
            )
        form.password.errors = [_("The present password is not right.")]
    return render_template("oversight/own_data.html", form=form), 422 if form.errors else 200
