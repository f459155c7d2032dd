"""Compiles and publishes results. The same marks again give the same version, never a new one; what was published is
replaced only by a later version, with its reason and what it changes."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import insert

from qzcompete.competitions import services as competition_services
from qzcompete.competitions.queries import EventCard, event_card_by_id
from qzcompete.core import audit
from qzcompete.core.actor import Actor
from qzcompete.core.clock import now
from qzcompete.core.errors import NotFound, RuleBroken
from qzcompete.core.permissions import permit
from qzcompete.extensions import db
from qzcompete.marking import queries as marking
from qzcompete.marking import services as marking_services
from qzcompete.marking.rules.result import Result, result_document
from qzcompete.registration import services as registration
from qzcompete.registration.queries import entry_of_code
from qzcompete.results import queries
from qzcompete.results.models import REASON, ResultRow, ResultSet, ResultSetState
from qzcompete.results.rules.changes import changes
from qzcompete.results.rules.second_calculator import disagreements, second_result
from qzcompete.results.rules.settings import Values
from qzcompete.results.services.appeals import settle_appeals
from qzcompete.results.services.promotions import flag_outdated

WAITS = {
    "not_closed": _l("The chief judge must close the assessment first."),
    "incident": _l("An incident is not decided yet."),
    "sealed": _l(
        "The codes are still sealed. Their keepers and the supervisor open them, the last layer first."
    ),
    "recheck_open": _l("A re-check is under way. The results are published after it."),
    "recheck_missing": _l("The competition asks for a re-check before publication."),
    "correction": _l("The chief judge has not decided all corrections yet."),
}


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
    known = [(code, entry.id) for code, entry in entries.items()]
    document_hash = queries.content_hash(document, card.scheme_hash, known)
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


def publish_results(actor: Actor, result_set_id: int, reason: str = "") -> ResultSet:
    """Publish the newest result set, of a closed assessment without blockers; in stages where the competition says so.

    One that replaces a published one needs the reason. What depends on it is flagged, and open appeals are settled."""
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
    must_not_wait(event)
    check_again(event.code, compiled.document)
    replaced = queries.published_set(event.id)
    if replaced is not None:
        replace(compiled, replaced, reason)
    set_stages(compiled, replaced, queries.settings_of(event.competition.id))
    compiled.state = ResultSetState.PUBLISHED
    db.session.flush()
    competition_services.set_event_state(actor, event.id, "published")
    audit.record(
        actor,
        "result.published",
        f"event:{event.id}",
        after={
            "version": compiled.version,
            "hash": compiled.document_hash,
            "second_calculator": "agrees",
            "reason": compiled.reason,
            "changes": len(compiled.changes or ()),
        },
    )
    follow(actor, event.id, compiled)
    return compiled


def must_not_wait(event: EventCard) -> None:
    """Refuse while something that must come first is still open; the page shows all of it with links."""
    for item in queries.close_list(event):
        if item.stops:
            raise RuleBroken(WAITS.get(item.kind, WAITS["not_closed"]), code=item.kind)


def replace(compiled: ResultSet, replaced: ResultSet, reason: str) -> None:
    """Note in the new version which one it replaces, why, and what becomes otherwise."""
    if not reason.strip():
        raise RuleBroken(_l("Say why the published result changes."), field="reason", code="no_reason")
    found = changes(replaced.document["results"], compiled.document["results"])
    compiled.replaces, compiled.reason = replaced.version, reason.strip()[:REASON]
    compiled.changes = [[change.entry, change.what, change.before, change.after] for change in found]


def set_stages(compiled: ResultSet, replaced: ResultSet | None, settings: Values) -> None:
    """From when on judges and organisations, the entrants and everybody see it. Who sees an older version sees the new."""
    moment = now()
    hours = (0, 0)
    if settings["stages"] == "staged":
        hours = (settings.number("entrants_after_hours"), settings.number("public_after_hours"))
    compiled.published_at = moment
    compiled.entrants_at = moment + timedelta(hours=hours[0])
    compiled.public_at = moment + timedelta(hours=max(hours))
    if replaced is not None and replaced.entrants_at and replaced.public_at:
        compiled.entrants_at = max(moment, replaced.entrants_at)
        compiled.public_at = max(moment, replaced.public_at)


def open_next_stage(actor: Actor, result_set_id: int) -> None:
    """Show a published version to its next audience now instead of when its notice has run out."""
    found = db.session.get(ResultSet, result_set_id, with_for_update=True)
    if found is None:
        raise NotFound()
    permit(actor, "result.publish", *event_card_by_id(found.event_id).scopes)
    moment = now()
    if found.entrants_at is not None and found.entrants_at > moment:
        found.entrants_at, audience = moment, "entrants"
    elif found.public_at is not None and found.public_at > moment:
        found.public_at, audience = moment, "public"
    else:
        raise RuleBroken(_l("Everybody can see these results already."), code="public")
    audit.record(actor, "result.stage_opened", f"event:{found.event_id}", after={"audience": audience})


def follow(actor: Actor, event_id: int, published: ResultSet) -> None:
    """What rests on the result learns of the new version."""
    awards = {
        winner.entry_id: winner.award for winner in queries.ranked(event_card_by_id(event_id)) if winner.award
    }
    registration.keep_winners(actor, event_id, awards)
    settle_appeals(actor, event_id, published)
    flag_outdated(actor, event_id, published)


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
