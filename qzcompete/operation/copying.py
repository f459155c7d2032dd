"""Copies one database into another, empty one, of the same or of another engine, and compares them row by row.

Values go through the models' own column types, so that each engine stores them in its own way; what is compared is what
the application reads. The whole copy is one transaction: it is there, and equal, or nothing is.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from typing import Any

import click
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import Column, Connection, Table, bindparam, func, inspect, select, text

from qzcompete.extensions import db

AT_ONCE = 1000
# jsonb keeps no order of keys.
CANONICAL = json.JSONEncoder(sort_keys=True, default=repr).encode


def copy_all(here: Flask, there: Flask) -> Iterator[tuple[str, int]]:
    """Yield each table with its number of rows once it is copied and found equal; raises ClickException."""
    tables = db.metadata.sorted_tables
    with there.app_context():
        if inspect(db.engine).get_table_names():
            raise click.ClickException("the new database is not empty: name one without any table")
        upgrade()
        target = db.engine
    with here.app_context():
        source = db.engine
    with source.connect() as reading, target.begin() as writing:
        for table in reversed(tables):
            writing.execute(table.delete())  # What a migration filled in comes from the old database.
        later = [
            (table, column)
            for place, table in enumerate(tables)
            for column in pointing_on(table, tables[place:])
        ]
        for table in tables:
            copy_table(table, {column.name for one, column in later if one is table}, reading, writing)
        for table, column in later:
            point(table, column, reading, writing)
        count_on(tables, writing)
        for table in tables:
            yield table.name, compared(table, reading, writing)


def pointing_on(table: Table, not_yet: Iterable[Table]) -> list[Column[Any]]:
    """Columns whose foreign key leads to rows that are copied with the table or after it."""
    ahead = set(not_yet)
    return [
        column for column in table.columns if any(key.column.table in ahead for key in column.foreign_keys)
    ]


def copy_table(table: Table, empty: set[str], reading: Connection, writing: Connection) -> None:
    for rows in batches(table, reading):
        writing.execute(table.insert(), [row | dict.fromkeys(empty) for row in rows])


def batches(table: Table, reading: Connection) -> Iterator[list[dict[str, Any]]]:
    found = reading.execution_options(yield_per=AT_ONCE).execute(select(table).order_by(*table.primary_key))
    for part in found.mappings().partitions():
        yield [dict(row) for row in part]


def point(table: Table, column: Column[Any], reading: Connection, writing: Connection) -> None:
    """Fill in a column that was left empty while its target was not there yet."""
    keys = list(table.primary_key)
    statement = (
        table.update()
        .where(*(key == bindparam(f"of_{key.name}") for key in keys))
        .values({column: bindparam("to")})
    )
    found = reading.execute(select(*keys, column.label("to")).where(column.is_not(None)))
    if rows := [
        {f"of_{name}" if name != "to" else name: value for name, value in row.items()}
        for row in found.mappings()
    ]:
        writing.execute(statement, rows)


def count_on(tables: Iterable[Table], writing: Connection) -> None:
    """PostgreSQL gives keys by sequences: let them go on after what was copied."""
    if writing.dialect.name != "postgresql":
        return
    for table in tables:
        column = table.autoincrement_column
        if column is None:
            continue
        greatest = writing.scalar(select(func.max(column)))
        sequence = writing.scalar(
            text("SELECT pg_get_serial_sequence(:table, :column)"),
            {"table": table.name, "column": column.name},
        )
        if greatest and sequence:
            writing.execute(
                text("SELECT setval(:sequence, :greatest)"), {"sequence": sequence, "greatest": greatest}
            )


def compared(table: Table, reading: Connection, writing: Connection) -> int:
    """The number of rows; raises ClickException where the two tables differ."""
    (rows, first), (copied, second) = (fingerprint(table, one) for one in (reading, writing))
    if (rows, first) != (copied, second):
        raise click.ClickException(
            f"table {table.name} differs after the copy ({rows} and {copied} rows): nothing was moved"
        )
    return rows


def fingerprint(table: Table, connection: Connection) -> tuple[int, int]:
    """(number of rows, sum of the hashes of all rows): the same for the same rows, in whatever order they come."""
    rows = total = 0
    for part in batches(table, connection):
        for row in part:
            rows += 1
            total += int.from_bytes(hashlib.sha256(CANONICAL(row).encode()).digest())
    return rows, total % 2**256
