"""The audit chain on both engines: it holds, and names the row where somebody laid hands on it."""

from __future__ import annotations

import threading

import pytest
from flask import Flask
from sqlalchemy import text

from qzcompete.core import audit
from qzcompete.core.actor import SYSTEM
from qzcompete.core.transaction import unit
from qzcompete.extensions import db


@pytest.fixture
def app(both_engines: Flask) -> Flask:
    return both_engines


@pytest.fixture
def four_rows(app: Flask) -> None:
    with unit():
        for number in range(1, 5):
            audit.record(
                SYSTEM, "event.changed", f"event:{number}", {"places": number}, {"places": number + 1}
            )


def by_hand(*statements: str) -> list[str]:
    with unit():
        for statement in statements:
            db.session.execute(text(statement))
    return list(audit.chain_faults())


def test_the_chain_holds_when_nobody_touched_it(four_rows: None) -> None:
    assert list(audit.chain_faults()) == []


def test_the_chain_holds_when_values_change_their_form_in_the_database(app: Flask) -> None:
    with unit():
        audit.record(SYSTEM, "event.changed", "event:1", after={10: "a", 9: "b", "名": ("x", None, 1.5)})

    db.session.expunge_all()

    assert list(audit.chain_faults()) == []


def test_nothing_is_recorded_when_the_transaction_is_undone(app: Flask) -> None:
    with pytest.raises(ZeroDivisionError), unit():
        audit.record(SYSTEM, "event.changed", "event:1")
        raise ZeroDivisionError

    assert db.session.scalar(text("SELECT count(*) FROM audit_row")) == 0


@pytest.mark.parametrize(
    ("statements", "faults"),
    [
        (["UPDATE audit_row SET actor_name = 'x' WHERE seq = 2"], ["chain office: row 2 was changed"]),
        (["UPDATE audit_row SET after = NULL WHERE seq = 3"], ["chain office: row 3 was changed"]),
        (["DELETE FROM audit_row WHERE seq = 2"], ["chain office: row 2 is missing"]),
        (
            [
                "UPDATE audit_row SET seq = 99 WHERE seq = 2",
                "UPDATE audit_row SET seq = 2 WHERE seq = 3",
                "UPDATE audit_row SET seq = 3 WHERE seq = 99",
            ],
            [
                "chain office: row 2 was changed",
                "chain office: row 3 was changed",
                "chain office: row 4 was changed",
            ],
        ),
        (["DELETE FROM audit_row WHERE seq = 4"], ["chain office: its end was cut off after row 3"]),
        (
            ["DELETE FROM audit_row WHERE seq = 4", "DELETE FROM audit_head"],
            ["chain office: its head is missing, so that its end after row 3 is not sure"],
        ),
    ],
)
def test_the_row_is_named_when_somebody_changed_the_log(
    four_rows: None, statements: list[str], faults: list[str]
) -> None:
    assert by_hand(*statements) == faults


def test_all_rows_are_in_one_chain_when_many_write_the_first_at_once(app: Flask) -> None:
    together = threading.Barrier(6)

    def write() -> None:
        with app.app_context():
            together.wait()
            with unit():
                audit.record(SYSTEM, "event.changed", "event:1")

    threads = [threading.Thread(target=write) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert list(audit.chain_faults()) == []
    assert db.session.scalar(text("SELECT max(seq) FROM audit_row")) == 6
