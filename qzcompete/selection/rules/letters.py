"""What applicants, studios and bases are told after the decision, in Chinese as officials write it. Pure."""

from __future__ import annotations

from datetime import date

from qzcompete.core.wording import Wording, chinese_day


def announced_letter(name: str) -> Wording:
    return Wording(
        "您申报的项目进入公示", f"{name}已列入拟认定名单，正在公示。公示期满且没有未办结的异议后，方可认定。"
    )


def removed_letter() -> Wording:
    return Wording(
        "您申报的项目已取消资格",
        "公示期间收到的异议经核查成立，您申报的项目已从拟认定名单中取消。如有疑问，请与受理部门联系。",
    )


def moved_up_letter() -> Wording:
    return Wording("您申报的项目递补进入拟认定名单", "拟认定名单有调整，您申报的项目由候补递补，将重新公示。")


def designated_letter(name: str, ends_on: date) -> Wording:
    return Wording(
        "认定通知",
        f"{name}已认定，建设周期至{chinese_day(ends_on)}。铜牌和经费台账可在“我的工作室”中查看。",
    )


def graded_letter(name: str, what: str, grade: str, correct_until: date | None) -> Wording:
    words = {"excellent": "优秀", "passed": "合格", "failed": "不合格"}
    body = f"{name}{what}结果为{words[grade]}。"
    if correct_until is not None:
        body += f"请于{chinese_day(correct_until)}前完成整改；逾期未通过的，将取消称号。"
    return Wording(f"{what}结果", body)


def removal_letter(name: str) -> Wording:
    return Wording("取消称号通知", f"{name}的称号已取消，未使用的补助经费应当退回。")


def booking_letter(confirmed: bool, purpose: str) -> Wording:
    if confirmed:
        return Wording("经费记账已确认", f"您提交的经费记账“{purpose}”已确认入账。")
    return Wording("经费记账被退回", f"您提交的经费记账“{purpose}”已被退回，请在经费台账中查看原因。")
