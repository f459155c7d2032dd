"""What follows the decision, played through the services: notice, objections, designation, grants, log, assessments."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from qzcompete.certificates import services as certificates
from qzcompete.core.actor import SYSTEM
from qzcompete.core.clock import held_at, today
from qzcompete.demo.selection import play as stage
from qzcompete.demo.selection.made import made_pdf
from qzcompete.demo.selection.play import Play
from qzcompete.notices import services as notices
from qzcompete.notices.queries.notices import notice_card
from qzcompete.notices.queries.objections import cases_of_notice
from qzcompete.notices.services import objections
from qzcompete.notices.services.objections import ObjectionDraft
from qzcompete.selection import queries
from qzcompete.selection.queries.aftercare import sheet_of
from qzcompete.selection.queries.designations import (
    DesignationCard,
    after_decision,
    designations_of,
    subject_of,
)
from qzcompete.selection.rules.publicity import Change
from qzcompete.selection.services import aftercare, designating, grants, publicity
from qzcompete.selection.services.aftercare import RecordDraft
from qzcompete.selection.services.grants import BookingDraft

ANSWER_DAYS = 10
KEEP_DAYS = 30
WORKS = {
    "apprentice": ("收徒仪式暨师徒协议签订", "新收徒弟入室学习"),
    "training": ("坡口焊接专项培训", "岗位技能提升培训班", "乡村工匠实训"),
    "attack": ("不锈钢薄板焊接变形控制攻关", "窑炉温控工艺改进"),
    "exchange": ("赴南宁同行交流", "技能进校园展示", "行业技艺展演"),
}
USES = {
    "studio": (
        ("training_goods", "焊材与防护用品"),
        ("exchange", "技能交流会场租"),
        ("promotion", "技艺推广展板"),
    ),
    "base": (("equipment", "实训工位改造"), ("teachers", "师资进修培训费"), ("site", "实训场地修缮")),
}


def to_designation(play: Play, kind: str, start: datetime) -> dict[str, Any]:
    """From the decision on: two objections where there are candidates for it, one upheld, then designation. Tells what
    the objections changed, by the numbers of the applications."""
    class_id = play.classes[kind]
    numbers = {one: queries.application_card(one).number for one in play.applications}
    with held_at(start):
        notice_id = publicity.publish_list(play.office, class_id)
    listed = [row.candidate.application_id for row in after_decision(class_id).listed]
    upheld = [listed[0]] if after_decision(class_id).reserve else []
    told = []
    for application_id, outcome in ((listed[0], bool(upheld)), (listed[-1], False)):
        object_to(play, notice_id, application_id, start + timedelta(days=1), outcome)
        told.append({"about": numbers[application_id], "upheld": outcome})
    change = Change((), (), 0)
    if upheld:
        with held_at(start + timedelta(days=3)):
            change, notice_id = publicity.renew_list(play.office, class_id)
    end = notice_card(notice_id).ends_at or start
    with held_at(end):
        notices.end_notice(notice_id, KEEP_DAYS)
        for made in designating.designate_all(play.office, class_id):
            certificates.settle_plaque(SYSTEM, made.id, sample=True)
    return {
        "objections": told,
        "changed": {
            "removed": [numbers[one] for one in change.removed],
            "moved_up": [numbers[one] for one in change.moved_up],
            "vacant": change.vacant,
        },
        "designated": [
            {"number": numbers[card.application_id], "plaque": card.plaque_number}
            for card in designations_of(class_id)
        ],
    }


def object_to(play: Play, notice_id: int, application_id: int, moment: datetime, upheld: bool) -> None:
    """Somebody objects; the second officer, who has not published it, examines and decides."""
    draft = ObjectionDraft(
        notice_id=notice_id,
        objector="一名职工",
        contact="0777-2800000",
        statement="申报材料所列带徒名册与实际不符，请予核查。",
        subject=subject_of(application_id),
    )
    with held_at(moment):
        objections.hand_in(draft, ANSWER_DAYS)
        key = cases_of_notice(notice_id)[-1].id
        objections.assign(play.office, key, play.second, no_conflict=True)
        finding = "名册中有三人未在该单位工作。" if upheld else "名册与社保记录一致，异议不成立。"
        objections.decide(play.second, key, upheld, finding, f"经核查，{finding}感谢您的监督。")


def earlier_round(play: Play, now: datetime) -> None:
    """The finished round two years ago: five studios and two bases, their grants, their work, two assessed years."""
    start = now - timedelta(days=800)
    with held_at(start):
        first_year = today().year
        old = stage.called(replace(play, seed=2021), f"PX{first_year}", first_year, ("studio", "base"), 30)
        stage.apply(old, 15, drafts=0, prefix="old")
        stage.recommend(old)
    with held_at(start + timedelta(days=60)):
        for kind in old.classes:
            decide(old, kind)
    for kind, class_id in old.classes.items():
        to_designation(old, kind, start + timedelta(days=75))
        with held_at(start + timedelta(days=100)):
            designating.announce_designations(old.office, class_id)
        for card in designations_of(class_id):
            keep_grant(old, card, now)
            keep_log(old, card, now)
        assess_years(old, class_id, now)


def decide(play: Play, kind: str) -> None:
    """One class of the earlier round, from the end of its applications to the decision."""
    stage.finish_check(play, kind)
    stage.finish_review(play, kind)
    stage.finish_visits(play, kind)
    stage.decide(play, kind)


def keep_grant(play: Play, card: DesignationCard, now: datetime) -> None:
    """Both instalments are paid; expenses with receipts; the last one waits for its second person."""
    applicant = play.applicants[card.application_id]
    pool = Random(f"grant-{card.plaque_number}")
    for number, days in ((1, 660), (2, 300)):
        with held_at(now - timedelta(days=days)):
            draft = BookingDraft(
                "payment", today(), instalment=number, voucher=f"付{pool.randrange(1000, 9999)}"
            )
            grants.confirm(play.second, grants.enter(play.office, card.id, draft).id)
    for place, days in enumerate((600, 450, 260, 40, 6)):
        use, purpose = USES[card.kind][place % 3]
        with held_at(now - timedelta(days=days)):
            amount = Decimal(pool.randrange(400_000, 900_000)) / 100
            draft = BookingDraft(
                "expense",
                today(),
                amount,
                use,
                voucher=f"{pool.randrange(10**7, 10**8)}",
                purpose=purpose,
                receipt=made_pdf(),
            )
            booking = grants.enter(applicant, card.id, draft)
            if days > 30:
                grants.confirm(play.office, booking.id)


def keep_log(play: Play, card: DesignationCard, now: datetime) -> None:
    """Entries of both years, as many as the studio was busy."""
    applicant = play.applicants[card.application_id]
    pool = Random(f"log-{card.plaque_number}")
    busy = 3 if card.place != 4 else 1
    kinds = (
        ("apprentice", "training", "attack", "exchange")
        if card.kind == "studio"
        else ("training", "exchange")
    )
    for kind in kinds:
        for _ in range(busy):
            day = min(
                card.starts_on + timedelta(days=pool.randrange(20, 690)), now.date() - timedelta(days=2)
            )
            persons = {"apprentice": pool.randrange(2, 5), "training": pool.randrange(18, 60)}.get(kind, 1)
            with held_at(now - timedelta(days=1)):
                aftercare.add_record(
                    applicant, card.id, RecordDraft(kind, day, pool.choice(WORKS[kind]), persons)
                )


def assess_years(play: Play, class_id: int, now: datetime) -> None:
    """The last full year is graded: the quiet one failed and has corrected since; the present year has begun."""
    cards = designations_of(class_id)
    year = now.year - 1
    with held_at(datetime(now.year, 1, 12, 2, tzinfo=now.tzinfo)):
        for card in cards:
            assess(play, card, year, weak=len(cards) > 2 and card.place == 4)
        found = aftercare.grade_year(play.office, class_id, year)
    with held_at(datetime(now.year, 3, 10, 2, tzinfo=now.tzinfo)):
        for key, grade in found.items():
            if grade == "failed":
                aftercare.accept_correction(play.office, key, "补齐带徒协议和经费台账，新增培训两期。")
    assess(play, cards[0], now.year, weak=False)


def assess(play: Play, card: DesignationCard, year: int, weak: bool) -> None:
    share = Decimal("0.45") if weak else Decimal("0.9") - Decimal(card.place) / 50
    marks = {
        row.line.code: max(row.proposed or Decimal(0), (row.line.most * share).quantize(Decimal("0.1")))
        if not weak
        else (row.line.most * share).quantize(Decimal("0.1"))
        for row in sheet_of(card.id, card.kind, year)
    }
    aftercare.assess(play.office, card.id, year, marks, "现场核查台账和徒弟名册。")
