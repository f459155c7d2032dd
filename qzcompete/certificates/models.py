"""Certificates, and the counters of their numbers. A number is never used again."""

from __future__ import annotations

import enum
from datetime import date, datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from qzcompete.core.columns import (
    BlindIndex,
    EncryptedText,
    FileHash,
    JsonDocument,
    UtcDateTime,
    state_column,
)
from qzcompete.core.errors import law
from qzcompete.extensions import db


class CertificateState(enum.Enum):
    VALID = "valid"
    REPLACED = "replaced"
    REVOKED = "revoked"


class CertificateCounter(db.Model):
    __tablename__ = "certificate_counter"
    kind: Mapped[str] = mapped_column(String(24), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True)
    last: Mapped[int] = mapped_column(default=0)


class Certificate(db.Model):
    """One document with one number. What it says is frozen at its issue in `text`."""

    __tablename__ = "certificate"
    __table_args__ = (
        # At most one valid certificate of a kind for each who earned one with an entry.
        Index(
            "uq_certificate_valid_entry",
            "entry_id",
            "kind",
            "slot",
            unique=True,
            sqlite_where=text("state = 'valid'"),
            postgresql_where=text("state = 'valid'"),
        ),
        CheckConstraint(
            "revoked_by IS NULL OR (revoke_asked_by IS NOT NULL AND revoke_asked_by <> revoked_by)",
            name="two_people_revoke",
        ),
        CheckConstraint("replaced_by_id IS NULL OR state = 'replaced'", name="replaced_by_another"),
        # A designation has one valid plaque.
        Index(
            "uq_certificate_valid_plaque",
            "designation_id",
            unique=True,
            sqlite_where=text("state = 'valid'"),
            postgresql_where=text("state = 'valid'"),
        ),
        # One person has one valid certificate of a level in an occupation, whoever issued it.
        Index(
            "uq_certificate_valid_grade",
            "grade_index",
            unique=True,
            sqlite_where=text("state = 'valid'"),
            postgresql_where=text("state = 'valid'"),
        ),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(32), unique=True)
    # Unguessable; what the QR code names. Upper-case base 32.
    token: Mapped[str] = mapped_column(String(32), unique=True)
    kind: Mapped[str] = mapped_column(String(24))
    # Who of an entry: "" the competitor or the whole team, else a member, the instructor, the institution.
    slot: Mapped[str] = mapped_column(String(40), default="")
    state: Mapped[CertificateState] = mapped_column(
        state_column(CertificateState), default=CertificateState.VALID
    )
    entry_id: Mapped[int | None] = mapped_column(ForeignKey("entry.id"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    # The studio or base whose plaque it is.
    designation_id: Mapped[int | None] = mapped_column(ForeignKey("designation.id"))
    event_id: Mapped[int | None] = mapped_column(ForeignKey("event.id"), index=True)
    result_set_id: Mapped[int | None] = mapped_column(ForeignKey("result_set.id"))
    name: Mapped[str] = mapped_column(String(120))
    unit: Mapped[str] = mapped_column(String(80))
    award: Mapped[str] = mapped_column(String(80))
    text: Mapped[dict[str, Any]] = mapped_column(JsonDocument)
    sample: Mapped[bool] = mapped_column(default=False)
    template_version_id: Mapped[int | None] = mapped_column(ForeignKey("certificate_template_version.id"))
    # Of a grade certificate: document kind and number as JSON; and the keyed hash of number, occupation and level.
    private: Mapped[str | None] = mapped_column(EncryptedText)
    grade_index: Mapped[str | None] = mapped_column(BlindIndex)
    photo_hash: Mapped[str | None] = mapped_column(FileHash())
    issued_on: Mapped[date]
    issued_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    file_hash: Mapped[str | None] = mapped_column(FileHash(), index=True)
    rendered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    replaced_by_id: Mapped[int | None] = mapped_column(ForeignKey("certificate.id"))
    replace_reason: Mapped[str | None] = mapped_column(String(400))
    revoke_reason: Mapped[str | None] = mapped_column(String(400))
    revoke_asked_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    revoke_asked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revoked_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class CertificateTemplate(db.Model):
    """A design with its wording, in versions."""

    __tablename__ = "certificate_template"
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(24), index=True)
    name: Mapped[str] = mapped_column(String(80), unique=True)


class CertificateTemplateVersion(db.Model):
    """One version. From the first certificate on it is frozen; a change makes the next version."""

    __tablename__ = "certificate_template_version"
    __table_args__ = (
        UniqueConstraint("template_id", "version"),
        CheckConstraint("version >= 1", name="version_counts_from_one"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    template_id: Mapped[int] = mapped_column(ForeignKey("certificate_template.id"))
    version: Mapped[int]
    spec: Mapped[dict[str, Any]] = mapped_column(JsonDocument)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    # Pictures of the office's own: what takes the place of our border, and who signs by hand.
    ground_hash: Mapped[str | None] = mapped_column(FileHash())
    signature_hash: Mapped[str | None] = mapped_column(FileHash())
    created_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    frozen_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class OwnGlyph(db.Model):
    """A character that no font draws, from a drawing that an officer uploaded. Its id is its place in the font."""

    __tablename__ = "own_glyph"
    id: Mapped[int] = mapped_column(primary_key=True)
    character: Mapped[str] = mapped_column(String(1), unique=True)
    outline: Mapped[str] = mapped_column(Text)
    source: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))


class EvaluationBody(db.Model):
    """A body on file that may issue grade certificates, with the parts 1 to 4 of its numbers."""

    __tablename__ = "evaluation_body"
    __table_args__ = (
        UniqueConstraint("kind", "code", "province", "serial", name="uq_evaluation_body_number_parts"),
        CheckConstraint("kind IN ('Y', 'S')", name="kind_known"),
        CheckConstraint(
            "length(code) = 4 AND length(province) = 2 AND length(serial) = 6", name="parts_long"
        ),
        CheckConstraint("valid_to IS NULL OR valid_from <= valid_to", name="days_in_order"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(80), unique=True)
    kind: Mapped[str] = mapped_column(String(1))
    code: Mapped[str] = mapped_column(String(4))
    province: Mapped[str] = mapped_column(String(2))
    serial: Mapped[str] = mapped_column(String(6))
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]


class BodyScope(db.Model):
    """An occupation and level that a body has filed."""

    __tablename__ = "evaluation_body_scope"
    __table_args__ = (
        UniqueConstraint("body_id", "occupation_code", "level", name="uq_evaluation_body_scope_filed"),
        CheckConstraint("level BETWEEN 1 AND 5", name="level_known"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    body_id: Mapped[int] = mapped_column(ForeignKey("evaluation_body.id"))
    occupation_code: Mapped[str] = mapped_column(String(12))
    occupation_name: Mapped[str] = mapped_column(String(80))
    level: Mapped[int]


class GradeCounter(db.Model):
    """The last serial of a body in a year at a level; the row is locked while a number is taken."""

    __tablename__ = "grade_counter"
    body_id: Mapped[int] = mapped_column(ForeignKey("evaluation_body.id"), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True)
    level: Mapped[int] = mapped_column(primary_key=True)
    last: Mapped[int] = mapped_column(default=0)


class VoidNumber(db.Model):
    """A number that was taken and stands on no certificate, with the reason: no gap is unexplained."""

    __tablename__ = "void_number"
    number: Mapped[str] = mapped_column(String(22), primary_key=True)
    body_id: Mapped[int] = mapped_column(ForeignKey("evaluation_body.id"))
    reason: Mapped[str] = mapped_column(String(200))
    voided_at: Mapped[datetime] = mapped_column(UtcDateTime)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))


class PersonPhoto(db.Model):
    """The photo for a person's grade certificates, drawn anew when it was uploaded."""

    __tablename__ = "person_photo"
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    file_hash: Mapped[str] = mapped_column(FileHash())
    uploaded_at: Mapped[datetime] = mapped_column(UtcDateTime)


law("ck_certificate_two_people_revoke", _l("The one who asked for the revocation cannot confirm it."))
law(
    "uq_certificate_valid_grade",
    _l("This person has a valid certificate of this occupation and level already."),
)
law("uq_own_glyph_character", _l("This character has a drawing already."), "character")
law("uq_certificate_template_name", _l("A template of this name exists already."), "name")
law("uq_evaluation_body_name", _l("A body of this name is in the register already."), "name")
law("uq_evaluation_body_number_parts", _l("Another body has these parts of the number."), "serial")
law("ck_evaluation_body_days_in_order", _l("The last day is before the first day."), "valid_to")
law("uq_evaluation_body_scope_filed", _l("This occupation and level is filed already."), "level")
law("uq_certificate_valid_entry", _l("Somebody issued this certificate at the same moment. Load the page."))
