"""What the pages of results have in common: who may see which event, and a form shown again with what is wrong."""

from __future__ import annotations

from collections.abc import Callable

from flask_login import current_user
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response

from qzcompete.competitions.queries import EventCard, event_card
from qzcompete.core.errors import Problem
from qzcompete.core.forms import show_problem
from qzcompete.core.permissions import permit

Page = str | Response | tuple[str, int]


def permitted(code: str, permission: str) -> EventCard:
    event = event_card(code)
    permit(current_user.actor, permission, *event.scopes, ("assessment", event.assessment_id))
    return event


def tried(form: FlaskForm, work: Callable[[], object]) -> bool:
    """Whether the form was sent and its work done; a broken rule stands in the form then."""
    if not form.validate_on_submit():
        return False
    try:
        work()
    except Problem as problem:
        show_problem(form, problem)
        return False
    return True


def shown(page: str, form: FlaskForm) -> Page:
    return (page, 422) if form.errors or form.form_errors else page
