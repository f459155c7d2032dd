"""Invented units, experts, hosts and applications. The same seed gives the same; nothing here is anybody we know of."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

import pikepdf
from stdnum.cn import uscc  # type: ignore[import-untyped]

from qzcompete.demo.people import COUNTIES, MadePerson, made_people
from qzcompete.selection.rules.sections import FILE_KINDS
from qzcompete.selection.services import UnitDraft

UNITS = (
    UnitDraft("QN", "钦南区人力资源和社会保障局", "county", "450702"),
    UnitDraft("QB", "钦北区人力资源和社会保障局", "county", "450703"),
    UnitDraft("LS", "灵山县人力资源和社会保障局", "county", "450721"),
    UnitDraft("PB", "浦北县人力资源和社会保障局", "county", "450722"),
    UnitDraft("QZG", "自贸区钦州港片区组织人社局", "port_district", None),
    UnitDraft("JY", "钦州市教育局", "department", None),
    UnitDraft("ZGH", "钦州市总工会", "department", None),
)
FIELDS = ("装备制造", "石油化工", "坭兴陶艺", "餐饮食品", "建筑工程", "电子信息", "农林加工")
OCCUPATIONS = ("6-18-02-04", "4-03-02-01", "6-09-03-03", "6-31-01-03", "6-02-06-10", "6-23-02-01")
EXPERT_EMPLOYERS = (
    "北部湾大学",
    "广西机电职业技术学院",
    "南宁职业技术大学",
    "广西技师学院",
    "柳州职业技术学院",
    "桂林技师学院",
    "广西壮族自治区职业技能鉴定中心",
    "中国石油广西石化公司",
    "玉柴机器集团技能培训中心",
    "广西坭兴陶行业协会",
)
NUMBERS = "一二三四五六七八九十"
SUPPORT = "单位提供专用场所和设备，每年安排配套经费，建立带徒传技目标责任制。"
GOALS = "两年内培养高级工以上人才十五名，完成技术攻关三项，开展技能交流推广六场。"


@dataclass(frozen=True)
class MadeApplication:
    kind: str
    person: MadePerson
    host: str
    uscc: str
    unit: int
    contents: dict[str, dict[str, Any]]
    files: tuple[str, ...]


@dataclass(frozen=True)
class MadeExpert:
    name: str
    employer: str
    fields: tuple[str, ...]


def made_experts(count: int, seed: int) -> list[MadeExpert]:
    random = Random(f"experts-{seed}")
    people = made_people(count, seed + 77)
    return [
        MadeExpert(
            person.name,
            EXPERT_EMPLOYERS[place % len(EXPERT_EMPLOYERS)],
            tuple(sorted(random.sample(FIELDS, 2))),
        )
        for place, person in enumerate(people)
    ]


def made_applications(
    count: int,
    seed: int,
    units: Sequence[int],
    experts: Sequence[MadeExpert],
    year: int,
    grants: dict[str, int],
) -> list[MadeApplication]:
    """Two studios to one base; every seventh has an expert among its ties, so that there is somebody to recuse."""
    random = Random(f"applications-{seed}")
    people = made_people(count, seed)
    made = []
    for place, person in enumerate(people):
        kind = "base" if place % 3 == 2 else "studio"
        host = person.employer if place < 15 else f"{person.employer}第{NUMBERS[place // 15]}分公司"
        if kind == "base":
            number = place // 3 // len(FIELDS)
            host = f"{person.county}{FIELDS[place // 3 % len(FIELDS)]}{f'第{NUMBERS[number]}' if number else ''}公共实训中心"
        tied = random.choice(experts) if place % 7 == 3 else None
        county = list(COUNTIES).index(person.county)
        unit = units[county] if place % 11 else units[5 + place % 2]
        contents = contents_of(
            kind, person, host, unit, random, year, grants[kind], tied, weak=place % 13 == 5
        )
        files = tuple(name for name, needed in FILE_KINDS[kind].items() if needed)
        made.append(MadeApplication(kind, person, host, contents["host"]["host_uscc"], unit, contents, files))
    return made


def contents_of(
    kind: str,
    person: MadePerson,
    host: str,
    unit: int,
    random: Random,
    year: int,
    grant: int,
    tied: MadeExpert | None,
    weak: bool,
) -> dict[str, dict[str, Any]]:
    phone = f"139{random.randrange(10**8):08}"
    contents: dict[str, dict[str, Any]] = {
        "leader": {
            "name": person.name,
            "document_kind": "resident_id",
            "document_number": person.document_number,
            "phone": phone,
            "employer": host,
            "title": "技术带头人" if kind == "studio" else "主任",
        },
        "host": {
            "host_name": host,
            "host_uscc": made_credit_code(random),
            "unit_id": str(unit),
            "address": f"钦州市{person.county}人民路{random.randrange(1, 200)}号",
            "contact": person.name,
            "contact_phone": phone,
            "support": SUPPORT,
        },
        "plan": {"goals": GOALS, "budget": budget(kind, grant)},
    }
    own = studio_contents if kind == "studio" else base_contents
    return contents | own(random, year, tied, weak)


def budget(kind: str, grant: int) -> list[dict[str, str]]:
    first, second = ("training_goods", "exchange") if kind == "studio" else ("equipment", "teachers")
    return [
        {"use": first, "amount": str(grant * 6 // 10), "note": ""},
        {"use": second, "amount": str(grant * 4 // 10), "note": ""},
    ]


def studio_contents(
    random: Random, year: int, tied: MadeExpert | None, weak: bool
) -> dict[str, dict[str, Any]]:
    apprentices = [
        {"name": one.name, "employer": "", "last_year": str(year - 1)}
        for one in made_people(3 + random.randrange(4), random.randrange(10**6))
    ]
    authors = tied.name if tied else ""
    return {
        "skill": {
            "occupation_code": random.choice(OCCUPATIONS),
            "level": "3" if weak else random.choice("12"),
            "certificate_number": f"Y0012450{random.randrange(10**8):08}",
            "certified_in": str(year - random.randrange(3, 15)),
            "skill": "长期在一线，掌握独到技法，多次带队解决生产难题。",
            "honours": [{"title": "钦州市技术能手", "body": "钦州市人民政府", "year": str(year - 2)}],
        },
        "apprentices": {
            "teaching": "师带徒一对一，每月集中授艺两次。",
            "apprentices": apprentices,
            "teachers": [],
        },
        "innovations": {
            "innovations": [
                {
                    "title": "工艺改进与成品率提升",
                    "year": str(year - 1),
                    "co_authors": authors,
                    "benefit": "成品率提高八个百分点，年节约成本二十万元。",
                }
            ]
        },
    }


def base_contents(
    random: Random, year: int, tied: MadeExpert | None, weak: bool
) -> dict[str, dict[str, Any]]:
    teachers = [
        {"name": one.name, "level": random.choice("123"), "subject": "实训指导"}
        for one in made_people(6, random.randrange(10**6))
    ]
    return {
        "capacity": {
            "person_times": str(1200 if weak else random.randrange(2000, 6000)),
            "area": str(random.randrange(800, 5000)),
            "management": "设专门管理机构，财务专账管理，制度健全。",
            "occupations": [{"occupation_code": code, "level": "3"} for code in OCCUPATIONS],
        },
        "teachers": {"teachers": teachers},
        "equipment": {"equipment": [{"name": "实训工位", "count": "40", "value": "360000"}]},
    }


def made_credit_code(random: Random) -> str:
    """A unified social credit code with its check digit, of a body that is made up."""
    body = "91450700MA" + "".join(random.choice("0123456789") for _ in range(7))
    return body + str(uscc.calc_check_digit(body))


def made_pdf() -> bytes:
    """A PDF of one empty page."""
    document = pikepdf.new()
    document.add_blank_page(page_size=(595, 842))
    written = io.BytesIO()
    document.save(written, deterministic_id=True)
    return written.getvalue()
