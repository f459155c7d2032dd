"""Draws the work codes of an event, and shows the secret list to whoever may see it. Each look is audited."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence

from flask_babel import lazy_gettext as _l

from qzcompete.competitions import services as competitions
from qzcompete.competitions.queries import EventCard, event_card_by_id
from qzcompete.core import audit
from qzcompete.core.actor import Actor
from qzcompete.core.clock import now
from qzcompete.core.errors import RuleBroken
from qzcompete.core.permissions import permit
from qzcompete.extensions import db
from qzcompete.marking import services as marking
from qzcompete.registration import queries
from qzcompete.registration.models import Draw, WorkCode
from qzcompete.registration.rules.draw import drawn_codes
from qzcompete.registration.services.entries import must_be_before_draw, start_marking


def draw(actor: Actor, event_id: int, seed: str | None = None) -> Draw:
    """Draw a work code for every present entry, hand the codes to marking, and open it. Never twice."""
    event = competitions.hold_event(event_id)
    permit(actor, "entry.import", *event.scopes)
    must_be_before_draw(event)
    if event.state == "draft":
        competitions.open_event(actor, event_id)
    present = [entry for entry in queries.entries(event_id) if entry.status == "present"]
    if not present:
        raise RuleBroken(_l("There is no present entry to draw a code for."), code="no_entries")
    seed = seed or secrets.token_hex(32)
    codes = drawn_codes(seed, [entry.number for entry in present])
    db.session.add_all(
        WorkCode(entry_id=entry.id, event_id=event_id, code=codes[entry.number]) for entry in present
    )
    # Candidates are handed over by code: their order tells nothing of the entries.
    candidates = sorted(
        (marking.CandidateSpec(code=codes[entry.number], guest=entry.guest) for entry in present),
        key=lambda candidate: candidate.code,
    )
    marking.add_candidates(actor, event.assessment_id, candidates)
    drawn = record_draw(actor, event, seed, len(present))
    start_marking(actor, event)
    return drawn


def record_draw(actor: Actor, event: EventCard, seed: str, codes: int) -> Draw:
    seed_hash = hashlib.sha256(seed.encode()).hexdigest()
    drawn = Draw(
        event_id=event.id, seed=seed, seed_hash=seed_hash, drawn_at=now(), account_id=actor.account_id
    )
    db.session.add(drawn)
    db.session.flush()
    audit.record(actor, "event.drawn", f"event:{event.id}", after={"codes": codes, "seed_hash": seed_hash})
    return drawn


def reveal_codes(actor: Actor, event_id: int, reason: str) -> Sequence[queries.CodeLine]:
    """The secret list of codes with names, for the judge of encryption; each look is audited with its reason."""
    event = event_card_by_id(event_id)
    permit(actor, "entry.import", *event.scopes)
    if len(reason.strip()) < 4:
        raise RuleBroken(_l("Say in some words why the list is needed."), field="reason")
    lines = queries.code_list(event_id)
    if not lines:
        raise RuleBroken(_l("Lots are not drawn yet."))
    audit.record(actor, "event.codes_seen", f"event:{event_id}", after={"reason": reason.strip()})
    return lines
