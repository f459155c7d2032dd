"""Accounts with their roles, organisations, and persons with their encrypted identity documents."""

from __future__ import annotations

import enum
from datetime import date, datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from qzcompete.core.actor import Actor, Grant
from qzcompete.core.columns import BlindIndex, EncryptedText, UtcDateTime, state_column
from qzcompete.core.errors import law
from qzcompete.extensions import db


class AccountState(enum.Enum):
    ACTIVE = "active"
    DISABLED = "disabled"


class Account(db.Model):
    """Somebody who can sign in. Flask-Login reads the `is_…` properties and `get_id`."""

    __tablename__ = "account"
    id: Mapped[int] = mapped_column(primary_key=True)
    username: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(40))
    password_hash: Mapped[str] = mapped_column(String(200))
    state: Mapped[AccountState] = mapped_column(state_column(AccountState), default=AccountState.ACTIVE)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), unique=True)
    failures: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # Raised to end every session of the account at once.
    session_epoch: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    grants: Mapped[list[RoleGrant]] = relationship(cascade="all, delete-orphan", lazy="selectin")

    is_authenticated = True
    is_anonymous = False

    @property
    def is_active(self) -> bool:
        return self.state is AccountState.ACTIVE

    def get_id(self) -> str:
        return f"{self.id}.{self.session_epoch}"

    @property
    def actor(self) -> Actor:
        grants = frozenset(Grant(grant.role, (grant.scope_kind, grant.scope_id)) for grant in self.grants)
        return Actor(self.id, self.name, grants, self.person_id)


class RoleGrant(db.Model):
    """A role of an account within a scope; ("city", 0) is everywhere."""

    __tablename__ = "role_grant"
    __table_args__ = (UniqueConstraint("account_id", "role", "scope_kind", "scope_id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    role: Mapped[str] = mapped_column(String(24))
    scope_kind: Mapped[str] = mapped_column(String(24), default="city")
    scope_id: Mapped[int] = mapped_column(default=0)


class SecondFactor(db.Model):
    """An account's authenticator app; asked for at sign-in once its first code confirmed it."""

    __tablename__ = "second_factor"
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), primary_key=True)
    secret: Mapped[str] = mapped_column(EncryptedText)
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # The last step of 30 seconds whose code was taken: none is taken twice.
    last_step: Mapped[int] = mapped_column(BigInteger, default=0)


class Passkey(db.Model):
    """A key that a device keeps for an account, and uses after it has asked its owner: it signs in by itself."""

    __tablename__ = "passkey"
    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    # What its owner calls it: the device that keeps it.
    name: Mapped[str] = mapped_column(String(40))
    credential_hash: Mapped[str] = mapped_column(String(64), unique=True)
    # Id and public key, as the device made them (Web Authentication, 6.5.2).
    credential: Mapped[bytes]
    # How often it signed, as the device counts; 0 where it does not count.
    signatures: Mapped[int] = mapped_column(BigInteger, default=0)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class RecoveryCode(db.Model):
    __tablename__ = "recovery_code"
    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    code_index: Mapped[str] = mapped_column(BlindIndex, unique=True)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Invitation(db.Model):
    """A link by which the owner of an account sets the password."""

    __tablename__ = "invitation"
    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)


class SignInSession(db.Model):
    """One sign-in that lasts; the cookie holds its key, the row only the key's hash."""

    __tablename__ = "sign_in_session"
    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    key_hash: Mapped[str] = mapped_column(String(64), unique=True)
    # Browser and system in a few words.
    agent: Mapped[str] = mapped_column(String(80))
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class OrganisationKind(enum.Enum):
    COUNTY = "county"
    SCHOOL = "school"
    ENTERPRISE = "enterprise"
    ASSOCIATION = "association"
    BUREAU = "bureau"


class Organisation(db.Model):
    __tablename__ = "organisation"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(80), unique=True)
    kind: Mapped[OrganisationKind] = mapped_column(state_column(OrganisationKind))
    # The county list is ours: the port district has no GB/T 2260 code.
    county: Mapped[str | None] = mapped_column(String(24))
    uscc: Mapped[str | None] = mapped_column(String(18), unique=True)


class Person(db.Model):
    """A natural person. The document number is encrypted, found by a keyed hash, and shown only masked."""

    __tablename__ = "person"
    __table_args__ = (
        UniqueConstraint("document_index"),
        CheckConstraint("length(name) >= 1", name="has_a_name"),
        Index("ix_person_search", "search"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(40))
    # The name and its pinyin, full and initials, in lower case: what a search looks through.
    search: Mapped[str] = mapped_column(String(200))
    document_kind: Mapped[str] = mapped_column(String(24), default="resident_id")
    document_number: Mapped[str] = mapped_column(EncryptedText)
    document_index: Mapped[str] = mapped_column(BlindIndex)
    born_on: Mapped[date | None]
    phone: Mapped[str | None] = mapped_column(EncryptedText)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class PersonTerm(db.Model):
    """What a person is found by, from its beginning on: the name and each of its ends, its pinyin, the initials.

    Read as a range of the primary key, so that a hundred thousand persons are searched like one page of them.
    """

    __tablename__ = "person_term"
    # Bytes decide the order on both engines, or no range would hold.
    term: Mapped[str] = mapped_column(
        String(200).with_variant(String(200, collation="C"), "postgresql"), primary_key=True
    )
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, index=True)


law("uq_account_username", _l("This user name is taken. Choose another."), "username")
law("uq_passkey_credential_hash", _l("This passkey is set up already."), "name")
law("uq_organisation_name", _l("An organisation of this name exists already."), "name")
law("uq_person_document_index", _l("A person with this document number exists already."), "document_number")
