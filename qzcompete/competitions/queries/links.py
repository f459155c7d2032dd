"""Which competition selects for which, above the city and below it; and whose a calendar feed is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from qzcompete.competitions.models import Competition, FeedToken, OuterCompetition, OuterLevel
from qzcompete.competitions.queries.cards import (
    PUBLIC_STATES,
    CompetitionCard,
    cards_of,
    competition_card_by_id,
    competitions_query,
)
from qzcompete.extensions import db

OUTER_LEVELS = tuple(level.value for level in OuterLevel)


@dataclass(frozen=True)
class OuterCard:
    id: int
    name: str
    level: str
    year: int
    place: str
    starts_on: date | None
    ends_on: date | None


def outer_of(row: OuterCompetition) -> OuterCard:
    return OuterCard(row.id, row.name, row.level.value, row.year, row.place, row.starts_on, row.ends_on)


def outer_competitions(year: int | None = None) -> Sequence[OuterCard]:
    """The competitions above the city's, the newest first; of a year, those that are held in it."""
    query = select(OuterCompetition).order_by(OuterCompetition.year.desc(), OuterCompetition.name)
    if year is not None:
        query = query.where(OuterCompetition.year == year)
    return [outer_of(row) for row in db.session.scalars(query)]


def outer_competition(outer_id: int | None) -> OuterCard | None:
    row = db.session.get(OuterCompetition, outer_id) if outer_id is not None else None
    return outer_of(row) if row is not None else None


def heats_of(competition_id: int, public: bool) -> Sequence[CompetitionCard]:
    """The counties' competitions that select for this one."""
    query = competitions_query().where(Competition.parent_id == competition_id)
    if public:
        query = query.where(Competition.state.in_(PUBLIC_STATES))
    return cards_of(query.order_by(Competition.starts_on, Competition.code))


def possible_parents(year: int) -> Sequence[CompetitionCard]:
    """The city's competitions of this year and the next, for which a heat may select."""
    query = competitions_query().where(Competition.year.in_([year, year + 1]))
    return cards_of(query.order_by(Competition.year, Competition.code))


def feed_opened_at(account_id: int) -> datetime | None:
    """Since when the account has a feed; None where it has none."""
    return db.session.scalar(select(FeedToken.made_at).where(FeedToken.account_id == account_id))


def account_of_feed(digest: str) -> int | None:
    return db.session.scalar(select(FeedToken.account_id).where(FeedToken.digest == digest))


def competition_links(card: CompetitionCard, public: bool) -> dict[str, Any]:
    """What a competition selects for (`outer` or `parent`), and the `heats` that select for it."""
    return {
        "outer": outer_competition(card.outer_id),
        "parent": competition_card_by_id(card.parent_id) if card.parent_id else None,
        "heats": heats_of(card.id, public),
    }
