"""Statements by the database's own driver in a transaction that is open: for the path of the marks, and no other.

A statement is a text for each engine, the two side by side; keys go in as one JSON text and rows as mappings, so
that a text never changes and stays prepared.
"""

from __future__ import annotations

import json
import os
import sqlite3
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from operator import itemgetter
from typing import Any

import psycopg

from qzcompete.extensions import db

Row = Mapping[str, Any]

# Another transaction was faster, and: the database is away or somebody holds a lock.
CLASHES = (sqlite3.IntegrityError, psycopg.IntegrityError)
AWAY = (sqlite3.OperationalError, psycopg.OperationalError)

# Made once: json.dumps with options of its own makes another encoder each time.
AS_JSON = json.JSONEncoder(separators=(",", ":")).encode


@dataclass(frozen=True)
class Statement:
    sqlite: str
    postgresql: str


@dataclass(frozen=True)
class Insert:
    """New rows of a table. PostgreSQL takes them by COPY: half the cost of one INSERT for all of them."""

    table: str
    columns: tuple[str, ...]

    @cached_property
    def names(self) -> str:
        return ", ".join(f'"{column}"' for column in self.columns)

    @cached_property
    def sqlite(self) -> str:
        given = ", ".join(f":{column}" for column in self.columns)
        return f"INSERT INTO {self.table} ({self.names}) VALUES ({given})"  # nosec B608: names of the models

    @cached_property
    def postgresql(self) -> str:
        return f"COPY {self.table} ({self.names}) FROM STDIN"


class Driver(ABC):
    """What the two engines do alike; a moment is turned into what a column of theirs takes."""

    begins: str

    def __init__(self, connection: Any, database: str) -> None:
        self.connection, self.database = connection, database

    @abstractmethod
    def rows(self, statement: Statement, *given: Any) -> Sequence[tuple[Any, ...]]:
        """What the statement finds."""

    @abstractmethod
    def add(self, insert: Insert, rows: Sequence[Row]) -> None:
        """Put new rows into a table; a document is a text of JSON."""

    @abstractmethod
    def store(self, statement: Statement, rows: Sequence[Row]) -> int:
        """Give all these rows to the statement; how many it has touched."""

    @abstractmethod
    def run(self, text: str) -> None:
        """A word to the transaction itself, such as SAVEPOINT."""

    @abstractmethod
    def sync(self) -> None:
        """Wait until what an own driver has committed is on the disk."""

    def close(self) -> None:
        self.connection.close()

    @abstractmethod
    def moment(self, value: datetime) -> str: ...

    @abstractmethod
    def read_moment(self, value: Any) -> datetime: ...

    @abstractmethod
    def read_document(self, value: Any) -> Any: ...


class Sqlite(Driver):
    begins = "BEGIN IMMEDIATE"
    log: int | None = None
    doubtful = False

    def rows(self, statement: Statement, *given: Any) -> Sequence[tuple[Any, ...]]:
        return self.connection.execute(statement.sqlite, given).fetchall()

    def add(self, insert: Insert, rows: Sequence[Row]) -> None:
        self.connection.executemany(insert.sqlite, rows)

    def store(self, statement: Statement, rows: Sequence[Row]) -> int:
        return self.connection.executemany(statement.sqlite, rows).rowcount

    def run(self, text: str) -> None:
        self.connection.execute(text)

    def sync_by_itself(self) -> None:
        """From now on a commit does not wait for the disk, and holds up no other process meanwhile: `sync` does."""
        self.run("PRAGMA synchronous=NORMAL")
        # A first look at the database makes its log, which then stays while the connection does.
        self.run("SELECT count(*) FROM sqlite_master")
        file = self.connection.execute("PRAGMA database_list").fetchone()[2]
        self.log = os.open(f"{file}-wal", os.O_RDONLY)

    def sync(self) -> None:
        if self.log is None:
            return
        try:
            os.fdatasync(self.log)
        except OSError:
            self.doubtful = True
        if self.doubtful:
            # What the system failed to write it may forget, and call the next try a success: so all goes elsewhere.
            _, written, moved = self.connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
            if moved < written:
                raise sqlite3.OperationalError("the log could not be brought to the disk")
            self.doubtful = False

    def close(self) -> None:
        super().close()
        if self.log is not None:
            os.close(self.log)

    def moment(self, value: datetime) -> str:
        return value.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")

    def read_moment(self, value: Any) -> datetime:
        return datetime.fromisoformat(value).replace(tzinfo=UTC)

    def read_document(self, value: Any) -> Any:
        return None if value is None else json.loads(value)


class Postgresql(Driver):
    begins = "BEGIN"

    def __init__(self, connection: Any, database: str) -> None:
        super().__init__(connection, database)
        self.cursor = connection.cursor()

    def rows(self, statement: Statement, *given: Any) -> Sequence[tuple[Any, ...]]:
        return self.cursor.execute(statement.postgresql, given, prepare=True).fetchall()

    def add(self, insert: Insert, rows: Sequence[Row]) -> None:
        ordered = itemgetter(*insert.columns)
        with self.cursor.copy(insert.postgresql) as copy:
            for row in rows:
                copy.write_row(ordered(row))

    def store(self, statement: Statement, rows: Sequence[Row]) -> int:
        return self.cursor.execute(statement.postgresql, [AS_JSON(rows)], prepare=True).rowcount

    def run(self, text: str) -> None:
        self.cursor.execute(text)

    def sync(self) -> None:
        """Nothing is left to wait for: COMMIT has waited."""

    def moment(self, value: datetime) -> str:
        return value.isoformat()

    def read_moment(self, value: Any) -> datetime:
        moment: datetime = value.astimezone(UTC)
        return moment

    def read_document(self, value: Any) -> Any:
        return value


def driver_of(connection: Any) -> Driver:
    engine = Sqlite if isinstance(connection, sqlite3.Connection) else Postgresql
    return engine(connection, str(db.engine.url))


def session_driver() -> Driver:
    """In the session's own transaction, after what the session has to say."""
    db.session.flush()
    return driver_of(db.session.connection().connection.driver_connection)


def own_driver() -> Driver:
    """On a connection of its own, outside the pool, for `transaction`."""
    pooled = db.engine.raw_connection()
    connection: Any = pooled.driver_connection
    pooled.detach()
    driver = driver_of(connection)
    if isinstance(driver, Sqlite):
        driver.sync_by_itself()
    else:
        connection.autocommit = True
        # A plan that was made while a table was small would read all of it for ever.
        for way in ("enable_seqscan", "enable_hashjoin", "enable_mergejoin", "jit"):
            driver.run(f"SET {way} = off")
    return driver


@contextmanager
def transaction(driver: Driver) -> Iterator[None]:
    """All that is done on an own driver is committed, or nothing of it."""
    driver.run(driver.begins)
    try:
        yield
        driver.run("COMMIT")
    except BaseException:
        driver.run("ROLLBACK")
        raise


def document(value: Any) -> str | None:
    """The text of a JSON value for a column that holds documents; nothing is stored for None."""
    return None if value is None else AS_JSON(value)


def keys(asked: Iterable[Any]) -> str:
    """Keys as one parameter, in an order of their own, lest two transactions lock them crosswise."""
    return AS_JSON(sorted(asked))
