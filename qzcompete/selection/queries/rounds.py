"""Reads rounds and their classes, units and quotas."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from qzcompete.core.clock import now
from qzcompete.core.errors import NotFound
from qzcompete.extensions import db
from qzcompete.selection.models import (
    RecommendationQuota,
    RecommendingUnit,
    SelectionClass,
    SelectionRound,
)
from qzcompete.selection.rules.classes import ClassSettings, cycle_name
from qzcompete.selection.rules.rounds import RoundDraft


@dataclass(frozen=True)
class ClassCard:
    """A class of a round with every setting of it."""

    id: int
    round_id: int
    round_code: str
    round_name: str
    cycle: str
    kind: str
    state: str
    settings: ClassSettings
    scheme: Any
    scheme_is_template: bool
    assessment_id: int | None
    applies_from: datetime
    applies_until: datetime
    recommends_until: datetime
    reviews_until: datetime

    @property
    def quota(self) -> int:
        return self.settings.quota

    @property
    def reason_below(self) -> Decimal:
        return self.settings.reason_below

    @property
    def reason_above(self) -> Decimal:
        return self.settings.reason_above

    @property
    def takes_applications(self) -> bool:
        return self.state == "calling" and self.applies_from <= now() < self.applies_until


@dataclass(frozen=True)
class RoundCard:
    id: int
    draft: RoundDraft
    cycle: str
    called_at: datetime | None
    classes: Sequence[ClassCard]


def class_card(class_id: int) -> ClassCard:
    row = db.session.get(SelectionClass, class_id)
    if row is None:
        raise NotFound()
    return card_of(row)


def card_of(row: SelectionClass) -> ClassCard:
    round_ = row.round
    values = {one.name: getattr(row, one.name) for one in fields(ClassSettings)}
    values["instalments"] = tuple(Decimal(share) for share in row.instalments)
    return ClassCard(
        row.id,
        round_.id,
        round_.code,
        round_.name,
        cycle_name(round_.first_year),
        row.kind,
        row.state,
        ClassSettings(**values),
        row.scheme,
        row.scheme_is_template,
        row.assessment_id,
        round_.applies_from,
        round_.applies_until,
        round_.recommends_until,
        round_.reviews_until,
    )


def round_card(round_id: int) -> RoundCard:
    row = db.session.get(SelectionRound, round_id)
    if row is None:
        raise NotFound()
    return round_of(row)


def round_of(row: SelectionRound) -> RoundCard:
    draft = RoundDraft(**{one.name: getattr(row, one.name) for one in fields(RoundDraft)})
    return RoundCard(
        row.id, draft, cycle_name(row.first_year), row.called_at, [card_of(class_) for class_ in row.classes]
    )


def rounds() -> Sequence[RoundCard]:
    """All rounds, the newest cycle first; there is one in two years."""
    rows = db.session.scalars(
        select(SelectionRound).order_by(SelectionRound.first_year.desc(), SelectionRound.id.desc())
    )
    return [round_of(row) for row in rows]


def called_rounds() -> Sequence[RoundCard]:
    """What everybody may see: rounds whose call is published."""
    return [card for card in rounds() if card.called_at is not None]


def units() -> Sequence[RecommendingUnit]:
    return db.session.scalars(select(RecommendingUnit).order_by(RecommendingUnit.id)).all()


def quotas_of(class_id: int) -> Mapping[int, int]:
    """Unit id → how many it may recommend."""
    rows = db.session.execute(
        select(RecommendationQuota.unit_id, RecommendationQuota.quota).where(
            RecommendationQuota.class_id == class_id
        )
    )
    return dict(rows.tuples().all())
