"""Reads templates and their versions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, select

from qzcompete.certificates.models import (
    Certificate,
    CertificateState,
    CertificateTemplate,
    CertificateTemplateVersion,
)
from qzcompete.certificates.rules.design import Design, read_design
from qzcompete.core.errors import NotFound
from qzcompete.extensions import db


@dataclass(frozen=True)
class TemplateCard:
    """One version of a template; `versions` tells how many there are."""

    id: int
    template_id: int
    kind: str
    name: str
    version: int
    versions: int
    design: Design
    ground_hash: str | None
    signature_hash: str | None
    created_at: datetime
    frozen_at: datetime | None
    used: int


def template_cards() -> Sequence[TemplateCard]:
    """The newest version of each template, by kind and name."""
    newest = (
        select(
            CertificateTemplateVersion.template_id, func.max(CertificateTemplateVersion.version).label("top")
        )
        .group_by(CertificateTemplateVersion.template_id)
        .subquery()
    )
    query = _versions().join(
        newest,
        (newest.c.template_id == CertificateTemplateVersion.template_id)
        & (newest.c.top == CertificateTemplateVersion.version),
    )
    rows = db.session.execute(query.order_by(CertificateTemplate.kind, CertificateTemplate.name))
    return [_card(*row) for row in rows]


def templates_for(*kinds: str) -> Sequence[TemplateCard]:
    return [card for card in template_cards() if card.kind in kinds]


def template_version(template_id: int, version: int) -> TemplateCard:
    query = _versions().where(
        CertificateTemplate.id == template_id, CertificateTemplateVersion.version == version
    )
    for row in db.session.execute(query):
        return _card(*row)
    raise NotFound()


def version_card(version_id: int) -> TemplateCard:
    for row in db.session.execute(_versions().where(CertificateTemplateVersion.id == version_id)):
        return _card(*row)
    raise NotFound()


def version_numbers(template_id: int) -> Sequence[int]:
    query = select(CertificateTemplateVersion.version).where(
        CertificateTemplateVersion.template_id == template_id
    )
    return db.session.scalars(query.order_by(CertificateTemplateVersion.version.desc())).all()


def _versions() -> Select[tuple[CertificateTemplateVersion, CertificateTemplate, int, int]]:
    used = (
        select(func.count())
        .where(Certificate.template_version_id == CertificateTemplateVersion.id)
        .correlate(CertificateTemplateVersion)
        .scalar_subquery()
    )
    total = (
        select(func.max(CertificateTemplateVersion.version))
        .where(CertificateTemplateVersion.template_id == CertificateTemplate.id)
        .correlate(CertificateTemplate)
        .scalar_subquery()
    )
    return select(CertificateTemplateVersion, CertificateTemplate, total, used).join(
        CertificateTemplate, CertificateTemplate.id == CertificateTemplateVersion.template_id
    )


def _card(
    row: CertificateTemplateVersion, template: CertificateTemplate, versions: int, used: int
) -> TemplateCard:
    return TemplateCard(
        row.id,
        template.id,
        template.kind,
        template.name,
        row.version,
        versions,
        read_design(row.spec),
        row.ground_hash,
        row.signature_hash,
        row.created_at,
        row.frozen_at,
        used,
    )


def newest_of_kind(kind: str) -> Certificate | None:
    """For a preview with real data."""
    query = select(Certificate).where(Certificate.kind == kind, Certificate.state == CertificateState.VALID)
    return db.session.scalar(query.order_by(Certificate.id.desc()).limit(1))
