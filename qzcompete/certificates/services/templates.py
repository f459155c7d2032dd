"""Writes templates: a version may be changed until the first certificate is made from it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select

from qzcompete.adapters import images
from qzcompete.adapters.uploads import PICTURES, checked_upload
from qzcompete.certificates import queries
from qzcompete.certificates.documents import LAYOUTS
from qzcompete.certificates.models import CertificateTemplate, CertificateTemplateVersion
from qzcompete.certificates.phrases import PhraseFault, phrase
from qzcompete.certificates.queries import TemplateCard
from qzcompete.certificates.rules.design import DESIGNS, FIELDS, KINDS, Design, read_design
from qzcompete.core import audit
from qzcompete.core.actor import CITY, SYSTEM, Actor
from qzcompete.core.clock import now
from qzcompete.core.errors import RuleBroken
from qzcompete.core.permissions import permit
from qzcompete.extensions import db

GREATEST_PICTURE = 10 * 2**20
DEFAULT_NAMES = {
    "award": "获奖证书（标准）",
    "instructor": "指导教师证书（标准）",
    "institution": "组织奖证书（标准）",
    "grade": "职业技能等级证书（标准）",
    "plaque": "铜牌（标准）",
    "letter": "感谢信（标准）",
}


def create_template(actor: Actor, kind: str, name: str) -> TemplateCard:
    """A template of this kind; its first version is our own design."""
    permit(actor, "template.edit", CITY)
    if kind not in KINDS:
        raise RuleBroken(_l("Choose the kind."), field="kind")
    if not name.strip():
        raise RuleBroken(_l("Give the template a name."), field="name")
    template = CertificateTemplate(kind=kind, name=name.strip())
    db.session.add(template)
    db.session.flush()
    return add_version(actor, template.id, DESIGNS[kind])


def add_version(
    actor: Actor,
    template_id: int,
    design: Design,
    ground_hash: str | None = None,
    signature_hash: str | None = None,
) -> TemplateCard:
    newest = select(func.max(CertificateTemplateVersion.version)).where(
        CertificateTemplateVersion.template_id == template_id
    )
    version = (db.session.scalar(newest) or 0) + 1
    db.session.add(
        CertificateTemplateVersion(
            template_id=template_id,
            version=version,
            spec=design.document(),
            ground_hash=ground_hash,
            signature_hash=signature_hash,
            created_at=now(),
            created_by=actor.account_id,
        )
    )
    audit.record(actor, "template.version_made", f"template:{template_id}", after={"version": version})
    db.session.flush()
    return queries.template_version(template_id, version)


def next_version(actor: Actor, template_id: int, version: int) -> TemplateCard:
    """A new version with what this one says."""
    permit(actor, "template.edit", CITY)
    card = queries.template_version(template_id, version)
    return add_version(actor, template_id, card.design, card.ground_hash, card.signature_hash)


def change_version(actor: Actor, template_id: int, version: int, design: Design) -> TemplateCard:
    """Refused once a certificate was made from it, and where a name or a character cannot be printed."""
    row = _changeable(actor, template_id, version)
    check_design(design)
    row.spec = design.document()
    audit.record(actor, "template.changed", f"template:{template_id}", after={"version": version})
    db.session.flush()
    return queries.template_version(template_id, version)


def _changeable(actor: Actor, template_id: int, version: int) -> CertificateTemplateVersion:
    permit(actor, "template.edit", CITY)
    row = db.session.scalar(
        select(CertificateTemplateVersion)
        .where(
            CertificateTemplateVersion.template_id == template_id,
            CertificateTemplateVersion.version == version,
        )
        .with_for_update()
    )
    if row is None or row.frozen_at is not None:
        raise RuleBroken(_l("This version is in use and stays as it is. Make a new version."), code="frozen")
    return row


def keep_ground(actor: Actor, template_id: int, version: int, picture: bytes | None) -> None:
    """A picture in the place of our paper and border, or ours again; drawn anew in the size of the page."""
    row = _changeable(actor, template_id, version)
    page = LAYOUTS[read_design(row.spec).layout].page
    row.ground_hash = _kept(picture, partial(images.background, page=page), "ground")
    audit.record(actor, "template.ground", f"template:{template_id}", after={"hash": row.ground_hash})


def keep_signature(actor: Actor, template_id: int, version: int, picture: bytes | None) -> None:
    """The signature of who signs, written on white paper, or none; only its ink is kept."""
    row = _changeable(actor, template_id, version)
    if picture and LAYOUTS[read_design(row.spec).layout].signature is None:
        raise RuleBroken(_l("A plaque bears no signature."), field="signature")
    row.signature_hash = _kept(picture, images.ink, "signature")
    audit.record(actor, "template.signature", f"template:{template_id}", after={"hash": row.signature_hash})


def _kept(picture: bytes | None, drawn: Callable[[bytes], bytes], field: str) -> str | None:
    if picture is None:
        return None
    try:
        upload = checked_upload(picture, PICTURES, GREATEST_PICTURE)
    except RuleBroken as broken:
        broken.field = field
        raise
    return queries.files().put(drawn(upload.content))


def check_design(design: Design) -> None:
    for field in ("title", "wording", "closing"):
        try:
            unknown = phrase(getattr(design, field), FIELDS).unknown
        except PhraseFault as fault:
            raise RuleBroken(
                _l("This cannot be used in a template: %(what)s", what=str(fault)), field=field
            ) from fault
        if unknown:
            raise RuleBroken(_l("Nobody knows these names: %(names)s", names=", ".join(unknown)), field=field)
    missing = queries.unprintable(
        "".join(str(value) for value in design.document().values()).replace("\n", "")
    )
    if missing:
        raise RuleBroken(_l("The fonts lack these characters: %(signs)s", signs=" ".join(missing)))


def unknown_names(design: Design) -> list[str]:
    """What the preview shows in red."""
    found: dict[str, None] = {}
    for source in (design.title, design.wording, design.closing):
        try:
            found |= dict.fromkeys(phrase(source, FIELDS).unknown)
        except PhraseFault as fault:
            found[str(fault)] = None
    return list(found)


def standard_version(kind: str) -> TemplateCard:
    """The newest version of the template that is used where none is chosen; made when it is first needed."""
    name = DEFAULT_NAMES[kind]
    for card in queries.templates_for(kind):
        if card.name == name:
            return card
    return create_template(SYSTEM, kind, name)


def use_version(version_id: int) -> TemplateCard:
    """A certificate is made from it: from now on it is frozen."""
    row = db.session.get(CertificateTemplateVersion, version_id, with_for_update=True)
    if row is None:
        raise RuleBroken(_l("Choose the template."), field="template")
    if row.frozen_at is None:
        row.frozen_at = now()
    db.session.flush()
    return queries.version_card(version_id)
