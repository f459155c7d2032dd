"""The register of experts, who was drawn for a class, whom a conflict keeps away, and who reviews what."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from qzcompete.core.columns import JsonDocument, UtcDateTime
from qzcompete.core.errors import law
from qzcompete.extensions import db


class Expert(db.Model):
    __tablename__ = "expert"
    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), unique=True)
    name: Mapped[str] = mapped_column(String(40))
    employer: Mapped[str] = mapped_column(String(80))
    title: Mapped[str] = mapped_column(String(80), default="")
    # Names of fields, as in the occupations' classes: what the expert can judge.
    fields: Mapped[Any] = mapped_column(JsonDocument)
    active: Mapped[bool] = mapped_column(default=True)
    ties: Mapped[list[ExpertTie]] = relationship(cascade="all, delete-orphan", lazy="selectin")


class ExpertTie(db.Model):
    """Whom the expert is tied to by what the bureau knows: a former employer, a teacher, a co-author."""

    __tablename__ = "expert_tie"
    __table_args__ = (
        CheckConstraint(
            "relation IN ('employer', 'teacher', 'apprentice', 'co_author', 'relative')",
            name="known_relation",
        ),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    expert_id: Mapped[int] = mapped_column(ForeignKey("expert.id"), index=True)
    relation: Mapped[str] = mapped_column(String(16))
    name: Mapped[str] = mapped_column(String(80))
    last_year: Mapped[int | None]


class PanelDraw(db.Model):
    """How the experts of a class were drawn: seed and pool make the same list again."""

    __tablename__ = "panel_draw"
    class_id: Mapped[int] = mapped_column(ForeignKey("selection_class.id"), primary_key=True)
    seed: Mapped[str] = mapped_column(String(64))
    pool: Mapped[Any] = mapped_column(JsonDocument)
    drawn: Mapped[Any] = mapped_column(JsonDocument)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    drawn_at: Mapped[datetime] = mapped_column(UtcDateTime)


class PanelMember(db.Model):
    """An expert of a class's panel. The chair leads and does not mark; reserves fill up where others stay away."""

    __tablename__ = "panel_member"
    __table_args__ = (
        UniqueConstraint("class_id", "place"),
        CheckConstraint("part IN ('member', 'reserve', 'chair')", name="known_part"),
    )
    class_id: Mapped[int] = mapped_column(ForeignKey("selection_class.id"), primary_key=True)
    expert_id: Mapped[int] = mapped_column(ForeignKey("expert.id"), primary_key=True)
    place: Mapped[int]
    part: Mapped[str] = mapped_column(String(8))
    seat_code: Mapped[str | None] = mapped_column(String(8))
    declared_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class ExpertConflict(db.Model):
    """An application of which the expert may know nothing, found by the system or declared."""

    __tablename__ = "expert_conflict"
    __table_args__ = (CheckConstraint("source IN ('system', 'declared', 'officer')", name="known_source"),)
    expert_id: Mapped[int] = mapped_column(ForeignKey("expert.id"), primary_key=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"), primary_key=True)
    class_id: Mapped[int] = mapped_column(ForeignKey("selection_class.id"), index=True)
    source: Mapped[str] = mapped_column(String(8))
    kind: Mapped[str] = mapped_column(String(24))
    reason: Mapped[str] = mapped_column(Text, default="")
    found_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ReviewAssignment(db.Model):
    """This expert reviews this application: what an expert has no such row for does not exist for him."""

    __tablename__ = "review_assignment"
    expert_id: Mapped[int] = mapped_column(ForeignKey("expert.id"), primary_key=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"), primary_key=True, index=True)
    class_id: Mapped[int] = mapped_column(ForeignKey("selection_class.id"), index=True)


law("uq_expert_account_id", _l("This account belongs to another expert of the register."), "account_id")
