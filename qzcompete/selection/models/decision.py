"""Totals and ranks, the panel's meeting and votes, and the numbered places of the designated.

A designation takes a place between 1 and the quota of its class. Place and quota stand in one row, and the quota is
the class's by a foreign key: one designation more than the quota has no place that the database would take.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from qzcompete.core.columns import ExactDecimal, JsonDocument, UtcDateTime
from qzcompete.core.errors import law
from qzcompete.extensions import db


class SelectionScore(db.Model):
    """What an application reached: paper review, site visit, weighted total, and its rank within the class."""

    __tablename__ = "selection_score"
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"), primary_key=True)
    class_id: Mapped[int] = mapped_column(ForeignKey("selection_class.id"), index=True)
    review: Mapped[Decimal] = mapped_column(ExactDecimal(4))
    visit: Mapped[Decimal | None] = mapped_column(ExactDecimal(4))
    total: Mapped[Decimal | None] = mapped_column(ExactDecimal(4))
    rank: Mapped[int | None]


class PanelMeeting(db.Model):
    """The meeting that decides a class: who was there, what was voted, and why a place stays vacant."""

    __tablename__ = "panel_meeting"
    class_id: Mapped[int] = mapped_column(ForeignKey("selection_class.id"), primary_key=True)
    held_at: Mapped[datetime] = mapped_column(UtcDateTime)
    place: Mapped[str] = mapped_column(String(120))
    # Expert ids of those present; all who could be, for the quorum.
    present: Mapped[Any] = mapped_column(JsonDocument)
    invited: Mapped[Any] = mapped_column(JsonDocument)
    vacant_reason: Mapped[str] = mapped_column(Text, default="")
    remarks: Mapped[str] = mapped_column(Text, default="")
    chair_name: Mapped[str] = mapped_column(String(40))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class PanelVote(db.Model):
    """A counted vote: on one application (yes, no, abstained), or an order of those that are equal."""

    __tablename__ = "panel_vote"
    __table_args__ = (
        CheckConstraint("yes >= 0 AND no >= 0 AND abstained >= 0", name="counts_not_negative"),
        CheckConstraint("kind IN ('choose', 'tie')", name="known_kind"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    class_id: Mapped[int] = mapped_column(ForeignKey("selection_class.id"), index=True)
    kind: Mapped[str] = mapped_column(String(8))
    # The application of a `choose`; the applications of a `tie`, best first.
    applications: Mapped[Any] = mapped_column(JsonDocument)
    yes: Mapped[int]
    no: Mapped[int]
    abstained: Mapped[int]
    reason: Mapped[str] = mapped_column(Text, default="")
    voted_at: Mapped[datetime] = mapped_column(UtcDateTime)


class DesignationPlace(db.Model):
    """The place of a designated application among those of its class and cycle."""

    __tablename__ = "designation_place"
    __table_args__ = (
        UniqueConstraint("application_id"),
        CheckConstraint("place BETWEEN 1 AND quota", name="place_within_quota"),
        ForeignKeyConstraint(["class_id", "quota"], ["selection_class.id", "selection_class.quota"]),
    )
    class_id: Mapped[int] = mapped_column(primary_key=True)
    place: Mapped[int] = mapped_column(primary_key=True)
    quota: Mapped[int]
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"))
    designated_at: Mapped[datetime] = mapped_column(UtcDateTime)


law("pk_designation_place", _l("Somebody else has just taken this place. Load the page and try again."))
law("ck_designation_place_place_within_quota", _l("All places of this class and cycle are taken."))
law("uq_designation_place_application_id", _l("This application is designated already."))
