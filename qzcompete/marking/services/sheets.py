"""A signed sheet is opened again, by the chief judge: whole, or for the cells of a round. Its marks stay, the judge
signs anew."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from flask_babel import lazy_gettext as _l

from qzcompete.core import audit
from qzcompete.core.actor import Actor
from qzcompete.core.errors import NotFound, RuleBroken
from qzcompete.extensions import db
from qzcompete.marking.models import Seat, Sheet, SheetState
from qzcompete.marking.queries.assessments import candidate_of
from qzcompete.marking.services.assessments import must_be_open


def unlock_sheet(actor: Actor, assessment_id: int, seat_id: int, code: str, reason: str) -> None:
    """Open one signed sheet whole, with the reason: also one that a round has opened for its cells."""
    must_be_open(assessment_id, shared=True)
    if not reason.strip():
        raise RuleBroken(_l("Give the reason."), field="reason")
    seat = db.session.get(Seat, seat_id)
    if seat is None or seat.assessment_id != assessment_id:
        raise NotFound()
    told = {"code": code, "reason": reason.strip()}
    if not open_sheet(actor, seat_id, candidate_of(assessment_id, code).id, told):
        raise RuleBroken(_l("This sheet is not signed."), code="not_signed")


def open_sheet(
    actor: Actor,
    seat_id: int,
    candidate_id: int,
    told: Mapping[str, object],
    rounds_since: datetime | None = None,
) -> bool:
    """Take the signature off a sheet, if it has one; what it had bound stays in the audit log.

    With `rounds_since`, only cells of rounds opened from then on may change until it is signed again."""
    sheet = db.session.get(Sheet, (seat_id, candidate_id), with_for_update=True)
    partly_open = sheet is not None and sheet.rounds_since is not None and rounds_since is None
    if sheet is None or not (sheet.state is SheetState.SIGNED or partly_open):
        return False
    before = {"digest": sheet.digest}
    sheet.state, sheet.digest, sheet.signed_at = SheetState.OPEN, None, None
    sheet.rounds_since = rounds_since
    audit.record(actor, "sheet.unlocked", f"seat:{seat_id}", before, told, chain=f"seat:{seat_id}")
    return True
