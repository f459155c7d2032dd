"""Files that no row names: found, shown, and removed when asked for. A file is put before its row is committed, and
what was put lately may belong to a row that is yet to come; so only old ones count."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import click
from sqlalchemy import select

from qzcompete.adapters.files import KeptFile, kept_files
from qzcompete.core import audit
from qzcompete.core.actor import SYSTEM
from qzcompete.core.clock import now
from qzcompete.core.columns import FileHash
from qzcompete.core.command_line import in_app
from qzcompete.core.shown import file_size
from qzcompete.extensions import db


@click.command("sweep")
@click.option(
    "--days", type=click.IntRange(min=1), default=1, show_default=True, help="Spare what is younger."
)
@click.option("--remove", is_flag=True, help="Remove them; else they are only shown.")
@in_app
def sweep(days: int, remove: bool) -> None:
    """Show the kept files that no row names, and remove them with --remove."""
    before = now() - timedelta(days=days)
    found = list(unnamed_files(before))
    for one in found:
        click.echo(f"{one.digest} {file_size(one.size)}")
    told = f"{len(found)} file(s), {file_size(sum(one.size for one in found))}, that no row names"
    if not remove:
        click.echo(f"{told}; nothing is removed without --remove")
        return
    removed = [one.digest for one in found if kept_files().remove(one.digest, before)]
    if removed:
        audit.record(SYSTEM, "files.swept", "files", after={"removed": removed})
    click.echo(f"{told}; {len(removed)} removed")


def unnamed_files(before: datetime) -> Iterator[KeptFile]:
    # The files first: a row that comes meanwhile names one that is young.
    old = list(kept_files().put_before(before))
    named = named_files()
    return (one for one in old if one.digest not in named)


def named_files() -> set[str]:
    columns = [
        column
        for table in db.metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type, FileHash)
    ]
    return {
        digest
        for column in columns
        for digest in db.session.scalars(select(column).where(column.is_not(None)))
    }
