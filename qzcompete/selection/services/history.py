"""The only writer of states: a class or an application moves by the workflow's table, and the event says who and why."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l

from qzcompete.core import audit
from qzcompete.core.actor import Actor
from qzcompete.core.clock import now
from qzcompete.core.errors import NotAllowed, NotFound, RuleBroken
from qzcompete.extensions import db
from qzcompete.selection.models import Application, SelectionClass, SelectionEvent
from qzcompete.selection.rules.workflow import APPLICATION_MOVES, CLASS_MOVES, Move, move_fault, move_of


def move_class(
    actor: Actor, role: str, class_: SelectionClass, action: str, reason: str = "", details: Any = None
) -> None:
    """Let a class that the caller holds locked go on, and write down who did it."""
    following = next_state(CLASS_MOVES, class_.state, action, role, reason)
    tell(actor, role, class_.id, None, action, class_.state, following, reason, details)
    class_.state = following


def move_application(
    actor: Actor, role: str, application: Application, action: str, reason: str = "", details: Any = None
) -> None:
    """Let an application that the caller holds locked go on, and write down who did it."""
    following = next_state(APPLICATION_MOVES, application.state, action, role, reason)
    before, application.state = application.state, following
    tell(actor, role, application.class_id, application.id, action, before, following, reason, details)


def next_state(moves: tuple[Move, ...], state: str, action: str, role: str, reason: str) -> str:
    fault = move_fault(moves, state, action, role, reason)
    if fault == "state":
        raise RuleBroken(_l("This cannot be done in the present state. Load the page again."), code="state")
    if fault == "role":
        raise NotAllowed(_l("Your account may not do this here. Ask the competition office if you need it."))
    if fault == "reason":
        raise RuleBroken(_l("Give the reason."), code="reason", field="reason")
    found = move_of(moves, state, action)
    assert found is not None
    return found.next


def tell(
    actor: Actor,
    role: str,
    class_id: int,
    application_id: int | None,
    action: str,
    before: str,
    after: str,
    reason: str,
    details: Any,
) -> None:
    event = SelectionEvent(
        class_id=class_id,
        application_id=application_id,
        at=now(),
        action=action,
        before=before,
        after=after,
        role=role,
        account_id=actor.account_id,
        actor_name=actor.name,
        reason=reason.strip(),
        details=details,
    )
    db.session.add(event)
    kind, key = ("application", application_id) if application_id else ("selection_class", class_id)
    told = {"state": after, "reason": reason.strip()} if reason.strip() else {"state": after}
    audit.record(actor, f"{kind}.{action}", f"{kind}:{key}", {"state": before}, told, chain="selection")


def locked_class(class_id: int) -> SelectionClass:
    """The class, held until the transaction ends: what counts places of it queues here."""
    found = db.session.get(
        SelectionClass, class_id, with_for_update={"of": SelectionClass}, populate_existing=True
    )
    if found is None:
        raise NotFound()
    return found


def locked_application(application_id: int) -> Application:
    """The application, held until the transaction ends."""
    found = db.session.get(
        Application, application_id, with_for_update={"of": Application}, populate_existing=True
    )
    if found is None:
        raise NotFound()
    return found
