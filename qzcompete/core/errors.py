"""What can go wrong for a user, as exceptions that the edge shows once: a page, or problem+json (RFC 9457).

A law that the database guards has a name; `law` gives it a message, so that a lost race reads like a form error.
"""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from sqlalchemy import Index, PrimaryKeyConstraint, UniqueConstraint
from sqlalchemy.exc import IntegrityError

from qzcompete.extensions import db


class Problem(Exception):
    """Something the user can understand. `field` names the form field that it belongs to."""

    status = 400
    code = "bad_request"

    def __init__(self, message: object = None, *, code: str | None = None, field: str | None = None) -> None:
        super().__init__(str(code or self.code))
        self.message = message
        self.code = code or self.code
        self.field = field


class NotAllowed(Problem):
    status, code = 403, "not_allowed"


class NotFound(Problem):
    status, code = 404, "not_found"


class Stale(Problem):
    """Someone else changed it since it was read."""

    status, code = 409, "stale"


class RuleBroken(Problem):
    """A rule of the trade forbids it; the message says which."""

    status, code = 422, "rule_broken"


class Busy(Problem):
    """Too much at once: the same request may be sent again."""

    status, code = 503, "busy"


LAWS: dict[str, tuple[object, str | None]] = {}


def law(constraint: str, message: object, field: str | None = None) -> None:
    """Give the named constraint the message that a user sees when it bites."""
    LAWS[constraint] = (message, field)


def broken_law(error: IntegrityError) -> RuleBroken:
    """The problem that a violated constraint means."""
    name = constraint_name(error)
    default = (
        _l("Somebody changed this at the same moment, or it exists already. Load the page and try again."),
        None,
    )
    message, field = LAWS.get(name or "", default)
    return RuleBroken(message, code=name or "integrity", field=field)


def constraint_name(error: IntegrityError) -> str | None:
    diagnosis = getattr(error.orig, "diag", None)
    if diagnosis is not None:
        return str(diagnosis.constraint_name) if diagnosis.constraint_name else None
    text = str(error.orig)
    if text.startswith("CHECK constraint failed: "):
        return text.removeprefix("CHECK constraint failed: ")
    if text.startswith("UNIQUE constraint failed: "):
        return unique_name(text.removeprefix("UNIQUE constraint failed: "))
    return None


def unique_name(columns: str) -> str | None:
    """SQLite tells the columns of a unique constraint, not its name: 'account.username'."""
    pairs = [column.strip().split(".") for column in columns.split(",")]
    if any(len(pair) != 2 for pair in pairs):
        return columns.removeprefix("index '").removesuffix("'")
    table = db.metadata.tables.get(pairs[0][0])
    if table is None:
        return None
    wanted = {pair[1] for pair in pairs}
    uniques: list[UniqueConstraint | PrimaryKeyConstraint | Index] = [
        unique for unique in table.constraints if isinstance(unique, UniqueConstraint | PrimaryKeyConstraint)
    ]
    for unique in [*uniques, *(index for index in table.indexes if index.unique)]:
        if {column.name for column in unique.columns} == wanted:
            return str(unique.name)
    return None
