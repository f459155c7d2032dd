"""Marks that come as a whole, with their revisions: an event bundle. The same marks again change nothing."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any
from uuid import UUID, uuid5

from flask_babel import lazy_gettext as _l
from sqlalchemy import insert, select

from qzcompete.core import audit
from qzcompete.core.actor import Actor
from qzcompete.core.clock import now
from qzcompete.core.errors import RuleBroken
from qzcompete.core.numbers import parse_decimal
from qzcompete.extensions import db
from qzcompete.marking.models import Aspect, Assessment, Candidate, Mark, MarkOp, Seat

BUNDLE_OPS = UUID("6f6c0f0e-6a1c-5b0e-9d7a-2f1d6a3f9b11")
CHUNK = 2000


def import_marks(actor: Actor, assessment_id: int, marks: Iterable[dict[str, Any]]) -> int:
    """Enter checked bundle marks {entry, aspect, judge, value, rev} into an assessment without marks.

    Returns how many were entered. The id of each op follows from what it says, so that nothing is doubled."""
    code = db.session.scalar(select(Assessment.code).where(Assessment.id == assessment_id))
    candidates, aspects, seats = (ids_by_code(table, assessment_id) for table in (Candidate, Aspect, Seat))
    moment = now()
    newest: dict[tuple[int, int, int], dict[str, Any]] = {}
    rows = []
    for mark in marks:
        cell = (candidates[mark["entry"]], aspects[mark["aspect"]], seats[mark["judge"]])
        body = json.dumps([code, mark["entry"], mark["aspect"], mark["judge"], mark["value"], mark["rev"]])
        op_id = str(uuid5(BUNDLE_OPS, body))
        rows.append(
            {
                "op_id": op_id,
                "body_hash": hashlib.sha256(body.encode()).hexdigest(),
                "candidate_id": cell[0],
                "aspect_id": cell[1],
                "seat_id": cell[2],
                "kind": "clear" if mark["value"] is None else "set",
                "value": mark["value"],
                "base_rev": mark["rev"] - 1,
                "received_at": moment,
                "status": "applied",
                "result_rev": mark["rev"],
            }
        )
        if cell not in newest or newest[cell]["rev"] < mark["rev"]:
            newest[cell] = current_row(cell, mark, op_id)
    if db.session.scalar(select(Mark.op_id).where(Mark.seat_id.in_(list(seats.values()))).limit(1)):
        raise RuleBroken(_l("This assessment has marks already."), code="has_marks")
    for statement, values in ((insert(MarkOp), rows), (insert(Mark), list(newest.values()))):
        for chunk in chunks(values):
            db.session.execute(statement, chunk)
    audit.record(
        actor, "assessment.marks_imported", f"assessment:{assessment_id}", after={"marks": len(rows)}
    )
    return len(rows)


def current_row(cell: tuple[int, int, int], mark: dict[str, Any], op_id: str) -> dict[str, Any]:
    value = None if mark["value"] is None else parse_decimal(mark["value"])
    return {
        "candidate_id": cell[0],
        "aspect_id": cell[1],
        "seat_id": cell[2],
        "rev": mark["rev"],
        "value": value,
        "op_id": op_id,
    }


def ids_by_code(table: type[Any], assessment_id: int) -> dict[str, int]:
    rows = db.session.execute(select(table.code, table.id).where(table.assessment_id == assessment_id))
    return {row.code: row.id for row in rows}


def chunks(rows: list[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    rest = iter(rows)
    while chunk := list(islice(rest, CHUNK)):
        yield chunk
