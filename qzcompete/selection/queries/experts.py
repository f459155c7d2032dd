"""Reads the register and the panels. What an expert may see is decided here once: `visible` and nothing beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, select

from qzcompete.core.errors import NotFound
from qzcompete.core.paging import ListPage, list_page
from qzcompete.extensions import db
from qzcompete.marking.models import Candidate, Seat, Sheet, SheetState
from qzcompete.selection.models import (
    Application,
    Associate,
    Expert,
    ExpertConflict,
    PanelDraw,
    PanelMember,
    ReviewAssignment,
    SelectionClass,
)
from qzcompete.selection.queries.applications import section_contents, unit_names
from qzcompete.selection.rules.conflicts import ApplicationFacts, ExpertFacts, Tie
from qzcompete.selection.rules.workflow import IN_REVIEW


@dataclass(frozen=True)
class ExpertCard:
    id: int
    account_id: int
    name: str
    employer: str
    title: str
    fields: tuple[str, ...]
    active: bool
    ties: tuple[tuple[int, str, str, int | None], ...]


@dataclass(frozen=True)
class MemberCard:
    expert: ExpertCard
    part: str
    place: int
    seat_code: str | None
    declared_at: datetime | None
    assigned: int
    conflicts: int


@dataclass(frozen=True)
class DrawCard:
    seed: str
    pool: Sequence[int]
    drawn: Sequence[int]
    drawn_at: datetime


@dataclass(frozen=True)
class OwnReview:
    """An application that an expert reviews."""

    application_id: int
    code: str
    kind: str
    leader_name: str
    host_name: str
    occupation_name: str
    signed: bool


@dataclass(frozen=True)
class OwnPanel:
    """A class on whose panel the expert sits."""

    class_id: int
    kind: str
    round_name: str
    class_state: str
    part: str
    declared_at: datetime | None
    assessment_id: int | None


@dataclass(frozen=True)
class ToDeclare:
    """What an expert must know of an application to say whether a conflict keeps him away."""

    application_id: int
    leader_name: str
    host_name: str


def expert_card(row: Expert) -> ExpertCard:
    ties = tuple((tie.id, tie.relation, tie.name, tie.last_year) for tie in row.ties)
    return ExpertCard(
        row.id, row.account_id, row.name, row.employer, row.title, tuple(row.fields), row.active, ties
    )


def expert_by_id(expert_id: int) -> ExpertCard:
    row = db.session.get(Expert, expert_id)
    if row is None:
        raise NotFound()
    return expert_card(row)


def expert_of_account(account_id: int | None) -> Expert | None:
    return db.session.scalar(select(Expert).where(Expert.account_id == account_id)) if account_id else None


def expert_page(number: str, search: str) -> ListPage:
    query = select(Expert).order_by(Expert.active.desc(), Expert.name)
    if search:
        query = query.where(
            Expert.name.contains(search, autoescape=True) | Expert.employer.contains(search, autoescape=True)
        )
    return list_page(query, number)


def register() -> Sequence[ExpertCard]:
    """All active experts by name."""
    rows = db.session.scalars(select(Expert).where(Expert.active).order_by(Expert.name, Expert.id))
    return [expert_card(row) for row in rows]


def expert_facts(expert_ids: Sequence[int]) -> dict[int, ExpertFacts]:
    rows = db.session.scalars(select(Expert).where(Expert.id.in_(expert_ids)))
    return {
        row.id: ExpertFacts(
            row.name,
            row.employer,
            row.account_id,
            None,
            tuple(Tie(tie.relation, tie.name, tie.last_year) for tie in row.ties),
        )
        for row in rows
    }


def application_facts(class_id: int) -> dict[int, ApplicationFacts]:
    """The eligible applications of a class, as conflicts are found by."""
    names = unit_names()
    associates: dict[int, list[Tie]] = {}
    for row in db.session.scalars(
        select(Associate).join(Application).where(Application.class_id == class_id)
    ):
        associates.setdefault(row.application_id, []).append(Tie(row.relation, row.name, row.last_year))
    rows = db.session.scalars(
        select(Application)
        .where(Application.class_id == class_id, Application.state == "eligible")
        .order_by(Application.id)
    )
    return {
        row.id: ApplicationFacts(
            row.leader_name,
            section_contents(row.id).get("leader", {}).get("employer", ""),
            row.host_name,
            names.get(row.unit_id or 0, ""),
            row.account_id,
            row.person_id,
            tuple(associates.get(row.id, ())),
        )
        for row in rows
    }


def draw_card(class_id: int) -> DrawCard | None:
    row = db.session.get(PanelDraw, class_id)
    return None if row is None else DrawCard(row.seed, row.pool, row.drawn, row.drawn_at)


def panel_members(class_id: int) -> Sequence[MemberCard]:
    """The panel of a class in the order of the draw, the chair last."""
    assigned = counts(
        select(ReviewAssignment.expert_id, func.count())
        .where(ReviewAssignment.class_id == class_id)
        .group_by(ReviewAssignment.expert_id)
    )
    kept_away = counts(
        select(ExpertConflict.expert_id, func.count())
        .where(ExpertConflict.class_id == class_id)
        .group_by(ExpertConflict.expert_id)
    )
    rows = db.session.execute(
        select(PanelMember, Expert)
        .join(Expert, Expert.id == PanelMember.expert_id)
        .where(PanelMember.class_id == class_id)
        .order_by(PanelMember.place)
    )
    return [
        MemberCard(
            expert_card(expert),
            member.part,
            member.place,
            member.seat_code,
            member.declared_at,
            assigned.get(expert.id, 0),
            kept_away.get(expert.id, 0),
        )
        for member, expert in rows
    ]


def counts(query: object) -> dict[int, int]:
    return dict(db.session.execute(query).tuples().all())  # type: ignore[call-overload]


def conflicts_of_class(class_id: int) -> Mapping[int, set[int]]:
    """Application → the experts who may know nothing of it."""
    found: dict[int, set[int]] = {}
    for row in db.session.scalars(select(ExpertConflict).where(ExpertConflict.class_id == class_id)):
        found.setdefault(row.application_id, set()).add(row.expert_id)
    return found


@dataclass(frozen=True)
class ConflictCard:
    expert_id: int
    expert_name: str
    application_id: int
    number: str
    leader_name: str
    source: str
    kind: str
    reason: str


def conflict_cards(class_id: int) -> Sequence[ConflictCard]:
    """Every recusal of a class, for the bureau alone."""
    rows = db.session.execute(
        select(ExpertConflict, Expert.name, Application.number, Application.leader_name)
        .join(Expert, Expert.id == ExpertConflict.expert_id)
        .join(Application, Application.id == ExpertConflict.application_id)
        .where(ExpertConflict.class_id == class_id)
        .order_by(Application.number, Expert.name)
    )
    return [
        ConflictCard(
            one.expert_id, name, one.application_id, number, leader, one.source, one.kind, one.reason
        )
        for one, name, number, leader in rows
    ]


@dataclass(frozen=True)
class EligibleRow:
    id: int
    number: str
    leader_name: str


def eligible_of(class_id: int) -> Sequence[EligibleRow]:
    """The applications that the panel of a class will review, by number."""
    rows = db.session.execute(
        select(Application.id, Application.number, Application.leader_name)
        .where(Application.class_id == class_id, Application.state == "eligible")
        .order_by(Application.number)
    )
    return [EligibleRow(*row) for row in rows]


def visible(expert_id: int) -> ColumnElement[bool]:
    """The applications that exist for this expert: those he reviews and is not kept away from, while they are in
    the panel's hands."""
    assigned = select(ReviewAssignment.application_id).where(ReviewAssignment.expert_id == expert_id)
    kept_away = select(ExpertConflict.application_id).where(ExpertConflict.expert_id == expert_id)
    return Application.id.in_(assigned) & Application.id.not_in(kept_away) & Application.state.in_(IN_REVIEW)


def own_panels(expert_id: int) -> Sequence[OwnPanel]:
    rows = db.session.execute(
        select(PanelMember, SelectionClass)
        .join(SelectionClass, SelectionClass.id == PanelMember.class_id)
        .where(PanelMember.expert_id == expert_id, SelectionClass.state != "cancelled")
        .order_by(SelectionClass.id.desc())
    )
    return [
        OwnPanel(
            class_.id,
            class_.kind,
            class_.round.name,
            class_.state,
            member.part,
            member.declared_at,
            class_.assessment_id,
        )
        for member, class_ in rows
    ]


def own_reviews(expert_id: int, class_id: int, search: str = "") -> Sequence[OwnReview]:
    """The expert's own applications of a class by code; a search finds nothing beyond them."""
    query = (
        select(Application, SelectionClass.kind, Sheet.state)
        .join(SelectionClass, SelectionClass.id == Application.class_id)
        .join(
            PanelMember,
            (PanelMember.class_id == Application.class_id) & (PanelMember.expert_id == expert_id),
        )
        .outerjoin(
            Seat, (Seat.assessment_id == SelectionClass.assessment_id) & (Seat.code == PanelMember.seat_code)
        )
        .outerjoin(
            Candidate,
            (Candidate.assessment_id == SelectionClass.assessment_id) & (Candidate.code == Application.code),
        )
        .outerjoin(Sheet, (Sheet.seat_id == Seat.id) & (Sheet.candidate_id == Candidate.id))
        .where(Application.class_id == class_id, visible(expert_id))
        .order_by(Application.code)
    )
    if search:
        query = query.where(
            Application.leader_name.contains(search, autoescape=True)
            | Application.host_name.contains(search, autoescape=True)
            | Application.code.icontains(search, autoescape=True)
        )
    return [
        OwnReview(
            row.id,
            row.code or "",
            kind,
            row.leader_name,
            row.host_name,
            row.occupation_name,
            state is SheetState.SIGNED,
        )
        for row, kind, state in db.session.execute(query)
    ]


def own_review(expert_id: int, application_id: int) -> Application:
    """An application that exists for this expert; NotFound for every other, as for one that is none."""
    row = db.session.scalar(select(Application).where(Application.id == application_id, visible(expert_id)))
    if row is None:
        raise NotFound()
    return row


def to_declare(expert_id: int, class_id: int) -> Sequence[ToDeclare]:
    """What the expert is asked about: every eligible application that nothing keeps him away from yet."""
    kept_away = select(ExpertConflict.application_id).where(ExpertConflict.expert_id == expert_id)
    rows = db.session.scalars(
        select(Application)
        .where(
            Application.class_id == class_id,
            Application.state == "eligible",
            Application.id.not_in(kept_away),
        )
        .order_by(Application.leader_name, Application.id)
    )
    return [ToDeclare(row.id, row.leader_name, row.host_name) for row in rows]
