"""The office's page of an event's results: what is open, compile, publish in stages, take away; the settings."""

from __future__ import annotations

from io import BytesIO

from flask import Blueprint, flash, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from qzcompete.competitions.queries import competition_card
from qzcompete.core.clock import now
from qzcompete.core.errors import NotFound
from qzcompete.core.forms import Page, shown, tried
from qzcompete.core.permissions import permit, requires
from qzcompete.marking.queries import assessment_card, watched
from qzcompete.results import documents, queries, services
from qzcompete.results.forms import SETTING_NAMES, WORDS, ReasonForm, settings_form
from qzcompete.results.rules.settings import SETTINGS
from qzcompete.results.views.shared import permitted

blueprint = Blueprint("results", __name__, url_prefix="/office/events")

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@blueprint.get("/<code>/results")
@requires("result.view")
def show(code: str) -> str:
    event = permitted(code, "result.view")
    actor = current_user.actor
    scopes = (*event.scopes, ("assessment", event.assessment_id))
    return render_template(
        "results/show.html",
        event=event,
        assessment=assessment_card(event.assessment_id),
        marked=next(iter(watched(frozenset([event.assessment_id]))), None),
        result=queries.result_page(event),
        items=queries.close_list(event),
        may=lambda permission: actor.may(permission, *scopes),
        versions=queries.versions(event.id),
        appeals=[appeal for appeal in queries.appeals_of(event.id) if appeal.open],
        now=now(),
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
    services.publish_results(current_user.actor, result_set_id, request.form.get("reason", ""))
    flash(_("The results are published."), "success")
    return redirect(url_for(".show", code=code))


@blueprint.post("/<code>/results/<int:result_set_id>/stage")
@requires("result.publish")
def open_stage(code: str, result_set_id: int) -> Response:
    permitted(code, "result.publish")
    services.open_next_stage(current_user.actor, result_set_id)
    flash(_("The next audience sees the results now."), "success")
    return redirect(url_for(".show", code=code))


@blueprint.route("/<code>/results/disqualify/<int:entry_id>", methods=["GET", "POST"])
@requires("entry.import")
def disqualify(code: str, entry_id: int) -> Page:
    event = permitted(code, "entry.import")
    line = queries.entry_line(event.id, entry_id)
    form = ReasonForm()
    if tried(
        form,
        lambda: services.disqualify(current_user.actor, event.id, entry_id, form.reason.data or ""),
    ):
        flash(_("The entry is disqualified. Compile and publish the new version."), "success")
        return redirect(url_for(".show", code=code))
    return shown(render_template("results/disqualify.html", event=event, line=line, form=form), form)


@blueprint.get("/<code>/results/explained/<candidate>")
@requires("result.view")
def explain(code: str, candidate: str) -> str:
    event = permitted(code, "result.view")
    return render_template(
        "results/explain.html",
        event=event,
        told=queries.explanation(event, candidate),
        line=queries.line_of_code(event.id, candidate),
        may_disqualify=event.state in ("closed", "published")
        and current_user.actor.may("entry.import", *event.scopes),
    )


@blueprint.get("/<code>/results.xlsx")
@requires("result.view")
def export(code: str) -> Response:
    event = permitted(code, "result.view")
    result = queries.result_page(event)
    if result is None:
        raise NotFound()
    content = documents.result_workbook(result)
    return send_file(BytesIO(content), mimetype=XLSX, as_attachment=True, download_name=f"{code}.xlsx")


@blueprint.get("/<code>/results.pdf")
@requires("result.view")
def print_sheet(code: str) -> Response:
    """The result sheet to sign and to post; before publication it is marked as not published."""
    event = permitted(code, "result.view")
    result = queries.result_page(event)
    if result is None:
        raise NotFound()
    content = documents.print_result_sheet(event, result)
    return send_file(BytesIO(content), mimetype="application/pdf", download_name=f"{code}.pdf")


@blueprint.get("/<code>/results/judges")
@requires("result.view")
def judges(code: str) -> str:
    event = permitted(code, "result.view")
    return render_template("results/judges.html", event=event, report=queries.judge_report(event))


competition = Blueprint("competition_results", __name__, url_prefix="/office/competitions")


@competition.route("/<code>/result-settings", methods=["GET", "POST"])
@requires("competition.edit")
def settings(code: str) -> Page:
    card = competition_card(code)
    permit(current_user.actor, "competition.edit", *card.scopes)
    present = queries.settings_of(card.id)
    form = settings_form(present)
    if tried(
        form,
        lambda: services.set_settings(current_user.actor, card.id, form.values(), form.source.data or ""),
    ):
        flash(_("The settings are saved."), "success")
        return redirect(url_for(".settings", code=code))
    page = render_template(
        "results/settings.html",
        competition=card,
        form=form,
        present=present,
        settings=SETTINGS,
        names=SETTING_NAMES,
        words=WORDS,
    )
    return shown(page, form)


@competition.get("/<code>/results")
@requires("result.view")
def book(code: str) -> str:
    """All published results of a competition, the ranking of the teams, and the book of both to print."""
    card = competition_card(code)
    permit(current_user.actor, "result.view", *card.scopes)
    return render_template("results/book.html", competition=card, book=queries.result_book(card.id))


@competition.get("/<code>/results.pdf")
@requires("result.view")
def print_book(code: str) -> Response:
    card = competition_card(code)
    permit(current_user.actor, "result.view", *card.scopes)
    content = documents.print_book(card, queries.result_book(card.id))
    return send_file(BytesIO(content), mimetype="application/pdf", download_name=f"{code}.pdf")


@competition.get("/<code>/results.xlsx")
@requires("result.view")
def export_book(code: str) -> Response:
    card = competition_card(code)
    permit(current_user.actor, "result.view", *card.scopes)
    content = documents.book_workbook(queries.result_book(card.id))
    return send_file(BytesIO(content), mimetype=XLSX, as_attachment=True, download_name=f"{code}.xlsx")
