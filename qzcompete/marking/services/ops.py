"""Judges' ops by the tablet's protocol: each is answered once for ever, none is lost, none counted twice.

A known id gets its first answer again; a cell that moved on gives a conflict and keeps both values. Ops are
judged in memory, on what `ledger` has read and locked, and written together: docs/decisions/0008.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from qzcompete.core import audit
from qzcompete.core.actor import Actor
from qzcompete.core.clock import now
from qzcompete.core.driver import CLASHES, Driver, session_driver
from qzcompete.core.numbers import parse_decimal
from qzcompete.extensions import db
from qzcompete.marking.models import Mark, Sheet
from qzcompete.marking.queries.assessments import digest_of_marks
from qzcompete.marking.rules.calculation import measure_fault
from qzcompete.marking.rules.mark_limits import mark_fault, needs_reason
from qzcompete.marking.rules.op_shape import body_hash, shape_fault
from qzcompete.marking.services.durations import record_time
from qzcompete.marking.services.ledger import Cell, Desk, Ledger, MovedOn, Standing, open_desk


@dataclass(frozen=True)
class OpResult:
    """The answer to one op. `current` is the cell's present value where the op did not become it."""

    op_id: str
    status: str
    code: str | None = None
    rev: int | None = None
    current: dict[str, Any] | None = None
    duplicate: bool = False


@dataclass(frozen=True)
class Sender:
    """The tablet that sends, where it is one."""

    device_id: str | None = None
    grant_id: int | None = None
    clock_offset_ms: int | None = None


@dataclass(frozen=True)
class Delivery:
    """Ops of one judge that came together, at the judge's desk as it is now."""

    actor: Actor
    desk: Desk
    ops: Sequence[dict[str, Any]]
    sender: Sender


def record_ops(
    actor: Actor, seat_id: int, ops: Sequence[dict[str, Any]], sender: Sender = Sender()
) -> list[OpResult]:
    """Record a judge's ops in order, in the caller's transaction; one bad op never blocks the others."""
    driver = session_driver()
    results = record_delivery(driver, Delivery(actor, open_desk(driver, seat_id), ops, sender))
    expire_changed()
    return results


def expire_changed() -> None:
    """What the session has read of marks and sheets before is read anew: they were changed beneath it."""
    for row in list(db.session.identity_map.values()):
        if isinstance(row, Mark | Sheet):
            db.session.expire(row)


def record_delivery(driver: Driver, delivery: Delivery) -> list[OpResult]:
    """All ops of a delivery with the same few statements; one by one where an op among them is in the way."""
    driver.run("SAVEPOINT delivery")
    try:
        results = record_deliveries(driver, [delivery])[0]
    except (*CLASHES, MovedOn):
        driver.run("ROLLBACK TO SAVEPOINT delivery")
        if len(delivery.ops) > 1:
            return [record_delivery(driver, replace(delivery, ops=[op]))[0] for op in delivery.ops]
        # Only another judge's op can have come in between with this id: an id names one op for ever.
        return [OpResult(str(delivery.ops[0].get("op_id")), "rejected", "key_reuse")]
    driver.run("RELEASE SAVEPOINT delivery")
    return results


def record_deliveries(driver: Driver, deliveries: Sequence[Delivery]) -> list[list[OpResult]]:
    """Record the ops of several judges together, all or none; raises where another transaction is in the way."""
    ledger = Ledger(driver, now())
    shaped = [[(op, shape_fault(op)) for op in delivery.ops] for delivery in deliveries]
    for delivery, ops in zip(deliveries, shaped, strict=True):
        ledger.expect(delivery.desk, [op for op, fault in ops if fault is None])
    ledger.read()
    results = [
        [
            OpResult(str(op.get("op_id")), "rejected", fault) if fault else record_op(ledger, delivery, op)
            for op, fault in ops
        ]
        for delivery, ops in zip(deliveries, shaped, strict=True)
    ]
    ledger.write()
    told = [audit_entry(*pair) for pair in zip(deliveries, results, strict=True)]
    audit.record_all([entry for entry in told if entry is not None], driver)
    return results


def audit_entry(delivery: Delivery, results: Sequence[OpResult]) -> audit.Entry | None:
    kept = [result for result in results if not result.duplicate and result.status != "rejected"]
    if not kept:
        return None
    told = [[result.op_id, result.status, result.rev] for result in kept]
    seat = f"seat:{delivery.desk.seat_id}"
    return audit.Entry(delivery.actor, "marks.recorded", seat, after=told, chain=seat)


def record_op(ledger: Ledger, delivery: Delivery, op: dict[str, Any]) -> OpResult:
    """Answer one well-formed op and note in the ledger what it changes."""
    hashed = body_hash(op)
    known = ledger.ops.get(op["op_id"])
    if known is not None:
        if known["seat_id"] != delivery.desk.seat_id or known["body_hash"] != hashed:
            return OpResult(op["op_id"], "rejected", "key_reuse", duplicate=True)
        return answer(known, duplicate=True)
    row = {
        "op_id": op["op_id"],
        "body_hash": hashed,
        "seat_id": delivery.desk.seat_id,
        "device_id": delivery.sender.device_id,
        "grant_id": delivery.sender.grant_id,
        "clock_offset_ms": delivery.sender.clock_offset_ms,
        "seq": op.get("seq"),
        "candidate_id": None,
        "aspect_id": None,
        "kind": op["kind"],
        "value": op["value"],
        "base_rev": op["base_rev"],
        "client_ts": op.get("client_ts"),
        "result_rev": None,
        "extra": op.get("extra"),
        "current": None,
    }
    row["status"], row["code"] = judge_op(ledger, delivery.desk, op, row)
    ledger.add(row)
    if row["status"] in ("applied", "same") and op.get("resolves"):
        # The judge has seen these conflicts and chosen: they are settled by this op.
        ledger.settle(delivery.desk.seat_id, op["resolves"], op["op_id"])
    return answer(row)


def answer(row: dict[str, Any], duplicate: bool = False) -> OpResult:
    return OpResult(row["op_id"], row["status"], row["code"], row["result_rev"], row["current"], duplicate)


def judge_op(ledger: Ledger, desk: Desk, op: dict[str, Any], row: dict[str, Any]) -> tuple[str, str | None]:
    """What becomes of a well-formed new op: (status, code). Changes the cell or the sheet where it is applied."""
    if op.get("judge", desk.seat_code) != desk.seat_code:
        return "rejected", "wrong_judge"
    candidate = row["candidate_id"] = desk.candidates.get(op["candidate"])
    if candidate is None or op.get("assessment", desk.assessment_code) != desk.assessment_code:
        return "rejected", "unknown_cell"
    if (desk.seat_id, candidate) in ledger.recused:
        return "rejected", "recused"
    aspect = row["aspect_id"] = (
        None if op["kind"] in ("sign", "time") else desk.aspects.get(op.get("aspect") or "")
    )
    if op["kind"] == "flag":
        # Kept whatever the state of the sheet: it changes no mark.
        unknown = op.get("aspect") is not None and aspect is None
        return ("rejected", "unknown_cell") if unknown else ("applied", None)
    if op["kind"] == "time":
        if not desk.open:
            return "held", "closed"
        seconds = None if op["value"] is None else int(op["value"])
        return record_time(ledger.driver, desk.seat_code, candidate, seconds)
    if op["kind"] == "sign":
        return sign(ledger, desk, candidate, op)
    if aspect is None:
        return "rejected", "unknown_cell"
    return mark(ledger, desk, op, row)


def mark(ledger: Ledger, desk: Desk, op: dict[str, Any], row: dict[str, Any]) -> tuple[str, str | None]:
    rule = desk.rules[op["aspect"]]
    fault = mark_fault(rule, op["value"]) or measure_fault(rule, op["value"], op.get("extra"))
    if fault or (op["kind"] == "clear") != (op["value"] is None):
        return "rejected", fault or "malformed"
    if op["value"] is not None and lacks_reason(desk, op):
        return "rejected", "no_reason"
    if not desk.open:
        return held(ledger, row, "closed")
    if ledger.is_locked(cell_of(row)):
        return held(ledger, row, "signed")
    return change_cell(ledger, op, row)


def lacks_reason(desk: Desk, op: dict[str, Any]) -> bool:
    """Whether the mark lies where the assessment asks for a reason, and comes without one."""
    if not needs_reason(desk.rules[op["aspect"]], op["value"], *desk.band):
        return False
    extra = op.get("extra")
    if not isinstance(extra, dict):
        return True
    # On paper the reason stands beside the mark.
    reason = extra.get("reason")
    return "paper" not in extra and not (isinstance(reason, str) and reason.strip())


def held(ledger: Ledger, row: dict[str, Any], code: str) -> tuple[str, str | None]:
    """Kept for the chief judge; the tablet goes back to the mark that counts."""
    row["current"] = ledger.standing_mark(cell_of(row))
    row["result_rev"] = row["current"]["rev"]
    return "held", code


def change_cell(ledger: Ledger, op: dict[str, Any], row: dict[str, Any]) -> tuple[str, str | None]:
    cell = cell_of(row)
    standing = ledger.marks.get(cell)
    value = None if op["value"] is None else parse_decimal(op["value"])
    rev = row["result_rev"] = 0 if standing is None else standing.rev
    if standing is not None and standing.value == value:
        return "same", None
    if op["base_rev"] != rev:
        row["current"] = ledger.standing_mark(cell)
        return "conflict", "stale_rev"
    ledger.change(cell, Standing(rev + 1, value, op["op_id"]))
    row["result_rev"] = rev + 1
    return "applied", None


def cell_of(row: dict[str, Any]) -> Cell:
    return row["seat_id"], row["candidate_id"], row["aspect_id"]


def sign(ledger: Ledger, desk: Desk, candidate: int, op: dict[str, Any]) -> tuple[str, str | None]:
    """A signature binds the hash of the sheet's content; another content is refused."""
    signed = ledger.signed_digest(desk.seat_id, candidate)
    if signed is not None:
        return ("same", None) if signed == op["value"] else ("held", "signed")
    if op["value"] != digest_of_marks(ledger.sheet_marks(desk, candidate)):
        return "rejected", "digest_mismatch"
    ledger.sign(desk.seat_id, candidate, op["value"], op["op_id"])
    return "applied", None
