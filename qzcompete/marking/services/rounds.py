"""What the chief judge asks of judges and answers them: a further round for disputed cells, a call, an incident."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select

from qzcompete.core import audit
from qzcompete.core.actor import Actor
from qzcompete.core.clock import now
from qzcompete.core.errors import NotFound, RuleBroken
from qzcompete.extensions import db
from qzcompete.marking.models import (
    Aspect,
    Candidate,
    FlagAnswer,
    Mark,
    MarkOp,
    Remark,
    Seat,
)
from qzcompete.marking.queries.assessments import candidate_of
from qzcompete.marking.queries.rounds import open_rounds
from qzcompete.marking.services.assessments import must_be_open
from qzcompete.marking.services.sheets import open_sheet


def open_round(actor: Actor, assessment_id: int, code: str, aspects: Sequence[str], reason: str) -> None:
    """Ask all who marked these aspects of the candidate to mark them again. Signed sheets are opened for these cells
    alone; the marks given so far stay in the ledger and count until another is given."""
    must_be_open(assessment_id, shared=True)
    if not reason.strip():
        raise RuleBroken(_l("Give the reason."), field="reason")
    candidate = candidate_of(assessment_id, code)
    under_way = {one.aspect for one in open_rounds(Candidate.id == candidate.id)}
    if under_way.intersection(aspects):
        raise RuleBroken(
            _l("Not all judges have marked again in the round under way."), code="under_way", field="aspects"
        )
    chosen = db.session.scalars(
        select(Aspect)
        .where(Aspect.assessment_id == assessment_id, Aspect.code.in_(aspects))
        .order_by(Aspect.position)
    ).all()
    seats = db.session.scalars(
        select(Seat)
        .where(
            Seat.id.in_(
                select(Mark.seat_id).where(
                    Mark.candidate_id == candidate.id, Mark.aspect_id.in_([aspect.id for aspect in chosen])
                )
            )
        )
        .order_by(Seat.id)
        .with_for_update()
    ).all()
    if not chosen or not seats:
        raise RuleBroken(_l("Choose aspects that have been marked."), field="aspects")
    moment = now()
    for aspect in chosen:
        last = select(func.max(Remark.round)).where(
            Remark.candidate_id == candidate.id, Remark.aspect_id == aspect.id
        )
        db.session.add(
            Remark(
                candidate_id=candidate.id,
                aspect_id=aspect.id,
                round=(db.session.scalar(last) or 1) + 1,
                reason=reason.strip(),
                opened_at=moment,
            )
        )
    told = {"code": code, "aspects": [aspect.code for aspect in chosen], "reason": reason.strip()}
    for seat in seats:
        open_sheet(actor, seat.id, candidate.id, told, rounds_since=moment)
    audit.record(actor, "round.opened", f"assessment:{assessment_id}", after=told)


def answer_flag(actor: Actor, assessment_id: int, op_id: str, text: str) -> None:
    """Answer a judge's call or incident; the judge reads it on the tablet. A later answer replaces an earlier one."""
    if not text.strip():
        raise RuleBroken(_l("Write what you decide or have done."), field="text")
    flag = db.session.get(MarkOp, op_id)
    if flag is None or flag.kind != "flag":
        raise NotFound()
    seat = db.session.get_one(Seat, flag.seat_id)
    if seat.assessment_id != assessment_id:
        raise NotFound()
    answer = db.session.get(FlagAnswer, op_id, with_for_update=True) or FlagAnswer(op_id=op_id)
    before = {"text": answer.text} if answer.text else None
    answer.text, answer.answered_at = text.strip(), now()
    db.session.add(answer)
    told = {"op": op_id, "text": answer.text}
    audit.record(actor, "flag.answered", f"seat:{seat.id}", before, told, chain=f"seat:{seat.id}")
