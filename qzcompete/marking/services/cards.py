"""Judges' cards: issued, printed once, ended. A card is the right of one seat to start tablets while it is valid.

Of PIN and QR token only keyed hashes stay: a stolen database opens no tablet, and six digits cannot be guessed from it.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from qzcompete.core import audit
from qzcompete.core.actor import Actor
from qzcompete.core.clock import now
from qzcompete.core.columns import blind_index
from qzcompete.core.errors import NotFound, RuleBroken
from qzcompete.extensions import db
from qzcompete.marking.models import AssessmentState, JudgeCard, Seat, TabletGrant
from qzcompete.marking.services.assessments import locked
from qzcompete.marking.services.tablets import end_grants

# Without 0 O, 1 I, 5 S, 8 B, 2 Z pairs: of each only one is there, or none.
SIGNS = "ACDEFGHJKLMNPQRTUVWXY2346789"
CODE_LENGTH = 6
PIN_LENGTH = 6


@dataclass(frozen=True)
class IssuedCard:
    """What is printed on a card; it exists nowhere else."""

    seat_code: str
    judge_name: str
    code: str
    pin: str
    token: str
    expires_at: datetime


def issue_cards(
    actor: Actor, assessment_id: int, hours: int, seat_ids: Collection[int] | None = None
) -> Sequence[IssuedCard]:
    """A new card for each judge of the panel, or of `seat_ids`; the cards that these seats had before end."""
    assessment = locked(assessment_id, shared=True)
    if assessment.state is not AssessmentState.OPEN:
        raise RuleBroken(_l("Cards are printed once marking is open."), code="not_open")
    seats = db.session.scalars(
        select(Seat)
        .where(Seat.assessment_id == assessment_id, Seat.chief.is_(False), Seat.account_id.is_not(None))
        .order_by(Seat.id)
        .with_for_update()
    ).all()
    wanted = [seat for seat in seats if seat_ids is None or seat.id in seat_ids]
    if not wanted:
        raise NotFound()
    return [issue_card(actor, seat, hours) for seat in wanted]


def issue_card(actor: Actor, seat: Seat, hours: int) -> IssuedCard:
    end_cards(actor, seat.id)
    code, pin = free_code(), "".join(secrets.choice("0123456789") for _ in range(PIN_LENGTH))
    token, moment = secrets.token_urlsafe(32), now()
    card = JudgeCard(
        seat_id=seat.id,
        code=code,
        pin_hash=pin_hash(code, pin),
        token_hash=qr_hash(token),
        issued_at=moment,
        expires_at=moment + timedelta(hours=hours),
    )
    db.session.add(card)
    db.session.flush()
    audit.record(actor, "card.issued", f"seat:{seat.id}", after={"card": card.id}, chain=f"seat:{seat.id}")
    return IssuedCard(seat.code, seat.name, code, pin, token, card.expires_at)


def free_code() -> str:
    while True:
        code = "".join(secrets.choice(SIGNS) for _ in range(CODE_LENGTH))
        if db.session.scalar(select(JudgeCard.id).where(JudgeCard.code == code)) is None:
            return code


def end_cards(actor: Actor, seat_id: int) -> None:
    """The seat's cards start no tablet any more; tablets that were started go on."""
    moment = now()
    cards = db.session.scalars(
        select(JudgeCard).where(JudgeCard.seat_id == seat_id, JudgeCard.holds(moment))
    ).all()
    for card in cards:
        card.revoked_at = moment
    if cards:
        told = {"cards": [card.id for card in cards]}
        audit.record(actor, "card.ended", f"seat:{seat_id}", after=told, chain=f"seat:{seat_id}")


def replace_tablet(actor: Actor, assessment_id: int, seat_id: int, device_id: str, hours: int) -> IssuedCard:
    """The tablet is gone: it may not send any more, nor its card start another; here is a new card."""
    card = issue_cards(actor, assessment_id, hours, {seat_id})[0]
    end_grants(actor, seat_id, TabletGrant.device_id == device_id)
    return card


def pin_hash(code: str, pin: str) -> str:
    return blind_index("judge-card-pin", f"{code}:{pin}")


def qr_hash(token: str) -> str:
    return blind_index("judge-card-qr", token)
