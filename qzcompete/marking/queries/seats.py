"""The panel as the chief judge sees it: who sits where, who sat there before, which card is out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from qzcompete.core.errors import NotFound
from qzcompete.extensions import db
from qzcompete.marking.models import FormerJudge, JudgeCard, Seat
from qzcompete.people.queries import accounts_with_role


@dataclass(frozen=True)
class Former:
    name: str
    until: datetime
    reason: str


@dataclass(frozen=True)
class PanelSeat:
    """`card_code` and `card_until` of the card that starts tablets now; None where there is none."""

    id: int
    code: str
    name: str
    marks: bool
    former: Sequence[Former]
    card_code: str | None
    card_until: datetime | None


def panel_seats(assessment_id: int, moment: datetime) -> Sequence[PanelSeat]:
    seats = db.session.scalars(
        select(Seat).where(Seat.assessment_id == assessment_id, Seat.chief.is_(False)).order_by(Seat.code)
    ).all()
    former: dict[int, list[Former]] = {}
    here = select(Seat.id).where(Seat.assessment_id == assessment_id)
    for row in db.session.scalars(
        select(FormerJudge).where(FormerJudge.seat_id.in_(here)).order_by(FormerJudge.id)
    ):
        former.setdefault(row.seat_id, []).append(Former(row.name, row.until, row.reason))
    cards = {
        card.seat_id: card
        for card in db.session.scalars(
            select(JudgeCard).where(JudgeCard.seat_id.in_(here), JudgeCard.holds(moment))
        )
    }
    return [panel_seat(seat, former.get(seat.id, []), cards.get(seat.id)) for seat in seats]


def panel_seat(seat: Seat, former: Sequence[Former], card: JudgeCard | None) -> PanelSeat:
    return PanelSeat(
        seat.id,
        seat.code,
        seat.name,
        seat.account_id is not None,
        former,
        card.code if card else None,
        card.expires_at if card else None,
    )


def panel_seat_of(assessment_id: int, seat_id: int, moment: datetime) -> PanelSeat:
    for seat in panel_seats(assessment_id, moment):
        if seat.id == seat_id:
            return seat
    raise NotFound()


def substitutes(assessment_id: int) -> list[tuple[int, str]]:
    """(account id, label) of the judges who have no seat on this panel."""
    seated = set(db.session.scalars(select(Seat.account_id).where(Seat.assessment_id == assessment_id)))
    return [
        (account.id, f"{account.name}（{account.username}）")
        for account in accounts_with_role("judge")
        if account.id not in seated
    ]
