"""What waits in the results for one account: corrections, re-checks, appeals."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import or_, select

from qzcompete.competitions.models import Event
from qzcompete.competitions.queries import event_card_by_id
from qzcompete.core.actor import Actor
from qzcompete.extensions import db
from qzcompete.results.models import (
    Appeal,
    AppealState,
    Correction,
    CorrectionState,
    Recheck,
    RecheckState,
)


@dataclass(frozen=True)
class Waiting:
    """`kind`: correction, recheck, arbiter (the appeal is the account's to decide) or appeal (it needs an arbiter)."""

    kind: str
    title: str
    about: str
    values: Mapping[str, Any]


def waiting_for(actor: Actor) -> Sequence[Waiting]:
    return [*waiting_corrections(actor), *waiting_rechecks(actor), *waiting_appeals(actor)]


def waiting_corrections(actor: Actor) -> list[Waiting]:
    if not actor.may("assessment.close"):
        return []
    query = select(Event.id).where(
        Event.id.in_(select(Correction.event_id).where(Correction.state == CorrectionState.OPEN))
    )
    ids = actor.scope_ids("assessment.close", "assessment")
    if ids is not None:
        query = query.where(Event.assessment_id.in_(ids))
    return [of_event("correction", event_id) for event_id in in_order(db.session.scalars(query))]


def waiting_rechecks(actor: Actor) -> list[Waiting]:
    if not actor.may("result.recheck"):
        return []
    events = db.session.scalars(select(Recheck.event_id).where(Recheck.state == RecheckState.ORDERED))
    found = [event_card_by_id(event_id) for event_id in in_order(events)]
    return [of_event("recheck", card.id) for card in found if actor.may("result.recheck", *card.scopes)]


def waiting_appeals(actor: Actor) -> list[Waiting]:
    query = select(Appeal).where(
        or_(
            (Appeal.state == AppealState.ASSIGNED) & (Appeal.arbiter_id == actor.account_id),
            Appeal.state == AppealState.FILED,
        )
    )
    found = []
    for row in db.session.scalars(query.order_by(Appeal.id)).all():
        card = event_card_by_id(row.event_id)
        kind = "arbiter" if row.state is AppealState.ASSIGNED else "appeal"
        if kind == "arbiter" or actor.may("appeal.manage", *card.scopes):
            found.append(Waiting(kind, card.name, card.competition.name, {"appeal_id": row.id}))
    return found


def of_event(kind: str, event_id: int) -> Waiting:
    card = event_card_by_id(event_id)
    return Waiting(kind, card.name, card.competition.name, {"code": card.code})


def in_order(ids: Iterable[int]) -> list[int]:
    return sorted(set(ids))
