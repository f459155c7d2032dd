"""A small contest held through the services: three winners of four entrants, judged, closed, published on demand."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from qzcompete.competitions import queries as competition_queries
from qzcompete.competitions import services as competitions
from qzcompete.competitions.queries import EventCard
from qzcompete.competitions.services import CompetitionDraft, EventDraft, JudgeSpec
from qzcompete.core.actor import CITY, SYSTEM, Actor
from qzcompete.core.clock import now
from qzcompete.core.transaction import unit
from qzcompete.marking import queries as marking_queries
from qzcompete.marking import services as marking
from qzcompete.people.services import create_account
from qzcompete.registration import services as registration
from qzcompete.registration.queries import entries
from qzcompete.registration.rules.entry_sheet import EntryRow
from qzcompete.results import services as results
from tests.competitions.running import let_run

CODE = "WLD2026"
SCHEME: dict[str, Any] = {
    "awards": {
        "rule": "places",
        "on_tie": "block",
        "list": [
            {"code": "一等奖", "count": 1},
            {"code": "二等奖", "count": 1},
            {"code": "三等奖", "count": 1},
        ],
    },
    "modules": [
        {
            "code": "A",
            "name": "平板对接",
            "weight": "100",
            "criteria": [
                {"code": "A1", "aspects": [{"code": "A1-1", "kind": "measurement", "max": "100"}]},
            ],
        }
    ],
}
TOTALS = {"韦梅静": "95.5", "黄㛃": "88", "阿依古丽·买买提": "80", "陈㼆": "61"}
DOCUMENTS = ("11010519491231002X", "360426199101010071", "110101199003070038", "110101199003070070")


def held_contest(
    names: tuple[str, ...] = tuple(TOTALS),
    *,
    units: tuple[str, ...] = ("钦州市技工学校",) * 4,
    totals: tuple[str, ...] = tuple(TOTALS.values()),
    event_name: str = "焊接",
    competition_name: str = "2026年钦州市职业技能大赛",
    instructor: str | None = None,
    documents: tuple[str, ...] = DOCUMENTS,
    scheme: dict[str, Any] = SCHEME,
) -> EventCard:
    """Everybody is marked and the marks are complete; nothing is closed."""
    with unit():
        competition = competitions.create_competition(SYSTEM, the_competition(competition_name))
        let_run(competition.id)
        draft = EventDraft(
            name=event_name, occupation_code="6-18-02-04", code=CODE, venue="实训基地", starts_at=now()
        )
        event = competitions.create_event(SYSTEM, competition.id, draft)
        competitions.set_scheme(SYSTEM, event.id, scheme)
        competitions.name_panel(SYSTEM, event.id, panel())
        competitions.open_event(SYSTEM, event.id)
        rows = [
            EntryRow(name, "resident_id", document, team, instructor)
            for name, document, team in zip(names, documents, units, strict=False)
        ]
        registration.import_entries(SYSTEM, event.id, rows)
        registration.draw(SYSTEM, event.id, seed="a seed of the test")
        enter_marks(event.id, event.assessment_id, dict(zip(names, totals, strict=False)))
    return competition_queries.event_card(CODE)


def the_competition(name: str) -> CompetitionDraft:
    return CompetitionDraft(
        name=name, family="vocational", level="city_1", year=2026, code="ZYJN2026", committee="大赛组委会"
    )


def panel() -> list[JudgeSpec]:
    judges = [
        create_account(SYSTEM, f"panel-{place}", "裁判", "correct-horse-9", [("judge", CITY)])
        for place in range(3)
    ]
    chief = create_account(SYSTEM, "panel-chief", "裁判长", "correct-horse-9", [("chief_judge", CITY)])
    return [*(JudgeSpec(judge.id) for judge in judges), JudgeSpec(chief.id, chief=True)]


def enter_marks(event_id: int, assessment_id: int, totals: dict[str, str]) -> None:
    """Every judge enters the same measure and signs, by ops as a tablet sends them."""
    for line in registration.reveal_codes(SYSTEM, event_id, "test"):
        for seat_id, account_id in marking_queries.marking_seats(assessment_id):
            judge = Actor(account_id, "judge")
            marking.record_ops(judge, seat_id, [op(line.code, "set", totals[line.name], aspect="A1-1")])
            digest = marking_queries.digest_of(seat_id, assessment_id, line.code)
            marking.record_ops(judge, seat_id, [op(line.code, "sign", digest)])


def op(candidate: str, kind: str, value: str, **more: str) -> dict[str, object]:
    return {
        "op_id": str(uuid4()),
        "candidate": candidate,
        "kind": kind,
        "value": value,
        "base_rev": 0,
        **more,
    }


def publish(event: EventCard) -> int:
    """Close the assessment, compile, publish; the id of the result set."""
    with unit():
        results.close_event(SYSTEM, event.id)
        compiled = results.compile_results(SYSTEM, event.id)
        results.publish_results(SYSTEM, compiled.id)
        return compiled.id


def person_of(event: EventCard, name: str) -> int:
    (person_id,) = [entry.person_id for entry in entries(event.id) if entry.name == name]
    assert person_id is not None
    return person_id
