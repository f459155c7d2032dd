"""The edge commits, once: after a successful unsafe request, after a command, after a step of a job.

On SQLite a unit that writes begins IMMEDIATE, so that it waits at its start and never fails half-way. On PostgreSQL
two units may lock rows crosswise: the one that is broken off is done again, from its start.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from copy import deepcopy
from sqlite3 import Connection as SqliteConnection
from typing import Any

from flask import Response, g, has_request_context, request, session
from sqlalchemy import Connection, Engine, event
from sqlalchemy.exc import IntegrityError, OperationalError

from qzcompete.core.errors import broken_law
from qzcompete.extensions import db

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
# What PostgreSQL breaks off for another's sake: serialization_failure, deadlock_detected.
CLASHED = frozenset({"40001", "40P01"})
TRIES = 3
writing: ContextVar[bool] = ContextVar("writing", default=False)


@contextmanager
def unit() -> Iterator[None]:
    """One unit of writing outside a request: all of it is committed, or none."""
    if writing.get():
        raise RuntimeError("a unit inside a unit would undo what the outer one has not committed")
    db.session.rollback()
    token = writing.set(True)
    try:
        yield
        db.session.commit()
    except BaseException:
        db.session.rollback()
        raise
    finally:
        writing.reset(token)


@contextmanager
def snapshot() -> Iterator[None]:
    """Reading only, all of it as it was at one moment, while others write."""
    db.session.rollback()
    if db.engine.dialect.name == "postgresql":
        # On SQLite every transaction is one.
        options = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
        db.session.connection(execution_options=options)
    try:
        yield
    finally:
        db.session.rollback()


def finish(response: Response) -> None:
    """Commit what a successful unsafe request changed; undo everything else."""
    if not db.session.registry.has():
        return
    if request.method in SAFE_METHODS or response.status_code >= 400:
        db.session.rollback()
        return
    try:
        db.session.commit()
    except IntegrityError as error:
        db.session.rollback()
        raise broken_law(error) from error


def tried(answer: Callable[[], Response]) -> Response:
    """The answer to this request; where its transaction lost a clash, all of it once more from the start, as if it had
    just come. Not where something was kept meanwhile: that would be done twice."""
    if request.method in SAFE_METHODS:
        return answer()
    before = deepcopy(dict(session))
    for _ in range(TRIES - 1):
        try:
            return answer()
        except OperationalError as error:
            if getattr(error.orig, "sqlstate", None) not in CLASHED or g.get("kept"):
                raise
        db.session.rollback()
        session.clear()
        session.update(before)
        for _name, file in request.files.items(multi=True):
            file.seek(0)
    return answer()


def prepare_engine(engine: Engine, lock_seconds: int) -> None:
    """Make SQLite durable and strict, and let SQLAlchemy say when a transaction begins."""
    if engine.dialect.name != "sqlite":
        return

    @event.listens_for(engine, "connect")
    def on_connect(connection: SqliteConnection, _record: Any) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        patience = f"busy_timeout={lock_seconds * 1000}"
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", patience):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def on_begin(connection: Connection) -> None:
        unsafe = has_request_context() and request.method not in SAFE_METHODS
        connection.exec_driver_sql("BEGIN IMMEDIATE" if unsafe or writing.get() else "BEGIN")


def keep() -> None:
    """Commit now, for what must stay although the answer is an error (a wrong password is counted)."""
    db.session.commit()
    g.kept = True
