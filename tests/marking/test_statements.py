"""The statements of the path of the marks name what the models define, and nothing of it is forgotten."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from qzcompete.core import audit
from qzcompete.core.driver import Insert, Statement, own_driver, transaction
from qzcompete.extensions import db
from qzcompete.marking.services import statements

INSERTS = {statements.NEW_OPS: {"resolved_by"}, statements.NEW_MARKS: set(), audit.NEW_ROWS: {"id"}}
STATEMENTS = {
    name: value
    for module in (statements, audit)
    for name, value in vars(module).items()
    if isinstance(value, Statement)
}


@pytest.mark.parametrize("insert", INSERTS, ids=lambda insert: insert.table)
def test_new_rows_have_every_column_of_the_model_when_it_is_not_given_later(insert: Insert) -> None:
    columns = set(db.metadata.tables[insert.table].columns.keys())

    assert set(insert.columns) == columns - INSERTS[insert]


@pytest.mark.parametrize("name", ["DEVICES", "SIGNED", "NEW_HEADS"])
def test_upsert_names_every_column_of_the_model_on_both_engines(name: str) -> None:
    for text in (STATEMENTS[name].sqlite, STATEMENTS[name].postgresql):
        found = re.search(r"INSERT INTO (\w+)\s+\(([^)]+)\)", text)
        assert found is not None
        table, columns = found.groups()

        assert {column.strip() for column in columns.split(",")} == set(
            db.metadata.tables[table].columns.keys()
        )


@pytest.mark.parametrize("name", STATEMENTS)
def test_engine_accepts_the_statement_when_tables_are_made_from_the_models(
    both_engines: Flask, name: str
) -> None:
    driver = own_driver()
    statement = STATEMENTS[name]
    engine = db.engine.dialect.name

    with transaction(driver):
        if engine == "sqlite":
            # Prepared, not run: a column that the tables do not have is an error.
            named = set(re.findall(r":(\w+)", statement.sqlite))
            given = dict.fromkeys(named) if named else [None] * statement.sqlite.count("?")
            driver.connection.execute(f"EXPLAIN {statement.sqlite}", given).fetchall()
        else:
            numbers = iter(range(1, 9))
            text = re.sub("%s", lambda _: f"${next(numbers)}", statement.postgresql)
            driver.run(f"PREPARE tried AS {text}")
            driver.run("DEALLOCATE tried")
    driver.close()
