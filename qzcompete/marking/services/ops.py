"""Judges' ops by the tablet's protocol: each is answered once for ever, none is lost, none counted twice.

A known id gets its first answer again; a cell that moved on gives a conflict and keeps both values.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select, update
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
    Device,
    Mark,
    MarkOp,
    Recusal,
    Seat,
    Sheet,
    SheetState,
)
from qzcompete.marking.queries import plain, scheme_of, sheet_digest
from qzcompete.marking.rules.mark_limits import mark_fault
from qzcompete.marking.rules.scheme import Aspect as AspectRule

KINDS = ("set", "clear", "sign", "flag")
FLAG_KINDS = ("call", "incident")
MOST_EXTRA = 20_000
MOST_TEXT = 500
MOST_PHOTOS = 6
LONGEST = 100
HIGHEST_REV = 2**31 - 1
UUID_TEXT = re.compile(r"[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}")


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
class Desk:
    """What a judge's ops are judged by, read once a batch: ids by code, the scheme's rules, recusals."""

    seat: Seat
    assessment: Assessment
    rules: Mapping[str, AspectRule]
    aspects: Mapping[str, int]
    candidates: Mapping[str, int]
    recused: frozenset[int]


@dataclass(frozen=True)
class Sender:
    """The tablet that sends, where it is one."""

    device_id: str | None = None
    grant_id: int | None = None
    clock_offset_ms: int | None = None


def record_ops(
    actor: Actor, seat_id: int, ops: Sequence[dict[str, Any]], sender: Sender = Sender()
) -> list[OpResult]:
    """Record a judge's ops in order, each in a savepoint of its own; one bad op never blocks the others."""
    desk = open_desk(seat_id)
    results = []
    for op in ops:
        try:
            with db.session.begin_nested():
                results.append(record_op(desk, op, sender))
        except IntegrityError:
            # Only another judge's op can have come in between with this id: an id names one op for ever.
            results.append(OpResult(op["op_id"], "rejected", "key_reuse"))
    kept = [result for result in results if not result.duplicate and result.status != "rejected"]
    if kept:
        told = [[result.op_id, result.status, result.rev] for result in kept]
        audit.record(actor, "marks.recorded", f"seat:{seat_id}", after=told, chain=f"seat:{seat_id}")
    return results


def open_desk(seat_id: int) -> Desk:
    """Lock the seat, so that a judge's batches pass one after the other, and keep the assessment from closing."""
    seat = db.session.get_one(Seat, seat_id, with_for_update=True)
    assessment = db.session.get_one(
        Assessment, seat.assessment_id, with_for_update={"read": True}, populate_existing=True
    )
    here = Aspect.assessment_id == assessment.id
    aspects = dict(db.session.execute(select(Aspect.code, Aspect.id).where(here)).tuples().all())
    candidates = select(Candidate.code, Candidate.id).where(Candidate.assessment_id == assessment.id)
    recused = select(Recusal.candidate_id).where(Recusal.seat_id == seat_id)
    return Desk(
        seat=seat,
        assessment=assessment,
        rules={aspect.code: aspect for aspect in scheme_of(assessment.id).aspects},
        aspects=aspects,
        candidates=dict(db.session.execute(candidates).tuples().all()),
        recused=frozenset(db.session.scalars(recused)),
    )


def record_op(desk: Desk, op: dict[str, Any], sender: Sender) -> OpResult:
    if fault := shape_fault(op):
        return OpResult(str(op.get("op_id")), "rejected", fault)
    known = db.session.get(MarkOp, op["op_id"])
    if known is not None:
        return answered(known, desk.seat, op)
    row = MarkOp(
        op_id=op["op_id"],
        body_hash=body_hash(op),
        seat_id=desk.seat.id,
        device_id=sender.device_id,
        grant_id=sender.grant_id,
        clock_offset_ms=sender.clock_offset_ms,
        seq=op.get("seq"),
        kind=op["kind"],
        value=op["value"],
        base_rev=op["base_rev"],
        client_ts=op.get("client_ts"),
        received_at=now(),
        extra=op.get("extra"),
    )
    row.status, row.code = judge_op(desk, op, row)
    db.session.add(row)
    db.session.flush()
    if row.status in ("applied", "same") and op.get("resolves"):
        settle(desk.seat, op)
    return answer(row)


def settle(seat: Seat, op: dict[str, Any]) -> None:
    """The judge has seen these conflicts and chosen: they are settled by this op."""
    mine = (MarkOp.seat_id == seat.id, MarkOp.status == "conflict", MarkOp.resolved_by.is_(None))
    db.session.execute(
        update(MarkOp).where(MarkOp.op_id.in_(op["resolves"]), *mine).values(resolved_by=op["op_id"])
    )


def shape_fault(op: dict[str, Any]) -> str | None:
    """`malformed` unless every part has exactly its type: a JSON number or true is no mark."""
    shaped = (
        is_uuid(op.get("op_id"))
        and op.get("kind") in KINDS
        and is_code(op.get("candidate"))
        and (op.get("aspect") is None or is_code(op["aspect"]))
        and "value" in op
        and (op["value"] is None or is_code(op["value"]))
        and is_whole(op.get("base_rev"), HIGHEST_REV)
        and all(op.get(key) is None or is_whole(op[key]) for key in ("seq", "client_ts"))
        and is_settling(op.get("resolves"))
        and is_storable(op.get("extra"))
        and (op["kind"] != "flag" or is_flag(op))
    )
    return None if shaped else "malformed"


def is_uuid(value: object) -> bool:
    return type(value) is str and UUID_TEXT.fullmatch(value) is not None


def is_code(value: object) -> bool:
    return type(value) is str and 0 < len(value) <= LONGEST and value.isprintable()


def is_whole(value: object, most: int = 2**53 - 1) -> bool:
    return type(value) is int and 0 <= value <= most


def is_storable(value: object) -> bool:
    """Whether every engine keeps it as JSON: no NUL, no half of a surrogate pair, no NaN, not too long."""
    try:
        text = json.dumps(value, ensure_ascii=False, allow_nan=False)
        return "\\u0000" not in text and 0 < len(text.encode()) <= MOST_EXTRA
    except ValueError:
        return False


def is_flag(op: dict[str, Any]) -> bool:
    """A call for the chief judge or a note of an incident: words and the ids of photos, never a value."""
    extra = op.get("extra")
    return (
        op["value"] is None
        and isinstance(extra, dict)
        and extra.get("kind") in FLAG_KINDS
        and isinstance(extra.get("text"), str)
        and len(extra["text"]) <= MOST_TEXT
        and type(extra.get("photos")) is list
        and len(extra["photos"]) <= MOST_PHOTOS
        and all(is_uuid(photo) for photo in extra["photos"])
    )


def is_settling(value: object) -> bool:
    return value is None or (type(value) is list and all(is_uuid(known) for known in value))


def body_hash(op: dict[str, Any]) -> str:
    text = json.dumps(op, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def answered(row: MarkOp, seat: Seat, op: dict[str, Any]) -> OpResult:
    if row.seat_id != seat.id or row.body_hash != body_hash(op):
        return OpResult(row.op_id, "rejected", "key_reuse", duplicate=True)
    first = answer(row)
    return OpResult(first.op_id, first.status, first.code, first.rev, first.current, duplicate=True)


def answer(row: MarkOp) -> OpResult:
    return OpResult(row.op_id, row.status, row.code, row.result_rev, row.current)


def judge_op(desk: Desk, op: dict[str, Any], row: MarkOp) -> tuple[str, str | None]:
    """What becomes of a well-formed new op: (status, code). Changes the cell or the sheet where it is applied."""
    if op.get("judge", desk.seat.code) != desk.seat.code:
        return "rejected", "wrong_judge"
    row.candidate_id = desk.candidates.get(op["candidate"])
    if row.candidate_id is None or op.get("assessment", desk.assessment.code) != desk.assessment.code:
        return "rejected", "unknown_cell"
    if row.candidate_id in desk.recused:
        return "rejected", "recused"
    if op["kind"] == "flag":
        return flag(desk, op, row)
    sheet = db.session.get(Sheet, (desk.seat.id, row.candidate_id))
    if op["kind"] == "sign":
        return sign(desk, row.candidate_id, sheet, op)
    row.aspect_id = desk.aspects.get(op.get("aspect") or "")
    if row.aspect_id is None:
        return "rejected", "unknown_cell"
    fault = mark_fault(desk.rules[op["aspect"]], op["value"])
    if fault or (op["kind"] == "clear") != (op["value"] is None):
        return "rejected", fault or "malformed"
    if desk.assessment.state is not AssessmentState.OPEN:
        return held(desk.seat, row, "closed")
    if sheet is not None and sheet.state is SheetState.SIGNED:
        return held(desk.seat, row, "signed")
    return change_cell(desk.seat, op, row)


def flag(desk: Desk, op: dict[str, Any], row: MarkOp) -> tuple[str, str | None]:
    """Kept whatever the state of the sheet: it changes no mark."""
    row.aspect_id = desk.aspects.get(op.get("aspect") or "")
    if op.get("aspect") is not None and row.aspect_id is None:
        return "rejected", "unknown_cell"
    return "applied", None


def held(seat: Seat, row: MarkOp, code: str) -> tuple[str, str | None]:
    """Kept for the chief judge; the tablet goes back to the mark that counts."""
    mark = db.session.get(Mark, (row.candidate_id, row.aspect_id, seat.id))
    row.current = standing_mark(mark)
    row.result_rev = row.current["rev"]
    return "held", code


def standing_mark(mark: Mark | None) -> dict[str, Any]:
    """The present mark of a cell, which tablet gave it, and when in milliseconds."""
    if mark is None:
        return {"rev": 0, "value": None}
    given = db.session.execute(
        select(MarkOp.received_at, Device.label)
        .outerjoin(Device, Device.id == MarkOp.device_id)
        .where(MarkOp.op_id == mark.op_id)
    ).first()
    value = None if mark.value is None else plain(mark.value)
    if given is None:
        return {"rev": mark.rev, "value": value}
    return {
        "rev": mark.rev,
        "value": value,
        "label": given[1],
        "at": int(given[0].timestamp() * 1000),
    }


def change_cell(seat: Seat, op: dict[str, Any], row: MarkOp) -> tuple[str, str | None]:
    mark = db.session.get(Mark, (row.candidate_id, row.aspect_id, seat.id))
    value = None if op["value"] is None else parse_decimal(op["value"])
    rev = 0 if mark is None else mark.rev
    if mark is not None and mark.value == value:
        row.result_rev = rev
        return "same", None
    if op["base_rev"] != rev:
        row.result_rev = rev
        row.current = standing_mark(mark)
        return "conflict", "stale_rev"
    if mark is None:
        mark = Mark(candidate_id=row.candidate_id, aspect_id=row.aspect_id, seat_id=seat.id)
        db.session.add(mark)
    mark.rev, mark.value, mark.op_id = rev + 1, value, op["op_id"]
    row.result_rev = mark.rev
    return "applied", None


def sign(desk: Desk, candidate_id: int, sheet: Sheet | None, op: dict[str, Any]) -> tuple[str, str | None]:
    """A signature binds the hash of the sheet's content; another content is refused."""
    if sheet is not None and sheet.state is SheetState.SIGNED:
        return ("same", None) if sheet.digest == op["value"] else ("held", "signed")
    if op["value"] != sheet_digest(desk.seat.id, candidate_id):
        return "rejected", "digest_mismatch"
    if sheet is None:
        sheet = Sheet(seat_id=desk.seat.id, candidate_id=candidate_id)
        db.session.add(sheet)
    sheet.state, sheet.digest, sheet.signed_at, sheet.op_id = (
        SheetState.SIGNED,
        op["value"],
        now(),
        op["op_id"],
    )
    return "applied", None
