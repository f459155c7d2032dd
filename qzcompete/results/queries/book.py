"""Reads all published results of a competition for its book (成绩册), and the ranking of teams."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import select

from qzcompete.competitions.queries import EventCard, events_of
from qzcompete.core.clock import now
from qzcompete.extensions import db
from qzcompete.marking import queries as marking
from qzcompete.people.models import Organisation
from qzcompete.registration.models import Entry
from qzcompete.results.models import ResultRow, ResultSet
from qzcompete.results.queries.sets import ResultPage, result_page
from qzcompete.results.queries.settings import settings_of
from qzcompete.results.rules.settings import Values
from qzcompete.results.rules.teams import Share, TeamLine, team_ranking


@dataclass(frozen=True)
class ResultBook:
    """`awards`: the names of the prizes by which teams are counted, best first."""

    events: Sequence[tuple[EventCard, ResultPage]]
    teams: Sequence[TeamLine]
    awards: Sequence[str]
    settings: Values


def result_book(competition_id: int) -> ResultBook:
    """What is public of a competition: the lines of every event, and the teams."""
    events = [
        (event, page)
        for event in events_of(competition_id)
        if (page := result_page(event, "public")) is not None
    ]
    settings = settings_of(competition_id)
    awards = award_names([event for event, _page in events])
    return ResultBook(events, team_lines(competition_id, settings, awards), awards, settings)


def award_names(events: Sequence[EventCard]) -> list[str]:
    """The prizes of the schemes in their order, each once."""
    names: dict[str, None] = {}
    for event in events:
        scheme = marking.assessment_card(event.assessment_id).scheme
        for prize in scheme.get("awards", {}).get("list", ()):
            names.setdefault(prize["code"])
    return list(names)


def team_lines(competition_id: int, settings: Values, awards: Sequence[str]) -> Sequence[TeamLine]:
    """The teams by the competition's own setting; who belongs to no known county stands under the own unit."""
    newest = newest_public_sets(competition_id)
    rows = db.session.execute(
        select(ResultRow.result_set_id, ResultRow.total, ResultRow.award, Entry.unit, Organisation.county)
        .join(Entry, Entry.id == ResultRow.entry_id)
        .outerjoin(Organisation, Organisation.id == Entry.organisation_id)
        .where(ResultRow.result_set_id.in_(newest), ResultRow.rank.is_not(None), Entry.guest.is_(False))
    ).all()
    by_county = settings["team_by"] == "county"
    shares = [
        Share((county if by_county and county else unit), total or Decimal(0), award)
        for _set, total, award, unit, county in rows
    ]
    return team_ranking(shares, awards, settings["team_method"], settings.number("team_best"))


def newest_public_sets(competition_id: int) -> list[int]:
    """The result set of each event that everybody sees now."""
    newest: dict[int, int] = {}
    events = {event.id for event in events_of(competition_id)}
    for event_id, set_id in db.session.execute(
        select(ResultSet.event_id, ResultSet.id)
        .where(ResultSet.event_id.in_(events), ResultSet.public_at <= now())
        .order_by(ResultSet.version)
    ):
        newest[event_id] = set_id
    return list(newest.values())
