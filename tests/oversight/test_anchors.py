"""The daily anchors: published once a day, and a log that was written anew does not fit them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, text

from qzcompete.core import audit, clock
from qzcompete.core.actor import SYSTEM
from qzcompete.core.transaction import unit
from qzcompete.extensions import db
from qzcompete.operation import checking
from qzcompete.oversight import queries, services
from qzcompete.oversight.models import AuditAnchor
from qzcompete.worker import Worker

MORNING = datetime(2026, 11, 26, 1, tzinfo=UTC)


def record(number: int, chain: str = "office") -> None:
    audit.record(SYSTEM, "event.changed", f"event:{number}", chain=chain)


@pytest.fixture
def two_days(app: Flask) -> None:
    """Three rows in two chains anchored on the first day, one more on the second."""
    with unit():
        record(1)
        record(2)
        record(3, "seat:7")
        services.publish_anchor(date(2026, 11, 26))
    with unit():
        record(4)
        services.publish_anchor(date(2026, 11, 27))


def test_an_anchor_names_what_went_on_since_the_one_before(two_days: None) -> None:
    first, second = queries.anchors()

    assert [end[:2] for end in first.ends] == [["office", 2], ["seat:7", 1]]
    assert [end[:2] for end in second.ends] == [["office", 3]]
    assert (first.rows, second.rows, second.previous) == (3, 4, first.hash)
    assert list(queries.anchor_faults()) == []


def test_a_day_has_one_anchor_whatever_comes_later(two_days: None) -> None:
    before = queries.anchors()[1].hash
    with unit():
        record(5)

        again = services.publish_anchor(date(2026, 11, 27))

    assert again.hash == before


def test_a_whole_chain_written_anew_is_named(two_days: None) -> None:
    with unit():
        rows = db.session.scalars(
            select(audit.AuditRow).filter_by(chain="office").order_by(audit.AuditRow.seq)
        ).all()
        previous = audit.START
        for row in rows:
            row.actor_name, row.previous = "nobody", previous
            previous = row.hash = audit.link(row)
        db.session.get_one(audit.AuditHead, "office").hash = previous

    assert list(audit.chain_faults()) == []
    assert list(queries.anchor_faults()) == [
        "chain office: row 2 is not the one that the anchor of 2026-11-26 was published for",
        "chain office: row 3 is not the one that the anchor of 2026-11-27 was published for",
    ]


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM audit_anchor WHERE day = '2026-11-26'",
        "UPDATE audit_anchor SET rows = 9 WHERE day = '2026-11-27'",
        "UPDATE audit_anchor SET ends = '[]' WHERE day = '2026-11-27'",
    ],
)
def test_a_changed_or_missing_anchor_is_named(two_days: None, statement: str) -> None:
    with unit():
        db.session.execute(text(statement))

    assert list(queries.anchor_faults()) == [
        "the anchor of 2026-11-27 was changed, or one before it is missing"
    ]


def test_a_kept_list_shows_anchors_that_were_made_anew(
    two_days: None, app: Flask, client: FlaskClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checking, "standing_faults", lambda: [])
    kept = tmp_path / "anchors.txt"
    kept.write_text(client.get("/audit/anchors.txt").text)
    whole = CliRunner().invoke(checking.check, ["--anchors", str(kept)], obj=lambda: app)
    with unit():
        db.session.execute(AuditAnchor.__table__.delete())
        services.publish_anchor(date(2026, 11, 27))

    broken = CliRunner().invoke(checking.check, ["--anchors", str(kept)], obj=lambda: app)

    assert whole.exit_code == 0, whole.output
    assert broken.exit_code == 1
    assert broken.output.splitlines() == [
        "fault: kept anchors: 2026-11-26 is not published any more",
        "fault: kept anchors: 2026-11-27 is published with another hash",
    ]


def test_workers_publish_one_anchor_a_day(app: Flask) -> None:
    with unit():
        record(1)
    first, second = Worker(app), Worker(app)
    for moment in (MORNING, MORNING + timedelta(hours=3), MORNING + timedelta(days=1)):
        with clock.held_at(moment):
            assert [worker.plan_day() for worker in (first, second)] == [moment.hour == 1] * 2
            while first.step():
                pass

    assert [anchor.day for anchor in queries.anchors()] == [date(2026, 11, 26), date(2026, 11, 27)]


def test_everybody_sees_the_anchors(two_days: None, client: FlaskClient) -> None:
    answer = client.get("/audit/anchors")

    assert answer.status_code == 200
    assert all(anchor.hash in answer.text for anchor in queries.anchors())
