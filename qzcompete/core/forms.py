"""Shows a broken rule beside the field that it belongs to; makes the choices of a field."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from wtforms import Form, SelectChoice  # type: ignore[attr-defined]

from qzcompete.core.errors import Problem


def show_problem(form: Form, problem: Problem) -> None:
    """Add the problem's message to its field, or to the form where it names none of the form's fields."""
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
