"""Brings event bundles in: a whole event with its marks, compiled as if it had been held here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l

from qzcompete.competitions import queries as competitions
from qzcompete.competitions import services as competition_services
from qzcompete.competitions.rules.occupations import UNCLASSIFIED
from qzcompete.competitions.services import CompetitionDraft, EventDraft
from qzcompete.core.actor import Actor
from qzcompete.core.clock import now
from qzcompete.core.errors import NotFound, RuleBroken
from qzcompete.marking import queries as marking
from qzcompete.marking import services as marking_services
from qzcompete.marking.rules.bundle import Bundle, parse_bundle
from qzcompete.people.rules.identity import tidy_name
from qzcompete.registration import services as registration
from qzcompete.results import queries
from qzcompete.results.services.sets import close_event, compile_results

ARCHIVE = "IMPORT"


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
