"""What tablets send, many at once in one transaction: whose right it is, their ops, and what each tablet tells.

A grant is looked up in the same transaction that stores the marks: a revoked one stores nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from qzcompete.core.actor import Actor
from qzcompete.core.clock import now
from qzcompete.core.driver import Driver, keys
from qzcompete.marking.services import statements as say
from qzcompete.marking.services.ledger import Desk, desk_of
from qzcompete.marking.services.ops import (
    Delivery,
    OpResult,
    Sender,
    record_deliveries,
    record_delivery,
)
from qzcompete.marking.services.tablets import device_values


@dataclass(frozen=True)
class Parcel:
    """A batch as it came from a tablet, not yet known whose."""

    token_hash: str
    ops: Sequence[dict[str, Any]]
    report: Mapping[str, Any]
    clock_offset_ms: int | None


@dataclass(frozen=True)
class Right:
    """A grant that holds: whose marks a token brings, from which tablet, to which desk."""

    grant_id: int
    device_id: str
    actor: Actor
    desk: Desk
    epoch: str


@dataclass(frozen=True)
class Receipt:
    """What a tablet is told; `quarrels` where the judge has conflicts to settle."""

    seat_id: int
    results: Sequence[OpResult]
    epoch: str
    ops_seen: int
    quarrels: bool


def receive(driver: Driver, parcels: Sequence[Parcel]) -> list[Receipt | None]:
    """Record what these tablets sent, all or none; None for one that has no right to send."""
    moment = now()
    rights = rights_of(driver, {parcel.token_hash for parcel in parcels}, moment)
    granted = [(parcel, rights[parcel.token_hash]) for parcel in parcels if parcel.token_hash in rights]
    if not granted:
        return [None] * len(parcels)
    results = recorded(driver, [delivery(parcel, right) for parcel, right in granted])
    note_devices(driver, granted, moment)
    receipts = iter(told(driver, [right for _, right in granted], results))
    return [next(receipts) if parcel.token_hash in rights else None for parcel in parcels]


def rights_of(driver: Driver, hashes: set[str], moment: datetime) -> dict[str, Right]:
    """The grants of these tokens that hold, with their desks locked until the transaction ends."""
    rights = {}
    for row in driver.rows(say.RIGHTS, keys(hashes), driver.moment(moment)):
        token_hash, grant_id, device_id, name, account_id, epoch = row[:6]
        actor = Actor(account_id, name)
        rights[token_hash] = Right(grant_id, device_id, actor, desk_of(driver, row[6:]), epoch or "")
    return rights


def delivery(parcel: Parcel, right: Right) -> Delivery:
    sender = Sender(right.device_id, right.grant_id, parcel.clock_offset_ms)
    return Delivery(right.actor, right.desk, parcel.ops, sender)


def recorded(driver: Driver, deliveries: Sequence[Delivery]) -> list[list[OpResult]]:
    """One alone may go op by op; several are told to come again one by one."""
    if len(deliveries) == 1:
        return [record_delivery(driver, deliveries[0])]
    return record_deliveries(driver, deliveries)


def note_devices(driver: Driver, granted: Sequence[tuple[Parcel, Right]], moment: datetime) -> None:
    """Keep what each tablet says of itself, in the order of their ids, lest two writers wait for each other."""
    seen_at = driver.moment(moment)
    rows = {
        right.device_id: {
            "id": right.device_id,
            "seat_id": right.desk.seat_id,
            "seen_at": seen_at,
            "clock_offset_ms": parcel.clock_offset_ms,
            **device_values(parcel.report),
        }
        for parcel, right in granted
    }
    driver.store(say.DEVICES, [rows[device] for device in sorted(rows)])


def told(driver: Driver, rights: Sequence[Right], results: Sequence[Sequence[OpResult]]) -> list[Receipt]:
    asked = keys({(right.device_id, right.desk.seat_id) for right in rights})
    standing = {
        (device, seat): (seen, bool(quarrels))
        for device, seat, seen, quarrels in driver.rows(say.STANDING, asked)
    }
    return [
        Receipt(right.desk.seat_id, result, right.epoch, *standing[right.device_id, right.desk.seat_id])
        for right, result in zip(rights, results, strict=True)
    ]
