"""A whole competition held through the services from its calendar to the promotion list: the shape of 2018, by a seed.

Ten occupations, five county teams, 220 entrants, one first, three second and six third prizes in each occupation. The same
seed gives the same result to the last digit; nothing of the day on which it runs stands in it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from random import Random
from typing import Any

from qzcompete.competitions import services as competitions
from qzcompete.competitions.queries import event_card
from qzcompete.competitions.services import CompetitionDraft, EventDraft, JudgeSpec
from qzcompete.core import audit
from qzcompete.core.actor import Actor
from qzcompete.core.clock import in_city, now
from qzcompete.demo.aftermath import actor_of, lower_mark
from qzcompete.demo.city import judge_accounts, staff
from qzcompete.demo.contest import entry_row, mark
from qzcompete.demo.people import MadePerson, made_people
from qzcompete.demo.schemes import EVENTS, DemoEvent, scheme_document
from qzcompete.demo.year import regulations_pdf
from qzcompete.people import services as people_services
from qzcompete.registration import queries as registration_queries
from qzcompete.registration import services as registration
from qzcompete.results import queries, services

PASSWORD = "only-for-a-simulation-1"
DAYS = {
    "registration_opens": -40,
    "registration_closes": -10,
    "draw": -1,
    "sessions_begin": 0,
    "mark_deadline": 2,
    "notice_begins": 3,
    "notice_ends": 6,
    "appeals_close": 7,
    "award": 10,
}


@dataclass(frozen=True)
class Shape:
    """How large the competition is."""

    occupations: int = 10
    entrants: int = 22


def simulate(seed: int, shape: Shape = Shape()) -> dict[str, Any]:
    """Hold it in an empty database, and tell what came of it."""
    random = Random(seed)
    office = staff(PASSWORD)
    panels = judge_accounts(office, PASSWORD)
    competition_id = plan(office)
    people = made_people(shape.entrants * shape.occupations, seed)
    table = services.start_table(office, "晋级对照表（样表）", from_template=True)
    services.put_in_force(office, table.version)
    rules = regulations_pdf()
    codes = []
    for place, event in enumerate(EVENTS[: shape.occupations]):
        share = people[place * shape.entrants : (place + 1) * shape.entrants]
        codes.append(prepare(office, competition_id, event, share, panels[place % 2], rules))
    for state in ("open", "running"):
        competitions.set_competition_state(office, competition_id, state)
    told = [hold(office, code, f"{seed}-{code.removesuffix('2018')}", random) for code in codes]
    book = queries.result_book(competition_id)
    return {
        "seed": seed,
        "entrants": len(people),
        "events": told,
        "teams": [
            {"rank": line.rank, "team": line.team, "score": str(line.score), "awards": list(line.awards)}
            for line in book.teams
        ],
        "promotions": [promotion for event in told for promotion in event.pop("promotions")],
        "audit_faults": list(audit.chain_faults()),
    }


def plan(office: Actor) -> int:
    """The calendar and the rules of the results; the competition is public once its events are prepared."""
    draft = CompetitionDraft(
        name="钦州市第四届农民工技能大赛",
        family="migrant_workers",
        level="city_1",
        year=2018,
        code="NMG2018",
        host_id=people_services.ensure_organisation(office, "钦州市人力资源和社会保障局", "bureau").id,
        committee="钦州市第四届农民工技能大赛组委会",
        venue="钦州市公共实训基地",
        starts_on=in_city(now()).date(),
        ends_on=in_city(now()).date() + timedelta(days=2),
    )
    competition = competitions.create_competition(office, draft)
    begins = now()
    points = {name: begins + timedelta(days=days) for name, days in DAYS.items()}
    competitions.set_time_points(office, competition.id, points)
    services.set_settings(office, competition.id, {"recheck_required": "yes"}, "大赛组织方案")
    return competition.id


def prepare(
    office: Actor,
    competition_id: int,
    event: DemoEvent,
    share: list[MadePerson],
    panel: list[JudgeSpec],
    rules: bytes,
) -> str:
    """Scheme, panel and entries; then the event is open and lots can be drawn."""
    draft = EventDraft(
        name=event.name,
        occupation_code=event.occupation,
        trade=event.trade,
        code=f"{event.code}2018",
        venue="钦州市公共实训基地",
        starts_at=now(),
        target_level=3,
    )
    made = competitions.create_event(office, competition_id, draft)
    competitions.add_regulations(office, made.id, "赛项规程.pdf", rules, "")
    competitions.set_scheme(office, made.id, scheme_document(event))
    competitions.name_panel(office, made.id, panel)
    competitions.open_event(office, made.id)
    registration.import_entries(office, made.id, [entry_row(person) for person in share])
    return made.code


def hold(office: Actor, code: str, seed: str, random: Random) -> dict[str, Any]:
    """Draw, mark, close, re-check, publish, propose; and what came of it."""
    event = event_card(code)
    registration.commit(office, event.id, seed=seed)
    registration.draw(office, event.id)
    mark(event.assessment_id, random, all_of_them=True)
    services.close_event(chief_of(event.assessment_id), event.id)
    looked_at = recheck(code, seed, random)
    compiled = services.compile_results(office, event.id)
    published = services.publish_results(office, compiled.id)
    registration.reveal_seed(office, event.id)
    services.propose(office, event.id)
    page = queries.result_page(event, "public")
    assert page is not None
    return {
        "event": code,
        "name": event.name,
        "commitment": registration_queries.commitments(event.id)[0].commitment,
        "recheck": looked_at,
        "version": published.version,
        "results": [
            {
                "rank": line.rank,
                "work": line.code,
                "name": line.name,
                "unit": line.unit,
                "total": line.total,
                "award": line.award,
            }
            for line in page.lines
        ],
        "promotions": [
            {
                "event": code,
                "name": one.name,
                "rank": one.rank,
                "level": one.grants,
                "title": one.title,
                "against": one.against,
                "basis": one.basis,
            }
            for one in queries.promotions_of(event.id)
        ],
    }


def chief_of(assessment_id: int) -> Actor:
    """The chief judge of the panel, as the demo names them."""
    chiefs = [actor_of(f"chief{panel}") for panel in (1, 2)]
    return next(chief for chief in chiefs if chief.may("assessment.close", ("assessment", assessment_id)))


def recheck(code: str, seed: str, random: Random) -> dict[str, Any]:
    """The supervisor looks at every sheet that was drawn; in some events one is wrong and the chief judge corrects it.
    Where that is more than the limit, the system orders the full re-check, and that is done too."""
    event, supervisor = event_card(code), actor_of("supervisor")
    services.order_recheck(supervisor, event.id, "按技术文件在公布前复核", seed=seed)
    first = queries.rechecks_of(event)[0]
    wrong_one = random.choice(first.sheets).id if random.random() < 0.3 else None
    while (sheet_id := queries.next_sheet(event)) is not None:
        sheet, _number = queries.recheck_sheet(event.id, sheet_id)
        wrong = {}
        if sheet_id == wrong_one:
            wrong = lower_mark(event.assessment_id, sheet.candidate, sheet.judge)
        services.record_check(
            supervisor, event.id, sheet_id, wrong, "原始记录分值与录入不符" if wrong else ""
        )
    chief = chief_of(event.assessment_id)
    found = queries.corrections(event.id)
    for correction in found:
        services.correct(chief, correction.id, "经核对原始记录，录入有误")
    sheets = sum(len(card.sheets) for card in queries.rechecks_of(event))
    return {"sheets": sheets, "wrong": len(found), "seed": first.seed}
