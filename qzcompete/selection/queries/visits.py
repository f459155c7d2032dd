"""Reads site visits: plan, report, photos."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import func, select

from qzcompete.core.errors import NotFound
from qzcompete.extensions import db
from qzcompete.selection.models import Application, SiteVisit, VisitPhoto
from qzcompete.selection.queries.applications import ApplicationCard, card


@dataclass(frozen=True)
class VisitCard:
    planned_on: date
    team: Sequence[str]
    checklist: Mapping[str, Mapping[str, str]]
    findings: str
    score: Decimal | None
    reported_at: datetime | None
    countersigned_by: str | None
    countersigned_at: datetime | None


@dataclass(frozen=True)
class VisitRow:
    application: ApplicationCard
    visit: VisitCard | None
    photos: int


def visit_of(application_id: int) -> VisitCard | None:
    row = db.session.get(SiteVisit, application_id)
    return None if row is None else visit_card(row)


def visit_card(row: SiteVisit) -> VisitCard:
    return VisitCard(
        row.planned_on,
        row.team,
        row.checklist,
        row.findings,
        row.score,
        row.reported_at,
        row.countersigned_by,
        row.countersigned_at,
    )


def visits_of(class_id: int) -> Sequence[VisitRow]:
    """The applications to visit and those visited, by number."""
    photos = dict(
        db.session.execute(
            select(VisitPhoto.application_id, func.count()).group_by(VisitPhoto.application_id)
        )
        .tuples()
        .all()
    )
    rows = db.session.execute(
        select(Application, SiteVisit)
        .outerjoin(SiteVisit, SiteVisit.application_id == Application.id)
        .where(
            Application.class_id == class_id,
            Application.state.in_(("reviewed", "visited", "chosen", "reserved", "announced", "designated")),
        )
        .order_by(Application.number)
    )
    return [
        VisitRow(card(application), visit_card(visit) if visit else None, photos.get(application.id, 0))
        for application, visit in rows
    ]


def photos_of(application_id: int) -> Sequence[VisitPhoto]:
    return db.session.scalars(
        select(VisitPhoto)
        .where(VisitPhoto.application_id == application_id)
        .order_by(VisitPhoto.taken_at, VisitPhoto.id)
    ).all()


def photo_hash(application_id: int, photo_id: str) -> str:
    photo = db.session.get(VisitPhoto, photo_id)
    if photo is None or photo.application_id != application_id:
        raise NotFound()
    return photo.file_hash


def waiting_visits(class_id: int) -> int:
    waiting = select(func.count()).where(Application.class_id == class_id, Application.state == "reviewed")
    return db.session.scalar(waiting) or 0
