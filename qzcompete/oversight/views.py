"""The audit log for those who watch over the city's work, and its anchors for everybody."""

from __future__ import annotations

from io import BytesIO

from flask import Blueprint, Response, render_template, request, send_file
from flask_login import current_user

from qzcompete.core.actor import CITY
from qzcompete.core.permissions import permit, public, requires
from qzcompete.oversight import documents, queries, services
from qzcompete.oversight.forms import kind_choices, wanted_of

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
