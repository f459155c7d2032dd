"""The wording of what this slice tells people, in Chinese as officials write it. No names, no contents of a case. Pure."""

from __future__ import annotations

from datetime import date

from qzcompete.core.wording import Wording, chinese_day


def objection_received(number: str, notice: str, deadline: date) -> Wording:
    return Wording(
        f"收到异议{number}",
        f"就《{notice}》收到一件异议，编号{number}。\n请于{chinese_day(deadline)}前办结，并先指定与该事项无利害关系的办理人。",
    )


def objection_assigned(number: str, notice: str, deadline: date) -> Wording:
    return Wording(
        f"请办理异议{number}",
        f"就《{notice}》提出的异议{number}已交由您办理。\n请核查后于{chinese_day(deadline)}前作出结论并答复。"
        "如您与该事项有利害关系，请立即退回。",
    )


def objection_due(number: str, deadline: date) -> Wording:
    return Wording(
        f"异议{number}即将到期",
        f"您办理的异议{number}应于{chinese_day(deadline)}前办结，请及时作出结论。",
    )


def objection_answered(number: str) -> Wording:
    return Wording(
        f"您提交的异议{number}已有结果",
        f"您提交的异议{number}已有办理结果。\n请打开本系统的“查询异议”页面，凭回执码查看答复。",
    )


def notice_ended(title: str, objections: int) -> Wording:
    open_cases = (
        f"尚有{objections}件异议未办结，办结前不得作出后续决定。" if objections else "没有未办结的异议。"
    )
    return Wording(f"公示期满：{title}"[:120], f"《{title}》公示期已满。\n{open_cases}")
