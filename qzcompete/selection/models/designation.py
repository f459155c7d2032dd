"""Designations: the studio or base with its name, term and plaque.

A designation points at a notice that has ended with no open objection, by a key of three columns: the database takes
none before its notice ran in full, and lets no objection be opened against that notice afterwards.
"""

from __future__ import annotations

from datetime import date, datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from qzcompete.core.columns import UtcDateTime
from qzcompete.core.errors import law
from qzcompete.extensions import db
from qzcompete.selection.models.application import Application


class Designation(db.Model):
    __tablename__ = "designation"
    __table_args__ = (
        UniqueConstraint("class_id", "place"),
        ForeignKeyConstraint(
            ["class_id", "place"], ["designation_place.class_id", "designation_place.place"]
        ),
        ForeignKeyConstraint(
            ["notice_id", "notice_ended_at", "notice_open_objections"],
            ["notice.id", "notice.ended_at", "notice.open_objections"],
        ),
        CheckConstraint("notice_open_objections = 0", name="no_open_objection"),
        CheckConstraint("starts_on <= ends_on", name="term_in_order"),
        CheckConstraint("kind IN ('studio', 'base')", name="known_kind"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"), unique=True)
    class_id: Mapped[int]
    place: Mapped[int]
    kind: Mapped[str] = mapped_column(String(8))
    name: Mapped[str] = mapped_column(String(120))
    leader_name: Mapped[str] = mapped_column(String(40))
    host_name: Mapped[str] = mapped_column(String(80))
    occupation_name: Mapped[str] = mapped_column(String(80), default="")
    # Who recommended it: a county, the port district or a department. The register lists by it.
    unit_name: Mapped[str] = mapped_column(String(80))
    notice_id: Mapped[int]
    notice_ended_at: Mapped[datetime] = mapped_column(UtcDateTime)
    notice_open_objections: Mapped[int] = mapped_column(default=0)
    plaque_number: Mapped[str] = mapped_column(String(32), unique=True)
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    designated_at: Mapped[datetime] = mapped_column(UtcDateTime)
    application: Mapped[Application] = relationship(lazy="joined", innerjoin=True)


law("uq_designation_application_id", _l("This application is designated already."))
law(
    "fk_designation_notice_id_notice_ended_at_notice_open_objections",
    _l("The public notice has not run in full, or an objection to it is open."),
)
