"""The office's page of an event's results: compile, look, publish, take away as a sheet."""

from __future__ import annotations

from io import BytesIO

from flask import Blueprint, flash, redirect, render_template, send_file, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from qzcompete.adapters.sheets import Table, write_sheets
from qzcompete.competitions.queries import EventCard, event_card
from qzcompete.core.errors import NotFound
from qzcompete.core.permissions import permit, requires
from qzcompete.marking.queries import assessment_card, watched
from qzcompete.results import queries, services

blueprint = Blueprint("results", __name__, url_prefix="/office/events")
own = Blueprint("own_results", __name__, url_prefix="/my/results")

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def permitted(code: str, permission: str) -> EventCard:
    event = event_card(code)
    permit(current_user.actor, permission, *event.scopes)
    return event


@blueprint.get("/<code>/results")
@requires("result.view")
def show(code: str) -> str:
    event = permitted(code, "result.view")
    actor = current_user.actor
    return render_template(
        "results/show.html",
        event=event,
        assessment=assessment_card(event.assessment_id),
        marked=next(iter(watched(frozenset([event.assessment_id]))), None),
        result=queries.result_page(event),
        may_compile=actor.may("result.compile", *event.scopes),
        may_publish=actor.may("result.publish", *event.scopes),
        may_issue=actor.may("certificate.issue", *event.scopes),
        may_watch=actor.may("assessment.watch", ("assessment", event.assessment_id)),
    )


@blueprint.post("/<code>/results/compile")
@requires("result.compile")
def compile_results(code: str) -> Response:
    compiled = services.compile_results(current_user.actor, permitted(code, "result.compile").id)
    flash(_("Version %(version)s of the results is compiled.", version=compiled.version), "success")
    return redirect(url_for(".show", code=code))


@blueprint.post("/<code>/results/<int:result_set_id>/publish")
@requires("result.publish")
def publish(code: str, result_set_id: int) -> Response:
    permitted(code, "result.publish")
    services.publish_results(current_user.actor, result_set_id)
    flash(_("The results are published."), "success")
    return redirect(url_for(".show", code=code))


@blueprint.get("/<code>/results/explained/<candidate>")
@requires("result.view")
def explain(code: str, candidate: str) -> str:
    event = permitted(code, "result.view")
    return render_template("results/explain.html", event=event, told=queries.explanation(event, candidate))


@blueprint.get("/<code>/results.xlsx")
@requires("result.view")
def export(code: str) -> Response:
    event = permitted(code, "result.view")
    result = queries.result_page(event)
    if result is None:
        raise NotFound()
    header = [_("Rank"), _("Work code"), _("Name"), _("Organisation")]
    header += [f"{code} {name}".strip() for code, name in result.modules]
    rows = [
        [
            str(line.rank or "—"),
            line.code,
            line.name or "",
            line.unit or "",
            *(line.modules.get(code, "") for code, _name in result.modules),
            line.total or "",
            line.award or "",
        ]
        for line in result.lines
    ]
    content = write_sheets([Table(_("Results"), [*header, _("Total"), _("Award")], rows)])
    return send_file(BytesIO(content), mimetype=XLSX, as_attachment=True, download_name=f"{code}.xlsx")


@own.get("")
@requires("result.own")
def index() -> str:
    person_id = current_user.actor.person_id
    return render_template(
        "results/own.html", results=queries.own_results(person_id) if person_id is not None else []
    )


@own.get("/<code>")
@requires("result.own")
def explain_own(code: str) -> str:
    """Only what is published, and only one's own: nobody learns another's marks."""
    person_id = current_user.actor.person_id
    found = [one for one in queries.own_results(person_id) if one.event_code == code] if person_id else []
    if not found:
        raise NotFound()
    event = event_card(code)
    told = queries.explanation(event, found[0].candidate_code)
    return render_template("results/explain_own.html", event=event, told=told)
