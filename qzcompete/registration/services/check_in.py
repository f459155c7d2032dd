"""Checks competitors in at the door: by the code of their pass, their number, or by hand; undoes it; ends it."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from qzcompete.competitions import services as competitions
from qzcompete.competitions.queries import EventCard
from qzcompete.core import audit
from qzcompete.core.actor import Actor
from qzcompete.core.clock import now
from qzcompete.core.errors import RuleBroken
from qzcompete.core.permissions import permit
from qzcompete.extensions import db
from qzcompete.registration.models import Admission, Entry, EntryStatus
from qzcompete.registration.services.admission import change_status, held
from qzcompete.registration.services.keepers import must_not_judge

OPEN_STATES = ("draft", "open", "marking")


def check_in(actor: Actor, event_id: int, entry_id: int) -> Entry:
    """The competitor stands at the door. A second time keeps the first moment; who was absent takes part again."""
    event = at_the_door(actor, event_id)
    entry = held(entry_id)
    if entry.event_id != event.id or entry.admission is not Admission.ACCEPTED:
        raise RuleBroken(_l("This is no entry of this event."), code="other_event")
    if entry.status in (EntryStatus.WITHDRAWN, EntryStatus.DISQUALIFIED):
        raise RuleBroken(_l("This competitor has withdrawn or is disqualified. Ask the competition office."))
    if entry.status is EntryStatus.ABSENT:
        change_status(actor, event, entry, "present", "")
    if entry.checked_in_at is None:
        entry.checked_in_at = now()
        audit.record(actor, "entry.checked_in", f"entry:{entry.id}")
    return entry


def undo_check_in(actor: Actor, event_id: int, entry_id: int) -> None:
    event = at_the_door(actor, event_id)
    entry = held(entry_id)
    if entry.event_id == event.id and entry.checked_in_at is not None:
        entry.checked_in_at = None
        audit.record(actor, "entry.check_in_undone", f"entry:{entry.id}")


def end_check_in(actor: Actor, event_id: int) -> int:
    """Who has not come is absent; returns how many. Whoever still comes can be checked in until lots are drawn."""
    event = at_the_door(actor, event_id)
    query = select(Entry).where(
        Entry.event_id == event_id,
        Entry.admission == Admission.ACCEPTED,
        Entry.status == EntryStatus.PRESENT,
        Entry.checked_in_at.is_(None),
    )
    missing = db.session.scalars(query.order_by(Entry.id)).all()
    for entry in missing:
        change_status(actor, event, entry, "absent", "")
    audit.record(actor, "check_in.ended", f"event:{event_id}", after={"absent": len(missing)})
    return len(missing)


def at_the_door(actor: Actor, event_id: int) -> EventCard:
    event = competitions.hold_event(event_id)
    permit(actor, "entry.check_in", *event.scopes)
    must_not_judge(event, actor.account_id)
    if event.state not in OPEN_STATES:
        raise RuleBroken(_l("Marking has ended; nobody is checked in any more."), code="after_marking")
    return event
