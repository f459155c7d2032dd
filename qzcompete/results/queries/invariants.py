"""What must hold of results at every moment; a sentence for each place where it does not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import Any

from sqlalchemy import select

from qzcompete.competitions.models import Event, EventState
from qzcompete.core import audit
from qzcompete.core.numbers import parse_decimal
from qzcompete.extensions import db
from qzcompete.marking import queries as marking
from qzcompete.marking.rules.result import result_document
from qzcompete.results.models import ResultRow, ResultSet, ResultSetState
from qzcompete.results.queries.sets import content_hash
from qzcompete.results.queries.versions import published_set
from qzcompete.results.rules.changes import changes

TOLD = ("status", "rank", "award", "passed")


def frozen_sets() -> Iterator[str]:
    """Each version is what was compiled and published by the log, and its lines are those of its document."""
    told = versions_by_log()
    rows = db.session.execute(
        select(Event.code, ResultSet).join(Event, Event.id == ResultSet.event_id).order_by(ResultSet.id)
    )
    for code, found in rows:
        where = f"event {code}, version {found.version}"
        lines = db.session.scalars(select(ResultRow).where(ResultRow.result_set_id == found.id)).all()
        entries = [(line.candidate_code, line.entry_id) for line in lines if line.entry_id is not None]
        log = told.get((found.event_id, found.version), {})
        if log.get("result.compiled") != found.document_hash:
            yield f"{where} is not what was compiled by the log"
        if found.document_hash != content_hash(found.document, found.scheme_hash, entries):
            yield f"{where} was changed after it was compiled"
        published = found.state is not ResultSetState.COMPILED
        if published != ("result.published" in log) or log.get("result.published", found.document_hash) != (
            found.document_hash
        ):
            yield f"{where} is {found.state.value}, but not by the log"
        for entry in unlike_document(found.document["results"], lines):
            yield f"{where}: the line of {entry} is not that of the compiled document"
        db.session.expunge_all()


def versions_by_log() -> dict[tuple[int, int], dict[str, str]]:
    """(event, version) -> action -> the hash that it told."""
    told: dict[tuple[int, int], dict[str, str]] = {}
    for action, subject, after, _key in audit.history(["result.compiled", "result.published"]):
        key = (int(subject.removeprefix("event:")), after["version"])
        told.setdefault(key, {})[action] = after["hash"]
    return told


def unlike_document(rows: list[Mapping[str, Any]], lines: Any) -> list[str]:
    """The codes whose stored line differs from the document, or that only one of the two has."""
    said = {row["entry"]: (*(row[name] for name in TOLD), exact(row["total"])) for row in rows}
    kept = {line.candidate_code: (*(getattr(line, name) for name in TOLD), line.total) for line in lines}
    return sorted(code for code in said.keys() | kept.keys() if said.get(code) != kept.get(code))


def exact(text: str | None) -> Any:
    return None if text is None else parse_decimal(text)


def ranks_recomputed() -> Iterator[str]:
    """The published ranks, totals and awards of an event are those that its marks give when scored again."""
    events = db.session.execute(
        select(Event.id, Event.code, Event.assessment_id).where(Event.state == EventState.PUBLISHED)
    ).all()
    for event_id, code, assessment_id in events:
        found = published_set(event_id)
        if found is None:
            yield f"event {code} is published without a published version"
            continue
        again = result_document(marking.result(assessment_id))["results"]
        for entry, parts in groupby(changes(found.document["results"], again), key=lambda one: one.entry):
            said = ", ".join(f"{one.what} {one.before} is {one.after}" for one in parts)
            yield f"event {code}, version {found.version}: recomputed for {entry}, {said}"
