"""`qzcompete check` on real data: silent while all holds, and each fault by its name, with a failing exit code."""

from __future__ import annotations

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import text

from qzcompete.adapters import fonts
from qzcompete.core.actor import SYSTEM
from qzcompete.core.audit import record
from qzcompete.core.transaction import unit
from qzcompete.extensions import db
from qzcompete.operation import checking


@pytest.fixture(autouse=True)
def whole_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """The tables of tests are made without migrations, and the fonts have tests of their own."""
    monkeypatch.setattr(checking, "start_faults", lambda: [])
    monkeypatch.setattr(fonts, "font_health", lambda: [])


def checked(app: Flask) -> tuple[int, str]:
    db.session.remove()
    answer = CliRunner().invoke(checking.check, obj=lambda: app)
    return answer.exit_code, answer.output


def by_hand(*statements: str) -> None:
    with unit():
        for statement in statements:
            assert db.session.execute(text(statement)).rowcount, statement


def test_check_names_the_fault_and_fails_when_an_audit_row_was_changed(app: Flask) -> None:
    with unit():
        record(SYSTEM, "event.changed", "event:1")
    assert checked(app)[0] == 0

    by_hand("UPDATE audit_row SET actor_name = 'x' WHERE seq = 1")

    assert checked(app) == (1, "fault: audit log: chain office: row 1 was changed\n")
