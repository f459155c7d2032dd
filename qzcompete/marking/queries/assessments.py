"""Reads assessments and marks as frozen plain values; never names of persons, for marking has none."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any

from sqlalchemy import BigInteger, select, type_coerce

from qzcompete.core.errors import NotFound
from qzcompete.extensions import db
from qzcompete.marking.models import (
    MARK_DIGITS,
    Aspect,
    Assessment,
    Candidate,
    Mark,
    MarkOp,
    Seat,
    TieResolution,
)
from qzcompete.marking.rules.arithmetic import Cells, Plan, group_marks
from qzcompete.marking.rules.ranking import Entry
from qzcompete.marking.rules.result import Result, score
from qzcompete.marking.rules.scheme import Scheme
from qzcompete.marking.rules.scheme_reading import parse_scheme


@dataclass(frozen=True)
class AssessmentCard:
    id: int
    code: str
    name: str
    state: str
    scheme: Any
    scheme_hash: str | None
    reason_below: Decimal | None = None
    reason_above: Decimal | None = None


@dataclass(frozen=True)
class ScoringInput:
    """All that scoring needs; marks in units of 10^-6, grouped by candidate and aspect."""

    plan: Plan
    entries: Sequence[Entry]
    marks: Mapping[str, Cells]
    tie_resolutions: Sequence[Sequence[str]]


@dataclass(frozen=True)
class Standing:
    """`tied`: the groups of candidates that the rules leave equal, settled by the chief judge or not."""

    scheme: Scheme
    result: Result
    tied: Sequence[Sequence[str]]


def assessment_card(assessment_id: int) -> AssessmentCard:
    row = db.session.get(Assessment, assessment_id)
    if row is None:
        raise NotFound()
    return AssessmentCard(
        row.id,
        row.code,
        row.name,
        row.state.value,
        row.scheme,
        row.scheme_hash,
        row.reason_below,
        row.reason_above,
    )


def scheme_of(assessment_id: int) -> Scheme:
    """The parsed scheme; raises NotFound where the assessment has none yet."""
    scheme_hash = db.session.scalar(select(Assessment.scheme_hash).where(Assessment.id == assessment_id))
    if scheme_hash is None:
        raise NotFound()
    return parsed(scheme_hash)


@lru_cache(maxsize=64)
def parsed(scheme_hash: str) -> Scheme:
    """The hash is of the document, so that what is remembered is never out of date."""
    document = db.session.scalar(
        select(Assessment.scheme).where(Assessment.scheme_hash == scheme_hash).limit(1)
    )
    return parse_scheme(document)


def scoring_input(assessment_id: int) -> ScoringInput:
    candidates = db.session.execute(
        select(Candidate.id, Candidate.code, Candidate.status, Candidate.guest, Candidate.duration_s).where(
            Candidate.assessment_id == assessment_id
        )
    ).all()
    aspect_codes = dict(
        db.session.execute(select(Aspect.id, Aspect.code).where(Aspect.assessment_id == assessment_id))
        .tuples()
        .all()
    )
    codes = {row.id: row.code for row in candidates}
    # Raw whole numbers: a Decimal for each of many marks would cost more than the scoring. By candidate, as the table's
    # key has them: by seat the marks of all years would be read.
    rows = db.session.execute(
        select(Mark.candidate_id, Mark.aspect_id, type_coerce(Mark.value, BigInteger))
        .join(Candidate, Candidate.id == Mark.candidate_id)
        .where(Candidate.assessment_id == assessment_id)
    )
    marks = group_marks((codes[candidate], aspect_codes[aspect], value) for candidate, aspect, value in rows)
    entries = [Entry(row.code, row.status, row.guest, row.duration_s) for row in candidates]
    ties = db.session.scalars(
        select(TieResolution.codes)
        .where(TieResolution.assessment_id == assessment_id)
        .order_by(TieResolution.id)
    ).all()
    return ScoringInput(Plan(scheme_of(assessment_id), MARK_DIGITS), entries, marks, ties)


def result(assessment_id: int) -> Result:
    """The result as the marks stand now."""
    given = scoring_input(assessment_id)
    return score(given.plan, given.entries, given.marks, given.tie_resolutions)


def standing(assessment_id: int) -> Standing:
    """The result as the marks stand now, the scheme behind it, and what only the chief judge can put in order."""
    given = scoring_input(assessment_id)
    by_rules = score(given.plan, given.entries, given.marks)
    resolved = given.tie_resolutions
    return Standing(
        given.plan.scheme,
        score(given.plan, given.entries, given.marks, resolved) if resolved else by_rules,
        equal_ranks(by_rules),
    )


def equal_ranks(by_rules: Result) -> list[list[str]]:
    groups: dict[int, list[str]] = {}
    for row in by_rules.rows:
        if row.rank is not None:
            groups.setdefault(row.rank, []).append(row.entry)
    return [codes for codes in groups.values() if len(codes) > 1]


def blockers(assessment_id: int) -> Sequence[Any]:
    """What stops the results: disputed and incomplete aspects, ties at an award."""
    return result(assessment_id).blockers


def bundle_marks(assessment_id: int) -> list[dict[str, Any]]:
    """Every revision of every mark, as an event bundle carries them."""
    rows = db.session.execute(
        select(Candidate.code, Aspect.code, Seat.code, MarkOp.value, MarkOp.result_rev)
        .join(Candidate, Candidate.id == MarkOp.candidate_id)
        .join(Aspect, Aspect.id == MarkOp.aspect_id)
        .join(Seat, Seat.id == MarkOp.seat_id)
        .where(
            Seat.assessment_id == assessment_id,
            MarkOp.status == "applied",
            MarkOp.kind.in_(("set", "clear")),
        )
        .order_by(Candidate.code, Aspect.position, Seat.code, MarkOp.result_rev)
    )
    return [
        {"entry": entry, "aspect": aspect, "judge": judge, "value": value, "rev": rev}
        for entry, aspect, judge, value, rev in rows
    ]


def bundle_judges(assessment_id: int) -> list[dict[str, str]]:
    seats = db.session.scalars(select(Seat).where(Seat.assessment_id == assessment_id).order_by(Seat.code))
    return [{"code": seat.code, "name": seat.name} for seat in seats]


def sheet_digest(seat_id: int, candidate_id: int) -> str:
    """SHA-256 of the sheet's canonical content: a line `aspect=value` for each current mark, by aspect code."""
    rows = db.session.execute(
        select(Aspect.code, Mark.value)
        .join(Aspect, Aspect.id == Mark.aspect_id)
        .where(Mark.seat_id == seat_id, Mark.candidate_id == candidate_id, Mark.value.is_not(None))
    )
    return digest_of_marks({code: plain(value) for code, value in rows})


def digest_of_marks(marks: Mapping[str, str]) -> str:
    """The digest of a sheet with exactly these marks, each a plain decimal."""
    lines = sorted(f"{code}={value}" for code, value in marks.items())
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def plain(value: Decimal) -> str:
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def marking_seats(assessment_id: int) -> Sequence[tuple[int, int | None]]:
    """(seat id, account id) of the judges who mark: the chief judge does not."""
    query = select(Seat.id, Seat.account_id).where(Seat.assessment_id == assessment_id, Seat.chief.is_(False))
    return [(row.id, row.account_id) for row in db.session.execute(query.order_by(Seat.code))]


def digest_of(seat_id: int, assessment_id: int, candidate_code: str) -> str:
    """The digest of a judge's sheet for the candidate of this code."""
    return sheet_digest(seat_id, candidate_of(assessment_id, candidate_code).id)


def candidate_of(assessment_id: int, code: str) -> Candidate:
    candidate = db.session.scalar(
        select(Candidate).where(Candidate.assessment_id == assessment_id, Candidate.code == code)
    )
    if candidate is None:
        raise NotFound()
    return candidate
