"""Runs the migrations on the application's engine; each in a transaction of its own, with lock time-outs."""

from alembic import context
from flask import current_app

db = current_app.extensions["migrate"].db


def links_hold(ctx, **_told) -> None:
    """Before a migration of SQLite is committed: every foreign key leads somewhere."""
    if ctx.dialect.name == "sqlite" and (
        broken := ctx.connection.exec_driver_sql("PRAGMA foreign_key_check").all()
    ):
        raise RuntimeError(f"the migration left {len(broken)} rows without what they point to: {broken[0]}")


def watch_links(connection, on: bool) -> None:
    """SQLite changes a table by copying and dropping it, which rows that point to it would forbid."""
    if connection.dialect.name == "sqlite":
        connection.connection.driver_connection.execute(f"PRAGMA foreign_keys = {'ON' if on else 'OFF'}")


def run() -> None:
    with db.engine.connect() as connection:
        watch_links(connection, on=False)
        if connection.dialect.name == "postgresql":
            # An index on many rows takes its time; for a lock none waits longer than a page would.
            connection.exec_driver_sql("SET statement_timeout = 0")
            connection.commit()
        context.configure(
            connection=connection,
            target_metadata=db.metadata,
            transaction_per_migration=True,
            on_version_apply=links_hold,
            **current_app.extensions["migrate"].configure_args,
        )
        try:
            with context.begin_transaction():
                context.run_migrations()
        finally:
            watch_links(connection, on=True)


run()
