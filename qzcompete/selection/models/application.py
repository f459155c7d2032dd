"""Applications with their sections and files, the people tied to them, and what the recommending unit did."""

from __future__ import annotations

from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from qzcompete.core.columns import EncryptedText, FileHash, UtcDateTime
from qzcompete.core.errors import law
from qzcompete.extensions import db
from qzcompete.selection.models.round import SelectionClass, one_of
from qzcompete.selection.rules.workflow import APPLICATION_STATES


class Application(db.Model):
    """One application of one host and leader for a class. `number` stands on papers; `code` is all that experts'
    score sheets know. Leader, host and occupation are copied from the sections, to be searched and compared."""

    __tablename__ = "application"
    __table_args__ = (
        UniqueConstraint("class_id", "number"),
        UniqueConstraint("class_id", "code"),
        UniqueConstraint("class_id", "reserve_rank"),
        CheckConstraint(one_of("state", APPLICATION_STATES), name="known_state"),
        CheckConstraint("reserve_rank >= 1", name="reserve_rank_from_one"),
        CheckConstraint("submitted_at IS NULL OR unit_id IS NOT NULL", name="has_a_recommender"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    class_id: Mapped[int] = mapped_column(ForeignKey("selection_class.id"), index=True)
    number: Mapped[str] = mapped_column(String(24))
    code: Mapped[str | None] = mapped_column(String(24))
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("recommending_unit.id"), index=True)
    state: Mapped[str] = mapped_column(String(16), default="draft", index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    leader_name: Mapped[str] = mapped_column(String(40), default="")
    host_name: Mapped[str] = mapped_column(String(80), default="")
    host_uscc: Mapped[str | None] = mapped_column(String(18), index=True)
    occupation_code: Mapped[str | None] = mapped_column(String(12))
    occupation_name: Mapped[str] = mapped_column(String(80), default="")
    promised_name: Mapped[str | None] = mapped_column(String(40))
    promised_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    submitted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    dossier_hash: Mapped[str | None] = mapped_column(String(64))
    reserve_rank: Mapped[int | None]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    class_: Mapped[SelectionClass] = relationship(lazy="joined", innerjoin=True)


class ApplicationSection(db.Model):
    """One step of the form as the applicant saved it last. Encrypted: it holds personal data."""

    __tablename__ = "application_section"
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"), primary_key=True)
    name: Mapped[str] = mapped_column(String(24), primary_key=True)
    content: Mapped[str] = mapped_column(EncryptedText)
    complete: Mapped[bool] = mapped_column(default=False)
    saved_at: Mapped[datetime] = mapped_column(UtcDateTime)


class SectionReturn(db.Model):
    """A section that the recommender gave back, with what to correct; open until the applicant submits again."""

    __tablename__ = "section_return"
    __table_args__ = (CheckConstraint("length(correction) >= 1", name="says_what_to_correct"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"), index=True)
    section: Mapped[str] = mapped_column(String(24))
    correction: Mapped[str] = mapped_column(Text)
    returned_at: Mapped[datetime] = mapped_column(UtcDateTime)
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Associate(db.Model):
    """Somebody tied to the application: teacher, apprentice, co-author. Conflicts of experts are found by these."""

    __tablename__ = "application_associate"
    __table_args__ = (
        CheckConstraint("relation IN ('teacher', 'apprentice', 'co_author')", name="known_relation"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"), index=True)
    relation: Mapped[str] = mapped_column(String(16))
    name: Mapped[str] = mapped_column(String(40))
    employer: Mapped[str] = mapped_column(String(80), default="")
    last_year: Mapped[int | None]


class Attachment(db.Model):
    """A file of an application, by its content. `sent_hash` knows the bytes as they came; pictures are drawn anew."""

    __tablename__ = "application_attachment"
    __table_args__ = (CheckConstraint("size >= 1", name="not_empty"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"), index=True)
    kind: Mapped[str] = mapped_column(String(24))
    file_name: Mapped[str] = mapped_column(String(120))
    media_type: Mapped[str] = mapped_column(String(40))
    size: Mapped[int]
    pages: Mapped[int | None]
    sent_hash: Mapped[str] = mapped_column(String(64))
    file_hash: Mapped[str] = mapped_column(FileHash())
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    uploaded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    removed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Upload(db.Model):
    """A file that comes in parts over a poor network: how much of it the server holds."""

    __tablename__ = "application_upload"
    __table_args__ = (CheckConstraint("received >= 0 AND received <= size", name="received_in_bounds"),)
    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"), index=True)
    kind: Mapped[str] = mapped_column(String(24))
    file_name: Mapped[str] = mapped_column(String(120))
    size: Mapped[int]
    received: Mapped[int] = mapped_column(default=0)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Recommendation(db.Model):
    """A unit's recommendation: a numbered place within its quota, so that one more cannot exist."""

    __tablename__ = "recommendation"
    __table_args__ = (
        UniqueConstraint("class_id", "unit_id", "rank"),
        CheckConstraint("rank BETWEEN 1 AND quota", name="rank_within_quota"),
        ForeignKeyConstraint(
            ["class_id", "unit_id", "quota"],
            ["recommendation_quota.class_id", "recommendation_quota.unit_id", "recommendation_quota.quota"],
        ),
        CheckConstraint("length(reason) >= 1", name="has_a_reason"),
    )
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"), primary_key=True)
    class_id: Mapped[int]
    unit_id: Mapped[int]
    quota: Mapped[int]
    rank: Mapped[int]
    reason: Mapped[str] = mapped_column(Text)
    # The sealed letter as a file, by its content.
    sealed_name: Mapped[str | None] = mapped_column(String(120))
    sealed_hash: Mapped[str | None] = mapped_column(FileHash())
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    recommended_at: Mapped[datetime] = mapped_column(UtcDateTime)


law(
    "uq_recommendation_class_id_unit_id_rank",
    _l("Another application has this place of your list. Choose a free place."),
    "rank",
)
law("ck_recommendation_rank_within_quota", _l("This place is beyond the quota of your unit."), "rank")
law("pk_recommendation", _l("This application is recommended already."))
