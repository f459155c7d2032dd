"""Opens sealed layers: the keeper asks, another person confirms, the innermost layer first, after marking is closed.

Until then a keeper reads only the own layer, each look with a reason that is audited, and nobody else reads any.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from qzcompete.competitions import services as competitions
from qzcompete.competitions.queries import EventCard, event_card_by_id
from qzcompete.core import audit
from qzcompete.core.actor import Actor
from qzcompete.core.clock import now
from qzcompete.core.errors import NotAllowed, NotFound, RuleBroken
from qzcompete.core.permissions import permit
from qzcompete.extensions import db
from qzcompete.marking.queries import assessment_card
from qzcompete.registration import queries
from qzcompete.registration.models import CodeLayer
from qzcompete.registration.rules.draw import chained
from qzcompete.registration.services.draw import add_work_codes
from qzcompete.registration.services.keepers import must_not_judge, same_person


@dataclass(frozen=True)
class LayerLine:
    """One line of one layer. Only the outermost layer knows a name."""

    outer: str
    inner: str
    name: str = ""
    unit: str = ""


def keeper_lines(actor: Actor, event_id: int, layer: int, reason: str) -> list[LayerLine]:
    """The keeper's own layer, to label envelopes and works; each look is audited."""
    _event, kept = own_layer(actor, event_id, layer)
    if len(reason.strip()) < 4:
        raise RuleBroken(_l("Say in some words why the list is needed."), field="reason")
    lines = lines_of(kept)
    audit.record(actor, "layer.seen", subject(kept), after={"layer": layer, "reason": reason.strip()})
    return lines


def ask_opening(actor: Actor, event_id: int, layer: int, reason: str) -> None:
    """The keeper asks for the opening of the own layer; somebody else must confirm."""
    event, kept = own_layer(actor, event_id, layer)
    if len(reason.strip()) < 4:
        raise RuleBroken(_l("Say in some words why the layer is to be opened."), field="reason")
    must_be_its_turn(event, kept)
    if kept.asked_at is not None:
        raise RuleBroken(_l("The opening was asked for already."), code="asked_already")
    kept.asked_by, kept.asked_at, kept.reason = actor.account_id, now(), reason.strip()[:200]
    audit.record(actor, "layer.opening_asked", subject(kept), after={"layer": layer, "reason": kept.reason})


def confirm_opening(actor: Actor, event_id: int, layer: int) -> None:
    """The second person opens the layer. With the outermost, every work has its name again."""
    event = competitions.hold_event(event_id)
    permit(actor, "code.confirm", *event.scopes)
    kept = held(event_id, layer)
    must_not_judge(event, actor.account_id)
    must_be_its_turn(event, kept)
    if kept.asked_by is None:
        raise RuleBroken(_l("Its keeper has not asked for the opening yet."), code="not_asked")
    if kept.opened_at is not None:
        raise RuleBroken(_l("This layer is open already."), code="opened_already")
    keepers = {kept.asked_by, *(card.keeper_id for card in queries.layer_cards(event_id))}
    if actor.account_id is None or any(same_person(actor.account_id, one) for one in keepers):
        raise RuleBroken(_l("A keeper of codes cannot confirm an opening."), code="two_people")
    kept.opened_by, kept.opened_at = actor.account_id, now()
    db.session.flush()
    told = {"layer": layer, "asked_by": kept.asked_by, "confirmed_by": actor.account_id}
    audit.record(actor, "layer.opened", subject(kept), after=told)
    if layer == 1:
        layers = [json.loads(one.codes or "{}") for one in layers_of(event_id)]
        add_work_codes(event_id, chained(layers))


def opened_lines(actor: Actor, event_id: int, layer: int) -> list[LayerLine]:
    """A layer that two people have opened, for the supervisors; never for a judge of the event."""
    event = event_card_by_id(event_id)
    permit(actor, "code.confirm", *event.scopes)
    must_not_judge(event, actor.account_id)
    kept = held(event_id, layer)
    if kept.opened_at is None or assessment_card(event.assessment_id).state != "closed":
        raise NotAllowed()
    audit.record(actor, "layer.read", subject(kept), after={"layer": layer})
    return lines_of(kept)


def own_layer(actor: Actor, event_id: int, layer: int) -> tuple[EventCard, CodeLayer]:
    event = competitions.hold_event(event_id)
    permit(actor, "code.keep", *event.scopes)
    kept = held(event_id, layer)
    if kept.keeper_id != actor.account_id:
        raise NotAllowed(_l("Another person keeps this layer."))
    must_not_judge(event, actor.account_id)
    if kept.codes is None:
        raise RuleBroken(_l("Lots are not drawn yet."))
    return event, kept


def must_be_its_turn(event: EventCard, kept: CodeLayer) -> None:
    if assessment_card(event.assessment_id).state != "closed":
        raise RuleBroken(
            _l(
                "Codes are opened only after all marks are signed and the chief judge has closed the assessment."
            ),
            code="marking_open",
        )
    if any(inner.opened_at is None for inner in layers_of(event.id) if inner.layer > kept.layer):
        raise RuleBroken(
            _l("The layers are opened in reverse: a later one is still sealed."), code="not_its_turn"
        )


def layers_of(event_id: int) -> list[CodeLayer]:
    return list(db.session.scalars(select(CodeLayer).filter_by(event_id=event_id).order_by(CodeLayer.layer)))


def held(event_id: int, layer: int) -> CodeLayer:
    query = select(CodeLayer).filter_by(event_id=event_id, layer=layer).with_for_update()
    kept = db.session.scalar(query, execution_options={"populate_existing": True})
    if kept is None:
        raise NotFound()
    return kept


def lines_of(kept: CodeLayer) -> list[LayerLine]:
    codes: Mapping[str, str] = json.loads(kept.codes or "{}")
    names = {entry.number: entry for entry in queries.entries(kept.event_id)} if kept.layer == 1 else {}
    return [
        LayerLine(outer, codes[outer], names[outer].name, names[outer].unit)
        if outer in names
        else LayerLine(outer, codes[outer])
        for outer in sorted(codes)
    ]


def subject(kept: CodeLayer) -> str:
    return f"event:{kept.event_id}"
