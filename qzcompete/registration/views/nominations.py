"""An organisation's own pages: where it is invited, its entries, nominating by form and by sheet."""

from __future__ import annotations

from io import BytesIO

from flask import Blueprint, flash, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from qzcompete.competitions.queries import EventCard, event_card, event_card_by_id, upload
from qzcompete.competitions.services import drop_upload
from qzcompete.core.clock import now
from qzcompete.core.errors import NotAllowed, Problem
from qzcompete.core.forms import Page, select_choices, show_problem, shown
from qzcompete.core.permissions import permit, requires
from qzcompete.people.queries import organisation_names
from qzcompete.registration import entry_intake, queries, services
from qzcompete.registration.entry_intake import Owner
from qzcompete.registration.forms import (
    ANSWERS,
    RULE_NAMES,
    EntryFileForm,
    ReasonForm,
    SubstituteForm,
    entry_form,
)
from qzcompete.registration.queries import EntryCard, Room

blueprint = Blueprint("nominations", __name__, url_prefix="/nominations")

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def allowed(organisation_id: int, code: str) -> tuple[Owner, EventCard, Room]:
    """The organisation, the event and what is left of the quota; refused where it is not invited."""
    permit(current_user.actor, "entry.nominate", ("organisation", organisation_id))
    event = event_card(code)
    names = organisation_names([organisation_id])
    room = queries.room_for(event, organisation_id)
    if room is None or not names:
        raise NotAllowed(
            _("Your organisation is not invited to this competition. Ask the competition office.")
        )
    return Owner(organisation_id, names[organisation_id]), event, room


@blueprint.get("")
@requires("entry.nominate")
def index() -> Page:
    actor = current_user.actor
    return render_template(
        "registration/nominations.html",
        competitions=queries.open_competitions(actor, now()),
        organisations=queries.own_organisations(actor),
    )


@blueprint.get("/<int:organisation_id>/<code>")
@requires("entry.nominate")
def event(organisation_id: int, code: str) -> Page:
    owner, found, room = allowed(organisation_id, code)
    cards = queries.entries_of_organisation(found.id, owner.id)
    return render_template(
        "registration/nomination_event.html",
        owner=owner,
        event=found,
        room=room,
        entries=cards,
        answers=queries.entry_answers(found, cards),
        answer_texts=ANSWERS,
        rule_names=RULE_NAMES,
        period=queries.period_of(found.competition, now()),
        setting=queries.setting_of(found.competition.id),
        form=ReasonForm(formdata=None),
    )


@blueprint.get("/<int:organisation_id>/<code>/template.xlsx")
@requires("entry.nominate")
def template(organisation_id: int, code: str) -> AnyResponse:
    _owner, found, _room = allowed(organisation_id, code)
    return send_file(
        BytesIO(entry_intake.entry_template(own=True, team_size=found.team_size)),
        mimetype=XLSX,
        as_attachment=True,
        download_name=f"报名表模板-{found.name}.xlsx",
    )


@blueprint.route("/<int:organisation_id>/<code>/import", methods=["GET", "POST"])
@requires("entry.nominate")
def import_sheet(organisation_id: int, code: str) -> Page:
    owner, found, room = allowed(organisation_id, code)
    form = EntryFileForm()
    if form.validate_on_submit():
        file = form.file.data
        intake = entry_intake.take_entry_file(
            current_user.actor, found, file.filename or "", file.read(), owner
        )
        if intake.upload_id is not None:
            return redirect(
                url_for(".preview", organisation_id=owner.id, code=code, upload_id=intake.upload_id)
            )
        form.file.errors = [*form.file.errors, f"{intake.refusal} {intake.cell}".strip()]
    return shown(
        render_template(
            "registration/nomination_import.html", owner=owner, event=found, room=room, form=form
        ),
        form,
    )


@blueprint.route("/<int:organisation_id>/<code>/import/<int:upload_id>", methods=["GET", "POST"])
@requires("entry.nominate")
def preview(organisation_id: int, code: str, upload_id: int) -> Page:
    owner, found, room = allowed(organisation_id, code)
    kept = upload(upload_id, found.id, entry_intake.KIND, current_user.actor)
    if "check" in request.form:
        new_id = entry_intake.keep_mended(current_user.actor, kept, request.form)
        return redirect(url_for(".preview", organisation_id=owner.id, code=code, upload_id=new_id))
    shown = entry_intake.preview(found, entry_intake.kept(kept.content), owner)
    if request.method == "POST":
        plan = services.nominate(current_user.actor, found.id, owner.id, shown.entries)
        drop_upload(upload_id)
        flash(entry_intake.done(plan), "success")
        return redirect(url_for(".event", organisation_id=owner.id, code=code))
    return render_template(
        "registration/nomination_preview.html",
        owner=owner,
        event=found,
        room=room,
        upload=kept,
        preview=shown,
        titles=entry_intake.TITLES,
        answer_texts=ANSWERS,
        rule_names=RULE_NAMES,
    )


@blueprint.route("/<int:organisation_id>/<code>/new", methods=["GET", "POST"])
@requires("entry.nominate")
def add(organisation_id: int, code: str) -> Page:
    owner, found, room = allowed(organisation_id, code)
    form = entry_form(found.team_size, own=True)
    if form.validate_on_submit():
        rows = form.rows(owner.name)
        form.show_faults(services.plan_import(found, rows, organisation_id=owner.id).faults)
        try:
            if not form.errors:
                services.nominate(current_user.actor, found.id, owner.id, rows)
        except Problem as problem:
            show_problem(form, problem)
        if not form.errors:
            flash(_("The entry is submitted to the competition office."), "success")
            return redirect(url_for(".event", organisation_id=owner.id, code=code))
    return shown(
        render_template("registration/nomination_form.html", owner=owner, event=found, room=room, form=form),
        form,
    )


def own_entry(entry_id: int) -> tuple[EntryCard, EventCard]:
    card = queries.entry_card(entry_id)
    permit(current_user.actor, "entry.nominate", ("organisation", card.organisation_id or 0))
    return card, event_card_by_id(card.event_id)


@blueprint.post("/entries/<int:entry_id>/withdraw")
@requires("entry.nominate")
def withdraw(entry_id: int) -> Page:
    card, found = own_entry(entry_id)
    services.withdraw_own(current_user.actor, entry_id, request.form.get("reason", "")[:200])
    flash(_("The entry is withdrawn."), "success")
    return redirect(url_for(".event", organisation_id=card.organisation_id, code=found.code))


@blueprint.route("/entries/<int:entry_id>/substitute", methods=["GET", "POST"])
@requires("entry.nominate")
def substitute(entry_id: int) -> Page:
    card, found = own_entry(entry_id)
    form, newcomer = SubstituteForm(), entry_form(own=True)
    members = [(member.person_id or 0, member.name) for member in queries.members_of(entry_id)]
    form.former.choices = select_choices(members)
    back = url_for(".event", organisation_id=card.organisation_id, code=found.code)
    if request.method == "POST" and form.validate() and newcomer.validate():
        row = newcomer.rows(card.unit)[0]
        try:
            services.substitute(current_user.actor, entry_id, form.former.data, row, form.reason.data or "")
        except Problem as problem:
            show_problem(form if problem.field in form else newcomer, problem)
        else:
            flash(_("The competitor is substituted; the number stays."), "success")
            return redirect(back)
    return render_template(
        "registration/substitute.html", event=found, entry=card, form=form, newcomer=newcomer, back=back
    ), (422 if form.errors or newcomer.errors else 200)
