"""The door: who has come, by scanner, camera or typing; and the passes that open it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from qzcompete.adapters.pdf import PdfError
from qzcompete.competitions.queries import EventCard, competition_card, event_card, event_card_by_id
from qzcompete.core.errors import NotFound, RuleBroken
from qzcompete.core.forms import Page
from qzcompete.core.permissions import permit, requires
from qzcompete.registration import documents, queries, services

blueprint = Blueprint("check_in", __name__)


def allowed_event(code: str, permission: str = "entry.check_in") -> EventCard:
    event = event_card(code)
    permit(current_user.actor, permission, *event.scopes)
    return event


@blueprint.get("/check-in")
@requires("entry.check_in")
def index() -> Page:
    return render_template(
        "registration/check_in_index.html", events=queries.events_at_door(current_user.actor)
    )


@blueprint.route("/check-in/<code>", methods=["GET", "POST"])
@requires("entry.check_in")
def door(code: str) -> Page:
    """Whoever is found by a pass or a number is checked in at once; a name that several have lets choose."""
    event = allowed_event(code)
    typed = request.form.get("typed", "").strip()[:80]
    found = queries.found_at_door(event, typed)
    if request.method == "POST" and len(found) == 1:
        services.check_in(current_user.actor, event.id, found[0].id)
        return redirect(url_for(".door", code=code, last=found[0].id))
    wrong = request.method == "POST" and not found
    return render_template(
        "registration/check_in.html",
        event=event,
        door=queries.door(event),
        typed=typed,
        found=found,
        wrong=wrong,
        last=last_card(event, request.args.get("last", "")),
    ), (422 if wrong else 200)


def last_card(event: EventCard, key: str) -> queries.DoorCard | None:
    """Who was checked in last on this tablet, to be shown in large."""
    if not (key.isascii() and key.isdigit() and len(key) < 10):
        return None
    for card in queries.door(event).come:
        if card.entry.id == int(key):
            return card
    return None


@blueprint.post("/check-in/<code>/<int:entry_id>")
@requires("entry.check_in")
def choose(code: str, entry_id: int) -> Page:
    services.check_in(current_user.actor, allowed_event(code).id, entry_id)
    return redirect(url_for(".door", code=code, last=entry_id))


@blueprint.post("/check-in/<code>/<int:entry_id>/undo")
@requires("entry.check_in")
def undo(code: str, entry_id: int) -> Page:
    services.undo_check_in(current_user.actor, allowed_event(code).id, entry_id)
    flash(_("The check-in is undone."), "success")
    return redirect(url_for(".door", code=code))


@blueprint.post("/check-in/<code>/end")
@requires("entry.check_in")
def end(code: str) -> Page:
    absent = services.end_check_in(current_user.actor, allowed_event(code).id)
    flash(_("%(count)s who have not come are marked absent.", count=absent), "success")
    return redirect(url_for(".door", code=code))


@blueprint.get("/office/events/<code>/passes.pdf")
@requires("entry.view")
def passes(code: str) -> Response:
    event = allowed_event(code, "entry.view")
    cards = [card for card in queries.entries(event.id) if card.status == "present"]
    if not cards:
        raise RuleBroken(_("There is no accepted entry yet."))
    return printed(documents.print_passes, [(event, card) for card in cards], name=f"passes-{event.code}.pdf")


@blueprint.get("/entries/<int:entry_id>/pass.pdf")
@requires("entry.own")
def own_pass(entry_id: int) -> Response:
    card = queries.entry_card(entry_id)
    mine = [one.id for one in queries.entries_of_account(current_user.actor)]
    if card.id not in mine or card.stage != "entered":
        raise NotFound()
    return printed(documents.print_passes, [(event_card_by_id(card.event_id), card)], name="pass.pdf")


@blueprint.get("/nominations/<int:organisation_id>/<code>/passes.pdf")
@requires("entry.nominate")
def own_passes(organisation_id: int, code: str) -> Response:
    permit(current_user.actor, "entry.nominate", ("organisation", organisation_id))
    event = event_card(code)
    cards = [
        (event, card)
        for card in queries.entries_of_organisation(event.id, organisation_id)
        if card.stage == "entered"
    ]
    if not cards:
        raise RuleBroken(_("There is no accepted entry yet."))
    return printed(documents.print_passes, cards, name=f"passes-{event.code}.pdf")


@blueprint.get("/office/competitions/<code>/programme.pdf")
@requires("entry.view")
def programme(code: str) -> Response:
    card = competition_card(code)
    permit(current_user.actor, "entry.view", *card.scopes)
    return printed(documents.print_programme, card, name=f"programme-{card.code}.pdf")


def printed(made: Callable[[Any], bytes], given: Any, name: str) -> Response:
    try:
        content = made(given)
    except PdfError as problem:
        raise RuleBroken(str(problem)) from problem
    answer = Response(content, mimetype="application/pdf")
    answer.headers["Content-Disposition"] = f'inline; filename="{name}"'
    answer.headers["Cache-Control"] = "no-store"
    return answer
