"""A contest whose codes are sealed in three layers: keepers, a supervisor, four entrants, three judges and a chief."""

from __future__ import annotations

import json
from dataclasses import dataclass

from sqlalchemy import select

from qzcompete.competitions import queries as competition_queries
from qzcompete.competitions import services as competitions
from qzcompete.competitions.queries import EventCard
from qzcompete.competitions.services import EventDraft
from qzcompete.core.actor import CITY, SYSTEM, Actor, Scope
from qzcompete.core.clock import now
from qzcompete.core.transaction import unit
from qzcompete.extensions import db
from qzcompete.marking import queries as marking_queries
from qzcompete.marking import services as marking
from qzcompete.people.services import create_account
from qzcompete.registration import services as registration
from qzcompete.registration.models import CodeLayer
from qzcompete.registration.rules.entry_sheet import EntryRow
from tests.competitions.running import let_run
from tests.results.contest import CODE, DOCUMENTS, SCHEME, TOTALS, op, panel, the_competition

UNITS = ("灵山县代表队", "浦北县代表队", "钦州港区代表队", "钦南区代表队")
PASSWORD = "correct-horse-9"


@dataclass
class Ceremony:
    event: EventCard
    keepers: list[Actor]
    supervisor: Actor


def account(username: str, *roles: tuple[str, Scope]) -> Actor:
    return create_account(SYSTEM, username, username, PASSWORD, list(roles)).actor


def prepared(layers: int = 3) -> Ceremony:
    """Ready to be drawn: layers set, keepers named."""
    with unit():
        competition = competitions.create_competition(SYSTEM, the_competition("2026年钦州市职业技能大赛"))
        let_run(competition.id)
        event = competitions.create_event(
            SYSTEM,
            competition.id,
            EventDraft(
                name="焊接", occupation_code="6-18-02-04", code=CODE, venue="实训基地", starts_at=now()
            ),
        )
        competitions.set_scheme(SYSTEM, event.id, SCHEME)
        competitions.name_panel(SYSTEM, event.id, panel())
        competitions.open_event(SYSTEM, event.id)
        rows = [
            EntryRow(name, "resident_id", document, team, "蒙指导老师")
            for name, document, team in zip(TOTALS, DOCUMENTS, UNITS, strict=True)
        ]
        registration.import_entries(SYSTEM, event.id, rows)
        keepers = [account(f"keeper-{place}", ("code_keeper", CITY)) for place in range(1, layers + 1)]
        supervisor = account("watcher", ("supervisor", CITY))
        registration.set_layers(SYSTEM, competition.id, layers, "竞赛规程第5条")
        registration.name_keepers(SYSTEM, event.id, [keeper.account_id or 0 for keeper in keepers])
    return Ceremony(competition_queries.event_card(CODE), keepers, supervisor)


def drawn(layers: int = 3, seed: str = "a seed of the test") -> Ceremony:
    held = prepared(layers)
    with unit():
        registration.commit(SYSTEM, held.event.id, seed)
    with unit():
        registration.draw(SYSTEM, held.event.id)
    return held


def mark_all(event: EventCard) -> None:
    """Every judge marks and signs every work; they know the codes only."""
    values = list(TOTALS.values())
    with unit():
        codes = sorted(entry.code for entry in marking_queries.scoring_input(event.assessment_id).entries)
        for seat_id, account_id in marking_queries.marking_seats(event.assessment_id):
            judge = Actor(account_id, "judge")
            for code, value in zip(codes, values, strict=True):
                marking.record_ops(judge, seat_id, [op(code, "set", value, aspect="A1-1")])
                digest = marking_queries.digest_of(seat_id, event.assessment_id, code)
                marking.record_ops(judge, seat_id, [op(code, "sign", digest)])


def open_layer(held: Ceremony, layer: int) -> None:
    with unit():
        registration.ask_opening(held.keepers[layer - 1], held.event.id, layer, "评分结束")
    with unit():
        registration.confirm_opening(held.supervisor, held.event.id, layer)


def outer_codes(event: EventCard) -> set[str]:
    """Every code of the outer layers, as only the keepers know them."""
    found: set[str] = set()
    for layer in db.session.scalars(select(CodeLayer).filter_by(event_id=event.id)):
        codes = json.loads(layer.codes or "{}")
        found |= set(codes.values()) if layer.kind != "work" else set()
    return found
