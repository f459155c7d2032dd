"""What tablets send, many at once in one transaction: whose right it is, their ops, and what each tablet tells.

A grant is looked up in the same transaction that stores the marks: a revoked one stores nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, literal_column, select
from sqlalchemy.dialects import postgresql, sqlite

from qzcompete.core.actor import Actor
from qzcompete.core.clock import now
from qzcompete.extensions import db
from qzcompete.marking.models import Device, MarkOp, Seat, ServerEpoch, TabletGrant
from qzcompete.marking.services.ledger import open_desks
from qzcompete.marking.services.ops import (
    Delivery,
    OpResult,
    Sender,
    record_deliveries,
    record_delivery,
)
from qzcompete.marking.services.tablets import device_values

grants, seats, ops = TabletGrant.__table__, Seat.__table__, MarkOp.__table__

GRANTS = (
    select(
        grants.c.token_hash,
        grants.c.id,
        grants.c.device_id,
        grants.c.seat_id,
        seats.c.name,
        seats.c.account_id,
        select(ServerEpoch.__table__.c.value).scalar_subquery().label("epoch"),
    )
    .join(seats, seats.c.id == grants.c.seat_id)
    .where(
        grants.c.token_hash.in_(bindparam("hashes", expanding=True)),
        TabletGrant.holds(bindparam("moment")),
    )
)
SEEN = (
    select(ops.c.device_id, func.count())
    .where(ops.c.device_id.in_(bindparam("devices", expanding=True)))
    .group_by(ops.c.device_id)
)
# Written as the index of open conflicts has it, else SQLite does not use it.
QUARRELS = (
    select(ops.c.seat_id)
    .where(
        ops.c.seat_id.in_(bindparam("seats", expanding=True)),
        ops.c.status == literal_column("'conflict'"),
        ops.c.resolved_by.is_(None),
    )
    .distinct()
)


devices = Device.__table__
# Prepared once: SQLAlchemy keeps no compiled form of an insert that may meet a row.
TELL_DEVICE = (
    devices.update()
    .where(devices.c.id == bindparam("of"))
    .values({column.name: bindparam(f"told_{column.name}") for column in devices.c if column.name != "id"})
)
NEW_DEVICE = {
    "sqlite": sqlite.insert(devices).on_conflict_do_nothing(),
    "postgresql": postgresql.insert(devices).on_conflict_do_nothing(),
}


@dataclass(frozen=True)
class Parcel:
    """A batch as it came from a tablet, not yet known whose."""

    token_hash: str
    ops: Sequence[dict[str, Any]]
    report: Mapping[str, Any]
    clock_offset_ms: int | None


@dataclass(frozen=True)
class Receipt:
    """What a tablet is told; `quarrels` where the judge has conflicts to settle."""

    seat_id: int
    results: Sequence[OpResult]
    epoch: str
    ops_seen: int
    quarrels: bool


def receive(parcels: Sequence[Parcel]) -> list[Receipt | None]:
    """Record what these tablets sent, all or none; None for one that has no right to send."""
    moment = now()
    hashes = sorted({parcel.token_hash for parcel in parcels})
    found = db.session.connection().execute(GRANTS, {"hashes": hashes, "moment": moment})
    rights = {row.token_hash: row for row in found}
    granted = [(parcel, rights[parcel.token_hash]) for parcel in parcels if parcel.token_hash in rights]
    if not granted:
        return [None] * len(parcels)
    desks = open_desks(grant.seat_id for _, grant in granted)
    deliveries = [
        Delivery(
            Actor(grant.account_id, grant.name),
            desks[grant.seat_id],
            parcel.ops,
            Sender(grant.device_id, grant.id, parcel.clock_offset_ms),
        )
        for parcel, grant in granted
    ]
    results = recorded(deliveries)
    note_devices(granted, moment)
    receipts = iter(told(deliveries, results, granted[0][1].epoch or ""))
    return [next(receipts) if parcel.token_hash in rights else None for parcel in parcels]


def recorded(deliveries: Sequence[Delivery]) -> list[list[OpResult]]:
    """One alone may go op by op; several are told to come again one by one."""
    if len(deliveries) == 1:
        return [record_delivery(deliveries[0])]
    return record_deliveries(deliveries)


def note_devices(granted: Sequence[tuple[Parcel, Any]], moment: datetime) -> None:
    """Keep what each tablet says of itself, in the order of their ids, lest two writers wait for each other."""
    rows = {
        grant.device_id: {
            "id": grant.device_id,
            "seat_id": grant.seat_id,
            "seen_at": moment,
            "clock_offset_ms": parcel.clock_offset_ms,
            **device_values(parcel.report),
        }
        for parcel, grant in granted
    }
    run = db.session.connection().execute
    known = [
        {"of": device, **{f"told_{name}": value for name, value in rows[device].items() if name != "id"}}
        for device in sorted(rows)
    ]
    if run(TELL_DEVICE, known).rowcount < len(known):
        run(NEW_DEVICE[db.engine.dialect.name], [rows[device] for device in sorted(rows)])


def told(deliveries: Sequence[Delivery], results: Sequence[Sequence[OpResult]], epoch: str) -> list[Receipt]:
    run = db.session.connection().execute
    devices = sorted({str(delivery.sender.device_id) for delivery in deliveries})
    places = sorted({delivery.desk.seat_id for delivery in deliveries})
    seen = {row[0]: row[1] for row in run(SEEN, {"devices": devices})}
    quarrels = set(run(QUARRELS, {"seats": places}).scalars())
    return [
        Receipt(
            delivery.desk.seat_id,
            result,
            epoch,
            seen.get(delivery.sender.device_id, 0),
            delivery.desk.seat_id in quarrels,
        )
        for delivery, result in zip(deliveries, results, strict=True)
    ]
