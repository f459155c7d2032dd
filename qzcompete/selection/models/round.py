"""Rounds and their classes with all settings, the years that each class takes, and who recommends how many."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from qzcompete.core.columns import ExactDecimal, JsonDocument, UtcDateTime
from qzcompete.core.errors import law
from qzcompete.extensions import db
from qzcompete.selection.rules.workflow import CLASS_STATES


def one_of(column: str, states: tuple[str, ...]) -> str:
    """The text of a CHECK that knows these states and no other: those of the workflow's table."""
    listed = ", ".join(f"'{state}'" for state in states)
    return f"{column} IN ({listed})"


class SelectionRound(db.Model):
    """One call for one cycle; its classes go their own way through the stages, in common windows."""

    __tablename__ = "selection_round"
    __table_args__ = (
        CheckConstraint("applies_from < applies_until", name="applying_in_order"),
        CheckConstraint("applies_until < recommends_until", name="recommending_in_order"),
        CheckConstraint("recommends_until < reviews_until", name="reviewing_in_order"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(32), unique=True)
    name: Mapped[str] = mapped_column(String(80))
    first_year: Mapped[int]
    call: Mapped[str] = mapped_column(Text, default="")
    applies_from: Mapped[datetime] = mapped_column(UtcDateTime)
    applies_until: Mapped[datetime] = mapped_column(UtcDateTime)
    recommends_until: Mapped[datetime] = mapped_column(UtcDateTime)
    reviews_until: Mapped[datetime] = mapped_column(UtcDateTime)
    called_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    classes: Mapped[list[SelectionClass]] = relationship(
        back_populates="round", order_by="SelectionClass.kind.desc()", lazy="selectin"
    )


class SelectionClass(db.Model):
    """Studios or bases within a round: the quota and every other setting, and where the class stands."""

    __tablename__ = "selection_class"
    __table_args__ = (
        UniqueConstraint("round_id", "kind"),
        # What numbered places point at, so that their quota is always the class's.
        UniqueConstraint("id", "quota"),
        CheckConstraint("kind IN ('studio', 'base')", name="known_kind"),
        CheckConstraint(one_of("state", CLASS_STATES), name="known_state"),
        CheckConstraint("quota >= 1", name="quota_above_zero"),
        CheckConstraint("experts >= 5 AND experts % 2 = 1", name="experts_odd_and_five"),
        CheckConstraint("review_weight + visit_weight = 10000", name="weights_are_whole"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("selection_round.id"))
    kind: Mapped[str] = mapped_column(String(8))
    state: Mapped[str] = mapped_column(String(16), default="draft")
    quota: Mapped[int]
    grant: Mapped[Decimal] = mapped_column("grant_amount", ExactDecimal(2))
    instalments: Mapped[Any] = mapped_column(JsonDocument)
    review_weight: Mapped[Decimal] = mapped_column(ExactDecimal(2))
    visit_weight: Mapped[Decimal] = mapped_column(ExactDecimal(2))
    experts: Mapped[int]
    reserves: Mapped[int]
    trim: Mapped[int] = mapped_column("drop_each_end")
    spread_percent: Mapped[Decimal] = mapped_column(ExactDecimal(2))
    reason_below: Mapped[Decimal] = mapped_column(ExactDecimal(2))
    reason_above: Mapped[Decimal] = mapped_column(ExactDecimal(2))
    visits: Mapped[int]
    quorum_percent: Mapped[Decimal] = mapped_column(ExactDecimal(2))
    notice_days: Mapped[int]
    term_months: Mapped[int]
    ban_years: Mapped[int]
    conflict_years: Mapped[int]
    bad_record_years: Mapped[int]
    least_total: Mapped[Decimal] = mapped_column(ExactDecimal(2))
    least_level: Mapped[int]
    least_capacity: Mapped[int]
    least_occupations: Mapped[int]
    host_studios: Mapped[int]
    excellent_percent: Mapped[Decimal] = mapped_column(ExactDecimal(2))
    correction_months: Mapped[int]
    # Score sheets: documents of marking's schemes. `template` until the bureau has made them its own.
    scheme: Mapped[Any] = mapped_column(JsonDocument)
    scheme_is_template: Mapped[bool] = mapped_column(default=True)
    assessment_id: Mapped[int | None] = mapped_column(ForeignKey("assessment.id"), unique=True)
    round: Mapped[SelectionRound] = relationship(back_populates="classes", lazy="joined", innerjoin=True)


class ClassYear(db.Model):
    """A year of a class's cycle. The key is the law: no two rounds of a class share a year."""

    __tablename__ = "selection_class_year"
    kind: Mapped[str] = mapped_column(String(8), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True)
    class_id: Mapped[int] = mapped_column(ForeignKey("selection_class.id"), index=True)


class RecommendingUnit(db.Model):
    """Who recommends: county bureaus, the port district, departments. A table of ours, for the port district
    has no code in GB/T 2260."""

    __tablename__ = "recommending_unit"
    __table_args__ = (
        CheckConstraint("kind IN ('county', 'port_district', 'department')", name="known_kind"),
        CheckConstraint("length(name) >= 1", name="has_a_name"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(24), unique=True)
    name: Mapped[str] = mapped_column(String(80), unique=True)
    kind: Mapped[str] = mapped_column(String(16))
    region_code: Mapped[str | None] = mapped_column(String(6), unique=True)
    active: Mapped[bool] = mapped_column(default=True)


class RecommendationQuota(db.Model):
    """How many applications of a class one unit may recommend."""

    __tablename__ = "recommendation_quota"
    __table_args__ = (
        UniqueConstraint("class_id", "unit_id", "quota"),
        CheckConstraint("quota >= 0", name="quota_not_negative"),
    )
    class_id: Mapped[int] = mapped_column(ForeignKey("selection_class.id"), primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("recommending_unit.id"), primary_key=True)
    quota: Mapped[int]


law("uq_selection_round_code", _l("This code is used by another round. Choose another."), "code")
law("uq_recommending_unit_name", _l("A recommending unit of this name exists already."), "name")
law("uq_recommending_unit_code", _l("A recommending unit with this code exists already."), "code")
law(
    "uq_recommending_unit_region_code",
    _l("A recommending unit with this code exists already."),
    "region_code",
)
law(
    "pk_selection_class_year",
    _l("Another round of this class covers one of these years. Choose a cycle that begins later."),
    "first_year",
)
