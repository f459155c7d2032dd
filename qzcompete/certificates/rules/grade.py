"""Grade certificates: their numbers, the names of levels, and which body may issue (人社鉴发〔2019〕2号; domain rules §3).

A number is a letter and 21 digits: kind of body · code · province · serial of the site · year · level · serial.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

NUMBER = re.compile(
    r"(?P<kind>[YS])(?P<code>\d{4})(?P<province>\d{2})(?P<site>\d{6})(?P<year>\d{2})(?P<level>[1-5])(?P<serial>\d{6})"
)
# 特级技师: two letters and 20 digits in the same parts.
SENIOR_NUMBER = re.compile(
    r"(?P<kind>[YS])(?P<code>\d{4})(?P<province>\d{2})(?P<site>\d{6})(?P<year>\d{2})(?P<level>[A-Z])(?P<serial>\d{6})"
)
# 职业资格证书 before 2019: year, province, and so on; the level is the 11th digit.
OLD_NUMBER = re.compile(r"(?P<year>\d{2})(?P<province>\d{2})\d{6}(?P<level>[1-5])(?P<serial>\d{5})")

LEVELS = {5: "五级/初级工", 4: "四级/中级工", 3: "三级/高级工", 2: "二级/技师", 1: "一级/高级技师"}
MOST_SERIALS = 999_999
NO_TRADE = "--"


@dataclass(frozen=True)
class ReadNumber:
    """What a number tells. `standard` is grade, senior (特级技师) or old (职业资格证书)."""

    standard: str
    year: int
    level: int | None
    province: str


@dataclass(frozen=True)
class Body:
    """A registered body, as the rules need it; `filed` holds (occupation code, level)."""

    id: int
    name: str
    kind: str
    code: str
    province: str
    serial: str
    valid_from: date
    valid_to: date | None
    filed: frozenset[tuple[str, int]]

    def stands_on(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


@dataclass(frozen=True)
class Chosen:
    """The body that may issue, or why none may: no_level, not_filed, ended."""

    body: Body | None
    reason: str = ""


def prefix_of(body: Body) -> str:
    """Parts 1 to 4 of all its numbers."""
    return f"{body.kind}{body.code}{body.province}{body.serial}"


def grade_number(body: Body, year: int, level: int, serial: int) -> str:
    if not 1 <= serial <= MOST_SERIALS or level not in LEVELS:
        raise ValueError("no such number")
    number = f"{prefix_of(body)}{year % 100:02d}{level}{serial:06d}"
    if not NUMBER.fullmatch(number):
        raise ValueError(f"{number} is no number of a grade certificate")
    return number


def read_number(text: str) -> ReadNumber | None:
    """Any number that may stand on a certificate of a level, old or new; None for what is none."""
    tidy = text.strip().upper().replace(" ", "")
    for standard, pattern in (("grade", NUMBER), ("senior", SENIOR_NUMBER), ("old", OLD_NUMBER)):
        found = pattern.fullmatch(tidy)
        if found:
            level = found["level"]
            year = int(found["year"])
            full = 2000 + year if standard != "old" or year < 80 else 1900 + year
            return ReadNumber(standard, full, int(level) if level.isdigit() else None, found["province"])
    return None


def body_for(bodies: Sequence[Body], occupation: str, level: int | None, day: date) -> Chosen:
    """Which body issues: the first, by name, that has filed this occupation at this level and stands on this day."""
    if level not in LEVELS:
        return Chosen(None, "no_level")
    filed = [body for body in bodies if (occupation, level) in body.filed]
    if not filed:
        return Chosen(None, "not_filed")
    standing = sorted((body for body in filed if body.stands_on(day)), key=lambda body: body.name)
    return Chosen(standing[0]) if standing else Chosen(None, "ended")


def unexplained(last: int, used: Collection[int], void: Collection[int]) -> list[int]:
    """Serials up to the last that stand on no certificate and are not void: there must be none."""
    known = set(used) | set(void)
    return [serial for serial in range(1, last + 1) if serial not in known]
