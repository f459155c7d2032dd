"""Says how many layers of codes a competition has, and who keeps each. No judge of the event keeps any, nor one
person two that touch: from two neighbouring layers one could read whose work a code is."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, select

from qzcompete.competitions import services as competitions
from qzcompete.competitions.queries import EventCard, competition_card_by_id, panel_choices
from qzcompete.core import audit
from qzcompete.core.actor import Actor
from qzcompete.core.errors import RuleBroken
from qzcompete.core.permissions import permit
from qzcompete.extensions import db
from qzcompete.registration import queries
from qzcompete.registration.models import BlindSetting, CodeLayer
from qzcompete.registration.rules.draw import LAYERS
from qzcompete.registration.services.entries import must_be_before_draw


def set_layers(actor: Actor, competition_id: int, layers: int, source: str) -> None:
    """From one to three, with the document that says so. Events that drew lots already stay as they are."""
    card = competition_card_by_id(competition_id)
    permit(actor, "competition.edit", *card.scopes)
    if layers not in LAYERS:
        raise RuleBroken(_l("Choose one, two or three layers."), field="layers")
    source = source.strip()[:200]
    if not source:
        raise RuleBroken(
            _l("Say where this is written: the rules of the contest, with their clause."), field="source"
        )
    setting = db.session.get(BlindSetting, competition_id, with_for_update=True)
    before = {"layers": setting.layers, "source": setting.source} if setting else None
    if setting is None:
        setting = BlindSetting(competition_id=competition_id)
        db.session.add(setting)
    setting.layers, setting.source = layers, source
    told = {"layers": layers, "source": source}
    audit.record(actor, "competition.layers_set", f"competition:{competition_id}", before=before, after=told)


def name_keepers(actor: Actor, event_id: int, account_ids: Sequence[int]) -> None:
    """One account for each layer, from the person inwards. Before the draw, in place of those named before."""
    event = competitions.hold_event(event_id)
    permit(actor, "entry.import", *event.scopes)
    must_be_before_draw(event)
    kinds = LAYERS[queries.blind_setting(event.competition.id)[0]]
    if len(account_ids) != len(kinds) and (account_ids or len(kinds) > 1):
        raise RuleBroken(_l("Name a keeper for each layer of codes first."), code="keepers_missing")
    check_keepers(event, account_ids)
    before = list(
        db.session.scalars(select(CodeLayer.keeper_id).filter_by(event_id=event_id).order_by(CodeLayer.layer))
    )
    db.session.execute(delete(CodeLayer).where(CodeLayer.event_id == event_id))
    for place, (kind, account_id) in enumerate(zip(kinds, account_ids, strict=False), 1):
        db.session.add(CodeLayer(event_id=event_id, layer=place, kind=kind, keeper_id=account_id))
    audit.record(actor, "event.keepers_named", f"event:{event_id}", before=before, after=list(account_ids))


def check_keepers(event: EventCard, account_ids: Sequence[int]) -> None:
    known = {choice.account_id for choice in panel_choices("code_keeper")}
    if not known.issuperset(account_ids):
        raise RuleBroken(_l("Only accounts with the role of a code keeper can be chosen."), code="no_keeper")
    for outer, inner in pairwise(account_ids):
        if same_person(outer, inner):
            raise RuleBroken(
                _l("Nobody may keep two layers that follow each other: together they open a name."),
                code="adjacent_layers",
            )
    for account_id in account_ids:
        must_not_judge(event, account_id)


def must_not_judge(event: EventCard, account_id: int | None) -> None:
    """The account, and any other account of the same person, has no seat in the panel of this event."""
    judges = queries.judge_accounts(event.assessment_id)
    if account_id is not None and any(same_person(account_id, judge) for judge in judges):
        raise RuleBroken(
            _l("A judge of this event may neither keep nor open a layer of its codes."), code="is_judge"
        )


def same_person(one: int, other: int) -> bool:
    persons = queries.persons_of([one, other])
    return one == other or (persons.get(one) is not None and persons.get(one) == persons.get(other))
