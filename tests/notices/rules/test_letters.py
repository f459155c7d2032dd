"""The golden texts of what this slice tells people."""

from __future__ import annotations

from datetime import date

import pytest

from qzcompete.notices.rules import letters
from qzcompete.notices.rules.letters import Wording

DAY = date(2026, 12, 9)


@pytest.mark.parametrize(
    ("wording", "subject", "body"),
    [
        (
            letters.objection_received("异〔2026〕0001号", "关于拟认定名单的公示", DAY),
            "收到异议异〔2026〕0001号",
            "就《关于拟认定名单的公示》收到一件异议，编号异〔2026〕0001号。\n"
            "请于2026年12月9日前办结，并先指定与该事项无利害关系的办理人。",
        ),
        (
            letters.objection_assigned("异〔2026〕0001号", "关于拟认定名单的公示", DAY),
            "请办理异议异〔2026〕0001号",
            "就《关于拟认定名单的公示》提出的异议异〔2026〕0001号已交由您办理。\n"
            "请核查后于2026年12月9日前作出结论并答复。如您与该事项有利害关系，请立即退回。",
        ),
        (
            letters.objection_due("异〔2026〕0001号", DAY),
            "异议异〔2026〕0001号即将到期",
            "您办理的异议异〔2026〕0001号应于2026年12月9日前办结，请及时作出结论。",
        ),
        (
            letters.objection_answered("异〔2026〕0001号"),
            "您提交的异议异〔2026〕0001号已有结果",
            "您提交的异议异〔2026〕0001号已有办理结果。\n请打开本系统的“查询异议”页面，凭回执码查看答复。",
        ),
        (
            letters.notice_ended("关于拟认定名单的公示", 0),
            "公示期满：关于拟认定名单的公示",
            "《关于拟认定名单的公示》公示期已满。\n没有未办结的异议。",
        ),
        (
            letters.notice_ended("关于拟认定名单的公示", 2),
            "公示期满：关于拟认定名单的公示",
            "《关于拟认定名单的公示》公示期已满。\n尚有2件异议未办结，办结前不得作出后续决定。",
        ),
    ],
)
def test_the_wording_is_as_agreed(wording: Wording, subject: str, body: str) -> None:
    assert (wording.subject, wording.body) == (subject, body)
