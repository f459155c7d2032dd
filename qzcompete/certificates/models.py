"""Certificates, and the counters of their numbers. A number is never used again."""

from __future__ import annotations

import enum
from datetime import date, datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from qzcompete.core.columns import JsonDocument, UtcDateTime, state_column
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
    event_id: Mapped[int | None] = mapped_column(ForeignKey("event.id"), index=True)
    result_set_id: Mapped[int | None] = mapped_column(ForeignKey("result_set.id"))
    name: Mapped[str] = mapped_column(String(80))
    unit: Mapped[str] = mapped_column(String(80))
    award: Mapped[str] = mapped_column(String(80))
    text: Mapped[dict[str, Any]] = mapped_column(JsonDocument)
    sample: Mapped[bool] = mapped_column(default=False)
    issued_on: Mapped[date]
    issued_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    file_hash: Mapped[str | None] = mapped_column(String(64), index=True)
    rendered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    replaced_by_id: Mapped[int | None] = mapped_column(ForeignKey("certificate.id"))
    replace_reason: Mapped[str | None] = mapped_column(String(400))
    revoke_reason: Mapped[str | None] = mapped_column(String(400))
    revoke_asked_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    revoke_asked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revoked_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class VerificationTry(db.Model):
    """How often an address asked in one window of time. The address itself is not kept, only a keyed hash."""

    __tablename__ = "verification_try"
    __table_args__ = (CheckConstraint("tries >= 1", name="tries_counted"),)
    address: Mapped[str] = mapped_column(String(64), primary_key=True)
    window: Mapped[int] = mapped_column("time_window", BigInteger, primary_key=True)
    tries: Mapped[int] = mapped_column(default=1)


law("ck_certificate_two_people_revoke", _l("The one who asked for the revocation cannot confirm it."))
law("uq_certificate_valid_entry", _l("Somebody issued this certificate at the same moment. Load the page."))
