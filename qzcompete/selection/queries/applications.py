"""Reads applications for those who may: the applicant's own, a unit's own, the bureau's. Never for experts."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select

from qzcompete.core.errors import NotFound
from qzcompete.core.paging import ListPage, list_page
from qzcompete.extensions import db
from qzcompete.selection.models import (
    Application,
    ApplicationSection,
    Attachment,
    Recommendation,
    RecommendationQuota,
    RecommendingUnit,
    SectionReturn,
    SelectionClass,
    SelectionEvent,
    SelectionRound,
)
from qzcompete.selection.rules.sections import section_names
from qzcompete.selection.rules.workflow import EDITABLE


@dataclass(frozen=True)
class ApplicationCard:
    id: int
    class_id: int
    kind: str
    round_name: str
    round_code: str
    class_state: str
    number: str
    code: str | None
    account_id: int
    unit_id: int | None
    unit_name: str
    state: str
    leader_name: str
    host_name: str
    host_uscc: str | None
    occupation_name: str
    promised_name: str | None
    promised_at: datetime | None
    submitted_at: datetime | None
    dossier_hash: str | None
    reserve_rank: int | None
    applies_until: datetime
    recommends_until: datetime

    @property
    def title(self) -> str:
        return " · ".join(part for part in (self.leader_name, self.host_name) if part)


@dataclass(frozen=True)
class FileCard:
    id: int
    kind: str
    name: str
    media_type: str
    size: int
    pages: int | None
    sent_hash: str
    file_hash: str
    uploaded_at: datetime


@dataclass(frozen=True)
class EventCard:
    """One line of the history. Names of applicants and experts stay out: the actor's name is shown by who may."""

    at: datetime
    action: str
    before: str
    after: str
    role: str
    actor_name: str
    reason: str


@dataclass(frozen=True)
class ReturnCard:
    section: str
    correction: str
    returned_at: datetime
    answered_at: datetime | None


def card(application: Application, unit_name: str = "") -> ApplicationCard:
    class_, round_ = application.class_, application.class_.round
    return ApplicationCard(
        application.id,
        application.class_id,
        class_.kind,
        round_.name,
        round_.code,
        class_.state,
        application.number,
        application.code,
        application.account_id,
        application.unit_id,
        unit_name,
        application.state,
        application.leader_name,
        application.host_name,
        application.host_uscc,
        application.occupation_name,
        application.promised_name,
        application.promised_at,
        application.submitted_at,
        application.dossier_hash,
        application.reserve_rank,
        round_.applies_until,
        round_.recommends_until,
    )


def application_card(application_id: int) -> ApplicationCard:
    application = db.session.get(Application, application_id)
    if application is None:
        raise NotFound()
    return card(application, unit_names().get(application.unit_id or 0, ""))


def unit_names() -> dict[int, str]:
    return dict(db.session.execute(select(RecommendingUnit.id, RecommendingUnit.name)).tuples().all())


def own_applications(account_id: int) -> Sequence[ApplicationCard]:
    rows = db.session.scalars(
        select(Application).where(Application.account_id == account_id).order_by(Application.id.desc())
    )
    names = unit_names()
    return [card(row, names.get(row.unit_id or 0, "")) for row in rows]


def section_contents(application_id: int) -> dict[str, Any]:
    """Section → its content as it was saved last."""
    rows = db.session.scalars(
        select(ApplicationSection).where(ApplicationSection.application_id == application_id)
    )
    return {row.name: json.loads(row.content) for row in rows}


def section_states(application_id: int, kind: str) -> dict[str, str]:
    """Section → `todo`, `incomplete` or `complete`; files are told by `files_complete`."""
    saved = dict(
        db.session.execute(
            select(ApplicationSection.name, ApplicationSection.complete).where(
                ApplicationSection.application_id == application_id
            )
        )
        .tuples()
        .all()
    )
    return {
        name: "todo" if name not in saved else "complete" if saved[name] else "incomplete"
        for name in section_names(kind)
    }


def open_sections(application: Application | ApplicationCard) -> tuple[str, ...]:
    """The sections that the applicant may change now: all of a draft, of a returned one those given back."""
    if application.state not in EDITABLE:
        return ()
    kind = application.kind if isinstance(application, ApplicationCard) else application.class_.kind
    if application.state == "draft":
        return section_names(kind)
    given_back = set(
        db.session.scalars(
            select(SectionReturn.section).where(
                SectionReturn.application_id == application.id, SectionReturn.answered_at.is_(None)
            )
        )
    )
    return tuple(name for name in section_names(kind) if name in given_back)


def returns_of(application_id: int) -> Sequence[ReturnCard]:
    rows = db.session.scalars(
        select(SectionReturn)
        .where(SectionReturn.application_id == application_id)
        .order_by(SectionReturn.id.desc())
    )
    return [ReturnCard(row.section, row.correction, row.returned_at, row.answered_at) for row in rows]


def files_of(application_id: int) -> Sequence[FileCard]:
    rows = db.session.scalars(
        select(Attachment)
        .where(Attachment.application_id == application_id, Attachment.removed_at.is_(None))
        .order_by(Attachment.kind, Attachment.id)
    )
    return [file_card(row) for row in rows]


def file_card(row: Attachment) -> FileCard:
    return FileCard(
        row.id,
        row.kind,
        row.file_name,
        row.media_type,
        row.size,
        row.pages,
        row.sent_hash,
        row.file_hash,
        row.uploaded_at,
    )


def file_of(application_id: int, attachment_id: int) -> FileCard:
    row = db.session.get(Attachment, attachment_id)
    if row is None or row.application_id != application_id or row.removed_at is not None:
        raise NotFound()
    return file_card(row)


def history_of(application_id: int) -> Sequence[EventCard]:
    rows = db.session.scalars(
        select(SelectionEvent)
        .where(SelectionEvent.application_id == application_id)
        .order_by(SelectionEvent.id.desc())
    )
    return [event_card(row) for row in rows]


def class_history(class_id: int) -> Sequence[EventCard]:
    rows = db.session.scalars(
        select(SelectionEvent)
        .where(SelectionEvent.class_id == class_id, SelectionEvent.application_id.is_(None))
        .order_by(SelectionEvent.id.desc())
    )
    return [event_card(row) for row in rows]


def event_card(row: SelectionEvent) -> EventCard:
    return EventCard(row.at, row.action, row.before, row.after, row.role, row.actor_name, row.reason)


def application_page(class_id: int, number: str, search: str, state: str) -> ListPage:
    """Applications of a class by number, narrowed by state and by leader, host, number or occupation."""
    return list_page(
        narrowed(select(Application).where(Application.class_id == class_id), search, state), number
    )


def narrowed(query: Select[Any], search: str, state: str) -> Select[Any]:
    if state:
        query = query.where(Application.state == state)
    if search:
        query = query.where(
            Application.leader_name.contains(search, autoescape=True)
            | Application.host_name.contains(search, autoescape=True)
            | Application.number.icontains(search, autoescape=True)
            | Application.occupation_name.contains(search, autoescape=True)
        )
    return query.order_by(Application.number)


def state_counts(class_id: int) -> dict[str, int]:
    return dict(
        db.session.execute(
            select(Application.state, func.count())
            .where(Application.class_id == class_id)
            .group_by(Application.state)
        )
        .tuples()
        .all()
    )


@dataclass(frozen=True)
class UnitQuota:
    """How many of a class a unit may recommend, and what it has given so far."""

    class_id: int
    kind: str
    round_name: str
    class_state: str
    recommends_until: datetime
    unit_id: int
    unit_name: str
    quota: int
    given: int
    waiting: int


def unit_quotas(unit_ids: frozenset[int] | None, class_id: int | None = None) -> Sequence[UnitQuota]:
    """The quotas of these units (None: all) in rounds that were called, newest round first."""
    given = (
        select(func.count())
        .where(
            Recommendation.class_id == RecommendationQuota.class_id,
            Recommendation.unit_id == RecommendationQuota.unit_id,
        )
        .correlate(RecommendationQuota)
        .scalar_subquery()
    )
    waiting = (
        select(func.count())
        .where(
            Application.class_id == RecommendationQuota.class_id,
            Application.unit_id == RecommendationQuota.unit_id,
            Application.state == "submitted",
        )
        .correlate(RecommendationQuota)
        .scalar_subquery()
    )
    query = (
        select(RecommendationQuota, SelectionClass, RecommendingUnit.name, given, waiting)
        .join(SelectionClass, SelectionClass.id == RecommendationQuota.class_id)
        .join(RecommendingUnit, RecommendingUnit.id == RecommendationQuota.unit_id)
        .where(SelectionClass.state != "draft")
        .order_by(SelectionClass.round_id.desc(), SelectionClass.kind.desc(), RecommendingUnit.code)
    )
    if unit_ids is not None:
        query = query.where(RecommendationQuota.unit_id.in_(unit_ids))
    if class_id is not None:
        query = query.where(RecommendationQuota.class_id == class_id)
    return [
        UnitQuota(
            quota.class_id,
            class_.kind,
            class_.round.name,
            class_.state,
            class_.round.recommends_until,
            quota.unit_id,
            name,
            quota.quota,
            so_far,
            to_read,
        )
        for quota, class_, name, so_far, to_read in db.session.execute(query)
    ]


@dataclass(frozen=True)
class UnitApplication:
    card: ApplicationCard
    rank: int | None


def unit_applications(class_id: int, unit_id: int) -> Sequence[UnitApplication]:
    """A unit's applications that were sent to it: the recommended by their place, then the others."""
    names = unit_names()
    rows = db.session.execute(
        select(Application, Recommendation.rank)
        .outerjoin(Recommendation, Recommendation.application_id == Application.id)
        .where(
            Application.class_id == class_id,
            Application.unit_id == unit_id,
            Application.submitted_at.is_not(None),
        )
        .order_by(Recommendation.rank.is_(None), Recommendation.rank, Application.number)
    )
    return [UnitApplication(card(row, names.get(unit_id, "")), rank) for row, rank in rows]


@dataclass(frozen=True)
class RecommendationCard:
    unit_name: str
    rank: int
    reason: str
    sealed_name: str | None
    sealed_hash: str | None
    recommended_at: datetime


def recommendation_of(application_id: int) -> RecommendationCard | None:
    row = db.session.get(Recommendation, application_id)
    if row is None:
        return None
    name = unit_names().get(row.unit_id, "")
    return RecommendationCard(
        name, row.rank, row.reason, row.sealed_name, row.sealed_hash, row.recommended_at
    )


def free_ranks(class_id: int, unit_id: int) -> list[int]:
    """The places of the unit's list that nobody has."""
    quota = db.session.get(RecommendationQuota, (class_id, unit_id))
    taken = set(
        db.session.scalars(
            select(Recommendation.rank).where(
                Recommendation.class_id == class_id, Recommendation.unit_id == unit_id
            )
        )
    )
    return [rank for rank in range(1, (quota.quota if quota else 0) + 1) if rank not in taken]


def choices_of_units() -> Mapping[int, str]:
    """Active units by id, in the order of their codes."""
    rows = db.session.execute(
        select(RecommendingUnit.id, RecommendingUnit.name)
        .where(RecommendingUnit.active)
        .order_by(RecommendingUnit.code)
    )
    return dict(rows.tuples().all())


def open_calls() -> Sequence[SelectionClass]:
    """Classes that take applications by their state, the latest first; the windows are checked by who shows them."""
    return db.session.scalars(
        select(SelectionClass)
        .join(SelectionRound)
        .where(SelectionClass.state == "calling")
        .order_by(SelectionRound.first_year.desc(), SelectionClass.kind.desc())
    ).all()
