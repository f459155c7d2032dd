"""The marks that a set of ops is about: read and locked with a few statements, changed in memory, written together.

Decides nothing. The lock on a seat lets the deliveries of one judge pass one after the other, so that what was
read still holds when it is written; the database's own keys are the last guard.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from qzcompete.core.clock import milliseconds
from qzcompete.core.driver import Driver, Row, Statement, document, keys
from qzcompete.core.numbers import from_units, to_units
from qzcompete.marking.models import MARK_DIGITS, AssessmentState, SheetState
from qzcompete.marking.queries import plain
from qzcompete.marking.rules.scheme import Aspect as AspectRule
from qzcompete.marking.rules.scheme_reading import parse_scheme
from qzcompete.marking.services import statements as say

# Seat, candidate, aspect; a sheet is seat and candidate.
Cell = tuple[int, int, int]
SheetKey = tuple[int, int]

PREPARING, OPEN = AssessmentState.PREPARING.value, AssessmentState.OPEN.value
SIGNED = SheetState.SIGNED.value

# Of the shares below and above which a mark needs a reason.
PERCENT_DIGITS = 2

# The books of assessments that have begun, kept by each process.
BOOKS: dict[tuple[object, ...], Book] = {}
MOST_BOOKS = 64


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
    band: tuple[Decimal | None, Decimal | None]

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


def open_desk(driver: Driver, seat_id: int) -> Desk:
    """Lock one seat and open its desk."""
    (found,) = driver.rows(say.SEAT, seat_id)
    return desk_of(driver, found)


def desk_of(driver: Driver, found: Sequence[Any]) -> Desk:
    """The desk of a seat and its assessment as RIGHTS and SEAT read and lock them."""
    seat_id, seat_code, assessment_id, assessment_code, state, scheme_hash, opened_at, below, above = found
    return Desk(
        seat_id,
        seat_code,
        assessment_code,
        state == OPEN,
        book_of(driver, assessment_id, state, scheme_hash, opened_at),
        (decimal(below, PERCENT_DIGITS), decimal(above, PERCENT_DIGITS)),
    )


def book_of(driver: Driver, assessment_id: int, state: str, scheme_hash: str | None, opened_at: Any) -> Book:
    if state == PREPARING:
        return read_book(driver, assessment_id)
    # Under the time of opening, too: a database that was replaced beneath us has another.
    key = (driver.database, assessment_id, scheme_hash, opened_at)
    book = BOOKS.get(key)
    if book is None:
        book = read_book(driver, assessment_id)
        if len(BOOKS) >= MOST_BOOKS:
            BOOKS.clear()
        BOOKS[key] = book
    return book


def read_book(driver: Driver, assessment_id: int) -> Book:
    schemes = [parse_scheme(driver.read_document(row[0])) for row in driver.rows(say.SCHEME, assessment_id)]
    return Book(
        rules={aspect.code: aspect for scheme in schemes for aspect in scheme.aspects},
        aspects=dict(driver.rows(say.ASPECTS, assessment_id)),
        candidates=dict(driver.rows(say.CANDIDATES, assessment_id)),
    )


class Ledger:
    """`expect` what comes, `read` it all, then ask and change; `write` puts the changes into the transaction."""

    def __init__(self, driver: Driver, moment: datetime) -> None:
        self.moment = moment
        self.ops: dict[str, dict[str, Any]] = {}
        self.marks: dict[Cell, Standing] = {}
        self.recused: set[SheetKey] = set()
        self.driver = driver
        self._signed: dict[SheetKey, str] = {}
        self._only_rounds: set[SheetKey] = set()
        self._open_again: set[Cell] = set()
        self._asked: tuple[set[str], set[Cell], set[SheetKey], set[SheetKey]] = (set(), set(), set(), set())
        self._first: dict[Cell, Standing | None] = {}
        self._added: dict[str, dict[str, Any]] = {}
        self._signatures: list[Row] = []
        self._settled: dict[tuple[str, int], Row] = {}

    def expect(self, desk: Desk, coming: Sequence[dict[str, Any]]) -> None:
        ids, cells, touched, signing = self._asked
        for op in coming:
            ids.add(op["op_id"])
            candidate = desk.candidates.get(op["candidate"])
            if candidate is None:
                continue
            touched.add((desk.seat_id, candidate))
            if op["kind"] == "sign":
                signing.add((desk.seat_id, candidate))
            elif (aspect := desk.aspects.get(op.get("aspect") or "")) is not None:
                cells.add((desk.seat_id, candidate, aspect))

    def read(self) -> None:
        ids, cells, touched, signing = self._asked
        for op_id, seat_id, body_hash, status, code, rev, current in self._rows(say.ANSWERS, ids):
            self.ops[op_id] = {
                "op_id": op_id,
                "seat_id": seat_id,
                "body_hash": body_hash,
                "status": status,
                "code": code,
                "result_rev": rev,
                "current": self.driver.read_document(current),
            }
        for seat_id, candidate_id, state, digest, for_rounds, recused in self._rows(say.SHEETS, touched):
            if recused:
                self.recused.add((seat_id, candidate_id))
            if state == SIGNED:
                self._signed[seat_id, candidate_id] = digest
            elif for_rounds:
                self._only_rounds.add((seat_id, candidate_id))
        self._open_again.update(self._rows(say.OPEN_AGAIN, self._only_rounds))
        found = [*self._rows(say.MARKS, cells), *self._rows(say.MARKS_OF_SHEETS, signing)]
        for seat_id, candidate_id, aspect_id, rev, units, op_id in found:
            standing = Standing(rev, decimal(units, MARK_DIGITS), op_id)
            self.marks[seat_id, candidate_id, aspect_id] = standing

    def _rows(self, statement: Statement, asked: Iterable[Any]) -> Sequence[Any]:
        return self.driver.rows(statement, keys(asked)) if asked else []

    def add(self, row: dict[str, Any]) -> None:
        self.ops[row["op_id"]] = self._added[row["op_id"]] = row

    def change(self, cell: Cell, standing: Standing) -> None:
        self._first.setdefault(cell, self.marks.get(cell))
        self.marks[cell] = standing

    def settle(self, seat_id: int, conflicts: Sequence[str], op_id: str) -> None:
        for conflict in conflicts:
            row = {"op_id": conflict, "seat_id": seat_id, "resolved_by": op_id}
            self._settled.setdefault((conflict, seat_id), row)

    def signed_digest(self, seat_id: int, candidate_id: int) -> str | None:
        return self._signed.get((seat_id, candidate_id))

    def is_locked(self, cell: Cell) -> bool:
        """Whether the sheet was signed and is not open for this cell."""
        sheet = cell[:2]
        return cell not in self._open_again if sheet in self._only_rounds else sheet in self._signed

    def sign(self, seat_id: int, candidate_id: int, digest: str, op_id: str) -> None:
        self._signed[seat_id, candidate_id] = digest
        self._only_rounds.discard((seat_id, candidate_id))
        self._signatures.append(
            {
                "seat_id": seat_id,
                "candidate_id": candidate_id,
                "state": SIGNED,
                "digest": digest,
                "signed_at": self.driver.moment(self.moment),
                "op_id": op_id,
            }
        )

    def sheet_marks(self, desk: Desk, candidate_id: int) -> dict[str, str]:
        """The marks of a sheet that is being signed, by aspect, each a plain decimal."""
        values = {}
        for code, aspect_id in desk.aspects.items():
            standing = self.marks.get((desk.seat_id, candidate_id, aspect_id))
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
        fresh = self._added.get(op_id)
        if fresh is not None:
            labels = self.driver.rows(say.LABEL, fresh["device_id"])
            return self.moment, labels[0][0] if labels else None
        found = self.driver.rows(say.GIVEN, op_id)
        return (self.driver.read_moment(found[0][0]), found[0][1]) if found else None

    def write(self) -> None:
        """Put all changes into the transaction; raises MovedOn or one of CLASHES where another one was faster."""
        store = self.driver.store
        if self._added:
            received_at = self.driver.moment(self.moment)
            self.driver.add(say.NEW_OPS, [op_row(row, received_at) for row in self._added.values()])
        new = [mark_row(cell, self.marks[cell]) for cell, before in self._first.items() if before is None]
        if new:
            self.driver.add(say.NEW_MARKS, new)
        changed = [
            mark_row(cell, self.marks[cell]) | {"was": before.rev}
            for cell, before in self._first.items()
            if before is not None
        ]
        if changed and store(say.CHANGED_MARKS, changed) != len(changed):
            raise MovedOn
        if self._settled:
            store(say.SETTLED, list(self._settled.values()))
        if self._signatures:
            store(say.SIGNED, self._signatures)


def op_row(row: Row, received_at: str) -> dict[str, Any]:
    told = {"extra": document(row["extra"]), "current": document(row["current"])}
    return {**row, **told, "received_at": received_at}


def decimal(units: int | None, digits: int) -> Decimal | None:
    """A number as a column of exact decimals holds it."""
    return None if units is None else from_units(units, digits)


def mark_row(cell: Cell, standing: Standing) -> dict[str, Any]:
    return {
        "seat_id": cell[0],
        "candidate_id": cell[1],
        "aspect_id": cell[2],
        "rev": standing.rev,
        "value": None if standing.value is None else to_units(standing.value, MARK_DIGITS),
        "op_id": standing.op_id,
    }
