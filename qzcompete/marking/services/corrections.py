"""A mark of a signed sheet is corrected in writing: by the chief judge, after a re-check or an appeal found it wrong.

The correction is one more op of the cell's ledger, with its reason; the judge's own mark stays in the ledger for ever.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import uuid4

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from qzcompete.core import audit
from qzcompete.core.actor import Actor
from qzcompete.core.errors import RuleBroken
from qzcompete.extensions import db
from qzcompete.marking.models import Aspect, Mark, Seat
from qzcompete.marking.queries.assessments import candidate_of, scheme_of, sheet_digest
from qzcompete.marking.rules.mark_limits import mark_fault
from qzcompete.marking.services.assessments import must_be_open
from qzcompete.marking.services.ops import OpResult, record_ops
from qzcompete.marking.services.sheets import open_sheet

# Facts on which all judges must agree: corrected for all of them at once.
AGREED = ("measurement", "deduction")


def correct_mark(
    actor: Actor, assessment_id: int, code: str, aspect_code: str, judge: str, value: str, reason: str
) -> None:
    """Put `value` in place of the judge's mark, or of all judges' marks where they measure; the sheets are signed anew by
    the actor. The assessment must be open."""
    assessment = must_be_open(assessment_id)
    if not reason.strip():
        raise RuleBroken(_l("Give the reason."), field="reason")
    rule = next((one for one in scheme_of(assessment_id).aspects if one.code == aspect_code), None)
    if rule is None or mark_fault(rule, value):
        raise RuleBroken(_l("This is no mark that the scheme allows for this aspect."), field="value")
    candidate = candidate_of(assessment_id, code)
    query = (
        select(Seat, Mark.rev)
        .join(Mark, Mark.seat_id == Seat.id)
        .join(Aspect, Aspect.id == Mark.aspect_id)
        .where(Mark.candidate_id == candidate.id, Aspect.code == aspect_code)
        .order_by(Seat.id)
    )
    if rule.kind not in AGREED:
        query = query.where(Seat.code == judge)
    seats = db.session.execute(query).tuples().all()
    if not seats:
        raise RuleBroken(_l("This judge has given no mark for this aspect."), field="judge")
    about = {"correction": {"by": actor.account_id, "reason": reason.strip()}}
    told = {"code": code, "aspect": aspect_code, "reason": reason.strip()}
    for seat, rev in seats:
        open_sheet(actor, seat.id, candidate.id, told)
        own = {"assessment": assessment.code, "judge": seat.code, "candidate": code, "extra": about}
        must_count(record_ops(actor, seat.id, [correction_op(own, aspect_code, "set", value, rev)]))
        digest = sheet_digest(seat.id, candidate.id)
        must_count(record_ops(actor, seat.id, [correction_op(own, None, "sign", digest, 0)]))
    audit.record(
        actor, "mark.corrected", f"assessment:{assessment_id}", after=told | {"judge": judge, "value": value}
    )


def correction_op(
    own: Mapping[str, object], aspect: str | None, kind: str, value: str, rev: int
) -> dict[str, object]:
    return {
        **own,
        "op_id": str(uuid4()),
        "aspect": aspect,
        "kind": kind,
        "value": value,
        "base_rev": rev,
    }


def must_count(results: Sequence[OpResult]) -> None:
    if any(result.status not in ("applied", "same") for result in results):
        raise RuleBroken(
            _l("Another mark came in at the same moment. Look at it and try again."), code="moved"
        )
