"""Rows locked and changed: what differs is set, and exactly that is told to the audit log."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l

from qzcompete.competitions.models import (
    Event,
)
from qzcompete.competitions.rules.workflow import (
    BEFORE_DRAW,
)
from qzcompete.core import audit
from qzcompete.core.actor import Actor, Scope
from qzcompete.core.errors import NotFound, RuleBroken
from qzcompete.extensions import db


def event_scopes(event: Event) -> tuple[Scope, ...]:
    return (("event", event.id), ("competition", event.competition_id))


def must_be_before_draw(event: Event) -> None:
    if event.state.value not in BEFORE_DRAW:
        raise RuleBroken(_l("Lots were drawn; this can no longer be changed."), code="after_draw")


def locked(model: Any, key: int) -> Any:
    found = db.session.get(model, key, with_for_update={"of": model}, populate_existing=True)
    if found is None:
        raise NotFound()
    return found


def change(actor: Actor, row: Any, kind: str, values: dict[str, Any], action: str | None = None) -> None:
    """Set what differs, and record exactly that; nothing where nothing differs."""
    before = {name: getattr(row, name) for name, value in values.items() if getattr(row, name) != value}
    if not before:
        return
    for name in before:
        setattr(row, name, values[name])
    db.session.flush()
    after = {name: values[name] for name in before}
    audit.record(
        actor, action or f"{kind}.edited", f"{kind}:{row.id}", before=told(before), after=told(after)
    )


def told(values: dict[str, Any]) -> dict[str, Any]:
    """Values as the audit log can write them."""
    return {name: plain(value) for name, value in values.items()}


def plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return getattr(value, "value", value)
