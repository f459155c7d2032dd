"""The register of judges, and what a panel knows of its members."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, or_, select

from qzcompete.competitions.models import (
    Event,
    JudgeModule,
    JudgeOccupation,
    JudgeProfile,
    JudgeRelation,
    Qualification,
    RelationKind,
)
from qzcompete.competitions.queries.panels import Choice
from qzcompete.competitions.rules.conflicts import DeclaredRelation, JudgeFacts
from qzcompete.core.errors import NotFound
from qzcompete.core.paging import ListPage, list_page
from qzcompete.extensions import db
from qzcompete.marking.models import Seat
from qzcompete.people.models import Account, AccountState, Organisation, RoleGrant

QUALIFICATIONS = tuple(qualification.value for qualification in Qualification)
RELATION_KINDS = tuple(kind.value for kind in RelationKind)
JUDGING = ("judge", "chief_judge")
LEVELS_OF_SKILL: dict[int, object] = {
    5: _l("Level 5 (junior)"),
    4: _l("Level 4 (intermediate)"),
    3: _l("Level 3 (senior)"),
    2: _l("Level 2 (technician)"),
    1: _l("Level 1 (senior technician)"),
}


@dataclass(frozen=True)
class JudgeCard:
    """A judge as the register has them; without a qualification where only the account is known."""

    account_id: int
    name: str
    username: str
    qualification: str | None
    certificate: str
    employer_id: int | None
    employer: str | None
    level: int | None
    note: str
    occupations: tuple[tuple[str, str], ...]
    panels: int = 0


@dataclass(frozen=True)
class RelationCard:
    id: int
    kind: str
    name: str
    unit: str
    note: str
    declared_at: datetime


def judge_accounts() -> Sequence[Choice]:
    """Active accounts that judge or chair panels."""
    holders = select(RoleGrant.account_id).where(RoleGrant.role.in_(JUDGING))
    query = select(Account.id, Account.name, Account.username).where(
        Account.id.in_(holders), Account.state == AccountState.ACTIVE
    )
    return [
        Choice(row.id, row.name, row.username) for row in db.session.execute(query.order_by(Account.name))
    ]


def judge_page(number: str, search: str = "") -> ListPage:
    """The register, by name; searched by name, employer or occupation."""
    holders = select(RoleGrant.account_id).where(RoleGrant.role.in_(JUDGING))
    query = (
        select(Account.id)
        .outerjoin(JudgeProfile, JudgeProfile.account_id == Account.id)
        .outerjoin(Organisation, Organisation.id == JudgeProfile.employer_id)
        .where(Account.id.in_(holders), Account.state == AccountState.ACTIVE)
        .order_by(Account.name, Account.id)
    )
    if search:
        trades = select(JudgeOccupation.account_id).where(
            or_(
                JudgeOccupation.name.contains(search, autoescape=True),
                JudgeOccupation.code.startswith(search, autoescape=True),
            )
        )
        query = query.where(
            or_(
                Account.name.contains(search, autoescape=True),
                Organisation.name.contains(search, autoescape=True),
                Account.id.in_(trades),
            )
        )
    page = list_page(query, number)
    cards = judge_cards(page.items)
    return ListPage([cards[one] for one in page.items], page.number, page.size, page.total)


def judge_cards(ids: Iterable[int]) -> dict[int, JudgeCard]:
    wanted = list(ids)
    panels = select(func.count(Seat.id)).where(Seat.account_id == Account.id).scalar_subquery()
    query = (
        select(Account.id, Account.name, Account.username, JudgeProfile, Organisation.name, panels)
        .outerjoin(JudgeProfile, JudgeProfile.account_id == Account.id)
        .outerjoin(Organisation, Organisation.id == JudgeProfile.employer_id)
        .where(Account.id.in_(wanted))
    )
    return {
        account_id: JudgeCard(
            account_id,
            name,
            username,
            profile.qualification.value if profile else None,
            profile.certificate if profile else "",
            profile.employer_id if profile else None,
            employer,
            profile.level if profile else None,
            profile.note if profile else "",
            tuple((item.code, item.name) for item in profile.occupations) if profile else (),
            count,
        )
        for account_id, name, username, profile, employer, count in db.session.execute(query)
    }


def judge_card(account_id: int) -> JudgeCard:
    if account_id not in {choice.account_id for choice in judge_accounts()}:
        raise NotFound()
    return judge_cards([account_id])[account_id]


def relations_of(account_id: int) -> Sequence[RelationCard]:
    query = select(JudgeRelation).where(JudgeRelation.account_id == account_id).order_by(JudgeRelation.id)
    return [
        RelationCard(row.id, row.kind.value, row.name, row.unit, row.note, row.declared_at)
        for row in db.session.scalars(query)
    ]


def judge_facts(ids: Iterable[int]) -> Sequence[JudgeFacts]:
    """What conflicts are found by, in the order of the ids."""
    cards = judge_cards(ids)
    relations: dict[int, list[DeclaredRelation]] = {one: [] for one in cards}
    for row in db.session.scalars(select(JudgeRelation).where(JudgeRelation.account_id.in_(list(cards)))):
        relations[row.account_id].append(DeclaredRelation(row.kind.value, row.name, row.unit))
    return [JudgeFacts(one, card.name, card.employer, tuple(relations[one])) for one, card in cards.items()]


def named_modules(event_id: int) -> dict[int, frozenset[str]]:
    """The modules that judges are named for; account → codes."""
    query = select(JudgeModule.account_id, JudgeModule.module).where(JudgeModule.event_id == event_id)
    found: dict[int, set[str]] = {}
    for account_id, module in db.session.execute(query):
        found.setdefault(account_id, set()).add(module)
    return {account_id: frozenset(modules) for account_id, modules in found.items()}


def panels_of_judge(account_id: int) -> Sequence[tuple[str, str, bool]]:
    """Code and name of the events on whose panels the account sits, and whether as chief judge."""
    query = (
        select(Event.code, Event.name, Seat.chief)
        .join(Seat, Seat.assessment_id == Event.assessment_id)
        .where(Seat.account_id == account_id)
        .order_by(Event.starts_at, Event.code)
    )
    return [(row.code, row.name, row.chief) for row in db.session.execute(query)]
