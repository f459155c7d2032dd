"""The demo's open registration: a competition for which schools and firms nominate, and a door where people arrive."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from qzcompete.competitions import queries as competition_queries
from qzcompete.competitions import services as competitions
from qzcompete.competitions.services import CompetitionDraft, EventDraft
from qzcompete.core.actor import CITY, SYSTEM, Actor
from qzcompete.core.clock import CITY as CITY_TIME
from qzcompete.core.clock import now
from qzcompete.demo.people import MadePerson, made_people
from qzcompete.demo.schemes import EVENTS as DEMO_EVENTS
from qzcompete.demo.schemes import scheme_document
from qzcompete.demo.year import points_around
from qzcompete.people import services as people
from qzcompete.people.queries import organisation_names
from qzcompete.registration import queries
from qzcompete.registration import services as registration
from qzcompete.registration.rules.entry_sheet import EntryRow

ORGANISATIONS = (
    ("school", "钦州市技工学校", "school", "钦北区", "宁佩珊"),
    ("firm", "广西临港石化检修有限公司", "enterprise", "自贸区钦州港片区", "裴国栋"),
    ("union", "灵山县总工会", "association", "灵山县", "劳桂香"),
)
EVENTS = (
    ("DGZ", "电工", "6-31-01-03", 1, 6),
    ("HGZ", "焊接", "6-18-02-04", 1, 30),
    ("WRJ", "无人机装调检修（双人）", "6-23-03-15", 2, None),
)
# The schemes of the great competition fit these occupations too.
SCHEMES = tuple(event for code in ("DG", "HG", "WR") for event in DEMO_EVENTS if event.code == code)


def open_registration(office: Actor, password: str, host_id: int, regulations: bytes) -> None:
    """Three organisations with quotas, rules, entries in every stage, and one who registered alone."""
    year = now().year + 1
    competition = competitions.create_competition(
        office,
        CompetitionDraft(
            name=f"{year}年钦州市职业技能大赛",
            family="vocational",
            level="city_1",
            year=year,
            code=f"ZYJN{year}",
            organisers="主办：钦州市人力资源和社会保障局；承办：钦州市公共实训基地",
            committee=f"{year}年钦州市职业技能大赛组委会",
            venue="钦州市公共实训基地",
            host_id=host_id,
            starts_on=date(year, 5, 18),
            ends_on=date(year, 5, 20),
            description="面向在职职工、在校学生和个体从业人员，由单位组织报名，也接受个人报名。",
        ),
    )
    points = points_around(date(year, 5, 18), date(year, 5, 20)) | {
        "registration_opens": now() - timedelta(days=7),
        "registration_closes": now() + timedelta(days=21),
    }
    competitions.set_time_points(office, competition.id, points)
    event_ids = [new_event(office, competition.id, year, *event) for event in EVENTS]
    for event_id, shape in zip(event_ids, SCHEMES, strict=True):
        competitions.set_scheme(office, event_id, scheme_document(shape))
        competitions.add_regulations(office, event_id, "赛项规程.pdf", regulations, "")
    competitions.set_competition_state(office, competition.id, "open")
    registration.set_setting(office, competition.id, True, now() + timedelta(days=28))
    organisation_ids = invited(office, password, competition.id, event_ids)
    electricians, welders, drones = event_ids
    registration.set_rules(office, electricians, rules(year), f"{year}年钦州市职业技能大赛技术规程第三条")
    nominate_some(office, password, organisation_ids, electricians, welders, drones)


def new_event(
    office: Actor,
    competition_id: int,
    year: int,
    code: str,
    name: str,
    occupation: str,
    team: int,
    places: int | None,
) -> int:
    draft = EventDraft(
        name=name,
        occupation_code=occupation,
        code=f"{code}{year}",
        team_size=team,
        places=places,
        venue="钦州市公共实训基地",
        starts_at=datetime(year, 5, 18, 8, 30, tzinfo=CITY_TIME),
        target_level=3,
    )
    return int(competitions.create_event(office, competition_id, draft).id)


def rules(year: int) -> list[dict[str, object]]:
    return [
        {"kind": "age", "least": 16, "most": 50, "on": f"{year}-05-01"},
        {"kind": "guardian", "on": f"{year}-05-01"},
        {"kind": "one_event"},
    ]


def invited(office: Actor, password: str, competition_id: int, event_ids: list[int]) -> list[int]:
    """The organisations, each with an account and a quota of eight in all and four in the first event."""
    ids = []
    for username, name, kind, county, clerk in ORGANISATIONS:
        organisation = people.ensure_organisation(SYSTEM, name, kind, county)
        scope = ("organisation", organisation.id)
        people.create_account(SYSTEM, username, clerk, password, [("institution", scope)])
        registration.set_quota(office, competition_id, organisation.id, 8, {event_ids[0]: 4})
        ids.append(int(organisation.id))
    return ids


def nominate_some(
    office: Actor, password: str, organisation_ids: list[int], electricians: int, welders: int, drones: int
) -> None:
    made = made_people(20, 2027)
    school, firm, union = organisation_ids
    for organisation_id, share in ((school, made[:4]), (firm, made[4:8])):
        registration.nominate(SYSTEM, electricians, organisation_id, rows(organisation_id, share))
    registration.accept_submitted(office, electricians)
    registration.nominate(SYSTEM, electricians, union, rows(union, made[8:11]))
    registration.nominate(SYSTEM, welders, firm, rows(firm, made[11:14]))
    registration.send_back(
        office, queries.all_entries(welders)[0].id, "工作单位与社保缴费单位不一致，请核对后重新提交"
    )
    team = rows(school, made[14:16], team="匠心逐梦队")
    registration.nominate(SYSTEM, drones, school, team)
    registration.accept_submitted(office, drones)
    alone = people.create_account(SYSTEM, "alone", made[16].name, password, [("competitor", CITY)])
    registration.register(alone.actor, welders, row(made[16], "个体经营", "self_employed"))


def rows(organisation_id: int, persons: list[MadePerson], team: str | None = None) -> list[EntryRow]:
    unit = organisation_names([organisation_id])[organisation_id]
    standing = "student" if "学校" in unit else "employee"
    return [row(person, unit, standing, team, place) for place, person in enumerate(persons, start=1)]


def row(person: MadePerson, unit: str, standing: str, team: str | None = None, place: int = 1) -> EntryRow:
    return EntryRow(
        name=person.name,
        document_kind="resident_id",
        document_number=person.document_number,
        unit=unit,
        row=place,
        standing=standing,
        skill_level=4,
        team=team,
    )


def open_door(password: str, event_code: str) -> None:
    """A steward at the door of an event, to which two in three have come."""
    people.create_account(SYSTEM, "steward", "容冠霖", password, [("steward", CITY)])
    event = competition_queries.event_card(event_code)
    for place, card in enumerate(queries.entries(event.id)):
        if place % 3 != 2:
            registration.check_in(SYSTEM, event.id, card.id)
