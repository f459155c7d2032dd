"""A tablet enters with a judge's card: by code and PIN, or by the token of the QR code.

Six failures within ten minutes, with one card or from one address, close that way for a while. They are counted in the
database, so that all workers count alike.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError

from qzcompete.core.actor import Actor
from qzcompete.core.clock import milliseconds, now
from qzcompete.core.columns import blind_index
from qzcompete.extensions import db
from qzcompete.marking.models import EntryFailures, JudgeCard, Seat, TabletGrant
from qzcompete.marking.services.cards import pin_hash, qr_hash
from qzcompete.marking.services.tablets import greet_device, new_grant

MOST_FAILURES = 6
WINDOW = timedelta(minutes=10)
KEPT = timedelta(days=1)


@dataclass(frozen=True)
class CardEntry:
    """What a tablet hands in: `code` and `pin`, or `token`; and where it does so from."""

    address: str
    device_id: str
    label: str | None = None
    code: str | None = None
    pin: str | None = None
    token: str | None = None


@dataclass(frozen=True)
class Entered:
    token: str
    grant: TabletGrant


class TooMany(Exception):
    """Too many failures; the same may be tried again in `seconds`."""

    def __init__(self, seconds: int) -> None:
        super().__init__(seconds)
        self.seconds = seconds


def enter_by_card(entry: CardEntry, hours: int) -> Entered | None:
    """A grant for the seat of the card, or None for a wrong or ended card; raises TooMany.

    Counts failures; the caller commits them although nobody entered."""
    counters = [counter(key) for key in sorted(counter_keys(entry))]
    moment = now()
    if wait := max(seconds_closed(one, moment) for one in counters):
        raise TooMany(wait)
    card = card_of(entry, moment)
    if card is None:
        for one in counters:
            one.moments = [*one.moments, milliseconds(moment)][-MOST_FAILURES:]
            one.last_at = moment
        return None
    seat = db.session.get_one(Seat, card.seat_id)
    actor = Actor(seat.account_id, seat.name)
    token, grant = new_grant(actor, seat.id, hours, entry.device_id, card.id)
    greet_device(entry.device_id, seat.id, entry.label)
    return Entered(token, grant)


def card_of(entry: CardEntry, moment: datetime) -> JudgeCard | None:
    """The card that holds now. One keyed hash and one comparison, whether there is such a card or not."""
    if entry.token is not None:
        by = JudgeCard.token_hash == qr_hash(entry.token)
    else:
        by = JudgeCard.code == entry.code
    card = db.session.scalar(select(JudgeCard).where(by))
    valid = card is not None and card.revoked_at is None and card.expires_at > moment
    if entry.token is None:
        given = pin_hash(entry.code or "", entry.pin or "")
        right = hmac.compare_digest(given, card.pin_hash if card is not None else "0" * 64)
        valid = valid and right
    return card if valid else None


def counter_keys(entry: CardEntry) -> Iterable[str]:
    yield blind_index("entry-address", entry.address)
    if entry.code is not None:
        yield hashlib.sha256(f"card:{entry.code}".encode()).hexdigest()


def counter(key: str) -> EntryFailures:
    """The counter, for us alone until the transaction ends: tries at once are counted one after the other."""
    found = db.session.get(EntryFailures, key, with_for_update=True, populate_existing=True)
    if found is not None:
        return found
    db.session.execute(delete(EntryFailures).where(EntryFailures.last_at < now() - KEPT))
    try:
        with db.session.begin_nested():
            db.session.add(EntryFailures(key=key, moments=[], last_at=now()))
    except IntegrityError:
        # Another try from the same place has made it at this moment.
        pass
    return db.session.get_one(EntryFailures, key, with_for_update=True, populate_existing=True)


def seconds_closed(one: EntryFailures, moment: datetime) -> int:
    """For how long this way stays closed; 0 if it is open."""
    if len(one.moments) < MOST_FAILURES:
        return 0
    left = one.moments[-MOST_FAILURES] + WINDOW // timedelta(milliseconds=1) - milliseconds(moment)
    return max(0, -(-int(left) // 1000))
