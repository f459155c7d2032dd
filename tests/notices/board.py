"""A notice that runs from Monday 9 November 2026 for five working days, with two candidates and its people."""

from __future__ import annotations

from contextlib import AbstractContextManager
from datetime import datetime

from flask import Flask

from qzcompete.core import clock
from qzcompete.core.actor import CITY, SYSTEM, Actor
from qzcompete.core.transaction import unit
from qzcompete.extensions import db
from qzcompete.notices.queries.notices import NoticeCard, notice_card
from qzcompete.notices.services.notices import NoticeDraft, draft_notice, publish_notice
from qzcompete.notices.services.objections import ObjectionDraft, Receipt, hand_in
from qzcompete.people.services import create_account
from qzcompete.worker import Worker
from tests.conftest import PASSWORD

ANSWER_DAYS = 10
SUBJECTS = (
    ("application:1", "钦州市韦梅静焊工技能大师工作室"),
    ("application:2", "钦州市陆志远电工技能大师工作室"),
)


def account(username: str, role: str = "officer") -> Actor:
    with unit():
        return create_account(SYSTEM, username, f"{username}姓名", PASSWORD, [(role, CITY)]).actor


def city_time(day: int, hour: int = 9, month: int = 11) -> AbstractContextManager[None]:
    return clock.held_at(datetime(2026, month, day, hour, tzinfo=clock.CITY))


def draft(**changes: object) -> NoticeDraft:
    values: dict[str, object] = {
        "kind": "publicity",
        "title": "关于2026年钦州市技能大师工作室拟认定名单的公示",
        "body": "经专家评审、实地考察和审定，拟认定下列工作室，现予公示。\r\n如有异议，请向我局提出。",
        "working_days": 5,
        "columns": ("序号", "工作室"),
        "rows": (("1", SUBJECTS[0][1]), ("2", SUBJECTS[1][1])),
        "contact": "受理部门：职业能力建设科\n受理电话：0777-2821234",
        "subjects": SUBJECTS,
    }
    return NoticeDraft(**{**values, **changes})  # type: ignore[arg-type]


def running_notice(actor: Actor, **changes: object) -> NoticeCard:
    with city_time(9), unit():
        notice_id = draft_notice(actor, draft(**changes))
        publish_notice(actor, notice_id)
    return notice_card(notice_id)


def work(app: Flask) -> None:
    """Let the job runner do what is due; what the test has read before is read anew."""
    Worker(app).run(until_idle=True)
    db.session.rollback()


def object_to(notice: NoticeCard, day: int = 10, **changes: object) -> Receipt:
    values: dict[str, object] = {
        "notice_id": notice.id,
        "objector": "黎明",
        "contact": "13807771234",
        "statement": "该工作室所报带徒人数与事实不符，附名单。",
        "subject": "application:1",
    }
    with city_time(day), unit():
        return hand_in(ObjectionDraft(**{**values, **changes}), ANSWER_DAYS)  # type: ignore[arg-type]
