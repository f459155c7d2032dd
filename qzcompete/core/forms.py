"""A form that is sent, tried, and shown again with what is wrong at its place; the choices of a field."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import Form, SelectChoice  # type: ignore[attr-defined]

from qzcompete.core.errors import Problem
from qzcompete.core.limits import TooMany
from qzcompete.extensions import db

Page = str | Response | tuple[str, int]


def tried(form: FlaskForm, work: Callable[[], object]) -> bool:
    """Whether the form was sent and its work done; a broken rule stands in the form then, too many tries do not."""
    if not form.validate_on_submit():
        return False
    try:
        work()
    except TooMany:
        raise
    except Problem as problem:
        show_problem(form, problem)
        return False
    return True


def shown(page: str, form: Form) -> Page:
    """The page of a form; an error where the form says what is wrong, so that nothing is committed."""
    return (page, 422) if form.errors else page


def show_problem(form: Form, problem: Problem) -> None:
    """Add the problem's message to its field, or to the form where it names none of the form's fields.

    What the work had begun is undone: the page that follows commits nothing of it.
    """
    db.session.rollback()
    message = str(problem.message or problem.code)
    if problem.field and problem.field in form:
        field = form[problem.field]
        field.errors = [*field.errors, message]
    else:
        form.form_errors.append(message)


def select_choices(pairs: Mapping[Any, Any] | Iterable[tuple[Any, Any]]) -> list[SelectChoice]:
    """(value, label) pairs as the choices of a field."""
    given = pairs.items() if isinstance(pairs, Mapping) else pairs
    return [SelectChoice(value, label) for value, label in given]
