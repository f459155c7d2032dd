"""Results before everybody sees them: an entrant's own, step by step; those of a judge's or an organisation's events."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, render_template
from flask_login import current_user

from qzcompete.competitions.queries import event_card
from qzcompete.core.errors import NotFound
from qzcompete.core.permissions import requires
from qzcompete.results import queries

blueprint = Blueprint("own_results", __name__, url_prefix="/my/results")


@blueprint.get("")
@requires("result.own")
def index() -> str:
    person_id = current_user.actor.person_id
    return render_template(
        "results/own.html", results=queries.own_results(person_id) if person_id is not None else []
    )


@blueprint.get("/<code>")
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


@blueprint.get("/early")
@requires("result.early")
def early() -> str:
    """The published events of a judge or an organisation, whether everybody sees their results yet or not."""
    return render_template("results/early.html", events=early_events())


@blueprint.get("/early/<code>")
@requires("result.early")
def early_sheet(code: str) -> str:
    found = next((one for one in early_events() if one.code == code), None)
    event = event_card(code)
    result = queries.result_page(event, "early")
    if found is None or result is None:
        raise NotFound()
    return render_template(
        "results/early_sheet.html", event=event, result=result, held=queries.held_entries(event.id)
    )


def early_events() -> Sequence[queries.EarlyEvent]:
    actor = current_user.actor
    return queries.early_events(actor.account_id, queries.organisations_of(actor))
