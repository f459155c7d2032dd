"""Publishes the anchor of a day; tells the log that somebody took a copy of it, or of the own data, away."""

from __future__ import annotations

from datetime import date
from typing import Any

from qzcompete.core import audit
from qzcompete.core.actor import CITY, Actor
from qzcompete.core.clock import now
from qzcompete.core.errors import NotFound
from qzcompete.core.permissions import permit
from qzcompete.extensions import db
from qzcompete.oversight import queries
from qzcompete.oversight.models import AuditAnchor
from qzcompete.oversight.queries import Wanted
from qzcompete.oversight.rules import START, anchor_hash


def publish_anchor(day: date) -> AuditAnchor:
    """The day's anchor over the log as it is now; the same one where it was made already."""
    known = db.session.get(AuditAnchor, day)
    if known is not None:
        return known
    newest, anchored = queries.newest_anchor(), queries.anchored_ends()
    ends = queries.present_ends()
    moved = [list(end) for end in ends if anchored.get(end[0]) != end[1:]]
    rows = sum(seq for _chain, seq, _last in ends)
    previous = newest.hash if newest else START
    made = AuditAnchor(
        day=day,
        at=now(),
        rows=rows,
        ends=moved,
        previous=previous,
        hash=anchor_hash(day.isoformat(), rows, moved, previous),
    )
    db.session.add(made)
    db.session.flush()
    return made


def take_copy(actor: Actor, wanted: Wanted) -> list[audit.AuditRow]:
    """The rows for an auditor's file; that they were taken, and which, is told to the log itself."""
    permit(actor, "audit.view", CITY)
    rows = list(queries.log_rows(wanted))
    told = {name: str(value) for name, value in vars(wanted).items() if value}
    audit.record(actor, "audit.exported", "audit:log", after=told | {"rows": len(rows)})
    return rows


def take_own_data(actor: Actor) -> dict[str, list[dict[str, Any]]]:
    """All that is held about the one who asks; that it was taken is told to the log."""
    if actor.account_id is None:
        raise NotFound()
    told = queries.own_data(actor.account_id, actor.person_id)
    audit.record(actor, "account.data_taken", f"account:{actor.account_id}")
    return told
