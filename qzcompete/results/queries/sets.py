"""Reads results: the document exactly as scoring gave it, the newest set, the winners, a bundle for export."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, or_, select

from qzcompete.competitions.models import Competition, Event
from qzcompete.competitions.queries import EventCard, event_card
from qzcompete.core.clock import now
from qzcompete.core.errors import NotFound
from qzcompete.extensions import db
from qzcompete.marking import queries as marking
from qzcompete.marking.rules.bundle import FORMAT
from qzcompete.marking.rules.result import Row, result_document
from qzcompete.registration.models import Entry, WorkCode
from qzcompete.registration.queries import entry_ids_of
from qzcompete.results.models import ResultRow, ResultSet, ResultSetState
from qzcompete.results.rules.explanation import Explanation, explain


@dataclass(frozen=True)
class Winner:
    """A ranked line of a result set, with the entry behind its code."""

    result_set_id: int
    entry_id: int
    person_id: int | None
    name: str
    unit: str
    instructor: str | None
    rank: int
    award: str | None
    total: str


def content_hash(document: Any, scheme_hash: str, entries: Iterable[tuple[str, int]]) -> str:
    """SHA-256 of what a version says: its document, the scheme, and the (code, entry) that are known."""
    told = [document, scheme_hash, sorted(entries)]
    text = json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def newest_set(event_id: int) -> ResultSet | None:
    return db.session.scalar(
        select(ResultSet).where(ResultSet.event_id == event_id).order_by(ResultSet.version.desc()).limit(1)
    )


def next_version(event_id: int) -> int:
    return (
        db.session.scalar(select(func.max(ResultSet.version)).where(ResultSet.event_id == event_id)) or 0
    ) + 1


def compiled_document(event_code: str) -> Any:
    """The document of the event's newest result set; raises NotFound where nothing was compiled."""
    found = newest_of(event_code)
    modules = [module.code for module in marking.scheme_of(event_card(event_code).assessment_id).modules]
    return in_order(found.document, modules)


def newest_of(event_code: str) -> ResultSet:
    """The newest result set of the event with this code; raises NotFound where nothing was compiled."""
    found = newest_set(event_card(event_code).id)
    if found is None:
        raise NotFound()
    return found


def in_order(document: Any, modules: Sequence[str]) -> dict[str, Any]:
    """The document with its keys as scoring writes them: jsonb keeps no order."""
    rows = [{key: row[key] for key in Row._fields} for row in document["results"]]
    for row in rows:
        if row["modules"] is not None:
            row["modules"] = {code: row["modules"][code] for code in modules}
    blockers = [
        {key: blocker[key] for key in ("kind", "award", "entries", "entry", "aspect") if key in blocker}
        for blocker in document["blockers"]
    ]
    return {"results": rows, "blockers": blockers}


def has_event(event_code: str) -> bool:
    return db.session.scalar(select(Event.id).where(Event.code == event_code)) is not None


def ranked(event: EventCard) -> Sequence[Winner]:
    """The ranked lines of the newest set, best first; only those whose entry is known."""
    newest = newest_set(event.id)
    if newest is None:
        return []
    totals = {row["entry"]: row["total"] for row in newest.document["results"]}
    rows = db.session.execute(
        select(ResultRow, Entry)
        .join(Entry, Entry.id == ResultRow.entry_id)
        .where(ResultRow.result_set_id == newest.id, ResultRow.rank.is_not(None))
        .order_by(ResultRow.position)
    )
    return [
        Winner(
            newest.id,
            entry.id,
            entry.person_id,
            entry.name,
            entry.unit,
            entry.instructor,
            row.rank,
            row.award,
            totals[row.candidate_code],
        )
        for row, entry in rows
    ]


def event_bundle(event_code: str) -> dict[str, Any]:
    """The whole event as a bundle that a third party can score again."""
    event = event_card(event_code)
    card = marking.assessment_card(event.assessment_id)
    given = marking.scoring_input(event.assessment_id)
    people = named_entries(event.id)
    document: dict[str, Any] = {
        "format": FORMAT,
        "event": {"code": event.code, "name": event.name},
        "scheme": card.scheme,
        "judges": marking.bundle_judges(event.assessment_id),
        "entries": [
            entry_document(entry, people.get(entry.code))
            for entry in sorted(given.entries, key=lambda one: one.code)
        ],
        "marks": marking.bundle_marks(event.assessment_id),
        "results": result_document(marking.result(event.assessment_id))["results"],
    }
    if given.tie_resolutions:
        document["event"]["tie_resolutions"] = [list(codes) for codes in given.tie_resolutions]
    return document


def entry_document(entry: Any, person: tuple[str, str] | None) -> dict[str, Any]:
    document: dict[str, Any] = {"code": entry.code, "status": entry.status}
    if entry.guest:
        document["guest"] = True
    if entry.duration_s is not None:
        document["duration_s"] = entry.duration_s
    if person is not None:
        document.update({key: text for key, text in zip(("name", "unit"), person, strict=True) if text})
    return document


def named_entries(event_id: int) -> dict[str, tuple[str, str]]:
    rows = db.session.execute(
        select(WorkCode.code, Entry.name, Entry.unit)
        .join(Entry, Entry.id == WorkCode.entry_id)
        .where(WorkCode.event_id == event_id)
    )
    return {code: (name, unit) for code, name, unit in rows}


@dataclass(frozen=True)
class ResultLine:
    """One line of a result set as a page shows it, the total with the places of its scheme; a name only where
    the code is decrypted."""

    rank: int | None
    code: str
    name: str | None
    unit: str | None
    status: str
    total: str | None
    award: str | None
    passed: bool | None
    modules: dict[str, str]
    entry_id: int | None = None


@dataclass(frozen=True)
class OpenPoint:
    """What stops the publication: `kind` is incomplete, disputed or tie_at_award; `what` an aspect or an award."""

    kind: str
    what: str
    candidates: Sequence[str]


@dataclass(frozen=True)
class ResultPage:
    """A result set with its lines, for the office or for everybody."""

    id: int
    version: int
    state: str
    compiled_at: datetime
    published_at: datetime | None
    modules: Sequence[tuple[str, str]]
    lines: Sequence[ResultLine]
    blockers: Sequence[OpenPoint]
    named: bool
    entrants_at: datetime | None = None
    public_at: datetime | None = None
    reason: str = ""

    @property
    def public(self) -> bool:
        return self.public_at is not None and self.public_at <= now()

    @property
    def awards(self) -> int:
        return sum(line.award is not None for line in self.lines)


def result_page(event: EventCard, shown_to: str = "office") -> ResultPage | None:
    """The newest result set of the event that the office, its judges and organisations ("early") or everybody ("public")
    may see; None where there is none.

    Names stand in it once the results are published, and before that while the assessment is closed."""
    query = (
        select(ResultSet).where(ResultSet.event_id == event.id).order_by(ResultSet.version.desc()).limit(1)
    )
    if shown_to == "early":
        query = query.where(ResultSet.published_at.is_not(None))
    if shown_to == "public":
        query = query.where(ResultSet.public_at <= now())
    found = db.session.scalar(query)
    if found is None:
        return None
    named = (
        found.state is ResultSetState.PUBLISHED
        or marking.assessment_card(event.assessment_id).state == "closed"
    )
    told = {row["entry"]: row for row in found.document["results"]}
    rows = db.session.execute(
        select(ResultRow, Entry.name, Entry.unit)
        .outerjoin(Entry, Entry.id == ResultRow.entry_id)
        .where(ResultRow.result_set_id == found.id)
        .order_by(ResultRow.position)
    )
    lines = [
        ResultLine(
            row.rank,
            row.candidate_code,
            name if named else None,
            unit if named else None,
            row.status,
            told[row.candidate_code]["total"],
            row.award,
            row.passed,
            told[row.candidate_code]["modules"] or {},
            row.entry_id,
        )
        for row, name, unit in rows
    ]
    return ResultPage(
        found.id,
        found.version,
        found.state.value,
        found.compiled_at,
        found.published_at,
        [(module.code, module.name or "") for module in marking.scheme_of(event.assessment_id).modules],
        lines,
        grouped(found.document["blockers"]),
        named,
        found.entrants_at,
        found.public_at,
        found.reason,
    )


def grouped(blockers: Sequence[dict[str, Any]]) -> list[OpenPoint]:
    """One for each aspect or award, with the works that it concerns."""
    works: dict[tuple[str, str], list[str]] = {}
    for blocker in blockers:
        what = blocker["award"] if blocker["kind"] == "tie_at_award" else blocker["aspect"]
        concerned = blocker["entries"] if blocker["kind"] == "tie_at_award" else [blocker["entry"]]
        works.setdefault((blocker["kind"], what), []).extend(concerned)
    return [OpenPoint(kind, what, codes) for (kind, what), codes in works.items()]


@dataclass(frozen=True)
class PublishedEvent:
    """An event whose results everybody may see."""

    code: str
    name: str
    competition: str
    published_at: datetime


def published_events(most: int = 12) -> Sequence[PublishedEvent]:
    """The events whose results were published last."""
    rows = db.session.execute(
        select(Event.code, Event.name, Competition.name, func.max(ResultSet.published_at))
        .join(Competition, Competition.id == Event.competition_id)
        .join(ResultSet, ResultSet.event_id == Event.id)
        .where(ResultSet.public_at <= now())
        .group_by(Event.code, Event.name, Competition.name)
        .order_by(func.max(ResultSet.published_at).desc(), Event.code)
        .limit(most)
    )
    return [PublishedEvent(*row) for row in rows]


@dataclass(frozen=True)
class OwnResult:
    """A published result of one person."""

    event_code: str
    event: str
    competition: str
    candidate_code: str
    rank: int | None
    award: str | None
    published_at: datetime


def own_results(person_id: int) -> Sequence[OwnResult]:
    """The published results of this person, alone or in a team, the newest first; of each event its newest version."""
    newest = (
        select(func.max(ResultSet.version))
        .where(ResultSet.event_id == Event.id, ResultSet.entrants_at <= now())
        .correlate(Event)
        .scalar_subquery()
    )
    rows = db.session.execute(
        select(
            Event.code,
            Event.name,
            Competition.name,
            ResultRow.candidate_code,
            ResultRow.rank,
            ResultRow.award,
            ResultSet.published_at,
        )
        .join(ResultSet, ResultSet.id == ResultRow.result_set_id)
        .join(Event, Event.id == ResultSet.event_id)
        .join(Competition, Competition.id == Event.competition_id)
        .join(Entry, Entry.id == ResultRow.entry_id)
        .where(Entry.id.in_(entry_ids_of(person_id)), ResultSet.version == newest)
        .order_by(ResultSet.published_at.desc(), Event.code)
    )
    return [OwnResult(*row) for row in rows]


def explanation(event: EventCard, candidate_code: str) -> Explanation:
    """How the result of this code comes about from the marks as they stand; raises NotFound for an unknown code."""
    if candidate_code not in {row.code for row in marking.scoring_input(event.assessment_id).entries}:
        raise NotFound()
    return explain(event_bundle(event.code), candidate_code)


@dataclass(frozen=True)
class EarlyEvent:
    """A published event of a judge or an organisation; `public_at`: from when on everybody sees its results."""

    code: str
    name: str
    competition: str
    published_at: datetime
    public_at: datetime

    @property
    def public(self) -> bool:
        return self.public_at <= now()


def early_events(account_id: int, organisations: Collection[int]) -> Sequence[EarlyEvent]:
    """The published events in which the account judges or one of the organisations takes part, the newest first."""
    rows = db.session.execute(
        select(
            Event.code,
            Event.name,
            Competition.name,
            func.max(ResultSet.published_at),
            func.min(ResultSet.public_at),
        )
        .join(Competition, Competition.id == Event.competition_id)
        .join(ResultSet, ResultSet.event_id == Event.id)
        .where(
            ResultSet.published_at.is_not(None),
            or_(
                Event.assessment_id.in_(marking.judged_by(account_id)),
                Event.id.in_(select(Entry.event_id).where(Entry.organisation_id.in_(organisations))),
            ),
        )
        .group_by(Event.id, Competition.id)
        .order_by(func.max(ResultSet.published_at).desc(), Event.code)
    )
    return [EarlyEvent(*row) for row in rows]
