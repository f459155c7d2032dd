"""Turns the key of the encrypted columns over: what an older key of QZ_FIELD_KEYS wrote is written anew by the newest.

In batches, each committed by itself, while the server works: what somebody changes meanwhile is left to them, who
write by the newest key anyway. Stopped and started again, it goes on; done, nothing is left for it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import click
from cryptography.fernet import Fernet, InvalidToken
from flask import current_app
from sqlalchemy import Column, LargeBinary, Table, select, tuple_, type_coerce, update

from qzcompete.adapters.files import kept_files
from qzcompete.config import new_field_key
from qzcompete.core.columns import ENCRYPTED_FILE, EncryptedText, FileHash, box
from qzcompete.core.transaction import unit
from qzcompete.extensions import db

AT_ONCE = 500


@dataclass
class Turned:
    """How many values of a column were looked at, and how many were written anew."""

    column: str
    seen: int = 0
    written: int = 0


@click.group("fields")
def fields_group() -> None:
    """Keys of the encrypted columns."""


@fields_group.command("new-key")
def new_key() -> None:
    """Print a new key, to be put before the others in QZ_FIELD_KEYS or the file field.key."""
    click.echo(new_field_key())


@fields_group.command("rotate")
def rotate() -> None:
    """Write everything that an older key encrypted anew by the newest key."""
    app = click.get_current_context().find_root().obj()
    with app.app_context():
        for turned in turn_over():
            click.echo(f"{turned.column:<36} {turned.seen:>9} read, {turned.written:>9} written anew")
    click.echo(
        "everything is encrypted by the newest key; the last key of the list still makes look-ups: keep it last"
    )


def turn_over() -> Iterator[Turned]:
    """Each encrypted column with what was done in it."""
    for table in db.metadata.sorted_tables:
        for column in table.columns:
            if isinstance(column.type, EncryptedText):
                yield turned_column(table, column, LargeBinary, anew)
            elif column.info.get(ENCRYPTED_FILE):
                yield turned_column(table, column, FileHash, file_anew)


def turned_column(table: Table, column: Column[Any], kind: Any, write: Any) -> Turned:
    turned, last = Turned(f"{table.name}.{column.name}"), None
    stored = type_coerce(column, kind)
    keys = list(table.primary_key)
    while True:
        query = select(*keys, stored).where(column.is_not(None)).order_by(*keys).limit(AT_ONCE)
        if last is not None:
            query = query.where(tuple_(*keys) > tuple_(*last))
        with unit():
            rows = db.session.execute(query).all()
            for *key, value in rows:
                fresh = write(value)
                turned.seen += 1
                if fresh is not None:
                    where = [part == its for part, its in zip(keys, key, strict=True)]
                    change = (
                        update(table)
                        .where(*where, stored == value)
                        .values({column: type_coerce(fresh, kind)})
                    )
                    turned.written += db.session.execute(change).rowcount  # type: ignore[attr-defined]
        if len(rows) < AT_ONCE:
            return turned
        last = rows[-1][:-1]


def anew(value: bytes) -> bytes | None:
    """The same content under the newest key; None where it is already."""
    newest = Fernet(current_app.config["QZ"].field_keys[0])
    try:
        newest.decrypt(bytes(value))
    except InvalidToken:
        return box().rotate(bytes(value))
    return None


def file_anew(digest: str) -> str | None:
    """The name of a file with the same content under the newest key; no row names the old one any more."""
    fresh = anew(kept_files().get(digest))
    return None if fresh is None else kept_files().put(fresh)
