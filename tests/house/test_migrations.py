"""The migrations run up and down on both engines, and give exactly the tables of the models."""

from __future__ import annotations

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
