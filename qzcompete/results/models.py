"""Result sets, each compiled version of an event's results; re-checks, corrections, appeals; promotions and their table.

A published result set never changes: what is corrected is a new one, with its reason and what it changes.
"""

from __future__ import annotations

import enum
from datetime import datetime
from decimal import Decimal
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from qzcompete.core.columns import ExactDecimal, FileHash, JsonDocument, UtcDateTime, state_column
from qzcompete.core.errors import law
from qzcompete.extensions import db

REASON = 400


class ResultSetState(enum.Enum):
    COMPILED = "compiled"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


class ResultSet(db.Model):
    __tablename__ = "result_set"
    __table_args__ = (
        UniqueConstraint("event_id", "version"),
        CheckConstraint("version >= 1", name="version_counts_from_one"),
        CheckConstraint("replaces IS NULL OR length(reason) >= 1", name="replacement_has_a_reason"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    version: Mapped[int]
    state: Mapped[ResultSetState] = mapped_column(
        state_column(ResultSetState), default=ResultSetState.COMPILED
    )
    scheme_hash: Mapped[str] = mapped_column(String(64))
    document: Mapped[Any] = mapped_column(JsonDocument)
    document_hash: Mapped[str] = mapped_column(String(64))
    compiled_at: Mapped[datetime] = mapped_column(UtcDateTime)
    compiled_by: Mapped[int | None]
    # From these moments on for judges and organisations, for the entrants, for everybody.
    published_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    entrants_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    public_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # The version that was published before it, and why it is replaced.
    replaces: Mapped[int | None]
    reason: Mapped[str] = mapped_column(String(REASON), default="", server_default="")
    # [candidate code, what, before, after] against the version that it replaces.
    changes: Mapped[Any | None] = mapped_column(JsonDocument)


class ResultRow(db.Model):
    """One candidate's line. `entry_id` is known only once the assessment is closed."""

    __tablename__ = "result_row"
    __table_args__ = (UniqueConstraint("result_set_id", "candidate_code"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    result_set_id: Mapped[int] = mapped_column(ForeignKey("result_set.id"))
    position: Mapped[int]
    candidate_code: Mapped[str] = mapped_column(String(100))
    entry_id: Mapped[int | None] = mapped_column(ForeignKey("entry.id"), index=True)
    status: Mapped[str] = mapped_column(String(16))
    total: Mapped[Decimal | None] = mapped_column(ExactDecimal(4))
    points: Mapped[Decimal | None] = mapped_column(ExactDecimal(4))
    rank: Mapped[int | None]
    award: Mapped[str | None] = mapped_column(String(80))
    passed: Mapped[bool | None]


class ResultSetting(db.Model):
    """What a competition settles by itself, in place of the default of rules.settings, and where it is written."""

    __tablename__ = "result_setting"
    competition_id: Mapped[int] = mapped_column(ForeignKey("competition.id"), primary_key=True)
    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    value: Mapped[str] = mapped_column(String(40))
    source: Mapped[str] = mapped_column(String(200))


class RecheckState(enum.Enum):
    ORDERED = "ordered"
    FINISHED = "finished"


class Recheck(db.Model):
    """A re-check (复核) of an event, with the rules by which its sheets were chosen; `whole` where it is of all."""

    __tablename__ = "recheck"
    __table_args__ = (UniqueConstraint("event_id", "number"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    number: Mapped[int]
    whole: Mapped[bool]
    seed: Mapped[str] = mapped_column(String(64))
    leading_by: Mapped[str] = mapped_column(String(8))
    leading: Mapped[int]
    sample_percent: Mapped[int]
    error_by: Mapped[str] = mapped_column(String(8))
    error_percent: Mapped[int]
    state: Mapped[RecheckState] = mapped_column(state_column(RecheckState), default=RecheckState.ORDERED)
    reason: Mapped[str] = mapped_column(String(REASON))
    ordered_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ordered_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class RecheckSheet(db.Model):
    """One judge's sheet for one work that is looked at again, known by the codes alone."""

    __tablename__ = "recheck_sheet"
    __table_args__ = (UniqueConstraint("recheck_id", "candidate_code", "judge"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    recheck_id: Mapped[int] = mapped_column(ForeignKey("recheck.id"))
    candidate_code: Mapped[str] = mapped_column(String(100))
    judge: Mapped[str] = mapped_column(String(100))
    # leading, sample or whole: why it was chosen.
    why: Mapped[str] = mapped_column(String(8))
    correct: Mapped[bool | None]
    checked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    checked_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))


class CorrectionState(enum.Enum):
    OPEN = "open"
    CORRECTED = "corrected"
    KEPT = "kept"


class Correction(db.Model):
    """A mark that the re-check or an appeal found wrong, in writing; the chief judge corrects it or keeps it, with reason."""

    __tablename__ = "correction"
    __table_args__ = (
        CheckConstraint("(recheck_sheet_id IS NULL) <> (appeal_id IS NULL)", name="found_by_one"),
        CheckConstraint("state = 'open' OR length(reason) >= 1", name="decided_with_reason"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"), index=True)
    candidate_code: Mapped[str] = mapped_column(String(100))
    aspect_code: Mapped[str] = mapped_column(String(100))
    judge: Mapped[str] = mapped_column(String(100))
    recorded: Mapped[str | None] = mapped_column(String(40))
    found: Mapped[str] = mapped_column(String(40))
    note: Mapped[str] = mapped_column(String(REASON))
    recheck_sheet_id: Mapped[int | None] = mapped_column(ForeignKey("recheck_sheet.id"), index=True)
    appeal_id: Mapped[int | None] = mapped_column(ForeignKey("appeal.id"), index=True)
    state: Mapped[CorrectionState] = mapped_column(
        state_column(CorrectionState), default=CorrectionState.OPEN
    )
    reason: Mapped[str] = mapped_column(String(REASON), default="")
    found_at: Mapped[datetime] = mapped_column(UtcDateTime)
    found_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))


class AppealState(enum.Enum):
    FILED = "filed"
    ASSIGNED = "assigned"
    UPHELD = "upheld"
    REJECTED = "rejected"
    SETTLED = "settled"


class Appeal(db.Model):
    """A written appeal against a published result. `arbiter_unit`: the arbiter's employer, as declared on the naming."""

    __tablename__ = "appeal"
    __table_args__ = (
        UniqueConstraint("result_set_id", "entry_id", "instance"),
        CheckConstraint("instance IN (1, 2)", name="first_or_second_instance"),
        CheckConstraint("(instance = 2) = (previous_id IS NOT NULL)", name="second_follows_first"),
        CheckConstraint("(decided_at IS NULL) = (finding IS NULL)", name="decided_with_a_finding"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"), index=True)
    result_set_id: Mapped[int] = mapped_column(ForeignKey("result_set.id"))
    entry_id: Mapped[int] = mapped_column(ForeignKey("entry.id"))
    instance: Mapped[int]
    previous_id: Mapped[int | None] = mapped_column(ForeignKey("appeal.id"))
    grounds: Mapped[str] = mapped_column(String(2000))
    # The aspects that are contested; none means the whole result.
    aspects: Mapped[Any] = mapped_column(JsonDocument)
    state: Mapped[AppealState] = mapped_column(state_column(AppealState), default=AppealState.FILED)
    filed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    filed_by: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    arbiter_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"), index=True)
    arbiter_unit: Mapped[str] = mapped_column(String(80), default="")
    assigned_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    remedy: Mapped[str | None] = mapped_column(String(12))
    finding: Mapped[str | None] = mapped_column(String(2000))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    settled_by_id: Mapped[int | None] = mapped_column(ForeignKey("result_set.id"))


class AppealEvidence(db.Model):
    """A file of an appeal, kept by its content."""

    __tablename__ = "appeal_evidence"
    id: Mapped[int] = mapped_column(primary_key=True)
    appeal_id: Mapped[int] = mapped_column(ForeignKey("appeal.id"), index=True)
    name: Mapped[str] = mapped_column(String(120))
    mime_type: Mapped[str] = mapped_column(String(40))
    size: Mapped[int]
    file_hash: Mapped[str] = mapped_column(FileHash())
    added_at: Mapped[datetime] = mapped_column(UtcDateTime)


class PromotionTable(db.Model):
    """A version of the promotion table; its rows are those of rules.promotion. One that was in force never changes."""

    __tablename__ = "promotion_table"
    id: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(unique=True)
    name: Mapped[str] = mapped_column(String(80))
    rows: Mapped[Any] = mapped_column(JsonDocument)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    in_force_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class PromotionState(enum.Enum):
    PROPOSED = "proposed"
    CONFIRMED = "confirmed"
    REJECTED = "rejected"


CONFIRMED = text("state = 'confirmed'")


class Promotion(db.Model):
    """What a published rank is worth to one person; an officer confirms or rejects it. `against` says what stands in the
    way, `outdated` that a later version of the result changed what it rests on."""

    __tablename__ = "promotion"
    __table_args__ = (
        UniqueConstraint("entry_id", "person_id"),
        Index(
            "uq_promotion_person_id_year",
            "person_id",
            "year",
            unique=True,
            sqlite_where=CONFIRMED,
            postgresql_where=CONFIRMED,
        ),
        CheckConstraint("state <> 'rejected' OR length(reason) >= 1", name="rejected_with_reason"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"), index=True)
    result_set_id: Mapped[int] = mapped_column(ForeignKey("result_set.id"))
    table_id: Mapped[int] = mapped_column(ForeignKey("promotion_table.id"))
    entry_id: Mapped[int] = mapped_column(ForeignKey("entry.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    year: Mapped[int]
    rank: Mapped[int]
    parts: Mapped[Any] = mapped_column(JsonDocument)
    held_level: Mapped[int | None]
    held_proof: Mapped[str] = mapped_column(String(120), default="")
    grants: Mapped[int | None]
    title: Mapped[str] = mapped_column(String(80))
    basis: Mapped[str] = mapped_column(String(200))
    against: Mapped[str | None] = mapped_column(String(16))
    outdated: Mapped[bool] = mapped_column(default=False)
    state: Mapped[PromotionState] = mapped_column(
        state_column(PromotionState), default=PromotionState.PROPOSED
    )
    reason: Mapped[str] = mapped_column(String(REASON), default="")
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))


law(
    "uq_promotion_person_id_year",
    _l("This person was promoted in this calendar year already; there is one promotion a year."),
)
law(
    "uq_appeal_result_set_id_entry_id_instance",
    _l("There is an appeal of this entry against this result already."),
)
law("uq_recheck_event_id_number", _l("Somebody ordered a re-check at the same moment. Look at it."))
law("uq_promotion_table_version", _l("Somebody made a new version at the same moment. Look at it."))
law("ck_result_set_replacement_has_a_reason", _l("Say why the published result changes."), "reason")
