"""Turns any exception into one problem that a user can read: what happened, and what to do."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Request, Response, g, json
from flask_babel import lazy_gettext as _l
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DataError, IntegrityError, OperationalError
from werkzeug.exceptions import HTTPException

from qzcompete.core.driver import AWAY
from qzcompete.core.errors import Problem, broken_law

TITLES = {
    400: _l("The request was not understood"),
    401: _l("Sign in first"),
    403: _l("You may not do this"),
    404: _l("There is no such page"),
    405: _l("This cannot be done here"),
    409: _l("Somebody was faster"),
    413: _l("The file is too large"),
    415: _l("This kind of content is not accepted"),
    422: _l("This cannot be done like this"),
    429: _l("Too many attempts"),
    500: _l("Something went wrong on our side"),
    503: _l("The system is busy"),
}
ADVICE = {
    400: _l("Go back, check what you entered, and send it again."),
    401: _l("Sign in and open the page again."),
    403: _l("If you need this for your work, ask the competition office to give your account the role."),
    404: _l("Check the address, or start from the home page."),
    405: _l("Go back and use the buttons of the page."),
    409: _l("Load the page again to see the present state, then decide anew."),
    413: _l("Choose a smaller file."),
    415: _l("Send the kind of file that the page asks for."),
    422: _l("Read the reason above, go back, and change what it names."),
    429: _l("Wait some minutes before you try again."),
    500: _l("Nothing was changed. Try again; if it happens again, tell the office the number below."),
    503: _l("Nothing was changed. Wait a few seconds and try again."),
}


@dataclass(frozen=True)
class ShownProblem:
    status: int
    code: str
    title: object
    message: object | None
    what_to_do: object
    field: str | None
    reference: str


def problem_for(error: Exception) -> ShownProblem:
    """The problem to show for an exception; what is unknown is a 500 and tells nothing of its inside."""
    status, code, message, field = 500, "internal", None, None
    if isinstance(error, IntegrityError):
        error = broken_law(error)
    if isinstance(error, Problem):
        status, code, message, field = error.status, error.code, error.message, error.field
    elif isinstance(error, CSRFError):
        status, code = 400, "csrf"
        message = _l(
            "The form was open for too long or came from elsewhere. Load the page and send it again."
        )
    elif isinstance(error, HTTPException):
        status, code = error.code or 500, error.name.lower().replace(" ", "_")
    elif isinstance(error, (OperationalError, *AWAY)):
        status, code = 503, "database_away"
    elif isinstance(error, DataError):
        # PostgreSQL refuses what no form should let through: a NUL character, a number out of range.
        status, code = 400, "bad_request"
    known = status if status in TITLES else 400 if status < 500 else 500
    return ShownProblem(status, code, TITLES[known], message, ADVICE[known], field, g.get("request_id", ""))


def wants_json(request: Request) -> bool:
    return request.path.startswith("/api/") or request.accept_mimetypes.best == "application/json"


def problem_json(problem: ShownProblem) -> Response:
    body = {
        "type": "about:blank",
        "title": str(problem.title),
        "status": problem.status,
        "code": problem.code,
        "detail": str(problem.message or problem.what_to_do),
        "field": problem.field,
        "reference": problem.reference,
    }
    answer = Response(json.dumps(body), status=problem.status, mimetype="application/problem+json")
    answer.headers.update(retry_headers(problem.status))
    return answer


def retry_headers(status: int) -> dict[str, str]:
    """When to ask again, where that may help."""
    return {"Retry-After": "5"} if status in (429, 503) else {}
