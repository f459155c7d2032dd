"""Shows a broken rule beside the field that it belongs to."""

from __future__ import annotations

from wtforms import Form

from qzcompete.core.errors import Problem


def show_problem(form: Form, problem: Problem) -> None:
    """Add the problem's message to its field, or to the form where it names none of the form's fields."""
    message = str(problem.message or problem.code)
    if problem.field and problem.field in form:
        field = form[problem.field]
        field.errors = [*field.errors, message]
    else:
        form.form_errors.append(message)
