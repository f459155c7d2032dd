"""Reads the lists of a decision, its notices, and the register of the designated."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Select, select

from qzcompete.core.clock import today
from qzcompete.core.errors import NotFound
from qzcompete.core.paging import ListPage, list_page
from qzcompete.extensions import db
from qzcompete.notices.queries.notices import NoticeCard, notices_of
from qzcompete.notices.queries.objections import upheld_subjects
from qzcompete.selection.models import (
    Application,
    Designation,
    RecommendingUnit,
    SelectionClass,
    SelectionScore,
)
from qzcompete.selection.rules.classes import cycle_name
from qzcompete.selection.rules.publicity import Candidate, public_name
from qzcompete.selection.rules.workflow import IN_TERM, STANDING, TITLED

ON_THE_LIST = TITLED | {"chosen", "announced"}
AFTER_DECISION = ("decided", "noticing", "noticed", "designated", "ended")


@dataclass(frozen=True)
class DesignationCard:
    id: int
    application_id: int
    class_id: int
    place: int
    kind: str
    cycle: str
    name: str
    leader_name: str
    host_name: str
    occupation_name: str
    unit_name: str
    notice_id: int
    plaque_number: str
    starts_on: date
    ends_on: date
    designated_at: datetime
    state: str
    account_id: int

    @property
    def removed(self) -> bool:
        return self.state == "removed"

    @property
    def in_term(self) -> bool:
        return self.state in IN_TERM

    @property
    def standing(self) -> bool:
        """Whether it may call itself so today."""
        return self.state in STANDING and self.starts_on <= today() <= self.ends_on


@dataclass(frozen=True)
class ListedRow:
    """A candidate of the list or the reserve, as the office sees it."""

    candidate: Candidate
    name: str
    state: str
    account_id: int
    rank: int | None


@dataclass(frozen=True)
class AfterDecision:
    """A class from its decision on: lists, notices (the newest first), and what upheld objections still ask for."""

    class_id: int
    kind: str
    cycle: str
    round_name: str
    state: str
    quota: int
    listed: Sequence[ListedRow]
    reserve: Sequence[ListedRow]
    notices: Sequence[NoticeCard]
    upheld: frozenset[int]
    # Whether the names of the designated stand in an announcement.
    announced: bool

    @property
    def notice(self) -> NoticeCard | None:
        return self.notices[0] if self.notices else None

    @property
    def changed(self) -> bool:
        """Whether somebody on the notice must leave it, or has left it already."""
        if self.notice is None or self.state not in ("noticing", "noticed"):
            return False
        standing = {row.candidate.application_id for row in self.listed}
        shown = {subject_key(key) for key, _name in self.notice.subjects}
        return bool(shown - standing or shown & self.upheld)


def topic_of(class_id: int) -> str:
    return f"selection_class:{class_id}"


def announcement_topic(class_id: int) -> str:
    return f"designations:{class_id}"


def subject_of(application_id: int) -> str:
    return f"application:{application_id}"


def subject_key(subject: str) -> int:
    return int(subject.partition(":")[2])


def after_decision(class_id: int) -> AfterDecision:
    class_ = db.session.get(SelectionClass, class_id)
    if class_ is None or class_.state not in AFTER_DECISION:
        raise NotFound()
    rows = listed_rows(class_id, class_.kind)
    notices = notices_of(topic_of(class_id))
    upheld = [key for notice in notices for key, _case in upheld_subjects(notice.id)]
    return AfterDecision(
        class_id,
        class_.kind,
        cycle_name(class_.round.first_year),
        class_.round.name,
        class_.state,
        class_.quota,
        [row for row in rows if row.state in ON_THE_LIST],
        sorted(
            (row for row in rows if row.state == "reserved"), key=lambda row: row.candidate.reserve_rank or 0
        ),
        notices,
        frozenset(subject_key(key) for key in upheld),
        any(notice.state == "published" for notice in notices_of(announcement_topic(class_id))),
    )


def listed_rows(class_id: int, kind: str) -> list[ListedRow]:
    """Those of the list and of the reserve, by rank; who moved up stands last."""
    query = (
        select(Application, RecommendingUnit.name, SelectionScore.rank)
        .outerjoin(RecommendingUnit, RecommendingUnit.id == Application.unit_id)
        .outerjoin(SelectionScore, SelectionScore.application_id == Application.id)
        .where(Application.class_id == class_id, Application.state.in_((*ON_THE_LIST, "reserved")))
    )
    rows = [listed_row(kind, *row) for row in db.session.execute(query)]
    return sorted(rows, key=lambda row: (row.rank or 9999, row.candidate.application_id))


def listed_row(kind: str, application: Application, unit: str | None, rank: int | None) -> ListedRow:
    candidate = Candidate(
        application.id,
        application.leader_name,
        application.host_name,
        application.occupation_name,
        unit or "",
        application.reserve_rank,
    )
    name = public_name(kind, candidate)
    return ListedRow(candidate, name, application.state, application.account_id, rank)


def classes_after_decision() -> Sequence[SelectionClass]:
    query = select(SelectionClass).where(SelectionClass.state.in_(AFTER_DECISION))
    return db.session.scalars(query.order_by(SelectionClass.id.desc())).all()


def designation_card(designation_id: int) -> DesignationCard:
    row = db.session.get(Designation, designation_id)
    if row is None:
        raise NotFound()
    return card(row)


def designations_of(class_id: int) -> Sequence[DesignationCard]:
    query = select(Designation).where(Designation.class_id == class_id).order_by(Designation.place)
    return [card(row) for row in db.session.scalars(query)]


def own_designations(account_id: int) -> Sequence[DesignationCard]:
    query = (
        select(Designation)
        .join(Application, Application.id == Designation.application_id)
        .where(Application.account_id == account_id)
    )
    return [card(row) for row in db.session.scalars(query.order_by(Designation.id.desc()))]


def register() -> Sequence[tuple[str, Sequence[DesignationCard]]]:
    """What stands today, by the unit that recommended it: (unit, studios and bases by name)."""
    query = designations().where(Application.state.in_(STANDING), Designation.ends_on >= today())
    found: dict[str, list[DesignationCard]] = {}
    for row in db.session.scalars(
        query.order_by(RecommendingUnit.id, Designation.kind.desc(), Designation.id)
    ):
        found.setdefault(row.unit_name, []).append(card(row))
    return list(found.items())


def former() -> Sequence[DesignationCard]:
    """What stood once: ended, removed, or past its term."""
    query = designations().where(~Application.state.in_(STANDING) | (Designation.ends_on < today()))
    return [card(row) for row in db.session.scalars(query.order_by(Designation.id.desc()))]


def designations() -> Select[tuple[Designation]]:
    return (
        select(Designation)
        .join(Application, Application.id == Designation.application_id)
        .outerjoin(RecommendingUnit, RecommendingUnit.id == Application.unit_id)
    )


def designation_page(kind: str, number: str) -> ListPage:
    query = designations().order_by(Designation.id.desc())
    if kind in ("studio", "base"):
        query = query.where(Designation.kind == kind)
    page = list_page(query, number)
    return ListPage([card(row) for row in page.items], page.number, page.size, page.total)


def card(row: Designation) -> DesignationCard:
    application = row.application
    return DesignationCard(
        row.id,
        row.application_id,
        row.class_id,
        row.place,
        row.kind,
        cycle_name(application.class_.round.first_year),
        row.name,
        row.leader_name,
        row.host_name,
        row.occupation_name,
        row.unit_name,
        row.notice_id,
        row.plaque_number,
        row.starts_on,
        row.ends_on,
        row.designated_at,
        application.state,
        application.account_id,
    )
