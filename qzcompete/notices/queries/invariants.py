"""What must hold of notices and objections at every moment; a sentence for each place where it does not."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select

from qzcompete.core import audit
from qzcompete.extensions import db
from qzcompete.notices.models import Notice, Objection, ObjectionEvent

NOTICE_STATES = {
    "notice.published": "published",
    "notice.ended": "ended",
    "notice.withdrawn": "withdrawn",
}


def states() -> Iterator[str]:
    """Each notice and each objection is where its last event brought it."""
    held = [(key, state.value) for key, state in db.session.execute(select(Notice.id, Notice.state))]
    yield from audit.silent_states("notice", held, "draft", NOTICE_STATES)
    actions = db.session.scalars(select(ObjectionEvent.action).distinct())
    tells: dict[str, str | None] = {f"objection.{action}": None for action in actions}
    cases = db.session.execute(select(Objection.id, Objection.state)).tuples()
    yield from audit.silent_states("objection", cases, "received", tells)
