"""What the public reads of a decision: names by the rule, the notice's wording, who moves up. Pure."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

CITY_NAME = "钦州市"
CLASS_NAMES = {"studio": "技能大师工作室", "base": "高技能人才培训基地"}


@dataclass(frozen=True, slots=True)
class Candidate:
    """An application on the list, or on the reserve list with its rank."""

    application_id: int
    leader: str
    host: str
    occupation: str
    unit: str
    reserve_rank: int | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """What upheld objections changed: who is off the list, who moved up, how many places found nobody."""

    removed: tuple[int, ...]
    moved_up: tuple[int, ...]
    vacant: int


def public_name(kind: str, candidate: Candidate) -> str:
    """City + leader + occupation + studio; a base is named after its host."""
    if kind == "studio":
        return f"{CITY_NAME}{candidate.leader}{candidate.occupation}{CLASS_NAMES[kind]}"
    host = candidate.host.removeprefix(CITY_NAME)
    return f"{CITY_NAME}{host}{CLASS_NAMES[kind]}"


def notice_title(kind: str, cycle: str, again: bool) -> str:
    name = f"{cycle.replace('–', '—')}年度{CITY_NAME}{CLASS_NAMES[kind]}"
    return f"关于{name}拟认定名单{'（调整后）' if again else ''}的公示"


def notice_body(kind: str, count: int, again: bool) -> str:
    name = f"{CITY_NAME}{CLASS_NAMES[kind]}"
    opening = (
        "前次公示期间收到的异议经核查成立，相关对象已取消资格，由候补对象依次递补。现将调整后的名单重新公示，公示期重新计算。"
        if again
        else "经单位申报、推荐审核、资格审查、专家评审、实地考察和评审委员会审定，现将拟认定名单予以公示。"
    )
    return (
        f"根据《钦州市实施“技能广西行动”加强新时代技能人才队伍建设工作方案》（钦政办〔2023〕8号），{opening}\n"
        f"本次拟认定{name}{count}个，名单见附件。\n"
        "公示期间，任何单位和个人如有异议，可通过本系统提出，并附必要的证明材料；我局对异议人的身份予以保密。"
    )


def notice_table(kind: str, candidates: Sequence[Candidate]) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """The annex: (columns, rows)."""
    leaders = ("领办人",) if kind == "studio" else ()
    named, host = ("工作室名称", "所在单位") if kind == "studio" else ("基地名称", "建设单位")
    rows = []
    for number, one in enumerate(candidates, 1):
        leader = (one.leader,) if kind == "studio" else ()
        cells = (str(number), public_name(kind, one), *leader, one.host, one.unit)
        rows.append(tuple(cell or "—" for cell in cells))
    return ("序号", named, *leaders, host, "推荐单位"), rows


def designation_title(kind: str, cycle: str) -> str:
    return f"关于公布{cycle.replace('–', '—')}年度{CITY_NAME}{CLASS_NAMES[kind]}名单的公告"


def designation_body(kind: str, count: int, term: str) -> str:
    duties = {
        "studio": "各工作室领办人要充分发挥在带徒传技、技能攻关、技艺传承、技能推广等方面的作用。",
        "base": "各基地要改善场地、设施设备和师资条件，夯实高技能人才培训基础。",
    }
    return (
        f"经评审并公示无异议，认定{CITY_NAME}{CLASS_NAMES[kind]}{count}个，名单见附件，建设周期为{term}。\n"
        f"{duties[kind]}补助经费应当按照规定用途专款专用，并按年度接受考核。"
    )


def changes(
    listed: Sequence[int], upheld: Collection[int], gone: Collection[int], reserve: Sequence[Candidate]
) -> Change:
    """Who leaves the list (an objection was upheld, or it withdrew), and who of the reserve moves up in its order."""
    removed = tuple(one for one in listed if one in upheld or one in gone)
    free = [one.application_id for one in sorted(reserve, key=lambda one: one.reserve_rank or 0)]
    moved_up = tuple(one for one in free if one not in upheld)[: len(removed)]
    return Change(removed, moved_up, len(removed) - len(moved_up))


def designation_fault(*, ended: bool, open_objections: int, listed: bool, newest: bool) -> str | None:
    """Why an application cannot be designated by this notice; None where it can."""
    if not newest:
        return "older"
    if not listed:
        return "not_listed"
    if not ended:
        return "running"
    return "objections" if open_objections else None
