"""Notices: announcements 公告, and publicity 公示 for a number of working days.

A notice cannot end before its last day is over, and what relies on one that ran in full may point at
(id, ended_at, open_objections): the database then keeps it so.
"""

from __future__ import annotations

import enum
from datetime import date, datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from qzcompete.core.columns import FileHash, JsonDocument, UtcDateTime, state_column
from qzcompete.core.errors import law
from qzcompete.extensions import db


class NoticeKind(enum.Enum):
    ANNOUNCEMENT = "announcement"
    PUBLICITY = "publicity"


class NoticeState(enum.Enum):
    DRAFT = "draft"
    PUBLISHED = "published"
    ENDED = "ended"
    WITHDRAWN = "withdrawn"


class Notice(db.Model):
    __tablename__ = "notice"
    __table_args__ = (
        UniqueConstraint("kind", "year", "serial"),
        UniqueConstraint("id", "ended_at", "open_objections"),
        Index("ix_notice_state_published_at", "state", "published_at"),
        CheckConstraint("state = 'draft' OR published_at IS NOT NULL", name="published_at_a_time"),
        CheckConstraint("state <> 'ended' OR ended_at IS NOT NULL", name="ended_at_a_time"),
        CheckConstraint("ended_at IS NULL OR ended_at >= ends_at", name="ran_in_full"),
        CheckConstraint("ended_at IS NULL OR state IN ('ended', 'withdrawn')", name="ended_only_when_ended"),
        CheckConstraint("state <> 'withdrawn' OR length(withdraw_reason) >= 1", name="withdrawn_with_reason"),
        CheckConstraint("kind <> 'publicity' OR working_days >= 1", name="publicity_has_a_period"),
        CheckConstraint("open_objections >= 0", name="objections_not_negative"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[NoticeKind] = mapped_column(state_column(NoticeKind))
    state: Mapped[NoticeState] = mapped_column(state_column(NoticeState), default=NoticeState.DRAFT)
    year: Mapped[int | None]
    serial: Mapped[int | None]
    title: Mapped[str] = mapped_column(String(120))
    body: Mapped[str] = mapped_column(Text)
    # The annex: {"columns": […], "rows": [[…]]}, masked before it is stored.
    annex: Mapped[Any | None] = mapped_column(JsonDocument)
    issuer: Mapped[str] = mapped_column(String(80))
    contact: Mapped[str] = mapped_column(Text, default="")
    red_head: Mapped[bool] = mapped_column(default=True)
    working_days: Mapped[int | None]
    # What the notice is about, in the words of the slice that made it: "selection_class:3".
    topic: Mapped[str | None] = mapped_column(String(80), index=True)
    # What an objection may be about: [["application:5", "钦州市张三焊工技能大师工作室"], …].
    subjects: Mapped[Any] = mapped_column(JsonDocument)
    # Accounts whose own matter this is: they handle no objection to it.
    concerned: Mapped[Any] = mapped_column(JsonDocument)
    open_objections: Mapped[int] = mapped_column(default=0)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    published_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    first_day: Mapped[date | None]
    last_day: Mapped[date | None]
    ends_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    withdraw_reason: Mapped[str | None] = mapped_column(String(400))
    taken_down_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    file_hash: Mapped[str | None] = mapped_column(FileHash())


law("ck_notice_ran_in_full", _l("A notice ends only when its last working day is over."))
law("uq_notice_kind_year_serial", _l("Another notice got this number at the same moment. Publish it again."))
