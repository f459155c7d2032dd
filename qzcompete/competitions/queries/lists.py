"""Lists of competitions: the office's, and the public's."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import or_, select

from qzcompete.competitions.models import (
    Competition,
    CompetitionFamily,
    CompetitionState,
)
from qzcompete.competitions.queries.cards import (
    COMPETITION_STATES,
    FAMILIES,
    PUBLIC_STATES,
    CompetitionCard,
    card_of,
    cards_of,
    competitions_query,
)
from qzcompete.core.actor import Actor
from qzcompete.core.paging import ListPage, list_page
from qzcompete.extensions import db


def competition_page(
    actor: Actor, number: str, search: str = "", year: str = "", family: str = "", state: str = ""
) -> ListPage:
    """Competitions that the actor may see, newest first, narrowed by what the list asks for."""
    query = competitions_query().order_by(
        Competition.year.desc(), Competition.starts_on.desc(), Competition.id.desc()
    )
    allowed = actor.scope_ids("competition.view", "competition")
    if allowed is not None:
        query = query.where(Competition.id.in_(allowed))
    if search:
        query = query.where(
            or_(
                *(
                    column.icontains(search, autoescape=True)
                    for column in (
                        Competition.name,
                        Competition.code,
                        Competition.organisers,
                        Competition.venue,
                    )
                )
            )
        )
    if year.isascii() and year.isdigit():
        query = query.where(Competition.year == int(year[:4]))
    if family in FAMILIES:
        query = query.where(Competition.family == CompetitionFamily(family))
    if state in COMPETITION_STATES:
        query = query.where(Competition.state == CompetitionState(state))
    page = list_page(query, number, size=20)
    return ListPage([card_of(*row) for row in page.items], page.number, page.size, page.total)


def years() -> Sequence[int]:
    return db.session.scalars(select(Competition.year).distinct().order_by(Competition.year.desc())).all()


def public_competitions(year: int | None = None) -> Sequence[CompetitionCard]:
    """What everybody may see: competitions that are open, running or finished, newest first."""
    query = competitions_query().where(Competition.state.in_(PUBLIC_STATES))
    if year is not None:
        query = query.where(Competition.year == year)
    return cards_of(query.order_by(Competition.year.desc(), Competition.starts_on, Competition.id))


def calendar_competitions(year: int, public: bool) -> Sequence[CompetitionCard]:
    """The competitions of a year, by their first day; for the office with those that are still drafts."""
    query = competitions_query().where(Competition.year == year)
    states = PUBLIC_STATES if public else (CompetitionState.DRAFT, *PUBLIC_STATES)
    query = query.where(Competition.state.in_(states))
    return cards_of(query.order_by(Competition.starts_on, Competition.code))
