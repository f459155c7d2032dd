"""Judges' ops by the tablet's protocol: each is answered once for ever, none is lost, none counted twice.

A known id gets its first answer again; a cell that moved on gives a conflict and keeps both values.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from qzcompete.core import audit
from qzcompete.core.actor import Actor
from qzcompete.core.clock import now
from qzcompete.core.numbers import parse_decimal
from qzcompete.extensions import db
from qzcompete.marking.models import (
    Aspect,
    Assessment,
    AssessmentState,
    Candidate,
    Mark,
    MarkOp,
    Recusal,
    Seat,
    Sheet,
    SheetState,
)
from qzcompete.marking.queries import scheme_of, sheet_digest
from qzcompete.marking.rules.mark_limits import mark_fault
from qzcompete.marking.rules.scheme import Scheme

KINDS = ("set", "clear", "sign")


@dataclass(frozen=True)
class OpResult:
    """The answer to one op. `current` is the cell's present value where the op did not become it."""

    op_id: str
    status: str
    code: str | None = None
    rev: int | None = None
    current: str | None = None
    duplicate: bool = False


def record_ops(
    actor: Actor, seat_id: int, ops: Sequence[dict[str, Any]], device_id: str | None = None
) -> list[OpResult]:
    """Record a judge's ops in order, each in a savepoint of its own; one bad op never blocks the others."""
    seat = db.session.get_one(Seat, seat_id)
    scheme = scheme_of(seat.assessment_id)
    results = []
    for op in ops:
        try:
            with db.session.begin_nested():
                results.append(record_op(seat, scheme, op, device_id))
        except IntegrityError:
            # The same op arrived twice at once: the other one was first, and its answer is the answer.
            results.append(answered(db.session.get_one(MarkOp, op["op_id"], populate_existing=True), op))
    kept = [result for result in results if not result.duplicate and result.status != "rejected"]
    if kept:
        told = [[result.op_id, result.status, result.rev] for result in kept]
        audit.record(actor, "marks.recorded", f"seat:{seat_id}", after=told, chain=f"seat:{seat_id}")
    return results


def record_op(seat: Seat, scheme: Scheme, op: dict[str, Any], device_id: str | None) -> OpResult:
    if fault := shape_fault(op):
        return OpResult(str(op.get("op_id")), "rejected", fault)
    known = db.session.get(MarkOp, op["op_id"])
    if known is not None:
        return answered(known, op)
    row = MarkOp(
        op_id=op["op_id"],
        body_hash=body_hash(op),
        seat_id=seat.id,
        device_id=device_id,
        seq=op.get("seq"),
        kind=op["kind"],
        value=op["value"],
        base_rev=op["base_rev"],
        client_ts=op.get("client_ts"),
        received_at=now(),
        extra=op.get("extra"),
    )
    row.status, row.code = judge_op(seat, scheme, op, row)
    db.session.add(row)
    db.session.flush()
    return answer(row)


def shape_fault(op: dict[str, Any]) -> str | None:
    texts = all(isinstance(op.get(key), str) for key in ("op_id", "candidate", "kind"))
    value_fits = op.get("value") is None or type(op["value"]) is str
    if not texts or not value_fits or type(op.get("base_rev")) is not int or op["kind"] not in KINDS:
        return "malformed"
    return None if len(op["op_id"]) == 36 and "value" in op else "malformed"


def body_hash(op: dict[str, Any]) -> str:
    text = json.dumps(op, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def answered(row: MarkOp, op: dict[str, Any]) -> OpResult:
    if row.body_hash != body_hash(op):
        return OpResult(row.op_id, "rejected", "key_reuse", duplicate=True)
    first = answer(row)
    return OpResult(first.op_id, first.status, first.code, first.rev, first.current, duplicate=True)


def answer(row: MarkOp) -> OpResult:
    return OpResult(row.op_id, row.status, row.code, row.result_rev)


def judge_op(seat: Seat, scheme: Scheme, op: dict[str, Any], row: MarkOp) -> tuple[str, str | None]:
    """What becomes of a well-formed new op: (status, code). Changes the cell or the sheet where it is applied."""
    assessment = db.session.get_one(Assessment, seat.assessment_id)
    candidate = found(Candidate, seat.assessment_id, op["candidate"])
    if candidate is None:
        return "rejected", "unknown_cell"
    row.candidate_id = candidate.id
    if db.session.get(Recusal, (seat.id, candidate.id)):
        return "rejected", "recused"
    sheet = db.session.get(Sheet, (seat.id, candidate.id), with_for_update=True)
    if op["kind"] == "sign":
        return sign(seat, candidate, sheet, op, row)
    aspect = found(Aspect, seat.assessment_id, op.get("aspect"))
    if aspect is None:
        return "rejected", "unknown_cell"
    row.aspect_id = aspect.id
    fault = mark_fault(scheme.aspect(aspect.code), op["value"])
    if fault or (op["kind"] == "clear") != (op["value"] is None):
        return "rejected", fault or "malformed"
    if assessment.state is not AssessmentState.OPEN:
        return "held", "closed"
    if sheet is not None and sheet.state is SheetState.SIGNED:
        return "held", "signed"
    return change_cell(seat, candidate, aspect, op, row)


def change_cell(
    seat: Seat, candidate: Candidate, aspect: Aspect, op: dict[str, Any], row: MarkOp
) -> tuple[str, str | None]:
    mark = db.session.get(
        Mark, (candidate.id, aspect.id, seat.id), with_for_update=True, populate_existing=True
    )
    value = None if op["value"] is None else parse_decimal(op["value"])
    rev = 0 if mark is None else mark.rev
    if mark is not None and mark.value == value:
        row.result_rev = rev
        return "same", None
    if op["base_rev"] != rev:
        row.result_rev = rev
        return "conflict", "stale_rev"
    if mark is None:
        mark = Mark(candidate_id=candidate.id, aspect_id=aspect.id, seat_id=seat.id)
        db.session.add(mark)
    mark.rev, mark.value, mark.op_id = rev + 1, value, op["op_id"]
    row.result_rev = mark.rev
    return "applied", None


def sign(
    seat: Seat, candidate: Candidate, sheet: Sheet | None, op: dict[str, Any], row: MarkOp
) -> tuple[str, str | None]:
    """A signature binds the hash of the sheet's content; another content is refused."""
    if sheet is not None and sheet.state is SheetState.SIGNED:
        return ("same", None) if sheet.digest == op["value"] else ("held", "signed")
    if op["value"] != sheet_digest(seat.id, candidate.id):
        return "rejected", "digest_mismatch"
    if sheet is None:
        sheet = Sheet(seat_id=seat.id, candidate_id=candidate.id)
        db.session.add(sheet)
    sheet.state, sheet.digest, sheet.signed_at, sheet.op_id = (
        SheetState.SIGNED,
        op["value"],
        now(),
        op["op_id"],
    )
    return "applied", None


def found(table: type[Any], assessment_id: int, code: object) -> Any:
    return db.session.scalar(select(table).where(table.assessment_id == assessment_id, table.code == code))
