"""The office's pages of entries: list, import, status, and the draw of work codes."""

from __future__ import annotations

from io import BytesIO

from flask import Blueprint, flash, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from qzcompete.competitions.queries import EventCard, event_card, event_card_by_id, readiness, upload
from qzcompete.competitions.services import MISSING, drop_upload
from qzcompete.core.errors import Problem
from qzcompete.core.forms import Page, show_problem, shown, tried
from qzcompete.core.permissions import permit, requires
from qzcompete.registration import documents, entry_intake, queries, services
from qzcompete.registration.forms import (
    ANSWERS,
    DOCUMENT_NAMES,
    RULE_NAMES,
    EntryFileForm,
    ReasonForm,
    StatusForm,
    entry_form,
)

blueprint = Blueprint("registration", __name__, url_prefix="/office")

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def allowed_event(code: str, permission: str = "entry.import") -> EventCard:
    event = event_card(code)
    permit(current_user.actor, permission, *event.scopes)
    return event


@blueprint.get("/events/<code>/entries")
@requires("entry.view")
def entries(code: str) -> Page:
    event = allowed_event(code, "entry.view")
    asked = {name: request.args.get(name, "") for name in ("status", "admission", "sort")}
    page = queries.entry_page(
        event.id, request.args.get("page", "1"), request.args.get("q", "").strip(), **asked
    )
    return render_template(
        "registration/entries.html",
        event=event,
        page=page,
        counts=queries.entry_counts(event.id),
        answers=queries.entry_answers(event, page.items),
        asked=asked,
        document_names=DOCUMENT_NAMES,
        may_edit=current_user.actor.may("entry.import", *event.scopes),
        may_check_in=current_user.actor.may("entry.check_in", *event.scopes),
        may_set=current_user.actor.may("competition.edit", *event.scopes),
    )


@blueprint.get("/events/<code>/entries.xlsx")
@requires("entry.view")
def export(code: str) -> AnyResponse:
    event = allowed_event(code, "entry.view")
    asked = {name: request.args.get(name, "") for name in ("status", "admission", "sort")}
    return sheet(
        documents.entry_sheet(event, request.args.get("q", "").strip(), **asked), f"报名表-{event.code}.xlsx"
    )


@blueprint.get("/events/<code>/entry-template.xlsx")
@requires("entry.import")
def entry_template(code: str) -> AnyResponse:
    event = allowed_event(code)
    return sheet(entry_intake.entry_template(team_size=event.team_size), "报名表模板.xlsx")


def sheet(content: bytes, name: str) -> AnyResponse:
    return send_file(BytesIO(content), mimetype=XLSX, as_attachment=True, download_name=name)


@blueprint.route("/events/<code>/entries/import", methods=["GET", "POST"])
@requires("entry.import")
def import_entries(code: str) -> Page:
    event = allowed_event(code)
    form = EntryFileForm()
    if form.validate_on_submit():
        file = form.file.data
        intake = entry_intake.take_entry_file(current_user.actor, event, file.filename or "", file.read())
        if intake.upload_id is not None:
            return redirect(url_for(".preview_entries", code=code, upload_id=intake.upload_id))
        form.file.errors = [*form.file.errors, f"{intake.refusal} {intake.cell}".strip()]
    return shown(render_template("registration/import_entries.html", event=event, form=form), form)


@blueprint.route("/events/<code>/entries/import/<int:upload_id>", methods=["GET", "POST"])
@requires("entry.import")
def preview_entries(code: str, upload_id: int) -> Page:
    event = allowed_event(code)
    kept = upload(upload_id, event.id, entry_intake.KIND, current_user.actor)
    if "check" in request.form:
        new_id = entry_intake.keep_mended(current_user.actor, kept, request.form)
        return redirect(url_for(".preview_entries", code=code, upload_id=new_id))
    preview = entry_intake.preview(event, entry_intake.kept(kept.content))
    if request.method == "POST":
        plan = services.import_entries(current_user.actor, event.id, preview.entries)
        drop_upload(upload_id)
        flash(entry_intake.done(plan), "success")
        return redirect(url_for(".entries", code=code))
    return render_template(
        "registration/preview_entries.html",
        event=event,
        upload=kept,
        preview=preview,
        titles=entry_intake.TITLES,
        answer_texts=ANSWERS,
        rule_names=RULE_NAMES,
    )


@blueprint.route("/events/<code>/entries/new", methods=["GET", "POST"])
@requires("entry.import")
def add_entry(code: str) -> Page:
    event = allowed_event(code)
    form = entry_form(event.team_size)
    if form.validate_on_submit():
        rows = form.rows()
        form.show_faults(services.plan_import(event, rows).faults)
        try:
            if not form.errors:
                services.add_entry(current_user.actor, event.id, rows)
        except Problem as problem:
            show_problem(form, problem)
        if not form.errors:
            flash(_("The entry is added."), "success")
            return redirect(url_for(".entries", code=code))
    return shown(render_template("registration/add_entry.html", event=event, form=form), form)


@blueprint.route("/entries/<int:entry_id>/status", methods=["GET", "POST"])
@requires("entry.import")
def status(entry_id: int) -> Page:
    entry = queries.entry_card(entry_id)
    event = event_card_by_id(entry.event_id)
    permit(current_user.actor, "entry.import", *event.scopes)
    form = StatusForm(data={"status": entry.status})
    if tried(
        form,
        lambda: services.mark_status(current_user.actor, entry_id, form.status.data, form.reason.data or ""),
    ):
        flash(_("The status is saved."), "success")
        return redirect(url_for(".entries", code=event.code))
    return shown(render_template("registration/status.html", event=event, entry=entry, form=form), form)


@blueprint.post("/entries/<int:entry_id>/withdraw")
@requires("entry.import")
def withdraw(entry_id: int) -> Page:
    entry = queries.entry_card(entry_id)
    services.withdraw(current_user.actor, entry_id)
    flash(_("The entry is withdrawn."), "success")
    return redirect(url_for(".entries", code=event_card_by_id(entry.event_id).code))


@blueprint.route("/events/<code>/draw", methods=["GET", "POST"])
@requires("entry.import")
def draw(code: str) -> Page:
    event = allowed_event(code)
    if request.method == "POST":
        services.draw(current_user.actor, event.id)
        flash(_("Lots are drawn and marking is open."), "success")
        return redirect(url_for(".draw", code=code))
    return draw_page(event, ReasonForm())


def draw_page(event: EventCard, form: ReasonForm) -> Page:
    missing = [MISSING[code] for code in readiness(event)] if event.before_draw else []
    return shown(
        render_template(
            "registration/draw.html",
            event=event,
            drawn=queries.draw_card(event.id),
            sealed=queries.codes_are_sealed(event.id),
            counts=queries.entry_counts(event.id),
            missing=missing,
            form=form,
        ),
        form,
    )


@blueprint.post("/events/<code>/codes")
@requires("entry.import")
def codes(code: str) -> Page:
    """The secret list. A POST, for each look is written into the audit log."""
    event = allowed_event(code)
    form = ReasonForm()
    if form.validate_on_submit():
        try:
            lines = services.reveal_codes(current_user.actor, event.id, form.reason.data or "")
        except Problem as problem:
            show_problem(form, problem)
        else:
            return render_template("registration/codes.html", event=event, lines=lines)
    return draw_page(event, form)
