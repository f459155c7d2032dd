"""The office's register of persons: found by name, pinyin or document number, each with the entries of all years."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask_login import current_user

from qzcompete.competitions.queries import event_card_by_id
from qzcompete.core.actor import CITY
from qzcompete.core.errors import NotFound
from qzcompete.core.permissions import permit, requires
from qzcompete.people.queries import person_cards, person_page
from qzcompete.registration import queries
from qzcompete.registration.forms import DOCUMENT_NAMES

blueprint = Blueprint("persons", __name__, url_prefix="/office/persons")


@blueprint.get("")
@requires("entry.view")
def index() -> str:
    permit(current_user.actor, "entry.view", CITY)
    page = person_page(request.args.get("q", "").strip(), request.args.get("page", "1"))
    return render_template("registration/persons.html", page=page, document_names=DOCUMENT_NAMES)


@blueprint.get("/<int:person_id>")
@requires("entry.view")
def show(person_id: int) -> str:
    permit(current_user.actor, "entry.view", CITY)
    card = person_cards([person_id]).get(person_id)
    if card is None:
        raise NotFound()
    entries = queries.entries_of_person(person_id)
    return render_template(
        "registration/person.html",
        person=card,
        entries=entries,
        events={entry.event_id: event_card_by_id(entry.event_id) for entry in entries},
        document_names=DOCUMENT_NAMES,
    )
