"""The marks that a set of ops is about: read and locked with a few statements, changed in memory, written together.

Decides nothing. The lock on a seat lets the deliveries of one judge pass one after the other, so that what was
read still holds when it is written; the database's own keys are the last guard.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, bindparam, select, tuple_

from qzcompete.core.clock import milliseconds
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
from qzcompete.marking.queries import plain, scheme_of
from qzcompete.marking.queries.rounds import cells_open_again
from qzcompete.marking.rules.scheme import Aspect as AspectRule

Cell = tuple[int, int, int]

ops, marks, sheets = MarkOp.__table__, Mark.__table__, Sheet.__table__
seats, assessments, recusals = Seat.__table__, Assessment.__table__, Recusal.__table__

SEATS = (
    select(seats.c.id, seats.c.code, seats.c.assessment_id)
    .where(seats.c.id.in_(bindparam("ids", expanding=True)))
    .order_by(seats.c.id)
    .with_for_update()
)
ASSESSMENTS = (
    select(
        assessments.c.id,
        assessments.c.code,
        assessments.c.state,
        assessments.c.scheme_hash,
        assessments.c.opened_at,
        assessments.c.reason_below,
        assessments.c.reason_above,
    )
    .where(assessments.c.id.in_(bindparam("ids", expanding=True)))
    .order_by(assessments.c.id)
    .with_for_update(read=True)
)
ANSWERS = select(
    ops.c.op_id, ops.c.seat_id, ops.c.body_hash, ops.c.status, ops.c.code, ops.c.result_rev, ops.c.current
).where(ops.c.op_id.in_(bindparam("ids", expanding=True)))
MARKS = select(marks).where(
    tuple_(marks.c.candidate_id, marks.c.aspect_id, marks.c.seat_id).in_(bindparam("cells", expanding=True))
)
MARKS_OF_SHEETS = select(marks).where(
    tuple_(marks.c.candidate_id, marks.c.seat_id).in_(bindparam("sheets", expanding=True))
)
SHEETS = select(
    sheets.c.seat_id, sheets.c.candidate_id, sheets.c.state, sheets.c.digest, sheets.c.rounds_since
).where(tuple_(sheets.c.candidate_id, sheets.c.seat_id).in_(bindparam("sheets", expanding=True)))
RECUSALS = select(recusals.c.seat_id, recusals.c.candidate_id).where(
    tuple_(recusals.c.candidate_id, recusals.c.seat_id).in_(bindparam("sheets", expanding=True))
)
GIVEN = (
    select(ops.c.received_at, Device.label)
    .outerjoin(Device, Device.id == ops.c.device_id)
    .where(ops.c.op_id == bindparam("op_id"))
)
CHANGE = (
    marks.update()
    .where(
        marks.c.candidate_id == bindparam("of_candidate"),
        marks.c.aspect_id == bindparam("of_aspect"),
        marks.c.seat_id == bindparam("of_seat"),
        marks.c.rev == bindparam("was"),
    )
    .values(rev=bindparam("to"), value=bindparam("given"), op_id=bindparam("by"))
)
SETTLE = (
    ops.update()
    .where(
        ops.c.op_id.in_(bindparam("ids", expanding=True)),
        ops.c.seat_id == bindparam("of_seat"),
        ops.c.status == "conflict",
        ops.c.resolved_by.is_(None),
    )
    .values(resolved_by=bindparam("by"))
)


class MovedOn(Exception):
    """A cell is not what was read: another transaction did not take the seat's lock."""


@dataclass(frozen=True)
class Book:
    """What never changes once marking has begun: ids by code and the scheme's rules."""

    rules: Mapping[str, AspectRule]
    aspects: Mapping[str, int]
    candidates: Mapping[str, int]


@dataclass(frozen=True)
class Desk:
    """A judge's place, locked until the transaction ends, so that the assessment does not close meanwhile."""

    seat_id: int
    seat_code: str
    assessment_code: str
    open: bool
    book: Book
    # The shares of a greatest mark, in percent, below and above which a mark needs a reason.
    band: tuple[Decimal | None, Decimal | None] = (None, None)

    @property
    def rules(self) -> Mapping[str, AspectRule]:
        return self.book.rules

    @property
    def aspects(self) -> Mapping[str, int]:
        return self.book.aspects

    @property
    def candidates(self) -> Mapping[str, int]:
        return self.book.candidates


@dataclass(frozen=True)
class Standing:
    """A cell as it is now; a null value is a withdrawn mark."""

    rev: int
    value: Decimal | None
    op_id: str


def open_desks(seat_ids: Iterable[int]) -> dict[int, Desk]:
    """Lock these seats in order, so that two transactions never wait for each other."""
    run = db.session.connection().execute
    places = run(SEATS, {"ids": sorted(set(seat_ids))}).all()
    known = {
        row.id: row for row in run(ASSESSMENTS, {"ids": sorted({seat.assessment_id for seat in places})})
    }
    books = {row.id: book_of(row) for row in known.values()}
    return {
        seat.id: Desk(
            seat.id,
            seat.code,
            known[seat.assessment_id].code,
            known[seat.assessment_id].state is AssessmentState.OPEN,
            books[seat.assessment_id],
            (known[seat.assessment_id].reason_below, known[seat.assessment_id].reason_above),
        )
        for seat in places
    }


def book_of(assessment: Any) -> Book:
    if assessment.state is AssessmentState.PREPARING or assessment.opened_at is None:
        return read_book(assessment.id)
    # Looked up under the time of opening, too: a database that was replaced beneath us has another.
    database = str(db.engine.url)
    return kept_book(assessment.id, assessment.scheme_hash, assessment.opened_at, database)


@lru_cache(maxsize=64)
def kept_book(assessment_id: int, _scheme_hash: str, _opened_at: datetime, _database: str) -> Book:
    return read_book(assessment_id)


def read_book(assessment_id: int) -> Book:
    aspects = select(Aspect.code, Aspect.id).where(Aspect.assessment_id == assessment_id)
    candidates = select(Candidate.code, Candidate.id).where(Candidate.assessment_id == assessment_id)
    return Book(
        rules={aspect.code: aspect for aspect in scheme_of(assessment_id).aspects},
        aspects=dict(db.session.execute(aspects).tuples().all()),
        candidates=dict(db.session.execute(candidates).tuples().all()),
    )


class Ledger:
    """`expect` what comes, `read` it all, then ask and change; `write` puts the changes into the transaction."""

    def __init__(self, moment: datetime) -> None:
        self.moment = moment
        self.ops: dict[str, dict[str, Any]] = {}
        self.marks: dict[Cell, Standing] = {}
        self.recused: set[tuple[int, int]] = set()
        self._connection: Connection = db.session.connection()
        self._signed: dict[tuple[int, int], str] = {}
        self._only_rounds: set[tuple[int, int]] = set()
        self._open_again: set[Cell] = set()
        self._asked: tuple[set[str], set[Cell], set[tuple[int, int]], set[tuple[int, int]]] = (
            set(),
            set(),
            set(),
            set(),
        )
        self._first: dict[Cell, Standing | None] = {}
        self._added: list[dict[str, Any]] = []
        self._signatures: dict[tuple[int, int], dict[str, Any]] = {}
        self._known_sheets: set[tuple[int, int]] = set()
        self._settled: list[dict[str, Any]] = []

    def expect(self, desk: Desk, coming: Sequence[dict[str, Any]]) -> None:
        ids, cells, touched, signing = self._asked
        for op in coming:
            ids.add(op["op_id"])
            candidate = desk.candidates.get(op["candidate"])
            if candidate is None:
                continue
            touched.add((candidate, desk.seat_id))
            if op["kind"] == "sign":
                signing.add((candidate, desk.seat_id))
            elif (aspect := desk.aspects.get(op.get("aspect") or "")) is not None:
                cells.add((candidate, aspect, desk.seat_id))

    def read(self) -> None:
        ids, cells, touched, signing = self._asked
        for row in self._rows(ANSWERS, "ids", ids):
            self.ops[row.op_id] = dict(row._mapping)
        self.recused.update(
            (row.seat_id, row.candidate_id) for row in self._rows(RECUSALS, "sheets", touched)
        )
        for row in self._rows(SHEETS, "sheets", touched):
            self._known_sheets.add((row.seat_id, row.candidate_id))
            if row.state is SheetState.SIGNED:
                self._signed[row.seat_id, row.candidate_id] = row.digest
            elif row.rounds_since is not None:
                self._only_rounds.add((row.candidate_id, row.seat_id))
        if self._only_rounds:
            self._open_again = cells_open_again(self._only_rounds)
        for row in [
            *self._rows(MARKS, "cells", cells),
            *self._rows(MARKS_OF_SHEETS, "sheets", signing),
        ]:
            cell = (row.candidate_id, row.aspect_id, row.seat_id)
            self.marks[cell] = Standing(row.rev, row.value, row.op_id)

    def _rows(self, query: Any, name: str, asked: Iterable[Any]) -> Sequence[Any]:
        values = sorted(asked)
        return self._connection.execute(query, {name: values}).all() if values else []

    def add(self, row: dict[str, Any]) -> None:
        self.ops[row["op_id"]] = row
        self._added.append(row)

    def change(self, cell: Cell, standing: Standing) -> None:
        self._first.setdefault(cell, self.marks.get(cell))
        self.marks[cell] = standing

    def settle(self, seat_id: int, conflicts: Sequence[str], op_id: str) -> None:
        self._settled.append({"ids": conflicts, "of_seat": seat_id, "by": op_id})

    def signed_digest(self, seat_id: int, candidate_id: int) -> str | None:
        return self._signed.get((seat_id, candidate_id))

    def is_locked(self, cell: Cell) -> bool:
        """Whether the sheet was signed and is not open for this cell."""
        candidate_id, _, seat_id = cell
        if (candidate_id, seat_id) in self._only_rounds:
            return cell not in self._open_again
        return (seat_id, candidate_id) in self._signed

    def sign(self, seat_id: int, candidate_id: int, digest: str, op_id: str) -> None:
        self._signed[seat_id, candidate_id] = digest
        self._only_rounds.discard((candidate_id, seat_id))
        self._signatures[seat_id, candidate_id] = {
            "state": SheetState.SIGNED,
            "digest": digest,
            "signed_at": self.moment,
            "op_id": op_id,
            "rounds_since": None,
        }

    def sheet_marks(self, desk: Desk, candidate_id: int) -> dict[str, str]:
        """The marks of a sheet that is being signed, by aspect, each a plain decimal."""
        values = {}
        for code, aspect_id in desk.aspects.items():
            standing = self.marks.get((candidate_id, aspect_id, desk.seat_id))
            if standing is not None and standing.value is not None:
                values[code] = plain(standing.value)
        return values

    def standing_mark(self, cell: Cell) -> dict[str, Any]:
        """The present mark of a cell, which tablet gave it, and when in milliseconds."""
        standing = self.marks.get(cell)
        if standing is None:
            return {"rev": 0, "value": None}
        told = {"rev": standing.rev, "value": None if standing.value is None else plain(standing.value)}
        given = self._given(standing.op_id)
        return told if given is None else told | {"label": given[1], "at": milliseconds(given[0])}

    def _given(self, op_id: str) -> tuple[datetime, str | None] | None:
        fresh = next((row for row in self._added if row["op_id"] == op_id), None)
        if fresh is None:
            row = self._connection.execute(GIVEN, {"op_id": op_id}).first()
            return None if row is None else (row[0], row[1])
        device = None if fresh["device_id"] is None else db.session.get(Device, fresh["device_id"])
        return self.moment, None if device is None else device.label

    def write(self) -> None:
        """Put all changes into the transaction; raises MovedOn or IntegrityError where another one was faster."""
        run = self._connection.execute
        if self._added:
            run(ops.insert(), self._added)
        new = [cell for cell, before in self._first.items() if before is None]
        if new:
            run(marks.insert(), [mark_row(cell, self.marks[cell]) for cell in new])
        moved = [
            mark_change(cell, before.rev, self.marks[cell])
            for cell, before in self._first.items()
            if before is not None
        ]
        if moved and run(CHANGE, moved).rowcount != len(moved):
            raise MovedOn
        for settled in self._settled:
            run(SETTLE, settled)
        for (seat_id, candidate_id), signature in self._signatures.items():
            key = {"seat_id": seat_id, "candidate_id": candidate_id}
            if (seat_id, candidate_id) in self._known_sheets:
                run(sheets.update().where(*(sheets.c[name] == key[name] for name in key)), signature)
            else:
                run(sheets.insert(), key | signature)


def mark_row(cell: Cell, standing: Standing) -> dict[str, Any]:
    return {
        "candidate_id": cell[0],
        "aspect_id": cell[1],
        "seat_id": cell[2],
        "rev": standing.rev,
        "value": standing.value,
        "op_id": standing.op_id,
    }


def mark_change(cell: Cell, was: int, standing: Standing) -> dict[str, Any]:
    return {
        "of_candidate": cell[0],
        "of_aspect": cell[1],
        "of_seat": cell[2],
        "was": was,
        "to": standing.rev,
        "given": standing.value,
        "by": standing.op_id,
    }
