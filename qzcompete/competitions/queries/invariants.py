"""What must hold of competitions and events at every moment; a sentence for each place where it does not."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select

from qzcompete.competitions.models import Competition, Event
from qzcompete.core import audit
from qzcompete.extensions import db


def states() -> Iterator[str]:
    """Each competition and each event is where its last event brought it."""
    for table, kind in ((Competition, "competition"), (Event, "event")):
        held = [(key, state.value) for key, state in db.session.execute(select(table.id, table.state))]
        yield from audit.silent_states(kind, held, "draft", {f"{kind}.state_set": None})
