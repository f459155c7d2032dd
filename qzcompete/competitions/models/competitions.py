"""Competitions with their events, and what an officer uploaded but has not yet confirmed."""

from __future__ import annotations

import enum
from datetime import date, datetime
from decimal import Decimal

from flask_babel import lazy_gettext as _l
from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from qzcompete.core.columns import EncryptedText, ExactDecimal, UtcDateTime, state_column
from qzcompete.core.errors import law
from qzcompete.extensions import db


class CompetitionFamily(enum.Enum):
    """The four families that the city holds."""

    MIGRANT_WORKERS = "migrant_workers"
    VOCATIONAL = "vocational"
    EMPLOYEES = "employees"
    VOCATIONAL_SCHOOLS = "vocational_schools"


class CompetitionLevel(enum.Enum):
    CITY_1 = "city_1"
    CITY_2 = "city_2"
    COUNTY = "county"


class CompetitionState(enum.Enum):
    DRAFT = "draft"
    OPEN = "open"
    RUNNING = "running"
    FINISHED = "finished"
    CANCELLED = "cancelled"


class EventGroup(enum.Enum):
    WORKERS = "workers"
    STUDENTS = "students"


class EventTrack(enum.Enum):
    """What an event is for, as the region's competitions name it."""

    WORLD_SELECTION = "world_selection"
    NATIONAL = "national"
    NEW_OCCUPATION = "new_occupation"
    LOCAL = "local"


class OuterLevel(enum.Enum):
    REGION = "region"
    NATION = "nation"
    WORLD = "world"


class EventState(enum.Enum):
    DRAFT = "draft"
    OPEN = "open"
    MARKING = "marking"
    CLOSED = "closed"
    PUBLISHED = "published"
    CANCELLED = "cancelled"


class OuterCompetition(db.Model):
    """A competition above the city's, for which the city's select."""

    __tablename__ = "outer_competition"
    __table_args__ = (
        UniqueConstraint("name", "year"),
        CheckConstraint("starts_on IS NULL OR ends_on IS NULL OR starts_on <= ends_on", name="days_in_order"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(80))
    level: Mapped[OuterLevel] = mapped_column(state_column(OuterLevel))
    year: Mapped[int] = mapped_column(index=True)
    place: Mapped[str] = mapped_column(String(80), default="")
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]


class Competition(db.Model):
    """It may select for a competition above the city (`outer`), or as a county's heat for one of the city (`parent`)."""

    __tablename__ = "competition"
    __table_args__ = (
        CheckConstraint("starts_on IS NULL OR ends_on IS NULL OR starts_on <= ends_on", name="days_in_order"),
        CheckConstraint("outer_id IS NULL OR parent_id IS NULL", name="selects_for_one"),
        CheckConstraint("parent_id <> id", name="not_its_own_parent"),
        CheckConstraint("advancing >= 1", name="advancing_above_zero"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(32), unique=True)
    name: Mapped[str] = mapped_column(String(80))
    family: Mapped[CompetitionFamily] = mapped_column(state_column(CompetitionFamily))
    level: Mapped[CompetitionLevel] = mapped_column(state_column(CompetitionLevel))
    year: Mapped[int] = mapped_column(index=True)
    host_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    organisers: Mapped[str] = mapped_column(String(200), default="")
    # Who signs the award certificates.
    committee: Mapped[str] = mapped_column(String(80), default="")
    venue: Mapped[str] = mapped_column(String(120), default="")
    state: Mapped[CompetitionState] = mapped_column(
        state_column(CompetitionState), default=CompetitionState.DRAFT
    )
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]
    description: Mapped[str] = mapped_column(Text, default="")
    outer_id: Mapped[int | None] = mapped_column(ForeignKey("outer_competition.id"), index=True)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("competition.id"), index=True)
    # How many of each event go on to the competition above.
    advancing: Mapped[int | None]
    time_points: Mapped[list[TimePoint]] = relationship(lazy="selectin")


class TimePointName(enum.Enum):
    """See rules/time_points.py for their order."""

    REGISTRATION_OPENS = "registration_opens"
    REGISTRATION_CLOSES = "registration_closes"
    DRAW = "draw"
    SESSIONS_BEGIN = "sessions_begin"
    MARK_DEADLINE = "mark_deadline"
    NOTICE_BEGINS = "notice_begins"
    NOTICE_ENDS = "notice_ends"
    APPEALS_CLOSE = "appeals_close"
    AWARD = "award"


class TimePoint(db.Model):
    __tablename__ = "time_point"
    competition_id: Mapped[int] = mapped_column(ForeignKey("competition.id"), primary_key=True)
    name: Mapped[TimePointName] = mapped_column(state_column(TimePointName), primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class Postponement(db.Model):
    """That time points of a public competition were moved, by whom and why. Never changed, never removed."""

    __tablename__ = "postponement"
    id: Mapped[int] = mapped_column(primary_key=True)
    competition_id: Mapped[int] = mapped_column(ForeignKey("competition.id"), index=True)
    name: Mapped[TimePointName] = mapped_column(state_column(TimePointName))
    from_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    to_at: Mapped[datetime] = mapped_column(UtcDateTime)
    reason: Mapped[str] = mapped_column(String(200))
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    moved_at: Mapped[datetime] = mapped_column(UtcDateTime)


class CompetitionSetting(db.Model):
    """A number in which this competition differs from the default of rules/settings.py."""

    __tablename__ = "competition_setting"
    competition_id: Mapped[int] = mapped_column(ForeignKey("competition.id"), primary_key=True)
    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    value: Mapped[Decimal] = mapped_column(ExactDecimal(1))


class Event(db.Model):
    """One skill of a competition; what its judges mark is the assessment of the same code."""

    __tablename__ = "event"
    __table_args__ = (
        CheckConstraint("team_size BETWEEN 1 AND 10", name="team_size_in_bounds"),
        CheckConstraint("places IS NULL OR places >= 1", name="places_above_zero"),
        CheckConstraint("target_level BETWEEN 1 AND 5", name="target_level_in_bounds"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    competition_id: Mapped[int] = mapped_column(ForeignKey("competition.id"), index=True)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(80))
    occupation_code: Mapped[str] = mapped_column(String(12))
    occupation_name: Mapped[str] = mapped_column(String(80))
    trade: Mapped[str | None] = mapped_column(String(40))
    group: Mapped[EventGroup] = mapped_column(
        "entry_group", state_column(EventGroup), default=EventGroup.WORKERS
    )
    team_size: Mapped[int] = mapped_column(default=1)
    venue: Mapped[str] = mapped_column(String(120), default="")
    starts_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    places: Mapped[int | None]
    # From 5 (junior) to 1 (senior technician), as the certificate numbers have it.
    target_level: Mapped[int | None]
    track: Mapped[EventTrack | None] = mapped_column(state_column(EventTrack))
    parent_event: Mapped[str] = mapped_column(String(80), default="", server_default="")
    state: Mapped[EventState] = mapped_column(state_column(EventState), default=EventState.DRAFT)
    assessment_id: Mapped[int] = mapped_column(ForeignKey("assessment.id"), unique=True)
    competition: Mapped[Competition] = relationship(lazy="joined", innerjoin=True)


class ImportDraft(db.Model):
    """Rows that were read from an uploaded file and wait for the officer's yes. Encrypted: they may hold persons."""

    __tablename__ = "import_draft"
    __table_args__ = (Index("ix_import_draft_event_id_kind", "event_id", "kind"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    kind: Mapped[str] = mapped_column(String(24))
    file_name: Mapped[str] = mapped_column(String(120))
    rows: Mapped[str] = mapped_column(EncryptedText)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


law("uq_competition_code", _l("This code is used by another competition. Choose another."), "code")
law("uq_event_code", _l("This code is used by another event. Choose another."), "code")
law("ck_competition_days_in_order", _l("The last day is before the first day."), "ends_on")
law(
    "uq_outer_competition_name_year",
    _l("This competition is on the list already."),
    "name",
)
law("ck_competition_selects_for_one", _l("Choose one competition above this one, not two."), "outer_id")
law("ck_competition_not_its_own_parent", _l("A competition cannot select for itself."), "parent_id")
