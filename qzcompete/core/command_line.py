"""For the commands of every slice: run inside the application, with a clear last line."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

import click

Command = TypeVar("Command", bound=Callable[..., Any])


def in_app(command: Command) -> Command:
    """Make the application for this command and commit what it changed.

    A Problem, or a database that is away or lacks migrations, ends it with its message.
    """
    return inside(command, writes=True)


def reading(command: Command) -> Command:
    """Make the application for a command that changes nothing: others write meanwhile."""
    return inside(command, writes=False)


def inside(command: Command, *, writes: bool) -> Command:
    @wraps(command)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        # Imported here, so that a command that needs no database starts without Flask.
        from flask_babel import force_locale
        from sqlalchemy.exc import DBAPIError

        from qzcompete.core.errors import Problem
        from qzcompete.core.start import start_faults
        from qzcompete.core.transaction import snapshot, unit

        app = click.get_current_context().find_root().obj()
        # In English, as all that commands say.
        with app.app_context(), force_locale("en"):
            try:
                with unit() if writes else snapshot():
                    return command(*args, **kwargs)
            except Problem as problem:
                raise click.ClickException(str(problem.message or problem.code)) from problem
            except DBAPIError as error:
                if faults := list(start_faults()):
                    raise click.ClickException("\n".join(faults)) from error
                raise

    return wrapped  # type: ignore[return-value]
