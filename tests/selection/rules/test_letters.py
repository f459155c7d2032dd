"""Every letter after the decision, as its reader gets it."""

from __future__ import annotations

from datetime import date

import pytest

from qzcompete.core.wording import Wording
from qzcompete.selection.rules import letters

STUDIO = "钦州市韦梅静焊工技能大师工作室"


@pytest.mark.parametrize(
    ("letter", "subject", "body"),
    [
        (
            letters.announced_letter(STUDIO),
            "您申报的项目进入公示",
            "钦州市韦梅静焊工技能大师工作室已列入拟认定名单，正在公示。公示期满且没有未办结的异议后，方可认定。",
        ),
        (
            letters.removed_letter(),
            "您申报的项目已取消资格",
            "公示期间收到的异议经核查成立，您申报的项目已从拟认定名单中取消。如有疑问，请与受理部门联系。",
        ),
        (
            letters.moved_up_letter(),
            "您申报的项目递补进入拟认定名单",
            "拟认定名单有调整，您申报的项目由候补递补，将重新公示。",
        ),
        (
            letters.designated_letter(STUDIO, date(2028, 11, 16)),
            "认定通知",
            "钦州市韦梅静焊工技能大师工作室已认定，建设周期至2028年11月16日。铜牌和经费台账可在“我的工作室”中查看。",
        ),
        (
            letters.graded_letter(STUDIO, "2027年度考核", "excellent", None),
            "2027年度考核结果",
            "钦州市韦梅静焊工技能大师工作室2027年度考核结果为优秀。",
        ),
        (
            letters.graded_letter(STUDIO, "2027年度考核", "failed", date(2028, 4, 1)),
            "2027年度考核结果",
            "钦州市韦梅静焊工技能大师工作室2027年度考核结果为不合格。"
            "请于2028年4月1日前完成整改；逾期未通过的，将取消称号。",
        ),
        (
            letters.removal_letter(STUDIO),
            "取消称号通知",
            "钦州市韦梅静焊工技能大师工作室的称号已取消，未使用的补助经费应当退回。",
        ),
        (
            letters.booking_letter(True, "焊材"),
            "经费记账已确认",
            "您提交的经费记账“焊材”已确认入账。",
        ),
        (
            letters.booking_letter(False, "焊材"),
            "经费记账被退回",
            "您提交的经费记账“焊材”已被退回，请在经费台账中查看原因。",
        ),
    ],
)
def test_a_letter_reads_word_for_word(letter: Wording, subject: str, body: str) -> None:
    assert (letter.subject, letter.body) == (subject, body)
