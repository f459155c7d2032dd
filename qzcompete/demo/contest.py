"""How entrants of the demo come to a result: entered, drawn, marked as tablets mark, closed, published."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from random import Random
from uuid import UUID

from qzcompete.core.actor import Actor
from qzcompete.demo.people import MadePerson
from qzcompete.marking import queries as marking_queries
from qzcompete.marking import services as marking
from qzcompete.marking.rules.scheme import Aspect
from qzcompete.registration import services as registration
from qzcompete.registration.rules.entry_sheet import EntryRow
from qzcompete.results import services as results


def enter(office: Actor, event_id: int, share: Sequence[MadePerson]) -> None:
    registration.import_entries(office, event_id, [entry_row(person) for person in share])


def draw(office: Actor, event_id: int, seed: str) -> None:
    registration.commit(office, event_id, seed=seed)
    registration.draw(office, event_id)


def publish(office: Actor, event_id: int) -> None:
    """Results of a closed event, and the seed of its draw."""
    results.publish_results(office, results.compile_results(office, event_id).id)
    registration.reveal_seed(office, event_id)


def entry_row(person: MadePerson) -> EntryRow:
    return EntryRow(
        name=person.name,
        document_kind="resident_id",
        document_number=person.document_number,
        unit=person.employer,
    )


def mark(assessment_id: int, random: Random, all_of_them: bool) -> None:
    """Every judge marks every candidate, by ops as a tablet sends them; in a running event only the first half."""
    given = marking_queries.scoring_input(assessment_id)
    codes = sorted(entry.code for entry in given.entries)
    aspects = list(given.plan.scheme.aspects)
    seats = marking_queries.marking_seats(assessment_id)
    for code in codes if all_of_them else codes[: len(codes) // 2]:
        skill = random.triangular(0.45, 1.0, 0.8)
        agreed = {aspect.code: value_for(aspect, skill, random) for aspect in aspects}
        for seat_id, account_id in seats:
            ops = [
                op(random, code, aspect, judged(aspect, agreed[aspect.code], random)) for aspect in aspects
            ]
            marking.record_ops(Actor(account_id, "demo"), seat_id, ops)
            digest = marking_queries.digest_of(seat_id, assessment_id, code)
            marking.record_ops(Actor(account_id, "demo"), seat_id, [signature(random, code, digest)])


def value_for(aspect: Aspect, skill: float, random: Random) -> int:
    """The mark in steps that a work of this skill earns."""
    steps = int(aspect.greatest_mark / aspect.mark_step)
    if aspect.kind == "deduction":
        return int(random.random() > 0.85)
    return max(0, min(steps, round(steps * skill * random.uniform(0.9, 1.08))))


def judged(aspect: Aspect, steps: int, random: Random) -> str:
    """Measurements are agreed; opinions differ by a step at most."""
    most = int(aspect.greatest_mark / aspect.mark_step)
    if aspect.kind in ("judgement", "panel") and steps > 0:
        steps = min(most, steps - (random.random() > 0.6))
    return format((Decimal(steps) * aspect.mark_step).normalize(), "f")


def op(random: Random, code: str, aspect: Aspect, value: str) -> dict[str, object]:
    identity = str(UUID(int=random.getrandbits(128), version=4))
    return {
        "op_id": identity,
        "candidate": code,
        "aspect": aspect.code,
        "kind": "set",
        "value": value,
        "base_rev": 0,
    }


def signature(random: Random, code: str, digest: str) -> dict[str, object]:
    identity = str(UUID(int=random.getrandbits(128), version=4))
    return {"op_id": identity, "candidate": code, "kind": "sign", "value": digest, "base_rev": 0}
