"""Entries of an event, and the secret codes under which their work is marked."""

from __future__ import annotations

import enum
from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from qzcompete.core.columns import EncryptedText, JsonDocument, UtcDateTime, state_column
from qzcompete.core.errors import law
from qzcompete.extensions import db


class EntryStatus(enum.Enum):
    PRESENT = "present"
    ABSENT = "absent"
    WITHDRAWN = "withdrawn"
    DISQUALIFIED = "disqualified"


class Entry(db.Model):
    """One competitor in one event. `person_id` is empty where the entry came from an event bundle."""

    __tablename__ = "entry"
    __table_args__ = (
        UniqueConstraint("event_id", "person_id"),
        UniqueConstraint("event_id", "number"),
        CheckConstraint("length(name) >= 1", name="has_a_name"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    name: Mapped[str] = mapped_column(String(40))
    unit: Mapped[str] = mapped_column(String(80))
    number: Mapped[str] = mapped_column(String(16))
    guest: Mapped[bool] = mapped_column(default=False)
    instructor: Mapped[str | None] = mapped_column(String(80))
    status: Mapped[EntryStatus] = mapped_column(state_column(EntryStatus), default=EntryStatus.PRESENT)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class WorkCode(db.Model):
    """The blind code of an entry: the only thing that marking knows of it."""

    __tablename__ = "work_code"
    __table_args__ = (UniqueConstraint("event_id", "code"),)
    entry_id: Mapped[int] = mapped_column(ForeignKey("entry.id"), primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    code: Mapped[str] = mapped_column(String(100))


class Draw(db.Model):
    """That lots were drawn. The seed makes the codes again, so it is as secret as they are."""

    __tablename__ = "draw"
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"), primary_key=True)
    seed: Mapped[str] = mapped_column(EncryptedText)
    seed_hash: Mapped[str] = mapped_column(String(64))
    drawn_at: Mapped[datetime] = mapped_column(UtcDateTime)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))


class BlindSetting(db.Model):
    """How many layers of codes the events of a competition have, and where that is written."""

    __tablename__ = "blind_setting"
    __table_args__ = (CheckConstraint("layers BETWEEN 1 AND 3", name="layers_in_bounds"),)
    competition_id: Mapped[int] = mapped_column(ForeignKey("competition.id"), primary_key=True)
    layers: Mapped[int]
    source: Mapped[str] = mapped_column(String(200))


class DrawCommitment(db.Model):
    """What was promised before a draw: the hash of a secret seed and of the list of entry numbers."""

    __tablename__ = "draw_commitment"
    __table_args__ = (UniqueConstraint("event_id", "version"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    version: Mapped[int]
    layers: Mapped[int]
    seed: Mapped[str] = mapped_column(EncryptedText)
    numbers: Mapped[list[str]] = mapped_column(JsonDocument)
    commitment: Mapped[str] = mapped_column(String(64))
    committed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    revealed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class CodeLayer(db.Model):
    """One sealed layer of an event's codes, in the hands of one keeper until two people open it."""

    __tablename__ = "code_layer"
    __table_args__ = (
        UniqueConstraint("event_id", "layer"),
        CheckConstraint("layer BETWEEN 1 AND 3", name="layer_in_bounds"),
        CheckConstraint("opened_by IS NULL OR asked_by <> opened_by", name="two_people"),
        CheckConstraint("opened_at IS NULL OR asked_at IS NOT NULL", name="asked_before_opened"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    layer: Mapped[int]
    kind: Mapped[str] = mapped_column(String(16))
    keeper_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    # JSON of outer code -> inner code; the key is the application's, the page is the keeper's.
    codes: Mapped[str | None] = mapped_column(EncryptedText)
    asked_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    asked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reason: Mapped[str | None] = mapped_column(String(200))
    opened_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    opened_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


law("uq_entry_event_id_person_id", _l("This person is entered in this event already."), "document_number")
law("uq_entry_event_id_number", _l("Another entry took this number at the same moment. Try again."))
law("uq_draw_event_id", _l("Lots were drawn already."))
law("pk_draw", _l("Lots were drawn already."))
law("ck_code_layer_two_people", _l("The one who asked for the opening cannot confirm it."))
law(
    "uq_draw_commitment_event_id_version",
    _l("Somebody published a commitment at the same moment. Look at it."),
)
