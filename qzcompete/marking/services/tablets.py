"""Tablets: grants to send, their end, and what each tablet tells of itself."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import ColumnElement, select

from qzcompete.core import audit
from qzcompete.core.actor import Actor
from qzcompete.core.clock import now
from qzcompete.core.errors import NotAllowed, NotFound
from qzcompete.extensions import db
from qzcompete.marking.models import Device, Seat, ServerEpoch, TabletGrant
from qzcompete.marking.rules.op_shape import is_whole


def start_tablet(
    actor: Actor, seat_id: int, hours: int, device_id: str | None = None
) -> tuple[str, TabletGrant]:
    """A grant for one's own seat on this tablet: (token, grant). The token is told once and never kept."""
    seat = db.session.get_one(Seat, seat_id)
    if actor.account_id is None or seat.account_id != actor.account_id:
        raise NotAllowed()
    return new_grant(actor, seat_id, hours, device_id or str(uuid4()))


def new_grant(
    actor: Actor, seat_id: int, hours: int, device_id: str, card_id: int | None = None
) -> tuple[str, TabletGrant]:
    if db.session.get(ServerEpoch, 1) is None:
        db.session.add(ServerEpoch(id=1, value=str(uuid4())))
    token = secrets.token_urlsafe(32)
    grant = TabletGrant(
        token_hash=token_hash(token),
        seat_id=seat_id,
        device_id=device_id,
        card_id=card_id,
        created_at=now(),
        expires_at=now() + timedelta(hours=hours),
    )
    db.session.add(grant)
    db.session.flush()
    told = {"grant": grant.id, "device": device_id, "card": card_id}
    audit.record(actor, "tablet.granted", f"seat:{seat_id}", after=told, chain=f"seat:{seat_id}")
    return token, grant


def token_hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def revoke_tablet(actor: Actor, assessment_id: int, seat_id: int, device_id: str) -> None:
    """This tablet may not send for this seat any more; what it still holds stays on it."""
    seat = db.session.get(Seat, seat_id)
    if seat is None or seat.assessment_id != assessment_id:
        raise NotFound()
    end_grants(actor, seat_id, TabletGrant.device_id == device_id)


def end_grants(actor: Actor, seat_id: int, *which: ColumnElement[bool]) -> None:
    """End the seat's grants that still hold, those of `which` or all."""
    moment = now()
    grants = db.session.scalars(
        select(TabletGrant)
        .where(
            TabletGrant.seat_id == seat_id,
            TabletGrant.holds(moment),
            *which,
        )
        .with_for_update()
    ).all()
    for grant in grants:
        grant.revoked_at = moment
    if grants:
        told = {"grants": [grant.id for grant in grants], "devices": [grant.device_id for grant in grants]}
        audit.record(actor, "tablet.revoked", f"seat:{seat_id}", after=told, chain=f"seat:{seat_id}")


def device_values(report: Mapping[str, Any]) -> dict[str, Any]:
    """What the tablet says of itself, as far as it is well formed; nothing is decided by it."""
    pending, oldest = report.get("pending"), report.get("oldest_pending_at")
    return {
        "pending": pending if isinstance(pending, int) and is_whole(pending, 2**31 - 1) else 0,
        "oldest_pending_at": oldest if isinstance(oldest, int) and is_whole(oldest) else None,
        "label": short(report.get("label"), 80),
        "build": short(report.get("build"), 40),
        "persisted": report.get("persisted") if isinstance(report.get("persisted"), bool) else None,
    }


def greet_device(device_id: str, seat_id: int, label: str | None) -> None:
    """A tablet that has just entered: it is on the chief judge's page before it sends its first mark."""
    device = known_device(device_id, seat_id)
    device.label = label or device.label
    device.seen_at, device.seat_id = now(), seat_id


def known_device(device_id: str, seat_id: int) -> Device:
    device = db.session.get(Device, device_id)
    if device is None:
        device = Device(id=device_id, seat_id=seat_id, pending=0)
        db.session.add(device)
    return device


def short(value: object, most: int) -> str | None:
    return value[:most] if isinstance(value, str) and value.isprintable() else None
