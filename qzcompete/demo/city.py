"""The demo city: the shape of the 2018 competition, 10 occupations, 5 county teams, 220 entrants, 1/3/6 prizes each.

Eight events are finished, one is being marked, one is open for entry; all of it through the services.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from random import Random

from qzcompete.certificates import services as certificates
from qzcompete.competitions import queries as competition_queries
from qzcompete.competitions import services as competitions
from qzcompete.competitions.services import CompetitionDraft, EventDraft, JudgeSpec
from qzcompete.core.actor import CITY, SYSTEM, Actor
from qzcompete.core.clock import CITY as CITY_TIME
from qzcompete.core.clock import now
from qzcompete.demo import aftermath, year
from qzcompete.demo.contest import draw, enter, mark, publish
from qzcompete.demo.people import COUNTIES, MadePerson, made_people
from qzcompete.demo.registration import open_door, open_registration
from qzcompete.demo.schemes import EVENTS, DemoEvent, scheme_document
from qzcompete.people import queries as people_queries
from qzcompete.people import services as people
from qzcompete.results import queries as results_queries
from qzcompete.results import services as results

PER_EVENT = 22
FINISHED = 8
RECHECKED = 2
STATIONS = 12


def fill(password: str) -> None:
    """Fill an empty database. The same city each time, but for dates, which count from today."""
    random = Random(2018)
    office = staff(password)
    judges = judge_accounts(office, password)
    ids = year.prepare(office)
    year.register_judges(office, account_ids())
    competition = competitions.create_competition(office, the_competition(ids))
    rules = year.regulations_pdf()
    entrants = made_people(PER_EVENT * len(EVENTS), 2018)
    codes: list[str] = []
    for place, event in enumerate(EVENTS):
        share = entrants[place * PER_EVENT : (place + 1) * PER_EVENT]
        code = hold_event(office, competition.id, event, share, judges[place % 2], place, random, rules)
        codes.append(code)
    winner_account(codes[0], password)
    aftermath.appeal(codes[1], password)
    aftermath.promote(codes[0])
    thank_and_register(office)
    open_door(password, codes[-1])
    first, last = competition.starts_on, competition.ends_on
    assert first is not None and last is not None
    # Its time points come last: in a draft whose registration is not bounded, all of this may be done today.
    competitions.set_time_points(office, competition.id, year.points_around(first, last))
    competitions.set_competition_state(office, competition.id, "open")
    competitions.set_competition_state(office, competition.id, "running")
    year.record_incidents(office, chief_of(judges[FINISHED % 2]), codes[FINISHED])
    year.fill_year(office, ids, competition.id, judges, random)
    open_registration(office, password, ids[year.BUREAU], rules)


def staff(password: str) -> Actor:
    office = people.create_account(SYSTEM, "office", "覃海燕", password, [("officer", CITY)])
    people.create_account(SYSTEM, "admin", "陆志远", password, [("admin", CITY)])
    people.create_account(SYSTEM, "supervisor", "农秀兰", password, [("supervisor", CITY)])
    people.create_account(SYSTEM, "clerk", "邓秋萍", password, [("clerk", CITY)])
    for place, name in enumerate(("蒋文杰", "苏慧敏", "谢广生"), 1):
        people.create_account(SYSTEM, f"keeper{place}", name, password, [("code_keeper", CITY)])
    for county, (_regions, employers) in COUNTIES.items():
        people.ensure_organisation(SYSTEM, f"{county}代表队", "county", county)
        for employer in employers:
            people.ensure_organisation(SYSTEM, employer, "enterprise", county)
    return office.actor


def judge_accounts(office: Actor, password: str) -> list[list[JudgeSpec]]:
    """Two panels of three judges and a chief judge."""
    panels = []
    for panel, names in enumerate(
        (("黄永福", "李德明", "陈丽华", "施国栋"), ("劳世昌", "裴雪芬", "容景明", "颜文斌"))
    ):
        specs = []
        for seat, name in enumerate(names):
            role = "chief_judge" if seat == 3 else "judge"
            username = f"chief{panel + 1}" if seat == 3 else f"judge{panel * 3 + seat + 1}"
            account = people.create_account(SYSTEM, username, name, password, [(role, CITY)])
            specs.append(JudgeSpec(account.id, chief=seat == 3))
        panels.append(specs)
    return panels


def account_ids() -> dict[str, int]:
    return {
        account.username: account.id
        for role in ("judge", "chief_judge")
        for account in people_queries.accounts_with_role(role)
    }


def chief_of(panel: list[JudgeSpec]) -> Actor:
    """The chief judge of a panel."""
    chief = next(spec.account_id for spec in panel if spec.chief)
    return next(one.actor for one in people_queries.accounts_with_role("chief_judge") if one.id == chief)


def the_competition(ids: dict[str, int]) -> CompetitionDraft:
    today = now().date()
    return CompetitionDraft(
        name=f"{today.year}年钦州市农民工技能大赛",
        family="migrant_workers",
        level="city_1",
        year=today.year,
        code=f"NMG{today.year}",
        organisers="主办：钦州市人力资源和社会保障局、钦州市总工会；承办：钦州市公共实训基地",
        committee=f"{today.year}年钦州市农民工技能大赛组委会",
        venue="钦州市公共实训基地",
        host_id=ids[year.BUREAU],
        outer_id=ids["广西农民工技能大赛"],
        advancing=3,
        starts_on=date(today.year, today.month, 1),
        ends_on=date(today.year, today.month, 1) + timedelta(days=27),
        description="面向全市农民工的职业技能竞赛，各赛项优胜者代表钦州参加自治区决赛。",
    )


def hold_event(
    office: Actor,
    competition_id: int,
    event: DemoEvent,
    share: list[MadePerson],
    panel: list[JudgeSpec],
    place: int,
    random: Random,
    rules: bytes,
) -> str:
    draft = EventDraft(
        name=event.name,
        occupation_code=event.occupation,
        trade=event.trade,
        code=f"{event.code}{now().year}",
        venue=f"钦州市公共实训基地{place + 1}号车间",
        starts_at=hour_of_contest(place),
        places=30,
        target_level=3,
        track="local" if event.code in ("NX", "ZF", "CY") else None,
    )
    made = competitions.create_event(office, competition_id, draft)
    competitions.set_scheme(office, made.id, scheme_document(event))
    year.equip_event(office, made.id, draft.venue, hour_of_contest(place), STATIONS, rules)
    competitions.name_panel(office, made.id, panel)
    competitions.open_event(office, made.id)
    enter(office, made.id, share)
    if place <= FINISHED:
        draw(office, made.id, f"demo-{event.code}")
        mark(made.assessment_id, random, all_of_them=place < FINISHED)
    if place < FINISHED:
        results.close_event(SYSTEM, made.id)
        if place == RECHECKED:
            aftermath.recheck(made.code)
        publish(office, made.id)
        certificates.issue_batch(office, made.code, sample=True)
    return made.code


def hour_of_contest(place: int) -> datetime:
    """Half past eight on a day of its own, so that no judge is needed twice; what is open begins in half an hour."""
    if place > FINISHED:
        return now() + timedelta(minutes=30)
    day = now().astimezone(CITY_TIME).replace(hour=8, minute=30, second=0, microsecond=0)
    return day + timedelta(days=place - FINISHED)


def thank_and_register(office: Actor) -> None:
    """A letter, an organisation prize, a plaque, and two bodies that may issue certificates of skill levels."""
    competition = f"{now().year}年钦州市农民工技能大赛"
    thanks = "贵单位提供场地和设备，选派技术骨干参与赛务保障，为大赛作出了重要贡献。"
    for single in (
        certificates.Single("letter", "钦州市公共实训基地", "", competition=competition, text=thanks),
        certificates.Single("institution", "灵山县代表队", "优秀组织奖", competition=competition),
        certificates.Single("plaque", "韦梅静坭兴陶技能大师工作室", "钦州市技能大师工作室"),
    ):
        certificates.issue_single(office, single, sample=True)
    certificates.create_template(office, "award", "获奖证书（农民工技能大赛）")
    for name, kind, serial, filed in (
        ("钦州市坭兴陶行业协会", "S", "070001", (("6-15-05-02", 3), ("6-15-05-02", 4), ("6-09-03-03", 3))),
        ("广西临港石化检修有限公司", "Y", "070002", (("6-18-02-04", 3), ("6-31-01-03", 4))),
    ):
        draft = certificates.BodyDraft(name, kind, "0000", serial, date(now().year - 2, 1, 1))
        body_id = certificates.register_body(office, draft)
        for occupation, level in filed:
            certificates.file_scope(office, body_id, occupation, level)


def winner_account(event_code: str, password: str) -> None:
    """An account for the first of the first event, who may download the certificate."""
    first = results_queries.ranked(competition_queries.event_card(event_code))[0]
    people.create_account(
        SYSTEM, "winner", first.name, password, [("competitor", CITY)], person_id=first.person_id
    )
