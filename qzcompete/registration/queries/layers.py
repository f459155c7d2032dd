"""Reads the sealed layers, commitments and the public protocol of a draw. Opens nothing: that is the services' part."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import aliased

from qzcompete.competitions.models import Event
from qzcompete.competitions.queries import EventCard, event_card_by_id
from qzcompete.core.actor import Actor
from qzcompete.core.errors import NotFound
from qzcompete.extensions import db
from qzcompete.marking.models import Assessment, Seat
from qzcompete.people.models import Account, RoleGrant
from qzcompete.registration.models import BlindSetting, CodeLayer, Draw, DrawCommitment, Entry
from qzcompete.registration.rules.draw import (
    ALGORITHM,
    LAYERS,
    chained,
    drawing_order,
)

PUBLIC_COMPETITIONS = ("open", "running", "finished")


@dataclass(frozen=True)
class LayerCard:
    """A layer without its codes."""

    event: EventCard
    layer: int
    kind: str
    keeper_id: int
    keeper: str
    asked_at: datetime | None
    asked_by: int | None
    asker: str | None
    reason: str | None
    opened_at: datetime | None
    opener: str | None
    sealed: bool
    may_ask: bool

    @property
    def state(self) -> str:
        if self.opened_at:
            return "opened"
        if self.asked_at:
            return "asked"
        return "sealed" if self.sealed else "named"


@dataclass(frozen=True)
class CommitmentCard:
    version: int
    layers: int
    numbers: tuple[str, ...]
    commitment: str
    committed_at: datetime
    revealed_at: datetime | None


@dataclass(frozen=True)
class DrawPage:
    """What everybody may know of a draw, at this moment."""

    event: EventCard
    current: CommitmentCard
    former: tuple[CommitmentCard, ...]
    drawn_at: datetime | None
    order: tuple[str, ...]
    protocol: dict[str, Any]

    @property
    def promised_before(self) -> bool:
        """Whether the commitment stood before lots were drawn."""
        return self.drawn_at is None or self.current.committed_at < self.drawn_at


def blind_setting(competition_id: int) -> tuple[int, str]:
    """How many layers, and the source; one layer unless the competition says otherwise."""
    setting = db.session.get(BlindSetting, competition_id)
    return (setting.layers, setting.source) if setting else (1, "")


def layer_cards(event_id: int) -> Sequence[LayerCard]:
    """The layers of an event from the person inwards; none where the simple draw is used."""
    return _cards(CodeLayer.event_id == event_id)


def layers_kept_by(actor: Actor) -> Sequence[LayerCard]:
    return _cards(CodeLayer.keeper_id == actor.account_id)


def layers_to_confirm() -> Sequence[LayerCard]:
    """What was asked for, the open requests first."""
    cards = _cards(CodeLayer.asked_at.is_not(None))
    return sorted(cards, key=lambda card: (card.opened_at is not None, card.event.code, -card.layer))


def layer_card(event_id: int, layer: int) -> LayerCard:
    for card in layer_cards(event_id):
        if card.layer == layer:
            return card
    raise NotFound()


def _cards(condition: Any) -> list[LayerCard]:
    keeper, asker, opener = aliased(Account), aliased(Account), aliased(Account)
    query = (
        select(CodeLayer, keeper.name, asker.name, opener.name, Assessment.state)
        .join(Event, Event.id == CodeLayer.event_id)
        .join(Assessment, Assessment.id == Event.assessment_id)
        .join(keeper, keeper.id == CodeLayer.keeper_id)
        .outerjoin(asker, asker.id == CodeLayer.asked_by)
        .outerjoin(opener, opener.id == CodeLayer.opened_by)
        .where(condition)
        .order_by(CodeLayer.event_id.desc(), CodeLayer.layer)
    )
    cards = []
    for row, *names, state in db.session.execute(query).all():
        inner_open = all(
            opened is not None
            for opened in db.session.scalars(
                select(CodeLayer.opened_at).where(
                    CodeLayer.event_id == row.event_id, CodeLayer.layer > row.layer
                )
            )
        )
        cards.append(_card(row, names, state.value == "closed" and inner_open))
    return cards


def _card(row: CodeLayer, names: Sequence[str | None], may_open: bool) -> LayerCard:
    return LayerCard(
        event=event_card_by_id(row.event_id),
        layer=row.layer,
        kind=row.kind,
        keeper_id=row.keeper_id,
        keeper=names[0] or "",
        asked_at=row.asked_at,
        asked_by=row.asked_by,
        asker=names[1],
        reason=row.reason,
        opened_at=row.opened_at,
        opener=names[2],
        sealed=row.codes is not None,
        may_ask=may_open and row.codes is not None and row.asked_at is None,
    )


def codes_are_sealed(event_id: int) -> bool:
    """Whether a layer of the event is still closed, so that nobody may know whose work a code is."""
    query = select(CodeLayer.id).where(CodeLayer.event_id == event_id, CodeLayer.opened_at.is_(None))
    return db.session.scalar(query.limit(1)) is not None


def sealed_code(entry_id: int) -> str | None:
    """The work code of an entry through its sealed layers. For the system alone: no page may show it."""
    entry = db.session.get(Entry, entry_id)
    if entry is None:
        return None
    query = select(CodeLayer.codes).where(CodeLayer.event_id == entry.event_id).order_by(CodeLayer.layer)
    layers = [json.loads(codes) for codes in db.session.scalars(query) if codes]
    return chained(layers).get(entry.number or "") if layers else None


def persons_of(account_ids: Sequence[int]) -> dict[int, int | None]:
    """Account -> the person behind it, where known."""
    rows = db.session.execute(select(Account.id, Account.person_id).where(Account.id.in_(account_ids)))
    return {row.id: row.person_id for row in rows}


def judge_accounts(assessment_id: int) -> frozenset[int]:
    """Every account that judges here, or did: seats, and roles given for this assessment."""
    seats = select(Seat.account_id).where(Seat.assessment_id == assessment_id)
    roles = select(RoleGrant.account_id).where(
        RoleGrant.role.in_(("judge", "chief_judge")),
        RoleGrant.scope_kind == "assessment",
        RoleGrant.scope_id == assessment_id,
    )
    return frozenset(key for query in (seats, roles) for key in db.session.scalars(query) if key is not None)


def commitments(event_id: int) -> Sequence[CommitmentCard]:
    """The newest first."""
    query = select(DrawCommitment).where(DrawCommitment.event_id == event_id)
    return [
        CommitmentCard(
            row.version, row.layers, tuple(row.numbers), row.commitment, row.committed_at, row.revealed_at
        )
        for row in db.session.scalars(query.order_by(DrawCommitment.version.desc()))
    ]


def draw_page(event: EventCard) -> DrawPage | None:
    """The draw as it may be shown to everybody; None before a commitment."""
    found = commitments(event.id)
    if not found:
        return None
    row = db.session.scalars(
        select(DrawCommitment).filter_by(event_id=event.id, version=found[0].version)
    ).one()
    draw = db.session.get(Draw, event.id)
    numbers = list(row.numbers)
    protocol: dict[str, Any] = {
        "algorithm": ALGORITHM,
        "event": event.code,
        "layers": row.layers,
        "numbers": numbers,
        "commitment": row.commitment,
        "committed_at": row.committed_at.isoformat(),
    }
    order: list[str] = []
    if draw is not None:
        order = drawing_order(row.seed, numbers)
        protocol |= {"drawn_at": draw.drawn_at.isoformat(), "order": order}
    if row.revealed_at is not None:
        protocol |= {
            "revealed_at": row.revealed_at.isoformat(),
            "seed": row.seed,
            "drawn": [{"kind": kind, "codes": kept_codes(event.id, place)}
                      for place, kind in enumerate(LAYERS[row.layers], 1)],
        }  # fmt: skip
    return DrawPage(
        event, found[0], tuple(found[1:]), draw.drawn_at if draw else None, tuple(order), protocol
    )


def kept_codes(event_id: int, layer: int) -> dict[str, str]:
    """The codes as they were truly used, not as the seed would make them: else a check would check itself."""
    from qzcompete.registration.queries.codes import code_list

    row = db.session.scalars(select(CodeLayer).filter_by(event_id=event_id, layer=layer)).one_or_none()
    if row is not None and row.codes:
        return dict(json.loads(row.codes))
    used = {line.number: line.code for line in code_list(event_id)}
    return used


def public_draw(event: EventCard) -> DrawPage:
    """For everybody; a competition in preparation is not there."""
    page = draw_page(event) if event.competition.state in PUBLIC_COMPETITIONS else None
    if page is None:
        raise NotFound()
    return page
