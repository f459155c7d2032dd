"""Every list page finds its rows by an index: no statement of it reads a table through that grows with the years.

SQLite's plan says of each table whether it is searched or scanned, however few rows it has. PostgreSQL is forbidden to
scan wherever an index would do, so that what it scans all the same has none.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event

from qzcompete.core.actor import CITY, SYSTEM
from qzcompete.core.transaction import unit
from qzcompete.extensions import db
from qzcompete.notices.services import post_message
from qzcompete.oversight.services import ask_erasure
from qzcompete.people.queries import account_named
from qzcompete.people.services import create_account
from tests.conftest import PASSWORD
from tests.results.contest import CODE, held_contest, person_of, publish

# Tables that hold a row, or many, for each person, entry, mark, act or letter.
GROWING = frozenset(
    [
        "account",
        "person",
        "person_term",
        "person_photo",
        "entry",
        "entry_member",
        "rule_override",
        "substitution",
        "candidate",
        "work_code",
        "mark",
        "mark_op",
        "sheet",
        "seat",
        "result_row",
        "promotion",
        "certificate",
        "audit_row",
        "message",
        "message_delivery",
        "sign_in_session",
        "job",
        "former_winner",
        "application",
        "application_section",
    ]
)
# Page -> what it may read through, and why.
READ_THROUGH = {
    "/accounts": {"account": "a part of a name is looked for among hundreds of accounts"},
    "/certificates": {"certificate": "a part of a name or number is looked for among some thousand a year"},
    "/office/persons": {"person": "a page in the order of its key, without who was forgotten"},
}
LISTS = {
    "": ("/", "/calendar", "/notices", f"/results/{CODE}", "/studios", "/audit/anchors"),
    "officer": (
        "/desk",
        "/office/competitions",
        f"/office/events/{CODE}/entries",
        f"/office/events/{CODE}/entries?q=wei",
        f"/office/events/{CODE}/results",
        "/office/persons",
        "/office/persons?q=weimei",
        "/office/persons/1",
        "/certificates",
        "/certificates?q=S0000",
        "/promotions",
        "/appeals",
        "/organisations",
        "/office/notices",
        "/office/objections",
        "/messages",
        "/office/messages",
        "/jobs",
    ),
    "admin": ("/accounts", "/accounts?q=wei", "/audit", "/audit?subject=entry:1", "/office/erasures"),
    "competitor": (
        "/desk",
        "/my/entries",
        "/my/results",
        "/my/certificates",
        "/messages",
        "/account/security",
    ),
    "bureau_officer": ("/office/selections", "/office/studios", "/office/designations", "/office/grants"),
}


@contextmanager
def statements() -> Iterator[list[tuple[str, Any]]]:
    """The SELECTs that are sent meanwhile, with their values."""
    seen: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, values: Any, *_told: Any) -> None:
        if statement.lstrip().startswith(("SELECT", "WITH")) and "FOR UPDATE" not in statement:
            seen.append((statement, values))

    event.listen(db.engine, "before_cursor_execute", note)
    yield seen
    event.remove(db.engine, "before_cursor_execute", note)


def scanned(statement: str, values: Any) -> set[str]:
    """The growing tables that the plan of a statement reads through."""
    if "WHERE" not in statement and "ORDER BY" in statement and "LIMIT" in statement:
        # One page of the table in the order of its key.
        return set()
    with db.engine.connect() as connection:
        if db.engine.dialect.name == "sqlite":
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values).all()
            found = [match[1] for row in plan if (match := re.fullmatch(r"SCAN (\S+)", str(row[-1])))]
        else:
            connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
            plan = connection.exec_driver_sql(f"EXPLAIN {statement}", values).all()
            found = [match[1] for row in plan if (match := re.search(r"Seq Scan on (\w+)", str(row[0])))]
    names = dict(re.findall(r'(?:FROM|JOIN|,) (\w+) AS "?(\w+)"?', statement))
    aliases = {alias: table for table, alias in names.items()}
    return {aliases.get(name, name) for name in found} & GROWING


@pytest.mark.parametrize("role", LISTS)
def test_no_list_reads_a_growing_table_through(
    role: str, sign_in: Callable[..., FlaskClient], client: FlaskClient
) -> None:
    contest = held_contest()
    publish(contest)
    person_id = person_of(contest, "韦梅静")
    visitor = (
        client if not role else sign_in(role, person_id=person_id) if role == "competitor" else sign_in(role)
    )
    if role == "competitor":
        with unit():
            account = account_named("competitor-user")
            assert account is not None
            post_message(SYSTEM, "entry.accepted", "one", "报名", "已通过", account_id=account.id)
    if role == "admin":
        with unit():
            named = [("competitor", CITY)]
            asking = create_account(SYSTEM, "asking", "韦梅静", PASSWORD, named, person_id=person_id)
            ask_erasure(asking.actor)
    faults: list[str] = []
    for page in LISTS[role]:
        with statements() as seen:
            answer = visitor.get(page)
        assert answer.status_code == 200, page
        for statement, values in seen:
            allowed = READ_THROUGH.get(page.split("?")[0], {})
            faults += [
                f"{page}: {table}: {statement[:300]}" for table in scanned(statement, values) - set(allowed)
            ]

    assert not faults, "\n".join(faults)
