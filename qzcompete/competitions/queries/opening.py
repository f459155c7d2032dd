"""What a competition still lacks before it may open."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from qzcompete.competitions.models import Event, EventState
from qzcompete.competitions.queries.cards import CompetitionCard
from qzcompete.competitions.queries.sites import events_with_regulations
from qzcompete.competitions.rules.opening import EventPreparation, Lack, Preparation, lacks
from qzcompete.extensions import db
from qzcompete.marking.models import Assessment


def lacks_of(card: CompetitionCard) -> Sequence[Lack]:
    return lacks(
        Preparation(
            has_host=card.host_id is not None,
            has_committee=bool(card.committee),
            has_venue=bool(card.venue),
            has_days=card.starts_on is not None and card.ends_on is not None,
            points=frozenset(card.points),
            events=tuple(preparations(card)),
        )
    )


def preparations(card: CompetitionCard) -> list[EventPreparation]:
    ruled = events_with_regulations(card.id)
    query = (
        select(Event, Assessment.scheme_hash.is_not(None) | Assessment.scheme.is_not(None))
        .join(Assessment, Assessment.id == Event.assessment_id)
        .where(Event.competition_id == card.id, Event.state != EventState.CANCELLED)
        .order_by(Event.code)
    )
    return [
        EventPreparation(
            event.code,
            event.name,
            has_venue=bool(event.venue or card.venue),
            has_start=event.starts_at is not None,
            has_level=event.target_level is not None,
            has_scheme=bool(has_scheme),
            has_regulations=event.id in ruled,
        )
        for event, has_scheme in db.session.execute(query)
    ]
