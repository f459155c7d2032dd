"""Promises a draw, holds it, and reveals its seed at the end. Shows the simple draw's secret list, each look audited."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

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
from qzcompete.registration.models import CodeLayer, Draw, DrawCommitment, WorkCode
from qzcompete.registration.rules.draw import chained, commitment, drawn_layers
from qzcompete.registration.services.entries import must_be_before_draw, start_marking
from qzcompete.registration.services.keepers import check_keepers, must_not_judge


def commit(actor: Actor, event_id: int, seed: str | None = None) -> DrawCommitment:
    """Promise the draw: keep a secret seed, and publish its hash together with the list of the present entries.

    Again where the list has changed since; every promise stays public."""
    event = competitions.hold_event(event_id)
    permit(actor, "entry.import", *event.scopes)
    must_be_before_draw(event)
    numbers = present_numbers(event_id)
    layers = queries.blind_setting(event.competition.id)[0]
    seed = seed or secrets.token_hex(32)
    promised = DrawCommitment(
        event_id=event_id,
        version=len(queries.commitments(event_id)) + 1,
        layers=layers,
        seed=seed,
        numbers=numbers,
        commitment=commitment(event.code, layers, seed, numbers),
        committed_at=now(),
        account_id=actor.account_id,
    )
    db.session.add(promised)
    db.session.flush()
    told = {"version": promised.version, "commitment": promised.commitment, "entries": len(numbers)}
    audit.record(actor, "draw.promised", f"event:{event_id}", after=told)
    return promised


def present_numbers(event_id: int) -> list[str]:
    numbers = [entry.number for entry in queries.entries(event_id) if entry.status == "present"]
    if not numbers:
        raise RuleBroken(_l("There is no present entry to draw a code for."), code="no_entries")
    return numbers


def draw(actor: Actor, event_id: int, seed: str | None = None) -> Draw:
    """Draw the codes of every present entry, hand the work codes to marking, and open it. Never twice."""
    event = competitions.hold_event(event_id)
    permit(actor, "entry.import", *event.scopes)
    must_be_before_draw(event)
    if event.state == "draft":
        competitions.open_event(actor, event_id)
    promised_before = bool(queries.commitments(event_id))
    promised = promise_to_keep(actor, event, seed)
    drawn = [layer.codes for layer in drawn_layers(promised.seed, promised.layers, promised.numbers)]
    sealed = seal(actor, event, drawn)
    codes = chained(drawn)
    present = {entry.number: entry for entry in queries.entries(event_id) if entry.number in codes}
    if not sealed:
        add_work_codes(event_id, codes)
    # Candidates are handed over by code: their order tells nothing of the entries.
    candidates = sorted(
        (marking.CandidateSpec(code=code, guest=present[number].guest) for number, code in codes.items()),
        key=lambda candidate: candidate.code,
    )
    marking.add_candidates(actor, event.assessment_id, candidates)
    # Made on the spot, a promise tells the same moment as the draw: nobody can take it for one made before.
    drawn_at = now() if promised_before else promised.committed_at
    made = record_draw(actor, event, promised.seed, len(codes), drawn_at)
    start_marking(actor, event)
    return made


def promise_to_keep(actor: Actor, event: EventCard, seed: str | None) -> DrawCommitment:
    """The newest commitment, which must still hold; one made on the spot where none was published before."""
    query = select(DrawCommitment).filter_by(event_id=event.id).order_by(DrawCommitment.version.desc())
    promised = db.session.scalars(query.limit(1)).first()
    if promised is None:
        return commit(actor, event.id, seed)
    if promised.numbers != present_numbers(event.id):
        raise RuleBroken(
            _l("The list of present entries changed since the commitment. Publish a new one."),
            code="list_changed",
        )
    if promised.layers != queries.blind_setting(event.competition.id)[0]:
        raise RuleBroken(
            _l("The number of layers changed since the commitment. Publish a new one."), code="layers_changed"
        )
    if seed is not None and seed != promised.seed:
        raise RuleBroken(_l("Another seed was promised for this draw."), code="other_seed")
    return promised


def add_work_codes(event_id: int, codes: Mapping[str, str]) -> None:
    db.session.add_all(
        WorkCode(entry_id=entry.id, event_id=event_id, code=codes[entry.number])
        for entry in queries.entries(event_id)
        if entry.number in codes
    )


def seal(actor: Actor, event: EventCard, drawn: Sequence[Mapping[str, str]]) -> bool:
    """Give each keeper the codes of one layer; False where the event has one layer and no keeper."""
    kept = db.session.scalars(
        select(CodeLayer).filter_by(event_id=event.id).order_by(CodeLayer.layer).with_for_update()
    ).all()
    if not kept and len(drawn) == 1:
        return False
    if len(kept) != len(drawn):
        raise RuleBroken(_l("Name a keeper for each layer of codes first."), code="keepers_missing")
    check_keepers(event, [layer.keeper_id for layer in kept])
    for layer, codes in zip(kept, drawn, strict=True):
        layer.codes = json.dumps(codes)
    return True


def record_draw(actor: Actor, event: EventCard, seed: str, codes: int, drawn_at: datetime) -> Draw:
    seed_hash = hashlib.sha256(seed.encode()).hexdigest()
    drawn = Draw(
        event_id=event.id, seed=seed, seed_hash=seed_hash, drawn_at=drawn_at, account_id=actor.account_id
    )
    db.session.add(drawn)
    db.session.flush()
    audit.record(actor, "event.drawn", f"event:{event.id}", after={"codes": codes, "seed_hash": seed_hash})
    return drawn


def reveal_codes(actor: Actor, event_id: int, reason: str) -> Sequence[queries.CodeLine]:
    """The secret list of codes with names, for the judge of encryption; each look is audited with its reason."""
    event = event_card_by_id(event_id)
    permit(actor, "entry.import", *event.scopes)
    must_not_judge(event, actor.account_id)
    if len(reason.strip()) < 4:
        raise RuleBroken(_l("Say in some words why the list is needed."), field="reason")
    if queries.codes_are_sealed(event_id):
        raise RuleBroken(
            _l(
                "The codes are still sealed. Their keepers and the supervisor open them, the last layer first."
            ),
            code="codes_sealed",
        )
    lines = queries.code_list(event_id)
    if not lines:
        raise RuleBroken(_l("Lots are not drawn yet."))
    audit.record(actor, "event.codes_seen", f"event:{event_id}", after={"reason": reason.strip()})
    return lines


def reveal_seed(actor: Actor, event_id: int) -> None:
    """Publish the seed, with which everybody can make the draw again. It makes the codes too: only at the very end."""
    event = competitions.hold_event(event_id)
    permit(actor, "entry.import", *event.scopes)
    if event.state != "published" or queries.codes_are_sealed(event_id):
        raise RuleBroken(
            _l("The seed makes all codes again. It is revealed once the results are published."),
            code="too_early",
        )
    query = select(DrawCommitment).filter_by(event_id=event_id).order_by(DrawCommitment.version.desc())
    promised = db.session.scalars(query.limit(1).with_for_update()).first()
    if promised is None or db.session.get(Draw, event_id) is None:
        raise RuleBroken(_l("No lots were drawn here."), code="not_drawn")
    if promised.revealed_at is None:
        promised.revealed_at = now()
        audit.record(
            actor, "draw.seed_revealed", f"event:{event_id}", after={"commitment": promised.commitment}
        )
