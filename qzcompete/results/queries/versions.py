"""Reads the published versions of a result: which one holds, what a later one changed, and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select

from qzcompete.competitions.models import Competition, Event
from qzcompete.core.clock import now
from qzcompete.core.errors import NotFound
from qzcompete.extensions import db
from qzcompete.registration.models import Entry
from qzcompete.results.models import Appeal, AppealState, ResultRow, ResultSet, ResultSetState
from qzcompete.results.rules.changes import Change, changes


@dataclass(frozen=True)
class VersionCard:
    """A published version; `changes` name the entries by their work codes."""

    id: int
    version: int
    replaces: int | None
    reason: str
    published_at: datetime
    changes: Sequence[Change]


@dataclass(frozen=True)
class EntryChange:
    """One figure of one entry, before and after: status, total, rank or award."""

    entry_id: int
    name: str
    unit: str
    what: str
    before: Any
    after: Any


@dataclass(frozen=True)
class ChangesSince:
    """What the newest published version says otherwise than an older one, and the reasons of all versions between."""

    result_set_id: int
    version: int
    reasons: Sequence[str]
    changes: Sequence[EntryChange]

    def of_entry(self, entry_id: int) -> list[EntryChange]:
        return [change for change in self.changes if change.entry_id == entry_id]


def published_set(event_id: int) -> ResultSet | None:
    """The newest published version: it holds until another is published."""
    return db.session.scalar(
        select(ResultSet)
        .where(ResultSet.event_id == event_id, ResultSet.state == ResultSetState.PUBLISHED)
        .order_by(ResultSet.version.desc())
        .limit(1)
    )


def versions(event_id: int) -> Sequence[VersionCard]:
    """The published versions, newest first."""
    rows = db.session.scalars(
        select(ResultSet)
        .where(ResultSet.event_id == event_id, ResultSet.published_at.is_not(None))
        .order_by(ResultSet.version.desc())
    )
    return [
        VersionCard(
            row.id,
            row.version,
            row.replaces,
            row.reason,
            row.published_at,
            tuple(Change(*change) for change in row.changes or ()),
        )
        for row in rows
        if row.published_at is not None
    ]


def changes_since(result_set_id: int) -> ChangesSince:
    """Everything that has changed since this version was published, by entry; nothing while it is the newest.

    For what rests on a result (certificates, promotions): who is no longer what the old version said, and who is now."""
    old = db.session.get(ResultSet, result_set_id)
    if old is None:
        raise NotFound()
    new = published_set(old.event_id)
    if new is None or new.version <= old.version:
        return ChangesSince(old.id, old.version, (), ())
    reasons = [card.reason for card in versions(old.event_id) if old.version < card.version]
    entries = {
        code: entry
        for code, entry in db.session.execute(
            select(ResultRow.candidate_code, Entry)
            .join(Entry, Entry.id == ResultRow.entry_id)
            .where(ResultRow.result_set_id.in_([old.id, new.id]))
        ).tuples()
    }
    found = changes(old.document["results"], new.document["results"])
    return ChangesSince(
        new.id,
        new.version,
        reasons[::-1],
        [
            EntryChange(entry.id, entry.name, entry.unit, change.what, change.before, change.after)
            for change in found
            for entry in [entries[change.entry]]
        ],
    )


@dataclass(frozen=True)
class EntryLine:
    """One entry in the newest published version."""

    entry_id: int
    name: str
    unit: str
    rank: int | None
    award: str | None


def entry_line(event_id: int, entry_id: int) -> EntryLine:
    found = newest_line(Entry.id == entry_id, Entry.event_id == event_id)
    if found is None:
        raise NotFound()
    return found


def line_of_code(event_id: int, candidate: str) -> EntryLine | None:
    """The entry behind a work code that takes part, once it is decrypted."""
    return newest_line(
        ResultRow.candidate_code == candidate, ResultSet.event_id == event_id, ResultRow.status == "present"
    )


def newest_line(*which: ColumnElement[bool]) -> EntryLine | None:
    row = db.session.execute(
        select(Entry, ResultRow.rank, ResultRow.award)
        .join(ResultRow, ResultRow.entry_id == Entry.id)
        .join(ResultSet, ResultSet.id == ResultRow.result_set_id)
        .where(*which)
        .order_by(ResultSet.version.desc())
        .limit(1)
    ).first()
    if row is None:
        return None
    entry, rank, award = row
    return EntryLine(entry.id, entry.name, entry.unit, rank, award)


def public_stamp(event_code: str) -> tuple[object, ...] | None:
    """Changes whenever the public page of the event does; None where nothing is public. One small query."""
    filed = select(func.count(Appeal.id)).where(Appeal.event_id == Event.id)
    row = db.session.execute(
        select(
            ResultSet.id,
            ResultSet.published_at,
            filed.scalar_subquery(),
            filed.where(Appeal.state.in_([AppealState.REJECTED, AppealState.SETTLED])).scalar_subquery(),
            Event.name,
            Competition.name,
        )
        .join(Event, Event.id == ResultSet.event_id)
        .join(Competition, Competition.id == Event.competition_id)
        .where(Event.code == event_code, ResultSet.public_at <= now())
        .order_by(ResultSet.version.desc())
        .limit(1)
    ).first()
    return None if row is None else tuple(row)
