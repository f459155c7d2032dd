"""Invented persons: names (some with rare characters), identity numbers that pass the check digit, employers.

The numbers name serial 9xx of days in the past, so that they are not those of anybody we know of.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from qzcompete.people.rules.identity import RESIDENT_CHECKS, RESIDENT_WEIGHTS

SURNAMES = "黄李陈韦梁刘张吴罗潘杨宁林苏谢邓莫覃农陆廖冯王周何赵龙蒙玉劳裴利滕符颜容施"
GIVEN = [
    "海燕",
    "志强",
    "秀兰",
    "建国",
    "丽华",
    "德明",
    "美玲",
    "永福",
    "春梅",
    "家豪",
    "雪芬",
    "国栋",
    "小娟",
    "伟杰",
    "翠云",
    "志远",
    "彩霞",
    "俊",
    "敏",
    "静",
    "勇",
    "婷",
    "磊",
    "艳",
    "宗源",
    "佩珊",
    "冠霖",
    "梓萱",
    "文斌",
    "秋菊",
    "景明",
    "凤英",
    "世昌",
    "燕芳",
    "展鹏",
    "晓晴",
    "立新",
    "金莲",
    "泽宇",
    "慧",
    "锋",
    "莹",
    "涛",
    "洁",
    "浩然",
    "思颖",
    "达成",
    "桂香",
]
# One in some tens of real names has a character that small fonts lack.
RARE = ("黄㛃", "陈䶮", "韦𬱖", "梁𣲗", "刘𫖯", "宁𠅤", "阿依古丽·买买提", "欧阳𬭩")

# county team -> (first six digits of its identity numbers, employers)
COUNTIES: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "钦南区": (
        ("450702", "450701"),
        ("钦州市锐丰陶艺有限公司", "钦州市钦南区人民医院食堂", "广西钦州白石湖酒店有限公司"),
    ),
    "钦北区": (
        ("450703", "452823"),
        ("钦州市大垌木业有限公司", "钦北区长滩茶业专业合作社", "钦州市技工学校"),
    ),
    "灵山县": (
        ("450721", "452824"),
        ("灵山县公共实训基地", "灵山县武利电子商务有限公司", "灵山县荔香果蔬加工厂"),
    ),
    "浦北县": (
        ("450722", "452826"),
        ("浦北县公共实训基地", "浦北县宝祥编织工艺有限公司", "浦北县红椎菌陈皮产业园"),
    ),
    "自贸区钦州港片区": (
        ("450702", "452802"),
        ("钦州港国际码头有限公司", "广西临港石化检修有限公司", "钦州港船舶修造有限公司"),
    ),
}


@dataclass(frozen=True)
class MadePerson:
    name: str
    document_number: str
    county: str
    employer: str


def made_people(count: int, seed: int) -> list[MadePerson]:
    """`count` persons, an equal share per county in turn; the same seed gives the same persons."""
    random = Random(seed)
    counties = list(COUNTIES)
    taken: set[str] = set()
    people: list[MadePerson] = []
    while len(people) < count:
        county = counties[len(people) % len(counties)]
        regions, employers = COUNTIES[county]
        number = made_number(random, regions)
        if number in taken:
            continue
        taken.add(number)
        people.append(MadePerson(made_name(random, len(people)), number, county, random.choice(employers)))
    return people


def made_name(random: Random, place: int) -> str:
    if place % 26 == 7:
        return RARE[place // 26 % len(RARE)]
    return random.choice(SURNAMES) + random.choice(GIVEN)


def made_number(random: Random, regions: tuple[str, ...]) -> str:
    born = date(1972, 1, 1) + timedelta(days=random.randrange(365 * 33))
    # A region that ended in 1994 belongs to those who were born before.
    region = regions[1] if born.year < 1994 else regions[0]
    body = f"{region}{born:%Y%m%d}9{random.randrange(100):02}"
    total = sum(int(digit) * weight for digit, weight in zip(body, RESIDENT_WEIGHTS, strict=True))
    return body + RESIDENT_CHECKS[total % 11]
