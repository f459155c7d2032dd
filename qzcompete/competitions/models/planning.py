"""Where and when an event is held: sessions, stations, equipment, its regulations; and what went wrong there."""

from __future__ import annotations

import enum
from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import CheckConstraint, Column, ForeignKey, String, Table, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from qzcompete.core.columns import FileHash, UtcDateTime, state_column
from qzcompete.core.errors import law
from qzcompete.extensions import db


class Regulations(db.Model):
    """One version of the regulations of an event, a PDF in the store of files. Never changed, never removed."""

    __tablename__ = "regulations"
    __table_args__ = (UniqueConstraint("event_id", "version"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    version: Mapped[int]
    digest: Mapped[str] = mapped_column(FileHash())
    file_name: Mapped[str] = mapped_column(String(120))
    size: Mapped[int]
    pages: Mapped[int]
    note: Mapped[str] = mapped_column(String(200), default="")
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    uploaded_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Station(db.Model):
    """A competitor's place of work."""

    __tablename__ = "station"
    __table_args__ = (UniqueConstraint("event_id", "code"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    code: Mapped[str] = mapped_column(String(16))
    venue: Mapped[str] = mapped_column(String(120), default="")


session_station = Table(
    "session_station",
    db.metadata,
    Column("session_id", ForeignKey("contest_session.id"), primary_key=True),
    Column("station_id", ForeignKey("station.id"), primary_key=True, index=True),
)


class ContestSession(db.Model):
    """A time at which a module of an event is held, at a venue, on some of its stations."""

    __tablename__ = "contest_session"
    __table_args__ = (CheckConstraint("starts_at < ends_at", name="times_in_order"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"), index=True)
    name: Mapped[str] = mapped_column(String(80))
    # The code of a module of the marking scheme; empty for all of them.
    module: Mapped[str] = mapped_column(String(20), default="")
    venue: Mapped[str] = mapped_column(String(120))
    starts_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)
    stations: Mapped[list[Station]] = relationship(secondary=session_station, lazy="selectin")


class EquipmentPlace(enum.Enum):
    """Where a thing stands, or who brings it."""

    STATION = "station"
    HALL = "hall"
    COMPETITOR = "competitor"


class Equipment(db.Model):
    """A line of the equipment list; `quantity` counts for each station where it stands at every one."""

    __tablename__ = "equipment"
    __table_args__ = (CheckConstraint("quantity >= 1", name="quantity_above_zero"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"), index=True)
    name: Mapped[str] = mapped_column(String(80))
    specification: Mapped[str] = mapped_column(String(160), default="")
    quantity: Mapped[int] = mapped_column(default=1)
    unit: Mapped[str] = mapped_column(String(16), default="")
    place: Mapped[EquipmentPlace] = mapped_column(state_column(EquipmentPlace))


class IncidentKind(enum.Enum):
    EQUIPMENT = "equipment"
    POWER = "power"
    MATERIAL = "material"
    PERSON = "person"
    OTHER = "other"


class IncidentDecision(enum.Enum):
    EXTRA_TIME = "extra_time"
    RERUN = "rerun"
    KEEP = "keep"


class Incident(db.Model):
    """What went wrong at a station, and what the chief judge decided. Open until it is decided."""

    __tablename__ = "incident"
    __table_args__ = (
        CheckConstraint("(decision IS NULL) = (decided_at IS NULL)", name="decided_has_its_time"),
        CheckConstraint("decision IS NULL OR reason <> ''", name="decided_says_why"),
        CheckConstraint(
            "(extra_minutes IS NOT NULL) = (decision IS NOT NULL AND decision = 'extra_time')",
            name="extra_time_has_minutes",
        ),
        CheckConstraint("extra_minutes BETWEEN 1 AND 480", name="extra_minutes_in_bounds"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"), index=True)
    session_id: Mapped[int | None] = mapped_column(ForeignKey("contest_session.id"))
    station_id: Mapped[int | None] = mapped_column(ForeignKey("station.id"))
    kind: Mapped[IncidentKind] = mapped_column(state_column(IncidentKind))
    text: Mapped[str] = mapped_column(String(400))
    happened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    reported_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    reported_at: Mapped[datetime] = mapped_column(UtcDateTime)
    decision: Mapped[IncidentDecision | None] = mapped_column(state_column(IncidentDecision))
    extra_minutes: Mapped[int | None]
    reason: Mapped[str] = mapped_column(String(400), default="")
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


law("uq_station_event_id_code", _l("This event has a station of this number already."), "codes")
law("ck_contest_session_times_in_order", _l("The session ends before it begins."), "ends_at")
law(
    "uq_regulations_event_id_version",
    _l("Somebody uploaded a version at the same moment. Look at it, then upload again."),
    "file",
)
