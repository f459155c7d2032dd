"""A competition that is open for nomination, with one school that is invited, and rows of people it may enter."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from io import BytesIO
from typing import Any

from openpyxl import Workbook

from qzcompete.competitions import queries as competition_queries
from qzcompete.competitions import services as competitions
from qzcompete.competitions.models import CompetitionState
from qzcompete.competitions.queries import EventCard
from qzcompete.competitions.services import CompetitionDraft, EventDraft
from qzcompete.core.actor import SYSTEM, Actor
from qzcompete.core.clock import now
from qzcompete.core.transaction import unit
from qzcompete.people.services import create_account, ensure_organisation
from qzcompete.registration import services as registration
from qzcompete.registration.rules.entry_sheet import EntryRow
from tests.competitions.running import let_run

SCHOOL = "钦州市技工学校"
PASSWORD = "correct-horse-9"
# Name and document number of five people, as the templates of the tests use them.
PEOPLE = (
    ("韦梅静", "11010519491231002X"),
    ("黄㛃", "360426199101010071"),
    ("阿依古丽·买买提", "110101199003070038"),
    ("陈㼆", "110101199003070070"),
    ("农秀兰", "412723199010050012"),
)


@dataclass
class Nomination:
    event: EventCard
    school_id: int
    school: Actor


def open_for_nomination(
    quota: int | None = None, total: int | None = None, places: int | None = None, team_size: int = 1
) -> Nomination:
    with unit():
        draft = CompetitionDraft(
            name="2026年钦州市职业技能大赛", family="vocational", level="city_1", year=2026, code="ZYJN2026"
        )
        competition = competitions.create_competition(SYSTEM, draft)
        let_run(competition.id, CompetitionState.OPEN)
        event = competitions.create_event(
            SYSTEM,
            competition.id,
            EventDraft(
                name="焊接",
                occupation_code="6-18-02-04",
                code="HJ2026",
                places=places,
                team_size=team_size,
                starts_at=now() + timedelta(days=3),
            ),
        )
        school = ensure_organisation(SYSTEM, SCHOOL, "school")
        registration.set_quota(SYSTEM, competition.id, school.id, total, {event.id: quota})
        account = create_account(
            SYSTEM, "school", "报名员", PASSWORD, [("institution", ("organisation", school.id))]
        )
    return Nomination(competition_queries.event_card("HJ2026"), school.id, account.actor)


def row(place: int, **more: Any) -> EntryRow:
    name, number = PEOPLE[place]
    return EntryRow(name, "resident_id", number, SCHOOL, **more)


def nominated(held: Nomination, *places: int, **more: Any) -> None:
    with unit():
        registration.nominate(
            held.school, held.event.id, held.school_id, [row(place, **more) for place in places]
        )


def sheet_file(
    *rows: tuple[Any, ...], header: tuple[str, ...] = ("姓名", "证件类型", "证件号码", "指导教师")
) -> dict[str, Any]:
    """An .xlsx file as the data of a form."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for cells in (header, *rows):
        sheet.append(list(cells))
    packed = BytesIO()
    book.save(packed)
    return {"file": (BytesIO(packed.getvalue()), "报名表.xlsx")}
