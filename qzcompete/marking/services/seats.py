"""A judge is substituted: another takes the seat from now on; the marks given stay whose they were."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from qzcompete.core import audit
from qzcompete.core.actor import Actor
from qzcompete.core.clock import now
from qzcompete.core.errors import NotFound, RuleBroken
from qzcompete.extensions import db
from qzcompete.marking.models import FormerJudge, Seat
from qzcompete.marking.services.assessments import must_be_open
from qzcompete.marking.services.cards import end_cards
from qzcompete.marking.services.tablets import end_grants
from qzcompete.people.queries import accounts_with_role
from qzcompete.people.services import grant_role


def substitute_judge(actor: Actor, assessment_id: int, seat_id: int, account_id: int, reason: str) -> None:
    """Give the seat to another judge. The former one's tablets and cards end at once, and the role for this assessment."""
    must_be_open(assessment_id, shared=True)
    seat = db.session.get(Seat, seat_id, with_for_update=True)
    if seat is None or seat.assessment_id != assessment_id or seat.chief:
        raise NotFound()
    if not reason.strip():
        raise RuleBroken(_l("Give the reason."), field="reason")
    judges = {account.id: account for account in accounts_with_role("judge")}
    if account_id not in judges:
        raise RuleBroken(_l("Only accounts with the role of a judge can be chosen."), field="account")
    seated = select(Seat.id).where(Seat.assessment_id == assessment_id, Seat.account_id == account_id)
    if db.session.scalar(seated.limit(1)):
        raise RuleBroken(_l("This judge has a seat on this panel already."), field="account")
    before = {"account": seat.account_id, "name": seat.name}
    db.session.add(
        FormerJudge(
            seat_id=seat.id,
            name=seat.name,
            account_id=seat.account_id,
            until=now(),
            reason=reason.strip(),
        )
    )
    end_cards(actor, seat.id)
    end_grants(actor, seat.id)
    scope = ("assessment", assessment_id)
    former = judges.get(seat.account_id or 0)
    if former is not None:
        for grant in [
            one for one in former.grants if (one.role, one.scope_kind, one.scope_id) == ("judge", *scope)
        ]:
            former.grants.remove(grant)
    seat.account_id, seat.name = account_id, judges[account_id].name
    grant_role(actor, judges[account_id], "judge", scope)
    audit.record(
        actor,
        "seat.substituted",
        f"seat:{seat.id}",
        before,
        {"account": account_id, "name": seat.name, "reason": reason.strip()},
        chain=f"seat:{seat.id}",
    )
