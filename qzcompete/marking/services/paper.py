"""Paper sheets: typed twice by different people, compared cell by cell, then recorded as the judge's own ops.

What is recorded goes the way of every mark, so that a cell marked otherwise on a tablet gives a conflict that is seen.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from qzcompete.core import audit
from qzcompete.core.actor import Actor
from qzcompete.core.clock import now
from qzcompete.core.errors import NotAllowed, NotFound, RuleBroken
from qzcompete.core.numbers import NotADecimal, parse_decimal
from qzcompete.extensions import db
from qzcompete.marking.models import Assessment, Candidate, PaperEntry, Recusal, Seat
from qzcompete.marking.queries.assessments import (
    candidate_of,
    digest_of_marks,
    plain,
    scheme_of,
    sheet_digest,
)
from qzcompete.marking.queries.paper import SIGNATURE, paper_differences, paper_entries, paper_op_id
from qzcompete.marking.rules.mark_limits import mark_fault
from qzcompete.marking.services.assessments import must_be_open
from qzcompete.marking.services.ops import OpResult, record_ops

FAULTS = {
    "malformed": _l("This is not a number."),
    "out_of_range": _l("The mark is not within the range."),
    "bad_step": _l("The mark does not fit the steps."),
}


class WrongMarks(RuleBroken):
    """`faults`: aspect code → what is wrong with the mark typed for it."""

    def __init__(self, faults: Mapping[str, object]) -> None:
        super().__init__(_l("Some marks cannot be given. Look at the paper again."), code="wrong_marks")
        self.faults = faults


def type_sheet(
    actor: Actor, assessment_id: int, seat_id: int, code: str, typed: Mapping[str, str], signed: bool
) -> Sequence[OpResult] | None:
    """Take one person's typing of the whole sheet, or later of the cells that differ. Once two people agree it is
    recorded: then what became of each mark, else None."""
    assessment = must_be_open(assessment_id, shared=True)
    seat, candidate = sheet_of(assessment_id, seat_id, code)
    if actor.account_id is None or actor.account_id == seat.account_id:
        raise NotAllowed(_l("Nobody types his own sheet."), code="own_sheet")
    marks = readable(assessment_id, typed)
    entries = list(paper_entries(seat_id, candidate.id))
    mine = next((entry for entry in entries if entry.account_id == actor.account_id), None)
    if mine is None:
        if len(entries) == 2:
            raise NotAllowed(_l("Two others have typed this sheet; they settle it."), code="typed_twice")
        mine = new_entry(actor, seat, candidate, entries)
        entries.append(mine)
    elif len(entries) == 2:
        differing = paper_differences(entries)
        signed = signed if SIGNATURE in differing else mine.signed
        kept = {aspect: value for aspect, value in mine.marks.items() if aspect not in differing}
        marks = kept | {aspect: value for aspect, value in marks.items() if aspect in differing}
    mine.marks, mine.signed, mine.entered_at = marks, signed, now()
    db.session.flush()
    told = {"candidate": code, "round": mine.round, "place": mine.place, "marks": len(marks)}
    audit.record(actor, "paper.typed", f"seat:{seat_id}", after=told, chain=f"seat:{seat_id}")
    if len(entries) < 2 or paper_differences(entries):
        return None
    return record_sheet(actor, assessment, seat, candidate, entries)


def sheet_of(assessment_id: int, seat_id: int, code: str) -> tuple[Seat, Candidate]:
    """Locked, so that two who type the same sheet are compared, not both taken for the first."""
    seat = db.session.get(Seat, seat_id, with_for_update=True)
    if seat is None or seat.assessment_id != assessment_id or seat.chief:
        raise NotFound()
    candidate = candidate_of(assessment_id, code)
    if db.session.get(Recusal, (seat_id, candidate.id)) is not None:
        raise RuleBroken(_l("This judge is recused from this work."), code="recused")
    return seat, candidate


def new_entry(actor: Actor, seat: Seat, candidate: Candidate, entries: Sequence[PaperEntry]) -> PaperEntry:
    last = db.session.scalars(
        select(PaperEntry.round)
        .where(PaperEntry.seat_id == seat.id, PaperEntry.candidate_id == candidate.id)
        .order_by(PaperEntry.round.desc())
        .limit(1)
    ).first()
    entry = PaperEntry(
        seat_id=seat.id,
        candidate_id=candidate.id,
        round=entries[0].round if entries else (last or 0) + 1,
        place=len(entries) + 1,
        account_id=actor.account_id,
    )
    db.session.add(entry)
    return entry


def readable(assessment_id: int, typed: Mapping[str, str]) -> dict[str, str]:
    """The typed marks as plain decimals; an empty cell is left out. Raises WrongMarks."""
    marks, faults = {}, {}
    for aspect in scheme_of(assessment_id).aspects:
        text = half_width(typed.get(aspect.code, ""))
        if not text:
            continue
        try:
            value = plain(parse_decimal(text))
        except NotADecimal:
            faults[aspect.code] = FAULTS["malformed"]
            continue
        if fault := mark_fault(aspect, value):
            faults[aspect.code] = FAULTS[fault]
        marks[aspect.code] = value
    if faults:
        raise WrongMarks(faults)
    return marks


def half_width(text: str) -> str:
    """Digits as a Chinese keyboard may give them, made plain; without blanks."""
    folded = "".join(chr(ord(sign) - 0xFEE0) if 0xFF01 <= ord(sign) <= 0xFF5E else sign for sign in text)
    return "".join(folded.replace("。", ".").split())


def record_sheet(
    actor: Actor, assessment: Assessment, seat: Seat, candidate: Candidate, entries: Sequence[PaperEntry]
) -> Sequence[OpResult]:
    """The agreed marks as ops of the judge's seat, marked as from paper, and the signature if the paper bears it."""
    marks, about = entries[0].marks, {"paper": {"by": [entry.account_id for entry in entries]}}
    ops = [
        paper_op(assessment, seat, candidate, entries[0].round, aspect, value, about)
        for aspect, value in marks.items()
    ]
    results = record_ops(actor, seat.id, ops)
    db.session.flush()
    digest = sheet_digest(seat.id, candidate.id)
    counted = all(result.status in ("applied", "same") for result in results)
    # Signed only if what stands is what the judge put his name to: the paper's marks and no others.
    if counted and all(entry.signed for entry in entries) and digest == digest_of_marks(marks):
        op = paper_op(assessment, seat, candidate, entries[0].round, None, digest, about)
        results = [*results, *record_ops(actor, seat.id, [op])]
    for entry in entries:
        entry.recorded_at = now()
    told = {"candidate": candidate.code, "round": entries[0].round}
    audit.record(actor, "paper.recorded", f"seat:{seat.id}", after=told, chain=f"seat:{seat.id}")
    return results


def paper_op(
    assessment: Assessment,
    seat: Seat,
    candidate: Candidate,
    round_number: int,
    aspect: str | None,
    value: str,
    about: Mapping[str, object],
) -> dict[str, object]:
    """Paper knows no revision: it says what the judge wrote on an empty sheet."""
    return {
        "op_id": paper_op_id(seat.id, candidate.id, round_number, aspect),
        "assessment": assessment.code,
        "judge": seat.code,
        "candidate": candidate.code,
        "aspect": aspect,
        "kind": "set" if aspect else "sign",
        "value": value,
        "base_rev": 0,
        "extra": dict(about),
    }
