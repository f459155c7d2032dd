"""Plays a round stage by stage, each act by the person whose it is. `until` stops before a stage, for the demo city."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random

from qzcompete.core.actor import CITY, SYSTEM, Actor
from qzcompete.core.clock import in_city, now
from qzcompete.core.errors import RuleBroken
from qzcompete.demo.contest import judged, op, signature, value_for
from qzcompete.demo.selection.made import (
    FIELDS,
    UNITS,
    MadeApplication,
    made_applications,
    made_experts,
    made_pdf,
)
from qzcompete.marking import queries as marking_queries
from qzcompete.marking import services as marking
from qzcompete.marking.rules.mark_limits import needs_reason
from qzcompete.people import services as people
from qzcompete.people.queries import accounts_with_role
from qzcompete.selection import queries, services
from qzcompete.selection.rules.classes import DEFAULTS
from qzcompete.selection.rules.decision import Vote
from qzcompete.selection.rules.eligibility import LINES
from qzcompete.selection.rules.score_sheets import CHECKLISTS
from qzcompete.selection.services import ExpertDraft, MeetingDraft, RoundDraft

EXPERTS = 26
LETTER = ("推荐函.pdf", made_pdf())
CALL = """各县、区人力资源和社会保障局，自贸区钦州港片区组织人社局，市直有关部门：

根据《钦州市实施“技能广西行动”加强新时代技能人才队伍建设工作方案》（钦政办〔2023〕8号），现开展{years}年度市级技能大师工作室和市级高技能人才培训基地评选。本次评选市级技能大师工作室5个、市级高技能人才培训基地2个。

一、申报人通过本系统在线填报，按要求上传证明材料并签署真实性承诺。
二、推荐单位在推荐名额内择优推荐、排序，并上传盖章推荐函。
三、评选按资格审查、专家评审、实地考察、评审组审定、公示的程序进行。"""


@dataclass
class Play:
    """Who takes part in a round, and its classes by kind. `applications`: id → what it was made from."""

    seed: int
    password: str
    random: Random
    office: Actor
    second: Actor
    round_id: int
    units: list[int]
    recommenders: dict[int, Actor]
    experts: dict[int, Actor]
    chairs: dict[str, int]
    classes: dict[str, int]
    moment: datetime
    applications: dict[int, MadeApplication] = field(default_factory=dict)
    applicants: dict[int, Actor] = field(default_factory=dict)


def begin(
    seed: int,
    password: str,
    first_year: int,
    kinds: Sequence[str] = ("studio", "base"),
    applying_days: int = 30,
    register: int = EXPERTS,
) -> Play:
    """Units, experts, a round with its classes, its call published. Applications are open from now on."""
    office = people.create_account(SYSTEM, "bureau", "劳金莲", password, [("bureau_officer", CITY)]).actor
    second = people.create_account(SYSTEM, "bureau2", "符永福", password, [("bureau_officer", CITY)]).actor
    people.create_account(SYSTEM, "finance", "严淑芬", password, [("finance", CITY)])
    units, recommenders = [], {}
    for draft in UNITS:
        unit = services.add_unit(office, draft).id
        units.append(unit)
        account = people.create_account(
            SYSTEM, f"unit-{draft.code.lower()}", draft.name[:12], password, [("recommender", ("unit", unit))]
        )
        recommenders[unit] = account.actor
    experts = enter_experts(office, seed, password, register)
    ids = sorted(experts)
    play = Play(
        seed=seed,
        password=password,
        random=Random(seed),
        office=office,
        second=second,
        round_id=0,
        units=units,
        recommenders=recommenders,
        experts=experts,
        chairs={"studio": ids[-1], "base": ids[-2]},
        classes={},
        moment=now(),
    )
    return called(play, f"PX{first_year}", first_year, kinds, applying_days)


def called(play: Play, code: str, first_year: int, kinds: Sequence[str], applying_days: int) -> Play:
    """Another round of these classes with the same people, its call published now."""
    draft = round_draft(code, first_year, now(), applying_days)
    made = services.create_round(play.office, draft, [DEFAULTS[kind] for kind in kinds])
    for class_ in made.classes:
        services.adopt_template(play.office, class_.id)
        services.set_quotas(
            play.office, class_.id, dict.fromkeys(play.units, 8 if class_.kind == "studio" else 4)
        )
    services.publish_call(play.office, made.id)
    classes = {class_.kind: class_.id for class_ in made.classes}
    return replace(play, round_id=made.id, classes=classes, moment=now(), applications={}, applicants={})


def round_draft(code: str, first_year: int, moment: datetime, applying_days: int) -> RoundDraft:
    end = moment + timedelta(days=applying_days)
    years = f"{first_year}—{first_year + 1}"
    return RoundDraft(
        code=code,
        name=f"{years}年度钦州市技能大师工作室和高技能人才培训基地评选",
        first_year=first_year,
        applies_from=moment - timedelta(minutes=1),
        applies_until=end,
        recommends_until=end + timedelta(days=15),
        reviews_until=end + timedelta(days=60),
        call=CALL.format(years=years),
    )


def enter_experts(office: Actor, seed: int, password: str, count: int) -> dict[int, Actor]:
    actors = {}
    for place, made in enumerate(made_experts(count, seed), 1):
        account = people.create_account(SYSTEM, f"expert{place}", made.name, password, [("expert", CITY)])
        draft = ExpertDraft(account.id, made.name, made.employer, "高级技师", made.fields)
        actors[services.add_expert(office, draft).id] = account.actor
    return actors


def apply(play: Play, count: int, drafts: int = 1, prefix: str = "applicant") -> None:
    """`count` applications are filled in step by step and sent; the last `drafts` stay drafts. Those of a class that
    the round has not are left out."""
    grants = {kind: int(settings.grant) for kind, settings in DEFAULTS.items()}
    register = made_experts(len(play.experts), play.seed)
    made = made_applications(count, play.seed, play.units, register, in_city(now()).year, grants)
    for place, one in enumerate(made, 1):
        if one.kind not in play.classes:
            continue
        account = people.create_account(
            SYSTEM, f"{prefix}{place}", one.person.name, play.password, [("applicant", CITY)]
        )
        actor = account.actor
        application = services.start_application(actor, play.classes[one.kind])
        play.applications[application.id], play.applicants[application.id] = one, actor
        for name, content in one.contents.items():
            services.save_section(actor, application.id, name, content)
        if place > count - drafts:
            continue
        for kind in one.files:
            services.add_attachment(actor, application.id, kind, f"{kind}.pdf", LETTER[1])
        services.submit(actor, application.id, one.person.name)


def recommend(play: Play, leave: int = 0, returned: int = 0) -> None:
    """Each unit reads what it was sent: returns some, declines what is beyond its quota; `leave` stay unread, of which
    `returned` go back to their applicants."""
    waiting = [one for one in sorted(play.applications) if queries.application_card(one).state == "submitted"]
    for place, application_id in enumerate(waiting[: len(waiting) - leave]):
        card = queries.application_card(application_id)
        actor = play.recommenders[card.unit_id or 0]
        if place % 6 == 1:
            services.return_sections(actor, application_id, {"plan": "请细化经费预算，并说明培养目标。"})
            applicant, made = play.applicants[application_id], play.applications[application_id]
            plan = made.contents["plan"] | {"goals": f"{made.contents['plan']['goals']}其中每年不少于七名。"}
            services.save_section(applicant, application_id, "plan", plan)
            services.submit(applicant, application_id, made.person.name)
        ranks = queries.free_ranks(card.class_id, card.unit_id or 0)
        if not ranks:
            services.decline(actor, application_id, "推荐名额已满，按综合情况未予推荐。")
            continue
        services.recommend(actor, application_id, ranks[0], "技艺精湛，带徒成效好，同意推荐。", LETTER)

    for application_id in waiting[len(waiting) - leave :][:returned]:
        actor = play.recommenders[queries.application_card(application_id).unit_id or 0]
        services.return_sections(actor, application_id, {"plan": "经费预算请按培训用品、技能交流分列。"})


def check(play: Play, kind: str, leave: int = 0) -> None:
    """The office checks every recommended application; one failed line gets an exception by two people."""
    page = [one for one in recommended(play, kind)]
    excepted = False
    for application_id in page[: len(page) - leave]:
        services.check_automatically(play.office, application_id)
        for line, automatic in LINES[kind].items():
            if not automatic:
                services.tick(play.office, application_id, line, True, "核验原件无误")
        failed = [one.name for one in queries.checklist(application_id, kind) if one.outcome == "not_met"]
        if failed and not excepted:
            excepted = True
            for line in failed:
                services.ask_exception(play.office, application_id, line, "行业紧缺，经集体研究同意。")
                services.confirm_exception(play.second, application_id, line)
        services.conclude_check(play.office, application_id, "不符合申报条件")


def finish_check(play: Play, kind: str) -> None:
    """One class from the end of its applications to the end of the check."""
    class_id = play.classes[kind]
    services.close_calling(play.office, class_id)
    services.close_recommending(play.office, class_id)
    check(play, kind)
    services.close_checking(play.office, class_id)


def recommended(play: Play, kind: str) -> list[int]:
    cards = [queries.application_card(one) for one in sorted(play.applications)]
    return [card.id for card in cards if card.kind == kind and card.state == "recommended"]


def open_review(play: Play, kind: str) -> None:
    """Experts are drawn and declare; more reserves are not needed, for the draw holds enough."""
    class_id = play.classes[kind]
    services.draw_panel(play.office, class_id, play.chairs[kind], FIELDS, f"lot-{play.seed}-{kind}")
    for place, member in enumerate(queries.panel_members(class_id)):
        asked = queries.to_declare(member.expert.id, class_id)
        tied = {asked[-1].application_id: ("other", "曾受聘为其顾问")} if place == 1 and asked else {}
        services.declare(play.experts[member.expert.id], class_id, tied)
    services.open_review(play.office, class_id)


def review(play: Play, kind: str, share: float = 1.0) -> None:
    """Every expert marks his applications by ops as a tablet sends them, with reasons outside the middle."""
    class_ = queries.class_card(play.classes[kind])
    assessment_id = class_.assessment_id or 0
    pool = Random(f"marks-{play.seed}-{kind}")
    scheme = marking_queries.scheme_of(assessment_id)
    codes = sorted(entry.code for entry in marking_queries.scoring_input(assessment_id).entries)
    quality = {code: pool.triangular(0.55, 0.98, 0.8) for code in codes}
    seats = {
        member.seat_code: member.expert
        for member in queries.panel_members(class_.id)
        if member.seat_code is not None
    }
    places = dict(marking_queries.marking_seats(assessment_id))
    for seat_id, account_id in places.items():
        expert = next(one for one in seats.values() if one.account_id == account_id)
        own = [one.code for one in queries.own_reviews(expert.id, class_.id)]
        for code in own[: round(len(own) * share)]:
            ops = []
            for aspect in scheme.aspects:
                value = judged(aspect, value_for(aspect, quality[code], pool), pool)
                made = op(pool, code, aspect, value)
                if needs_reason(aspect, value, class_.reason_below, class_.reason_above):
                    made["extra"] = {"reason": "材料突出，佐证充分。"}
                ops.append(made)
            marking.record_ops(Actor(account_id, expert.name), seat_id, ops)
            digest = marking_queries.digest_of(seat_id, assessment_id, code)
            marking.record_ops(Actor(account_id, expert.name), seat_id, [signature(pool, code, digest)])


def finish_review(play: Play, kind: str) -> None:
    """One class from the draw of its experts to the end of the review."""
    open_review(play, kind)
    review(play, kind)
    services.close_review(chair_of(play, kind), play.classes[kind])


def finish_visits(play: Play, kind: str) -> None:
    visit(play, kind)
    services.close_visiting(play.office, play.classes[kind])


def chair_of(play: Play, kind: str) -> Actor:
    """The chair as the account is now: the draw and the review have given it its roles."""
    account_id = play.experts[play.chairs[kind]].account_id
    return next(one.actor for one in accounts_with_role("expert") if one.id == account_id)


def visit(play: Play, kind: str, leave: int = 0) -> None:
    pool = Random(f"visits-{play.seed}-{kind}")
    waiting = [row for row in queries.visits_of(play.classes[kind]) if row.application.state == "reviewed"]
    for row in waiting[: len(waiting) - leave]:
        application_id = row.application.id
        services.plan_visit(play.office, application_id, in_city(now()).date(), ["劳金莲", "符永福"])
        points = {
            line: str((Decimal(most) * pool.randrange(14, 21) / 20).quantize(Decimal("0.5")))
            for line, _name, most in CHECKLISTS[kind]
        }
        services.report_visit(play.office, application_id, points, {}, "现场与申报材料一致，台账齐全。")
        services.countersign(play.applicants[application_id], application_id, row.application.leader_name)
        services.complete_visit(play.office, application_id)


def decide(play: Play, kind: str) -> None:
    """The panel meets, votes on the order of equals, then on each candidate, and decides."""
    class_id, chair = play.classes[kind], chair_of(play, kind)
    invited = [one.expert.id for one in queries.voters(queries.panel_members(class_id))]
    services.hold_meeting(
        chair, class_id, MeetingDraft(now(), "市人力资源和社会保障局三楼会议室", tuple(invited))
    )
    while ties := queries.standing(class_id).ties:
        services.vote_on_tie(
            chair, class_id, sorted(ties[0]), all_yes(class_id, sorted(ties[0])), "综合考虑带徒成效"
        )
    while unvoted := queries.standing(class_id).lists.unvoted:
        code = unvoted[0]
        row = next(one for one in queries.standing(class_id).rows if one.application.code == code)
        services.vote(chair, class_id, row.application.id, all_yes(class_id, [code]))
    lists = queries.standing(class_id).lists
    quota = queries.class_card(class_id).quota
    services.decide(chair, class_id, "达到标准的申报不足" if len(lists.chosen) < quota else "")


def all_yes(class_id: int, codes: Sequence[str]) -> Vote:
    standing = queries.standing(class_id)
    if standing.meeting is None:
        raise RuleBroken(code="no_meeting")
    ids = {row.application.code: row.application.id for row in standing.rows}
    away = set().union(*(queries.kept_from(ids[code]) for code in codes))
    return Vote(len(set(standing.meeting.present) - away), 0, 0)
