"""Tablets: grants to send, and what each tablet tells of itself."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import uuid4

from qzcompete.core import audit
from qzcompete.core.actor import Actor
from qzcompete.core.clock import now
from qzcompete.core.errors import NotAllowed
from qzcompete.extensions import db
from qzcompete.marking.models import Device, Seat, ServerEpoch, TabletGrant
from qzcompete.marking.services.ops import is_whole


def start_tablet(actor: Actor, seat_id: int, hours: int) -> tuple[str, TabletGrant]:
    """A grant for one's own seat on this tablet: (token, grant). The token is told once and never kept."""
    seat = db.session.get_one(Seat, seat_id)
    if actor.account_id is None or seat.account_id != actor.account_id:
        raise NotAllowed()
    if db.session.get(ServerEpoch, 1) is None:
        db.session.add(ServerEpoch(id=1, value=str(uuid4())))
    token = secrets.token_urlsafe(32)
    grant = TabletGrant(
        token_hash=token_hash(token),
        seat_id=seat_id,
        device_id=str(uuid4()),
        created_at=now(),
        expires_at=now() + timedelta(hours=hours),
    )
    db.session.add(grant)
    db.session.flush()
    audit.record(
        actor, "tablet.granted", f"seat:{seat_id}", after={"grant": grant.id}, chain=f"seat:{seat_id}"
    )
    return token, grant


def token_hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def note_device(device_id: str, seat_id: int, report: Mapping[str, Any], clock_offset_ms: int | None) -> None:
    """Keep what the tablet says of itself, as far as it is well formed; nothing is decided by it."""
    device = db.session.get(Device, device_id)
    if device is None:
        device = Device(id=device_id, seat_id=seat_id)
        db.session.add(device)
    pending, oldest = report.get("pending"), report.get("oldest_pending_at")
    device.pending = pending if isinstance(pending, int) and is_whole(pending, 2**31 - 1) else 0
    device.oldest_pending_at = oldest if isinstance(oldest, int) and is_whole(oldest) else None
    device.label = short(report.get("label"), 80)
    device.build = short(report.get("build"), 40)
    device.persisted = report.get("persisted") if isinstance(report.get("persisted"), bool) else None
    device.clock_offset_ms, device.seen_at, device.seat_id = clock_offset_ms, now(), seat_id


def short(value: object, most: int) -> str | None:
    return value[:most] if isinstance(value, str) and value.isprintable() else None
