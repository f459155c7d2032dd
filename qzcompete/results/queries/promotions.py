"""Reads the promotion table, the proposals and what was confirmed of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from sqlalchemy import Select, case, func, select

from qzcompete.competitions.models import Competition, Event
from qzcompete.core.actor import Actor
from qzcompete.core.errors import NotFound
from qzcompete.extensions import db
from qzcompete.marking.rules.scheme import Scheme
from qzcompete.registration.models import Entry, EntryMember
from qzcompete.registration.queries import members_of_all
from qzcompete.results.models import Promotion, PromotionState, PromotionTable, ResultRow, ResultSet
from qzcompete.results.rules.promotion import Rule, parts_reached

# By this word in its name a module is the theory of an event; all others are its practice.
THEORY = "理论"


@dataclass(frozen=True)
class TableCard:
    """A version of the promotion table: draft until it is put in force, then it never changes."""

    id: int
    version: int
    name: str
    rules: Sequence[Rule]
    in_force_at: datetime | None
    ended_at: datetime | None

    @property
    def state(self) -> str:
        return "draft" if self.in_force_at is None else "in_force" if self.ended_at is None else "replaced"


@dataclass(frozen=True)
class PromotionCard:
    """A proposal, or what became of it. Levels are 5 (五级/初级工) to 1 (一级/高级技师)."""

    id: int
    event_id: int
    event_code: str
    event: str
    competition: str
    occupation_code: str
    occupation_name: str
    trade: str | None
    result_set_id: int
    entry_id: int
    person_id: int
    name: str
    unit: str
    year: int
    rank: int
    parts: dict[str, str]
    held_level: int | None
    held_proof: str
    grants: int | None
    title: str
    basis: str
    against: str | None
    outdated: bool
    state: str
    reason: str
    decided_at: datetime | None


def promotion_tables() -> Sequence[TableCard]:
    """All versions, newest first."""
    return [
        table_card(row)
        for row in db.session.scalars(select(PromotionTable).order_by(PromotionTable.version.desc()))
    ]


def table_card(row: PromotionTable) -> TableCard:
    rules = [Rule(**document) for document in row.rows]
    return TableCard(row.id, row.version, row.name, rules, row.in_force_at, row.ended_at)


def table_in_force() -> TableCard | None:
    return next((card for card in promotion_tables() if card.state == "in_force"), None)


def promotion_table(version: int) -> TableCard:
    for card in promotion_tables():
        if card.version == version:
            return card
    raise NotFound()


def next_table_version() -> int:
    return (db.session.scalar(select(func.max(PromotionTable.version))) or 0) + 1


def promotions_of(event_id: int) -> Sequence[PromotionCard]:
    """The proposals of an event with what became of them, by rank."""
    query = _promotions().where(Promotion.event_id == event_id)
    return [_card(*row) for row in db.session.execute(query.order_by(Promotion.rank, Promotion.id))]


def promotion(promotion_id: int) -> PromotionCard:
    for row in db.session.execute(_promotions().where(Promotion.id == promotion_id)):
        return _card(*row)
    raise NotFound()


def confirmed_promotions(event_code: str | None = None, year: int | None = None) -> Sequence[PromotionCard]:
    """What an officer has confirmed and no later version of a result has put in doubt, by event and rank."""
    query = _promotions().where(Promotion.state == PromotionState.CONFIRMED, Promotion.outdated.is_(False))
    if event_code is not None:
        query = query.where(Event.code == event_code)
    if year is not None:
        query = query.where(Promotion.year == year)
    return [
        _card(*row) for row in db.session.execute(query.order_by(Event.code, Promotion.rank, Promotion.id))
    ]


def promoted_persons(year: int) -> frozenset[int]:
    """Who was promoted in this year already."""
    query = select(Promotion.person_id).where(
        Promotion.year == year, Promotion.state == PromotionState.CONFIRMED
    )
    return frozenset(db.session.scalars(query))


def reached(scheme: Scheme, scores: dict[str, str]) -> dict[str, Fraction]:
    """Per cent of theory and practice that module scores make, weighted as in the total."""
    modules = {}
    for module in scheme.modules:
        most = Fraction(module.weight) if module.weight is not None else module.max
        share = Fraction(scores[module.code]) / module.max if module.max else Fraction(0)
        modules[module.code] = (share * most, most)
    theory = [module.code for module in scheme.modules if THEORY in (module.name or "")]
    return parts_reached(modules, theory)


def _promotions() -> Select[tuple[Promotion, Event, str, str, str]]:
    return (
        select(Promotion, Event, Competition.name, func.coalesce(EntryMember.name, Entry.name), Entry.unit)
        .join(Event, Event.id == Promotion.event_id)
        .join(Competition, Competition.id == Event.competition_id)
        .join(Entry, Entry.id == Promotion.entry_id)
        .outerjoin(
            EntryMember,
            (EntryMember.entry_id == Entry.id) & (EntryMember.person_id == Promotion.person_id),
        )
    )


def _card(row: Promotion, event: Event, competition: str, name: str, unit: str) -> PromotionCard:
    return PromotionCard(
        id=row.id,
        event_id=event.id,
        event_code=event.code,
        event=event.name,
        competition=competition,
        occupation_code=event.occupation_code,
        occupation_name=event.occupation_name,
        trade=event.trade,
        result_set_id=row.result_set_id,
        entry_id=row.entry_id,
        person_id=row.person_id,
        name=name,
        unit=unit,
        year=row.year,
        rank=row.rank,
        parts=row.parts,
        held_level=row.held_level,
        held_proof=row.held_proof,
        grants=row.grants,
        title=row.title,
        basis=row.basis,
        against=row.against,
        outdated=row.outdated,
        state=row.state.value,
        reason=row.reason,
        decided_at=row.decided_at,
    )


@dataclass(frozen=True)
class Promotable:
    """A ranked person of a result set who takes part in the awards; each member of a team has the team's rank."""

    entry_id: int
    person_id: int
    rank: int
    modules: dict[str, str]


def promotable(result_set: ResultSet) -> Sequence[Promotable]:
    """Ranked persons without guests, best first; entries from an event bundle have no person and are left out."""
    told = {row["entry"]: row for row in result_set.document["results"]}
    rows = db.session.execute(
        select(ResultRow.candidate_code, ResultRow.rank, Entry.id)
        .join(Entry, Entry.id == ResultRow.entry_id)
        .where(
            ResultRow.result_set_id == result_set.id,
            ResultRow.rank.is_not(None),
            Entry.guest.is_(False),
            Entry.person_id.is_not(None),
        )
        .order_by(ResultRow.position)
    ).all()
    members = members_of_all([entry_id for _code, _rank, entry_id in rows])
    return [
        Promotable(entry_id, member.person_id, rank, told[code]["modules"])
        for code, rank, entry_id in rows
        for member in members[entry_id]
        if member.person_id is not None
    ]


def field_size(lines: Sequence[Promotable]) -> int:
    """Of how many ranked entries a share is taken: a team counts once."""
    return len({line.entry_id for line in lines})


@dataclass(frozen=True)
class PromotionEvent:
    """A published event with how many of its promotions are in which state; `outdated` ones must be looked at."""

    code: str
    name: str
    competition: str
    proposed: int
    confirmed: int
    rejected: int
    outdated: int


def promotion_events(actor: Actor) -> Sequence[PromotionEvent]:
    """Published events that the actor decides promotions of, newest first."""
    counted = {state: func.sum(case((Promotion.state == state, 1), else_=0)) for state in PromotionState}
    outdated = func.sum(case((Promotion.outdated, 1), else_=0))
    published = select(ResultSet.event_id).where(ResultSet.published_at.is_not(None))
    query = (
        select(Event.code, Event.name, Competition.name, *counted.values(), outdated)
        .join(Competition, Competition.id == Event.competition_id)
        .outerjoin(Promotion, Promotion.event_id == Event.id)
        .where(Event.id.in_(published))
        .group_by(Event.id, Competition.id)
        .order_by(Event.id.desc())
    )
    competitions = actor.scope_ids("promotion.decide", "competition")
    if competitions is not None:
        query = query.where(Event.competition_id.in_(competitions))
    return [
        PromotionEvent(code, event, competition, *(int(count or 0) for count in counts))
        for code, event, competition, *counts in db.session.execute(query)
    ]
