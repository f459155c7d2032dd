"""The notices of the demo city: prizes under publicity now, with an objection that is being examined and one that waits."""

from __future__ import annotations

from datetime import timedelta

from qzcompete.competitions.queries import event_card
from qzcompete.core.actor import SYSTEM
from qzcompete.core.clock import held_at, now
from qzcompete.notices import services as notices
from qzcompete.notices.queries.objections import cases_of_notice
from qzcompete.notices.services import NoticeDraft, objections
from qzcompete.notices.services.objections import ObjectionDraft
from qzcompete.people.queries import account_named
from qzcompete.results.queries import ranked

ANSWER_DAYS = 10
CONTACT = "受理部门：钦州市人力资源和社会保障局职业能力建设科\n受理电话：0777-2821234"


def fill_notices(event_code: str) -> None:
    """The prizes of one event as publicity that began yesterday, and an announcement of last month."""
    event, moment = event_card(event_code), now()
    winners = [one for one in ranked(event) if one.award]
    subjects = [(f"entry:{one.entry_id}", f"{one.name}（{one.award}）") for one in winners]
    draft = NoticeDraft(
        kind="publicity",
        title=f"关于{event.competition.name}{event.name}赛项拟获奖名单的公示",
        body="按照竞赛规程，经裁判评分、成绩复核，现将拟获奖名单予以公示。\n"
        "公示期间，任何单位和个人如有异议，可通过本系统提出，并附必要的证明材料；我局对异议人的身份予以保密。",
        working_days=7,
        columns=("序号", "姓名", "参赛单位", "拟获奖项"),
        rows=[
            (str(place), one.name, one.unit or "—", one.award or "") for place, one in enumerate(winners, 1)
        ],
        contact=CONTACT,
        topic=f"event:{event.id}",
        subjects=subjects,
    )
    office, supervisor = account_named("office"), account_named("supervisor")
    if office is None or supervisor is None:
        raise LookupError("the demo city has no office")
    with held_at(moment - timedelta(days=1)):
        notice_id = notices.draft_notice(office.actor, draft)
        notices.publish_notice(office.actor, notice_id)
    for place, statement in enumerate(
        ("该选手所报参赛单位与社保缴纳单位不一致。", "现场评分时设备故障，请复核该选手用时。")
    ):
        with held_at(moment - timedelta(hours=8 - place)):
            asked = ObjectionDraft(
                notice_id=notice_id,
                objector="一名参赛职工",
                contact="0777-2800001",
                statement=statement,
                subject=subjects[place][0],
            )
            objections.hand_in(asked, ANSWER_DAYS)
    with held_at(moment - timedelta(hours=2)):
        objections.assign(office.actor, cases_of_notice(notice_id)[0].id, supervisor.actor, no_conflict=True)
    with held_at(moment - timedelta(days=20)):
        text = NoticeDraft(
            kind="announcement",
            title="关于竞赛场地开放安排的公告",
            body="市公共实训基地各赛项场地自即日起向参赛选手开放熟悉，每日9时至17时，请凭参赛证入场。",
            contact=CONTACT,
        )
        notices.publish_notice(SYSTEM, notices.draft_notice(SYSTEM, text))
