"""What follows the results in the demo city: one event re-checked, one under appeal, promotions proposed and confirmed."""

from __future__ import annotations

from decimal import Decimal

from qzcompete.competitions.queries import event_card
from qzcompete.core.actor import CITY, SYSTEM, Actor
from qzcompete.marking import queries as marking
from qzcompete.people import services as people
from qzcompete.people.queries import account_named
from qzcompete.results import queries, services

GROUNDS = "本人第二模块尺寸测量一项记录偏低，现场有工作人员可作证。请求核对该评分点的测量记录。"


def recheck(event_code: str) -> None:
    """The supervisor looks at the drawn sheets, finds one mark wrong, and the chief judge corrects it."""
    event = event_card(event_code)
    supervisor = actor_of("supervisor")
    services.order_recheck(supervisor, event.id, "按技术文件在公布前复核", seed="demo-2018")
    card = queries.rechecks_of(event)[0]
    wrong_one = next(sheet for sheet in card.sheets if sheet.why == "sample")
    for sheet in card.sheets:
        wrong = {}
        if sheet is wrong_one:
            wrong = lower_mark(event.assessment_id, sheet.candidate, sheet.judge)
        note = "原始记录分值与录入不符" if wrong else ""
        services.record_check(supervisor, event.id, sheet.id, wrong, note)
    for found in queries.corrections(event.id):
        services.correct(SYSTEM, found.id, "经核对原始记录，录入有误，予以更正")


def lower_mark(assessment_id: int, code: str, judge: str) -> dict[str, str]:
    """A measurement of the sheet, one step lower than it stands."""
    mark = next(
        one
        for one in marking.marks_of_sheet(assessment_id, code, judge)
        if one.kind == "measurement" and one.value is not None and Decimal(one.value) >= Decimal(one.step)
    )
    return {mark.aspect: marking.plain(Decimal(mark.value or "0") - Decimal(mark.step))}


def appeal(event_code: str, password: str) -> None:
    """The second of an event appeals against one aspect; the arbiter has it on the desk."""
    second = queries.ranked(event_card(event_code))[1]
    entrant = people.create_account(
        SYSTEM, "entrant", second.name, password, [("competitor", CITY)], person_id=second.person_id
    )
    arbiter = people.create_account(SYSTEM, "arbiter", "凌志成", password, [("arbiter", CITY)])
    aspect = list(marking.scheme_of(event_card(event_code).assessment_id).aspects)[1]
    filed = services.file_appeal(entrant.actor, second.entry_id, GROUNDS, [aspect.code])
    services.name_arbiter(actor_of("office"), filed.id, arbiter.id, "北部湾职业技术学校")


def promote(event_code: str) -> None:
    """A table of the shape of a template is in force; the first is confirmed, the others wait for the officer."""
    office = actor_of("office")
    table = services.start_table(office, "晋级对照表（样表，待本市规定）", from_template=True)
    services.put_in_force(office, table.version)
    event = event_card(event_code)
    services.propose(office, event.id)
    possible = [one for one in queries.promotions_of(event.id) if one.against is None]
    for one in possible[:1]:
        services.state_held_level(office, one.id, 4, "经 jndj.osta.org.cn 查询，持四级证书")
        services.confirm_promotion(office, one.id)


def actor_of(username: str) -> Actor:
    account = account_named(username)
    assert account is not None, username
    return account.actor
