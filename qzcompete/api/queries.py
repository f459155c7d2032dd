"""What programs read, as plain JSON values: public facts, and the archive for who has the right."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from qzcompete.api.models import ApiToken
from qzcompete.competitions import queries as competitions
from qzcompete.competitions.queries import CompetitionCard, EventCard
from qzcompete.core.clock import now
from qzcompete.core.errors import NotFound
from qzcompete.extensions import db
from qzcompete.results import queries as results
from qzcompete.selection.queries.designations import register as standing

PAGE_SIZE = 50
PUBLIC_STATES = ("open", "running", "finished")


@dataclass(frozen=True)
class TokenCard:
    id: int
    name: str
    scopes: tuple[str, ...]
    created_at: datetime
    expires_at: datetime
    holds: bool


def token_hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def token_card(row: ApiToken) -> TokenCard:
    holds = row.revoked_at is None and row.expires_at > now()
    return TokenCard(row.id, row.name, tuple(row.scopes), row.created_at, row.expires_at, holds)


def token_of(token: str) -> TokenCard | None:
    """The token's card while it holds."""
    row = db.session.scalar(select(ApiToken).where(ApiToken.token_hash == token_hash(token)))
    card = token_card(row) if row else None
    return card if card and card.holds else None


def token_cards() -> Sequence[TokenCard]:
    return [token_card(row) for row in db.session.scalars(select(ApiToken).order_by(ApiToken.id.desc()))]


def calendar(year: int | None, family: str | None, page: int) -> dict[str, Any]:
    """Public competitions, the newest year first, fifty a page."""
    found = [one for one in competitions.public_competitions(year) if family in (None, one.family)]
    shown = found[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]
    return {
        "items": [competition_value(one) for one in shown],
        "page": page,
        "pages": max(1, -(-len(found) // PAGE_SIZE)),
        "total": len(found),
    }


def competition_value(card: CompetitionCard) -> dict[str, Any]:
    return {
        "code": card.code,
        "name": card.name,
        "family": card.family,
        "level": card.level,
        "year": card.year,
        "host": card.host,
        "venue": card.venue,
        "state": card.state,
        "starts_on": day(card.starts_on),
        "ends_on": day(card.ends_on),
        "time_points": {name: moment.isoformat() for name, moment in sorted(card.points.items())},
    }


def competition(code: str) -> dict[str, Any]:
    """A public competition with its events; raises NotFound for a draft."""
    card = competitions.competition_card(code)
    if card.state not in PUBLIC_STATES:
        raise NotFound()
    events = [event for event in competitions.events_of(card.id) if event.state != "draft"]
    return competition_value(card) | {"events": [event_value(event) for event in events]}


def event_value(event: EventCard) -> dict[str, Any]:
    return {
        "code": event.code,
        "name": event.name,
        "occupation_code": event.occupation_code,
        "occupation": event.occupation_name,
        "trade": event.trade,
        "group": event.group,
        "team_size": event.team_size,
        "venue": event.venue,
        "starts_at": event.starts_at and event.starts_at.isoformat(),
        "state": event.state,
    }


def published_result(code: str) -> dict[str, Any]:
    """The newest public results of an event; raises NotFound where there are none."""
    event = competitions.event_card(code)
    page = results.result_page(event, "public")
    if page is None:
        raise NotFound()
    fields = ("rank", "name", "unit", "status", "total", "award", "passed", "modules")
    return {
        "event": event_value(event),
        "competition": event.competition.code,
        "version": page.version,
        "published_at": page.published_at and page.published_at.isoformat(),
        "items": [{field: getattr(line, field) for field in fields} for line in page.lines],
    }


def register(kind: str) -> dict[str, Any]:
    """The studios or bases that stand today, by the unit that recommended them."""
    return {
        "items": [
            {
                "name": one.name,
                "cycle": one.cycle,
                "leader": one.leader_name or None,
                "host": one.host_name,
                "occupation": one.occupation_name,
                "unit": unit,
                "starts_on": day(one.starts_on),
                "ends_on": day(one.ends_on),
                "plaque_number": one.plaque_number,
            }
            for unit, cards in standing()
            for one in cards
            if one.kind == kind
        ]
    }


def plain(value: Any) -> Any:
    """A date or a moment as text; anything else as it is."""
    return value.isoformat() if isinstance(value, date) else value


def day(value: date | None) -> str | None:
    return value.isoformat() if value else None
