"""`qzcompete check` on real data: silent while all holds, and each fault by its name, with a failing exit code."""

from __future__ import annotations

import re

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import text

from qzcompete.certificates import services as certificates
from qzcompete.core.actor import SYSTEM
from qzcompete.core.audit import record
from qzcompete.core.transaction import unit
from qzcompete.extensions import db
from qzcompete.marking import services as marking
from qzcompete.notices import services as notices
from qzcompete.operation import checking
from qzcompete.registration import services as registration
from tests.notices.test_notices import draft
from tests.registration.ceremony import drawn, mark_all, open_layer
from tests.results.contest import CODE, publish


@pytest.fixture
def contest(app: Flask) -> int:
    """Four works under three layers of codes, marked, opened, published, with certificates; a notice is out."""
    held = drawn()
    mark_all(held.event)
    with unit():
        marking.close_assessment(SYSTEM, held.event.assessment_id)
    for layer in (3, 2, 1):
        open_layer(held, layer)
    with unit():
        marking.reopen_assessment(SYSTEM, held.event.assessment_id, "签字复核")
    publish(held.event)
    with unit():
        certificates.issue_batch(SYSTEM, CODE)
        registration.reveal_seed(SYSTEM, held.event.id)
        notices.publish_notice(SYSTEM, notices.draft_notice(SYSTEM, draft()))
    return held.event.id


def told(fault: str) -> str:
    """The fault with words in the place of what is drawn by lot."""
    for pattern, word in BY_LOT.items():
        fault = re.sub(pattern, word, fault)
    return fault


def faults_after(statement: str) -> list[str]:
    """What is found after somebody changed the tables by hand, which is then undone."""
    assert db.session.execute(text(statement)).rowcount, statement  # type: ignore[attr-defined]
    found = list(checking.invariant_faults())
    db.session.rollback()
    return found


MARK = "candidate_id = (SELECT min(candidate_id) FROM mark) AND seat_id = (SELECT min(seat_id) FROM mark)"
AWARDED = "(SELECT min(id) FROM certificate)"
# What somebody does to the tables -> what is said of it.
CHANGES = {
    "UPDATE audit_row SET actor_name = 'x' WHERE chain = 'office' AND seq = 2": (
        "audit log: chain office: row 2 was changed"
    ),
    "UPDATE competition SET state = 'finished'": (
        "states of competitions: competition 1 is finished, but its last event says running"
    ),
    "UPDATE event SET state = 'cancelled'": (
        "states of competitions: event 1 is cancelled, but its last event says published"
    ),
    "UPDATE assessment SET state = 'open'": (
        "states of assessments: assessment 1 is open, but its last event says closed"
    ),
    "UPDATE notice SET state = 'withdrawn', withdraw_reason = 'x', withdrawn_at = published_at": (
        "states of notices: notice 1 is withdrawn, but its last event says published"
    ),
    f"UPDATE certificate SET state = 'revoked' WHERE id = {AWARDED}": (
        "states of certificates: certificate 1 is revoked, but its last event says valid"
    ),
    f"INSERT INTO recusal SELECT seat_id, candidate_id FROM mark WHERE {MARK}": (
        "recusals: assessment WLD2026: judge J1 is recused for CODE and has a mark of it"
    ),
    f"UPDATE mark SET value = value + 1000000 WHERE {MARK}": (
        "marks: assessment WLD2026: the mark of J1 for CODE, A1-1 is not what the ledger says"
    ),
    f"UPDATE mark SET rev = 2 WHERE {MARK}": (
        "marks: assessment WLD2026: the mark of J1 for CODE, A1-1 is not what the ledger says"
    ),
    f"DELETE FROM mark WHERE {MARK}": (
        "signed sheets: assessment WLD2026: the sheet of J1 for CODE is not what was signed"
    ),
    f"UPDATE mark_op SET status = 'held' WHERE kind = 'set' AND {MARK}": (
        "ledger of marks: op OP of seat:1 was changed in the ledger"
    ),
    f"DELETE FROM mark_op WHERE kind = 'sign' AND {MARK}": (
        "ledger of marks: op OP of seat:1 is missing from the ledger"
    ),
    f"UPDATE sheet SET digest = 'x' WHERE {MARK}": (
        "signed sheets: assessment WLD2026: the sheet of J1 for CODE has a signature that the ledger does not know"
    ),
    "UPDATE code_layer SET opened_at = NULL WHERE layer = 3": (
        "secret codes: event WLD2026: works have their names while codes are sealed"
    ),
    "UPDATE audit_row SET action = 'x' WHERE action = 'assessment.closed'": (
        "secret codes: event WLD2026: layer 1 was opened before marking had ended"
    ),
    "UPDATE audit_row SET action = 'x' WHERE action = 'layer.opened'": (
        "secret codes: event WLD2026: layer 2 is open, but by the log nobody opened it"
    ),
    "UPDATE audit_row SET action = 'x' WHERE action = 'result.published'": (
        "seeds of draws: event WLD2026: the seed of the draw was told before the results"
    ),
    "UPDATE result_set SET scheme_hash = 'x'": (
        "versions of results: event WLD2026, version 1 was changed after it was compiled"
    ),
    "UPDATE result_set SET state = 'compiled'": (
        "versions of results: event WLD2026, version 1 is compiled, but not by the log"
    ),
    "UPDATE result_row SET rank = 2 WHERE rank = 1": (
        "versions of results: event WLD2026, version 1: the line of CODE is not that of the compiled document"
    ),
    "UPDATE mark SET value = 1000000 WHERE value = 95500000": (
        "ranks: event WLD2026, version 1: recomputed for CODE, total 95.50 is 1.00, rank 1 is 4, award 一等奖 is None"
    ),
    f"UPDATE certificate SET award = '二等奖' WHERE id = {AWARDED}": (
        "certificates: certificate NUMBER says 二等奖, the results say 一等奖"
    ),
    f"UPDATE certificate SET entry_id = (SELECT entry_id FROM result_row WHERE rank = 4) WHERE id = {AWARDED}": (
        "certificates: certificate NUMBER says 一等奖, the results say rank 4"
    ),
}
BY_LOT = {
    r"\b[0-9a-f-]{36}\b": "OP",
    r"certificate \S+-\S+": "certificate NUMBER",
    r"\b[A-Z][0-9]{2}\b": "CODE",
}


def test_nothing_is_said_while_all_holds(contest: int) -> None:
    assert list(checking.invariant_faults()) == []


def test_each_change_by_hand_is_named(contest: int) -> None:
    said = {change: [told(fault) for fault in faults_after(change)] for change in CHANGES}

    assert {change: said[change] for change, fault in CHANGES.items() if fault not in said[change]} == {}


def test_the_command_fails_with_a_line_for_each_fault(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checking, "standing_faults", lambda: [])
    with unit():
        record(SYSTEM, "event.changed", "event:1")
    whole = CliRunner().invoke(checking.check, obj=lambda: app)
    with unit():
        db.session.execute(text("UPDATE audit_row SET actor_name = 'x'"))

    broken = CliRunner().invoke(checking.check, obj=lambda: app)

    assert (whole.exit_code, whole.output[:11]) == (0, "all is well")
    assert (broken.exit_code, broken.output) == (1, "fault: audit log: chain office: row 1 was changed\n")
