"""After the designation: the log of a studio or base, the assessments of a year and of the whole term, by marking's
engine, and their grades. Pure.

The score sheets follow other cities' published tables; marks are proposed from the records and settled by people.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_DOWN, Decimal

from qzcompete.marking.rules.arithmetic import Plan, group_marks
from qzcompete.marking.rules.ranking import Entry
from qzcompete.marking.rules.result import score
from qzcompete.marking.rules.scheme_reading import parse_scheme

ACTIVITIES = ("apprentice", "training", "attack", "exchange")
GRADES = ("excellent", "passed", "failed")
PASS_MARK = Decimal(60)
EXCELLENT_MARK = Decimal(85)
DIGITS = 2


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the sheet: how many points at most, which record proposes them, and how much earns them all."""

    code: str
    name: str
    most: int
    record: str | None = None
    full_at: int = 0


SHEETS: Mapping[str, tuple[Line, ...]] = {
    "studio": (
        Line("A1", "场地、设备与单位支持", 15),
        Line("A2", "经费使用与台账", 15),
        Line("B1", "带徒传技（带徒人数）", 25, "apprentice", 10),
        Line("B2", "培训授课（人次）", 15, "training", 60),
        Line("C1", "技能攻关（项目数）", 15, "attack", 2),
        Line("C2", "技艺交流与推广（次数）", 15, "exchange", 4),
    ),
    "base": (
        Line("A1", "场地、设施设备", 20),
        Line("A2", "经费使用与台账", 15),
        Line("B1", "培训规模（人次）", 35, "training", 1000),
        Line("B2", "师资队伍建设", 15),
        Line("C1", "校企合作与交流（次数）", 15, "exchange", 4),
    ),
    "studio_term": (
        Line("A1", "场地（不少于20平方米）", 10),
        Line("A2", "设备", 10),
        Line("A3", "规章制度与经费台账", 20),
        Line("B1", "带徒传技（建设周期内带徒人数）", 20, "apprentice", 20),
        Line("B2", "徒弟晋升高级工及以上", 20),
        Line("C1", "技能攻关与成果推广（项目数）", 20, "attack", 4),
    ),
    "base_term": (
        Line("A1", "场地、设施设备", 20),
        Line("A2", "规章制度与经费台账", 15),
        Line("B1", "培训规模（建设周期内人次）", 35, "training", 2000),
        Line("B2", "师资队伍建设", 15),
        Line("C1", "校企合作与交流（次数）", 15, "exchange", 8),
    ),
}
# The end of a term is assessed, and the term renewed, in its last months.
CLOSING_MONTHS = 3


@dataclass(frozen=True, slots=True)
class Record:
    """One entry of the log: apprentices and trained people are counted in persons, the rest in entries."""

    kind: str
    on_day: date
    persons: int = 1


def amounts(records: Sequence[Record], year: int) -> dict[str, int]:
    """What the log holds of one year."""
    return amounts_between(records, date(year, 1, 1), date(year, 12, 31))


def amounts_between(records: Sequence[Record], first: date, last: date) -> dict[str, int]:
    """What the log holds from the one day to the other."""
    sums = dict.fromkeys(ACTIVITIES, 0)
    for one in records:
        if first <= one.on_day <= last:
            sums[one.kind] += one.persons if one.kind in ("apprentice", "training") else 1
    return sums


def sheet_name(class_kind: str, whole_term: bool) -> str:
    return f"{class_kind}_term" if whole_term else class_kind


def term_grade(total: Decimal) -> str:
    """A whole term is passed or failed; nobody competes for a share of "excellent"."""
    return "failed" if total < PASS_MARK else "passed"


def closing_from(ends_on: date) -> date:
    """The first day on which the end of a term may be assessed."""
    return add_months(ends_on, -CLOSING_MONTHS)


def term_starts(ends_on: date, months: int) -> date:
    """The first day of the term that ends on this day; a renewed one has begun after the term before it."""
    return add_months(date.fromordinal(ends_on.toordinal() + 1), -months)


def proposed(sheet: str, found: Mapping[str, int]) -> dict[str, Decimal]:
    """Line → points in proportion to the record, for the lines that a record proposes."""
    marks = {}
    for line in SHEETS[sheet]:
        if line.record is not None:
            share = Decimal(min(found.get(line.record, 0), line.full_at)) / line.full_at
            marks[line.code] = (share * line.most).quantize(Decimal("0.1"), ROUND_DOWN)
    return marks


def mark_faults(sheet: str, marks: Mapping[str, Decimal]) -> list[str]:
    """The lines whose mark is missing, out of its bounds, or finer than half a tenth allows."""
    return [
        line.code
        for line in SHEETS[sheet]
        if line.code not in marks
        or not 0 <= marks[line.code] <= line.most
        or marks[line.code] != marks[line.code].quantize(Decimal("0.1"))
    ]


def total(sheet: str, marks: Mapping[str, Decimal]) -> Decimal:
    """The total of a sheet, by the arithmetic that scores every event."""
    aspects = [
        {"code": line.code, "kind": "measurement", "max": str(line.most), "step": "0.1"}
        for line in SHEETS[sheet]
    ]
    criteria = [{"code": "S", "aspects": aspects}]
    plan = Plan(
        parse_scheme({"places": DIGITS, "modules": [{"code": "M", "weight": "100", "criteria": criteria}]})
    )
    unit = 10**plan.digits
    cells = group_marks([("own", code, int(mark * unit)) for code, mark in marks.items()])
    row = score(plan, [Entry("own", "present", False, None)], cells).rows[0]
    return Decimal(row.total or 0)


def grades(totals: Mapping[int, Decimal], excellent_percent: Decimal) -> dict[int, str]:
    """Grade by total; "excellent" for the best alone, never more than the share of those assessed. Equal totals at the
    edge of the share are all left out of it."""
    found = {key: "failed" if total < PASS_MARK else "passed" for key, total in totals.items()}
    most = int(len(totals) * excellent_percent / 100)
    able = sorted((total for total in totals.values() if total >= EXCELLENT_MARK), reverse=True)
    if len(able) > most:
        edge = able[most]
        able = [total for total in able if total > edge]
    if able:
        found |= {key: "excellent" for key, total in totals.items() if total >= able[-1]}
    return found


def end_of_term(starts_on: date, months: int) -> date:
    """The last day of a term of so many months."""
    return day_before(add_months(starts_on, months))


def add_months(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    for last in (day.day, 30, 29, 28):
        try:
            return date(year, month + 1, last)
        except ValueError:
            continue
    raise ValueError(day)


def day_before(day: date) -> date:
    return date.fromordinal(day.toordinal() - 1)
