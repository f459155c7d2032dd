"""Compiles, publishes and imports results. The same marks again give the same version, never a new one."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import insert

from qzcompete.competitions import queries as competitions
from qzcompete.competitions import services as competition_services
from qzcompete.competitions.queries import EventCard
from qzcompete.competitions.rules.occupations import UNCLASSIFIED
from qzcompete.competitions.services import CompetitionDraft, EventDraft
from qzcompete.core import audit
from qzcompete.core.actor import Actor
from qzcompete.core.clock import now
from qzcompete.core.errors import NotFound, RuleBroken
from qzcompete.core.permissions import permit
from qzcompete.extensions import db
from qzcompete.marking import queries as marking
from qzcompete.marking import services as marking_services
from qzcompete.marking.rules.bundle import Bundle, parse_bundle
from qzcompete.marking.rules.result import Result, result_document
from qzcompete.people.rules.identity import tidy_name
from qzcompete.registration import services as registration
from qzcompete.registration.queries import entry_of_code
from qzcompete.results import queries
from qzcompete.results.models import ResultRow, ResultSet, ResultSetState
from qzcompete.results.rules.second_calculator import disagreements, second_result

ARCHIVE = "IMPORT"


def compile_results(actor: Actor, event_id: int) -> ResultSet:
    """The event's results as its marks stand; a new version only where something differs from the last one."""
    event = competition_services.hold_event(event_id)
    permit(actor, "result.compile", *event.scopes)
    settle_event(actor, event)
    card = marking.assessment_card(event.assessment_id)
    if card.scheme_hash is None:
        raise RuleBroken(_l("There is no marking scheme."), code="no_scheme")
    result = marking.result(event.assessment_id)
    document = result_document(result)
    entries = entry_of_code(event_id) if card.state == "closed" else {}
    told = [document, card.scheme_hash, sorted((code, entry.id) for code, entry in entries.items())]
    text = json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    document_hash = hashlib.sha256(text.encode()).hexdigest()
    newest = queries.newest_set(event_id)
    if newest is not None and newest.document_hash == document_hash:
        return newest
    compiled = ResultSet(
        event_id=event_id,
        version=queries.next_version(event_id),
        scheme_hash=card.scheme_hash,
        document=document,
        document_hash=document_hash,
        compiled_at=now(),
        compiled_by=actor.account_id,
    )
    db.session.add(compiled)
    db.session.flush()
    rows = result_rows(compiled.id, result, {code: entry.id for code, entry in entries.items()})
    if rows:
        db.session.execute(insert(ResultRow), rows)
    audit.record(
        actor,
        "result.compiled",
        f"event:{event_id}",
        after={"version": compiled.version, "hash": document_hash},
    )
    return compiled


def result_rows(result_set_id: int, result: Result, entries: dict[str, int]) -> list[dict[str, Any]]:
    return [
        {
            "result_set_id": result_set_id,
            "position": position,
            "candidate_code": row.entry,
            "entry_id": entries.get(row.entry),
            "status": row.status,
            "total": exact(row.total),
            "points": exact(row.points),
            "rank": row.rank,
            "award": row.award,
            "passed": row.passed,
        }
        for position, row in enumerate(result.rows, start=1)
    ]


def exact(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def publish_results(actor: Actor, result_set_id: int) -> ResultSet:
    """Make a result set public: the newest one, of a closed assessment without blockers."""
    compiled = db.session.get(ResultSet, result_set_id, with_for_update=True)
    if compiled is None:
        raise NotFound()
    event = competition_services.hold_event(compiled.event_id)
    permit(actor, "result.publish", *event.scopes)
    newest = queries.newest_set(compiled.event_id)
    if newest is None or newest.id != compiled.id or compiled.state is not ResultSetState.COMPILED:
        raise RuleBroken(
            _l("Only the newest result set that is not published yet can be published."), code="not_newest"
        )
    if compiled.document["blockers"] or marking.assessment_card(event.assessment_id).state != "closed":
        raise RuleBroken(_l("The chief judge must close the assessment first."), code="not_closed")
    check_again(event.code, compiled.document)
    compiled.state, compiled.published_at = ResultSetState.PUBLISHED, now()
    competition_services.set_event_state(actor, event.id, "published")
    audit.record(
        actor,
        "result.published",
        f"event:{event.id}",
        after={"version": compiled.version, "hash": compiled.document_hash, "second_calculator": "agrees"},
    )
    return compiled


def check_again(event_code: str, document: Any) -> None:
    """Refuse what the second calculator does not find from the marks themselves, to the last digit."""
    differing = disagreements(document, second_result(queries.event_bundle(event_code)))
    if differing:
        entry, what, first, second = differing[0]
        raise RuleBroken(
            _l(
                "The second calculator finds another result for %(entry)s: %(what)s is %(second)s, not %(first)s "
                "(%(count)s differences). Compile again; if this stays, do not publish and report it.",
                entry=entry,
                what=what,
                first=first,
                second=second,
                count=len(differing),
            ),
            code="calculators_disagree",
        )


def settle_event(actor: Actor, event: EventCard) -> None:
    """The chief judge closes or reopens an assessment; its event follows."""
    state = marking.assessment_card(event.assessment_id).state
    if state == "closed" and event.state == "marking":
        competition_services.set_event_state(actor, event.id, "closed")
    elif state == "open" and event.state == "closed":
        competition_services.set_event_state(actor, event.id, "marking")


def close_event(actor: Actor, event_id: int) -> None:
    """The chief judge has settled all: the assessment is closed, and the event with it."""
    event = competition_services.hold_event(event_id)
    permit(actor, "assessment.close", ("assessment", event.assessment_id))
    marking_services.close_assessment(actor, event.assessment_id)
    settle_event(actor, event)


def import_bundle(actor: Actor, document: Any, competition_code: str = ARCHIVE) -> bool:
    """Bring an event bundle in, with results; False where the very same event is there already.

    Raises Refused with the faults of a wrong bundle, RuleBroken where another event has its code."""
    bundle = parse_bundle(document)
    if queries.has_event(bundle.code):
        if content(parse_bundle(queries.event_bundle(bundle.code))) == content(bundle):
            return False
        raise RuleBroken(
            _l(
                "There is an event with this code and other marks. Import into an empty database or change the code."
            ),
            code="other_event",
        )
    event_id, assessment_id = make_event(actor, bundle, document, competition_code)
    marking_services.import_marks(actor, assessment_id, document["marks"])
    for codes in bundle.tie_resolutions:
        marking_services.resolve_tie(actor, assessment_id, codes, "from the event bundle")
    if not marking.blockers(assessment_id):
        close_event(actor, event_id)
    compile_results(actor, event_id)
    return True


def content(bundle: Bundle) -> tuple[Any, ...]:
    """What makes two bundles the same event: everything but the order of its lists and carried results.

    Names are compared as they are stored, so that an exported bundle is the same as the one that came in."""
    entries = {
        (
            entry.code,
            entry.status,
            entry.guest,
            entry.duration_s,
            (tidy_name(coded.name) or coded.code)[:40],
            coded.unit.strip()[:80],
        )
        for entry, coded in zip(bundle.entries, coded_entries(bundle), strict=True)
    }
    resolutions = frozenset(bundle.tie_resolutions)
    name = (bundle.name[:80] or bundle.code).strip()
    return name, bundle.scheme, set(bundle.judges), entries, set(bundle.marks), resolutions


def make_event(actor: Actor, bundle: Bundle, document: Any, competition_code: str) -> tuple[int, int]:
    event = competition_services.create_event(
        actor,
        competition_for(actor, competition_code),
        EventDraft(name=bundle.name[:80] or bundle.code, occupation_code=UNCLASSIFIED, code=bundle.code),
    )
    competition_services.set_scheme(actor, event.id, document["scheme"])
    seats = [marking_services.SeatSpec(judge.code, judge.name) for judge in bundle.judges]
    marking_services.seat_judges(actor, event.assessment_id, seats)
    registration.take_coded_entries(actor, event.id, coded_entries(bundle))
    return event.id, event.assessment_id


def coded_entries(bundle: Bundle) -> Sequence[registration.CodedEntry]:
    return [
        registration.CodedEntry(
            entry.code, entry.name or "", entry.unit or "", entry.guest, entry.status, entry.duration_s
        )
        for entry in bundle.entries
    ]


def competition_for(actor: Actor, code: str) -> int:
    """The competition that takes imported events; the archive is made when first needed."""
    try:
        return competitions.competition_card(code).id
    except NotFound:
        if code != ARCHIVE:
            raise
    draft = CompetitionDraft(
        name="导入档案", family="vocational", level="city_1", year=now().year, code=ARCHIVE
    )
    return competition_services.create_competition(actor, draft).id
