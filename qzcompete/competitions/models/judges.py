"""The register of judges, what they declared, which modules they judge; and the address of a person's own feed."""

from __future__ import annotations

import enum
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from qzcompete.core.columns import UtcDateTime, state_column
from qzcompete.extensions import db


class Qualification(enum.Enum):
    """By what somebody may judge (MOHURD 2015): assessor of the occupation, technician, or a middle title, and above."""

    ASSESSOR = "assessor"
    SENIOR_ASSESSOR = "senior_assessor"
    TECHNICIAN = "technician"
    SENIOR_TECHNICIAN = "senior_technician"
    MIDDLE_TITLE = "middle_title"
    SENIOR_TITLE = "senior_title"


class JudgeProfile(db.Model):
    __tablename__ = "judge_profile"
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), primary_key=True)
    qualification: Mapped[Qualification] = mapped_column(state_column(Qualification))
    certificate: Mapped[str] = mapped_column(String(40), default="")
    employer_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    # From which skill level downwards: 1 judges all, 5 only juniors.
    level: Mapped[int | None]
    note: Mapped[str] = mapped_column(String(200), default="")
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)
    occupations: Mapped[list[JudgeOccupation]] = relationship(cascade="all, delete-orphan", lazy="selectin")

    __table_args__ = (CheckConstraint("level BETWEEN 1 AND 5", name="level_in_bounds"),)


class JudgeOccupation(db.Model):
    """An occupation that the judge is qualified for."""

    __tablename__ = "judge_occupation"
    account_id: Mapped[int] = mapped_column(ForeignKey("judge_profile.account_id"), primary_key=True)
    code: Mapped[str] = mapped_column(String(12), primary_key=True)
    name: Mapped[str] = mapped_column(String(80))


class RelationKind(enum.Enum):
    RELATIVE = "relative"
    TEACHER = "teacher"
    INTEREST = "interest"


class JudgeRelation(db.Model):
    """Somebody, or some unit, that the judge declared to be near to. Both are compared with the entries by name."""

    __tablename__ = "judge_relation"
    __table_args__ = (
        CheckConstraint("name <> '' OR unit <> ''", name="names_somebody"),
        Index("ix_judge_relation_account_id", "account_id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    kind: Mapped[RelationKind] = mapped_column(state_column(RelationKind))
    name: Mapped[str] = mapped_column(String(40), default="")
    unit: Mapped[str] = mapped_column(String(80), default="")
    note: Mapped[str] = mapped_column(String(200), default="")
    declared_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    declared_at: Mapped[datetime] = mapped_column(UtcDateTime)


class JudgeModule(db.Model):
    """A module of an event that a judge of its panel is named for; without any row, all of them."""

    __tablename__ = "judge_module"
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"), primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), primary_key=True)
    module: Mapped[str] = mapped_column(String(20), primary_key=True)


class FeedToken(db.Model):
    """Opens the calendar feed of one account; only its hash is kept, so that it is shown once."""

    __tablename__ = "feed_token"
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), primary_key=True)
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
