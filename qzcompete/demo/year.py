"""The demo city's year: the competitions before and after the great one, all through the services; and who judges.

Days count from the first of this year, so that the calendar of any year is full. What is over was held: few were
entered, but each competition went its whole way, at its own time.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from itertools import islice
from random import Random

from qzcompete.adapters.pdf import render_pdf
from qzcompete.competitions import queries
from qzcompete.competitions import services as competitions
from qzcompete.competitions.services import (
    CompetitionDraft,
    DecisionDraft,
    EquipmentDraft,
    EventDraft,
    IncidentDraft,
    JudgeSpec,
    OuterDraft,
    ProfileDraft,
    SessionDraft,
)
from qzcompete.core.actor import SYSTEM, Actor
from qzcompete.core.clock import CITY, held_at, now
from qzcompete.demo.contest import draw, enter, mark, publish
from qzcompete.demo.people import MadePerson, made_people
from qzcompete.demo.schemes import EVENTS, DemoEvent, scheme_document
from qzcompete.people import services as people
from qzcompete.results import services as results

EQUIPMENT = (
    EquipmentDraft("操作台", "1.8 m × 0.8 m，承重 200 kg", 1, "张", "station"),
    EquipmentDraft("成套工具", "按赛项技术文件配置", 1, "套", "station"),
    EquipmentDraft("备用电源", "10 kVA", 2, "台", "hall"),
    EquipmentDraft("急救箱", "", 2, "个", "hall"),
    EquipmentDraft("个人防护用品", "符合国家标准", 1, "套", "competitor"),
)
PER_EVENT = 6
HOSTS = {
    "钦州市人力资源和社会保障局": "bureau",
    "钦州市总工会": "association",
    "钦州市教育局": "bureau",
    "灵山县人力资源和社会保障局": "bureau",
    "浦北县人力资源和社会保障局": "bureau",
    "自贸区钦州港片区组织人社局": "bureau",
}
BUREAU, UNION, EDUCATION, LINGSHAN, PUBEI, PORT = HOSTS
# Where the demo's judges work, in the order of their accounts.
EMPLOYERS = (
    ("judge1", "北部湾职业技术学校", "senior_technician"),
    ("judge2", "钦州市技工学校", "senior_assessor"),
    ("judge3", "广西英华国际职业学院", "senior_title"),
    ("chief1", "钦州市公共实训基地", "senior_technician"),
    ("judge4", "北部湾职业技术学校", "technician"),
    ("judge5", "广西英华国际职业学院", "middle_title"),
    ("judge6", "钦州市坭兴陶行业协会", "senior_technician"),
    ("chief2", "钦州市技工学校", "senior_title"),
)


@dataclass(frozen=True)
class PlannedCompetition:
    """`month` and `day` of its first day; `heat_of` names the code of the city's competition it selects for."""

    code: str
    name: str
    family: str
    level: str
    host: str
    venue: str
    month: int
    day: int
    length: int
    events: tuple[str, ...]
    outer: str | None = None
    heat_of: str | None = None
    advancing: int | None = None
    draft: bool = False


YEAR = (
    PlannedCompetition("ZZ", "钦州市中等职业学校技能大赛", "vocational_schools", "city_2", EDUCATION,
                       "北部湾职业技术学校", 3, 20, 3, ("DG", "DS"), "广西职业院校技能大赛", None, 2),
    PlannedCompetition("LS", "灵山县农民工技能大赛", "migrant_workers", "county", LINGSHAN,
                       "灵山县公共实训基地", 4, 16, 2, ("CY", "JZ"), None, "main", 5),
    PlannedCompetition("PB", "浦北县农民工技能大赛", "migrant_workers", "county", PUBEI,
                       "浦北县公共实训基地", 5, 8, 2, ("MG", "ZF"), None, "main", 5),
    PlannedCompetition("ZG", "钦州市职工职业技能大赛", "employees", "city_1", UNION,
                       "钦州市公共实训基地二楼", 6, 11, 4, ("HG", "DG", "YL"), "广西职工职业技能大赛", None, 3),
    PlannedCompetition("GQ", "自贸区钦州港片区职工技能竞赛", "employees", "county", PORT,
                       "钦州港国际码头实训场", 7, 16, 2, ("HG",), None, None, None),
    PlannedCompetition("ZY", "钦州市职业技能大赛", "vocational", "city_1", BUREAU,
                       "钦州市体育中心", 9, 17, 3, ("NX", "WR", "DS"), "广西职业技能大赛", None, 2),
    PlannedCompetition("CX", "钦州市乡村振兴职业技能竞赛", "vocational", "city_2", BUREAU,
                       "钦州市技工学校", 12, 17, 2, ("CY", "ZF"), None, None, None, draft=True),
)  # fmt: skip
OUTER = (
    ("广西职业院校技能大赛", "region", "南宁市", 5, 12, 4),
    ("广西职工职业技能大赛", "region", "柳州市", 8, 20, 5),
    ("广西农民工技能大赛", "region", "南宁市", 12, 8, 3),
    ("广西职业技能大赛", "region", "玉林市", 10, 22, 4),
    ("中华人民共和国职业技能大赛", "nation", "郑州市", 9, 19, 5),
)


def prepare(office: Actor) -> dict[str, int]:
    """Hosts and the competitions above the city; name → id of both."""
    ids = {name: people.ensure_organisation(SYSTEM, name, kind).id for name, kind in HOSTS.items()}
    year = now().astimezone(CITY).year
    for name, level, place, month, day, length in OUTER:
        first = date(year, month, day)
        draft = OuterDraft(name, level, year, place, first, first + timedelta(days=length - 1))
        ids[name] = competitions.add_outer_competition(office, draft).id
    return ids


def fill_year(
    office: Actor, ids: dict[str, int], main_id: int, panels: list[list[JudgeSpec]], random: Random
) -> None:
    """The competitions before and after the great one, each as far as it is today."""
    rules = regulations_pdf()
    entrants = iter(made_people(PER_EVENT * sum(len(planned.events) for planned in YEAR), now().year))
    for planned in YEAR:
        first = date(now().astimezone(CITY).year, planned.month, planned.day)
        with held_at(min(now(), noon(first - timedelta(days=60)))):
            competition = plan_competition(office, planned, first, ids, main_id, rules)
        if not planned.draft:
            events = queries.events_of(competition.id)
            Contest(office, competition, events, panels, entrants, random).hold()


def plan_competition(
    office: Actor,
    planned: PlannedCompetition,
    first: date,
    ids: dict[str, int],
    main_id: int,
    rules: bytes,
) -> queries.CompetitionCard:
    last = first + timedelta(days=planned.length - 1)
    draft = CompetitionDraft(
        name=f"{first.year}年{planned.name}",
        family=planned.family,
        level=planned.level,
        year=first.year,
        code=f"{planned.code}{first.year}",
        host_id=ids[planned.host],
        organisers=f"主办：{planned.host}",
        committee=f"{first.year}年{planned.name}组委会",
        venue=planned.venue,
        starts_on=first,
        ends_on=last,
        outer_id=ids[planned.outer] if planned.outer else None,
        parent_id=main_id if planned.heat_of else None,
        advancing=planned.advancing,
    )
    made = competitions.create_competition(office, draft)
    competitions.set_time_points(office, made.id, points_around(first, last))
    by_code = {event.code: event for event in EVENTS}
    for place, code in enumerate(planned.events):
        add_event(office, made.id, f"{draft.code}-{code}", by_code[code], draft, place, rules)
    return made


@dataclass(frozen=True)
class Contest:
    """A competition that goes its way step by step, each at its own moment, up to now."""

    office: Actor
    card: queries.CompetitionCard
    events: Sequence[queries.EventCard]
    panels: Sequence[list[JudgeSpec]]
    entrants: Iterator[MadePerson]
    random: Random

    def hold(self) -> None:
        first, last = self.card.starts_on, self.card.ends_on
        assert first is not None and last is not None
        for day, after, step in (
            (first, -50, self.open),
            (first, -30, self.enter),
            (first, -1, self.draw),
            (first, 0, self.mark),
            (last, 1, self.publish),
            (last, 13, self.finish),
        ):
            moment = noon(day + timedelta(days=after))
            if moment > now():
                return
            with held_at(moment):
                step()

    def open(self) -> None:
        competitions.set_competition_state(self.office, self.card.id, "open")
        for place, event in enumerate(self.events):
            competitions.name_panel(self.office, event.id, self.panels[place % len(self.panels)])
            competitions.open_event(self.office, event.id)

    def enter(self) -> None:
        for event in self.events:
            enter(self.office, event.id, list(islice(self.entrants, PER_EVENT)))

    def draw(self) -> None:
        for event in self.events:
            draw(self.office, event.id, f"demo-{event.code}")

    def mark(self) -> None:
        competitions.set_competition_state(self.office, self.card.id, "running")
        for event in self.events:
            mark(event.assessment_id, self.random, all_of_them=True)

    def publish(self) -> None:
        for event in self.events:
            results.close_event(SYSTEM, event.id)
            publish(self.office, event.id)

    def finish(self) -> None:
        competitions.set_competition_state(self.office, self.card.id, "finished")


def noon(day: date) -> datetime:
    return datetime.combine(day, time(12), CITY)


def points_around(first: date, last: date) -> dict[str, datetime | None]:
    """The usual time points of a competition held on these days."""

    def at(day: date, hour: int, minute: int = 0) -> datetime:
        return datetime.combine(day, time(hour, minute), CITY)

    def days(count: int) -> timedelta:
        return timedelta(days=count)

    return {
        "registration_opens": at(first - days(42), 9),
        "registration_closes": at(first - days(14), 18),
        "draw": at(first - days(1), 15),
        "sessions_begin": at(first, 8, 30),
        "mark_deadline": at(last, 20),
        "notice_begins": at(last + days(1), 9),
        "notice_ends": at(last + days(8), 18),
        "appeals_close": at(last + days(1), 18),
        "award": at(last + days(12), 15),
    }


def add_event(
    office: Actor,
    competition_id: int,
    code: str,
    event: DemoEvent,
    competition: CompetitionDraft,
    place: int,
    rules: bytes,
) -> None:
    assert competition.starts_on is not None
    begins = datetime.combine(competition.starts_on + timedelta(days=place % 2), time(8, 30), CITY)
    made = competitions.create_event(
        office,
        competition_id,
        EventDraft(
            name=event.name,
            occupation_code=event.occupation,
            trade=event.trade,
            code=code,
            group="students" if competition.family == "vocational_schools" else "workers",
            venue=f"{competition.venue}{'一二三'[place]}号厅",
            starts_at=begins,
            places=24,
            target_level=4 if competition.level == "county" else 3,
            track="local" if event.code in ("NX", "ZF", "CY") else None,
        ),
    )
    competitions.set_scheme(office, made.id, scheme_document(event))
    equip_event(office, made.id, f"{competition.venue}{'一二三'[place]}号厅", begins, 8, rules)


def equip_event(office: Actor, event_id: int, hall: str, begins: datetime, count: int, rules: bytes) -> None:
    """Regulations, stations, equipment, and a morning and an afternoon of sessions."""
    competitions.add_regulations(office, event_id, "赛项规程.pdf", rules, "首次公布")
    competitions.add_stations(office, event_id, [f"{place:02}" for place in range(1, count + 1)], hall)
    for item in EQUIPMENT:
        competitions.add_equipment(office, event_id, item)
    stations = tuple(station.id for station in queries.stations(event_id))
    morning = SessionDraft("上午场", "", hall, begins, begins + timedelta(hours=3), stations)
    competitions.save_session(office, event_id, morning)
    after = begins + timedelta(hours=5, minutes=30)
    afternoon = replace(morning, name="下午场", starts_at=after, ends_at=after + timedelta(hours=3))
    competitions.save_session(office, event_id, afternoon)


def regulations_pdf() -> bytes:
    """Regulations as a committee writes them, in short; the same for every event of the demo."""
    clauses = (
        "一、竞赛依据国家职业标准相应等级命题，理论知识占30%，操作技能占70%。",
        "二、参赛选手凭参赛证和有效身份证件检录，迟到15分钟不得入场。",
        "三、竞赛实行加密评分，裁判员不得知晓选手姓名、单位。",
        "四、设备故障经裁判长确认后，可补足相应时间或安排重赛。",
        "五、对成绩有异议的，由领队在公布后2小时内书面提出申诉。",
    )
    text = "".join(f"<p>{clause}</p>" for clause in clauses)
    return render_pdf(
        f"<html lang='zh-CN'><head><title>赛项规程</title></head><body><h1>赛项规程</h1>{text}</body></html>",
        css="@page { size: A4; margin: 25mm } h1 { text-align: center } p { line-height: 2 }",
    )


def register_judges(office: Actor, accounts: dict[str, int]) -> None:
    """Every judge of the demo with employer, qualification and occupations; one of them declares a relative."""
    for place, (username, employer, qualification) in enumerate(EMPLOYERS):
        # The two panels take the events in turn.
        codes = tuple(event.occupation for event in EVENTS[place // 4 :: 2])
        kind = "association" if employer.endswith("协会") else "school"
        unit = people.ensure_organisation(SYSTEM, employer, kind)
        draft = ProfileDraft(qualification, unit.id, 1, codes, f"QZCP{accounts[username]:06}")
        competitions.save_profile(office, accounts[username], draft)
    competitions.declare_relation(office, accounts["judge5"], "relative", "韦秀兰", "", "外甥女")


def record_incidents(office: Actor, chief: Actor, event_code: str) -> None:
    """Two faults in the event that is being marked: one is decided, one waits for the chief judge."""
    event = queries.event_card(event_code)
    stations = queries.stations(event.id)
    moment = now() - timedelta(hours=1)
    first = competitions.report_incident(
        office,
        event.id,
        IncidentDraft("equipment", "3号工位设备自检报警，停机约6分钟后恢复。", moment, stations[2].id),
    )
    competitions.decide_incident(
        chief, first.id, DecisionDraft("extra_time", "故障非选手操作所致，补足停机时间。", 6)
    )
    competitions.report_incident(
        office,
        event.id,
        IncidentDraft("power", "5号工位断电约2分钟，已恢复供电。", moment, stations[4].id),
    )
