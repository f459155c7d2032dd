"""Tokens of programs, and the answers that are given again when a program repeats a request."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from qzcompete.core.columns import JsonDocument, UtcDateTime
from qzcompete.extensions import db


class ApiToken(db.Model):
    """The right of a program, within `scopes`, until it expires or is revoked. The token itself is stored nowhere."""

    __tablename__ = "api_token"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(80))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    scopes: Mapped[list[str]] = mapped_column(JsonDocument)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class ApiAnswer(db.Model):
    """What was answered to a token's `Idempotency-Key`: the same request again gets the same."""

    __tablename__ = "api_answer"
    token_id: Mapped[int] = mapped_column(ForeignKey("api_token.id"), primary_key=True)
    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    request_hash: Mapped[str] = mapped_column(String(64))
    status: Mapped[int]
    body: Mapped[Any] = mapped_column(JsonDocument)
    answered_at: Mapped[datetime] = mapped_column(UtcDateTime)
