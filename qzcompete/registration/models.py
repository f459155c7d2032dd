"""Entries of an event with their quotas, rules and members, and the secret codes under which their work is marked."""

from __future__ import annotations

import enum
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from qzcompete.core.columns import EncryptedText, JsonDocument, UtcDateTime, state_column
from qzcompete.core.errors import law
from qzcompete.extensions import db


class EntryStatus(enum.Enum):
    PRESENT = "present"
    ABSENT = "absent"
    WITHDRAWN = "withdrawn"
    DISQUALIFIED = "disqualified"


class Admission(enum.Enum):
    """How far the office is with an entry; only an accepted one has a number and takes part in the draw."""

    SUBMITTED = "submitted"
    RETURNED = "returned"
    WAITING = "waiting"
    ACCEPTED = "accepted"


class Standing(enum.Enum):
    """In what capacity a competitor takes part."""

    EMPLOYEE = "employee"
    STUDENT = "student"
    SELF_EMPLOYED = "self_employed"


class Entry(db.Model):
    """One competitor, or one team, in one event. `person_id` is the competitor or the leader of the team; it is empty
    where the entry came from an event bundle."""

    __tablename__ = "entry"
    __table_args__ = (
        UniqueConstraint("event_id", "person_id"),
        UniqueConstraint("event_id", "number"),
        CheckConstraint("length(name) >= 1", name="has_a_name"),
        CheckConstraint("admission <> 'accepted' OR number IS NOT NULL", name="accepted_has_number"),
        CheckConstraint("admission <> 'returned' OR note IS NOT NULL", name="returned_says_why"),
        CheckConstraint("admission <> 'waiting' OR waits_since IS NOT NULL", name="waiting_has_its_time"),
        CheckConstraint("skill_level BETWEEN 1 AND 5", name="skill_level_in_bounds"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    name: Mapped[str] = mapped_column(String(40))
    unit: Mapped[str] = mapped_column(String(80))
    number: Mapped[str | None] = mapped_column(String(16))
    guest: Mapped[bool] = mapped_column(default=False)
    instructor: Mapped[str | None] = mapped_column(String(80))
    status: Mapped[EntryStatus] = mapped_column(state_column(EntryStatus), default=EntryStatus.PRESENT)
    admission: Mapped[Admission] = mapped_column(
        state_column(Admission), default=Admission.ACCEPTED, server_default="accepted"
    )
    # What the office wants corrected.
    note: Mapped[str | None] = mapped_column(String(200))
    waits_since: Mapped[datetime | None] = mapped_column(UtcDateTime)
    standing: Mapped[Standing | None] = mapped_column(state_column(Standing))
    # From 5 (junior) to 1 (senior technician), as the certificate numbers have it.
    skill_level: Mapped[int | None]
    guardian: Mapped[str | None] = mapped_column(EncryptedText)
    # The account of who registered by themselves.
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"), index=True)
    checked_in_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class EntryMember(db.Model):
    """A member of a team. A person is in one team of an event."""

    __tablename__ = "entry_member"
    __table_args__ = (
        UniqueConstraint("event_id", "person_id"),
        Index(
            "uq_entry_member_leader",
            "entry_id",
            unique=True,
            sqlite_where=text("leader"),
            postgresql_where=text("leader"),
        ),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("entry.id"), index=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    name: Mapped[str] = mapped_column(String(40))
    leader: Mapped[bool] = mapped_column(default=False)


class Substitution(db.Model):
    """That one person took another's place in an entry."""

    __tablename__ = "substitution"
    id: Mapped[int] = mapped_column(primary_key=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("entry.id"), index=True)
    former_person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    former_name: Mapped[str] = mapped_column(String(40))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    name: Mapped[str] = mapped_column(String(40))
    reason: Mapped[str] = mapped_column(String(200))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))


class RegistrationSetting(db.Model):
    """Who may register in a competition by themselves, and until when a competitor may be substituted."""

    __tablename__ = "registration_setting"
    competition_id: Mapped[int] = mapped_column(ForeignKey("competition.id"), primary_key=True)
    self_registration: Mapped[bool] = mapped_column(default=False)
    substitution_until: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Quota(db.Model):
    """An organisation that may nominate in a competition, and how many in all its events; none is no limit."""

    __tablename__ = "quota"
    __table_args__ = (CheckConstraint("total >= 0", name="total_not_negative"),)
    competition_id: Mapped[int] = mapped_column(ForeignKey("competition.id"), primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    total: Mapped[int | None]


class EventQuota(db.Model):
    """How many an organisation may nominate in one event."""

    __tablename__ = "event_quota"
    __table_args__ = (CheckConstraint("places >= 0", name="places_not_negative"),)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"), primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    places: Mapped[int]


class EventRules(db.Model):
    """Who may take part in an event: rules as data (see `rules.eligibility`), and where they are written."""

    __tablename__ = "event_rules"
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"), primary_key=True)
    rules: Mapped[list[dict[str, Any]]] = mapped_column(JsonDocument)
    source: Mapped[str] = mapped_column(String(200))


class RuleOverride(db.Model):
    """That an entry is admitted although it breaks a rule: one officer asks, another confirms."""

    __tablename__ = "rule_override"
    __table_args__ = (
        UniqueConstraint("entry_id", "rule"),
        CheckConstraint("confirmed_by IS NULL OR asked_by <> confirmed_by", name="two_people"),
        CheckConstraint("(confirmed_by IS NULL) = (confirmed_at IS NULL)", name="confirmed_whole"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("entry.id"))
    rule: Mapped[str] = mapped_column(String(24))
    reason: Mapped[str] = mapped_column(String(200))
    asked_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    confirmed_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class FormerWinner(db.Model):
    """That a person won in an event of ours, or elsewhere as somebody noted: what a rule may bar in later years."""

    __tablename__ = "former_winner"
    __table_args__ = (
        UniqueConstraint("person_id", "event_id"),
        Index(
            "uq_former_winner_noted",
            "person_id",
            "occupation_code",
            "year",
            unique=True,
            sqlite_where=text("event_id IS NULL"),
            postgresql_where=text("event_id IS NULL"),
        ),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    occupation_code: Mapped[str] = mapped_column(String(12))
    year: Mapped[int]
    award: Mapped[str] = mapped_column(String(40))
    source: Mapped[str] = mapped_column(String(200))
    event_id: Mapped[int | None] = mapped_column(ForeignKey("event.id"))


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
law("uq_entry_member_event_id_person_id", _l("This person is in a team of this event already."))
law("uq_rule_override_entry_id_rule", _l("This exception was asked for already."))
law("ck_rule_override_two_people", _l("The one who asked for the exception cannot confirm it."))
law("pk_quota", _l("This organisation has a quota already. Change it instead."), "organisation_id")
law("uq_draw_event_id", _l("Lots were drawn already."))
law("pk_draw", _l("Lots were drawn already."))
law("ck_code_layer_two_people", _l("The one who asked for the opening cannot confirm it."))
law(
    "uq_draw_commitment_event_id_version",
    _l("Somebody published a commitment at the same moment. Look at it."),
)
