"""Bring the database to a migration, or to another engine."""

from __future__ import annotations

import click

from qzcompete.core.start import pending_migrations


@click.group("db")
def database_group() -> None:
    """Upgrade or downgrade the database."""


@database_group.command("upgrade")
@click.argument("revision", default="head")
def upgrade(revision: str) -> None:
    """Bring the database to REVISION (the newest by default); nothing happens where it is there already."""
    from flask_migrate import upgrade as migrate_up

    app = click.get_current_context().find_root().obj()
    with app.app_context():
        before = pending_migrations()
        migrate_up(revision=revision)
        click.echo(f"database is at the newest migration ({len(before)} applied)")


@database_group.command("downgrade")
@click.argument("revision")
def downgrade(revision: str) -> None:
    """Take the database back to REVISION ("base" empties it)."""
    from flask_migrate import downgrade as migrate_down

    app = click.get_current_context().find_root().obj()
    with app.app_context():
        migrate_down(revision=revision)
        click.echo(f"database is at {revision}")


@database_group.command("move")
@click.option(
    "--to", "target_url", required=True, help="postgresql://USER:PASSWORD@HOST/NAME or sqlite:///FILE"
)
def move(target_url: str) -> None:
    """Copy everything into the empty database TO, then compare both row by row. Stop the server before."""
    from qzcompete.config import database_url, load_settings

    make = click.get_current_context().find_root().obj
    target = database_url({"QZ_DATABASE_URL": target_url}, load_settings().data_dir)
    here, there = make(), make(database_url=target)
    with here.app_context():
        from qzcompete.core.transaction import writing

        refuse_pending()
        token = writing.set(True)  # On SQLite nobody else writes from here on.
        try:
            from qzcompete.operation.copying import copy_all

            for table, rows in copy_all(here, there):
                click.echo(f"{table:<32} {rows:>9} rows, equal")
        finally:
            writing.reset(token)
    click.echo("everything is in the new database and equal; set QZ_DATABASE_URL to it and start again")


def refuse_pending() -> None:
    if pending := pending_migrations():
        raise click.ClickException(
            f"{len(pending)} migration(s) pending ({', '.join(pending)}): run `qzcompete db upgrade` first"
        )
