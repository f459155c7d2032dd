"""Every tablet of an assessment as the chief judge sees it: who holds unsent marks, who is silent, who may not send."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import exists, func, select

from qzcompete.extensions import db
from qzcompete.marking.models import Assessment, AssessmentState, Device, Seat, TabletGrant

SILENT_AFTER = timedelta(seconds=60)
# A clock this far off is told; marks are never ordered by it.
CLOCK_TOLD_S = 5


@dataclass(frozen=True)
class TabletCard:
    """`state`: ended (its right was revoked or has run out), silent, waiting (holds unsent marks) or fine.

    `seen_at` only where the tablet is silent or ended: of the others it is always just now."""

    seat_id: int
    device_id: str
    seat_code: str
    judge_name: str
    label: str | None
    state: str
    pending: int
    oldest_pending_at: datetime | None
    seen_at: datetime | None
    clock_off_s: int | None
    build: str | None
    persisted: bool | None


def tablet_cards(assessment_id: int, moment: datetime) -> Sequence[TabletCard]:
    """One query however many there are; those that need a hand come first."""
    may_send = exists().where(
        TabletGrant.seat_id == Device.seat_id,
        TabletGrant.device_id == Device.id,
        TabletGrant.holds(moment),
    )
    rows = db.session.execute(
        select(Device, Seat.code, Seat.name, may_send)
        .join(Seat, Seat.id == Device.seat_id)
        .where(Seat.assessment_id == assessment_id)
        .order_by(Seat.code, Device.id)
    )
    cards = [tablet_card(device, code, name, sends, moment) for device, code, name, sends in rows]
    return sorted(cards, key=lambda card: ("silent", "waiting", "fine", "ended").index(card.state))


def unsent_marks() -> dict[str, int]:
    """How many marks the tablets of each open assessment said they still hold."""
    rows = db.session.execute(
        select(Assessment.code, func.coalesce(func.sum(Device.pending), 0))
        .join(Seat, Seat.assessment_id == Assessment.id)
        .join(Device, Device.seat_id == Seat.id)
        .where(Assessment.state == AssessmentState.OPEN)
        .group_by(Assessment.code)
    )
    return {code: int(count) for code, count in rows}


def tablet_card(device: Device, seat_code: str, name: str, may_send: bool, moment: datetime) -> TabletCard:
    silent = moment - device.seen_at > SILENT_AFTER
    state = "ended" if not may_send else "silent" if silent else "waiting" if device.pending else "fine"
    off = round((device.clock_offset_ms or 0) / 1000)
    return TabletCard(
        device.seat_id,
        device.id,
        seat_code,
        name,
        device.label,
        state,
        device.pending,
        as_moment(device.oldest_pending_at) if device.pending else None,
        device.seen_at if state in ("silent", "ended") else None,
        off if abs(off) >= CLOCK_TOLD_S else None,
        device.build,
        device.persisted,
    )


def as_moment(milliseconds: int | None) -> datetime | None:
    """What a tablet says of its own time may be no moment at all."""
    try:
        return None if milliseconds is None else datetime.fromtimestamp(milliseconds / 1000, UTC)
    except (OverflowError, ValueError, OSError):
        return None
