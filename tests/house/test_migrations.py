"""The migrations run up and down on both engines, and give exactly the tables of the models."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask_migrate import downgrade, upgrade
from sqlalchemy import inspect

from qzcompete.app import create_app
from qzcompete.config import load_settings
from qzcompete.core.start import pending_migrations
from qzcompete.extensions import db

VERSIONS = Path(__file__).resolve().parent.parent.parent / "migrations" / "versions"
# From the next one on the code of the version before goes on working beside the new tables.
SETTLED = "0023"
TAKES_AWAY = {"drop_table", "drop_column", "drop_constraint", "drop_index", "alter_column", "rename_table"}


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
def test_migrations_run_both_ways(engine: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    environ = {"QZ_DATA_DIR": str(tmp_path), "QZ_SECRET_KEY": "k" * 40}
    if engine == "postgresql":
        environ["QZ_DATABASE_URL"] = request.getfixturevalue("postgres").database("migrations")
    app = create_app(load_settings(environ))

    with app.app_context():
        assert pending_migrations()[0] == "0001"
        upgrade()
        assert pending_migrations() == []
        with db.engine.connect() as connection:
            differences = compare_metadata(MigrationContext.configure(connection), db.metadata)
        downgrade(revision="base")
        left = set(inspect(db.engine).get_table_names())
        db.engine.dispose()

    assert differences == []
    assert left <= {"alembic_version"}


@pytest.mark.parametrize("path", sorted(VERSIONS.glob("*.py")), ids=lambda path: path.name[:4])
def test_a_new_version_only_adds_and_lets_nobody_wait(path: Path) -> None:
    if path.name[:4] <= SETTLED:
        return
    (upgrade,) = (one for one in ast.parse(path.read_text()).body if getattr(one, "name", "") == "upgrade")

    assert list(faults(upgrade)) == []


def faults(upgrade: ast.AST) -> Iterator[str]:
    """What in a migration would break the code of the version before, or lock a table that is in use."""
    made = {table for table, call in calls_of(upgrade) if name_of(call) == "create_table"}
    for table, call in calls_of(upgrade):
        given = {one.arg: one.value for one in call.keywords}
        if name_of(call) in TAKES_AWAY:
            yield f"{name_of(call)} takes something away: leave it to the version after"
        if name_of(call) == "create_index" and table not in made and "postgresql_concurrently" not in given:
            yield f"an index on {table}, which is in use, is made concurrently"
        if name_of(call) == "Column" and table not in made and not may_be_missing(given):
            yield f"a new column of {table} is nullable, or the database has a default for it"


def calls_of(node: ast.AST, table: str = "") -> Iterator[tuple[str, ast.Call]]:
    """The calls of methods, each with the table that it is about: named by itself, or by what it stands in."""
    for child in ast.iter_child_nodes(node):
        inner = table
        if isinstance(child, ast.With) and isinstance(child.items[0].context_expr, ast.Call):
            inner = named_table(child.items[0].context_expr) or table
        if isinstance(child, ast.Call) and isinstance(child.func, ast.Attribute):
            inner = named_table(child) or table
            yield inner, child
        yield from calls_of(child, inner)


def name_of(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else ""


# Where a call names its table.
PLACES = {"create_table": 0, "batch_alter_table": 0, "add_column": 0, "create_index": 1}


def named_table(call: ast.Call) -> str:
    place = PLACES.get(name_of(call), len(call.args))
    named = call.args[place] if place < len(call.args) else None
    return named.value if isinstance(named, ast.Constant) and isinstance(named.value, str) else ""


def may_be_missing(given: dict[str | None, ast.expr]) -> bool:
    nullable = given.get("nullable")
    return "server_default" in given or (isinstance(nullable, ast.Constant) and nullable.value is True)


@pytest.mark.parametrize(
    "words",
    [
        "op.drop_column('mark', 'value')",
        "op.create_index('ix_mark_rev', 'mark', ['rev'])",
        "op.add_column('mark', sa.Column('weight', sa.Integer(), nullable=False))",
        "with op.batch_alter_table('mark') as batch_op: batch_op.create_index('ix_mark_rev', ['rev'])",
    ],
)
def test_what_breaks_the_version_before_is_seen(words: str) -> None:
    assert len(list(faults(ast.parse(words)))) == 1
