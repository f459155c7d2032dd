"""The words of a certificate: Chinese dates and places, certificate numbers, masked names, the award sentence."""

from __future__ import annotations

import re
from datetime import date

DIGITS = "〇一二三四五六七八九"
NUMBER = re.compile(r"(?P<prefix>[A-Z]{2,8})-(?P<year>\d{4})-(?P<serial>\d{6})")
PREFIX = "QZJN"


def chinese_number(value: int) -> str:
    """1 to 99 as it is read: 十, 十一, 二十, 二十一."""
    if not 0 < value < 100:
        raise ValueError(f"{value} is not between 1 and 99")
    tens, ones = divmod(value, 10)
    head = "" if tens == 0 else ("十" if tens == 1 else DIGITS[tens] + "十")
    return head + (DIGITS[ones] if ones else "")


def chinese_date(day: date) -> str:
    """二〇二六年五月二十日: the year digit by digit, month and day as they are read."""
    year = "".join(DIGITS[int(digit)] for digit in f"{day.year:04d}")
    return f"{year}年{chinese_number(day.month)}月{chinese_number(day.day)}日"


def certificate_number(year: int, serial: int, prefix: str = PREFIX) -> str:
    number = f"{prefix}-{year:04d}-{serial:06d}"
    if not NUMBER.fullmatch(number):
        raise ValueError(f"{number} is not a certificate number")
    return number


def masked_name(name: str) -> str:
    """What a verification page may show: 陈*, 阿*; the first character stays, the length is not given away."""
    return f"{name.strip()[:1]}*" if name.strip() else ""


def award_sentence(competition: str, event: str) -> str:
    return f"在{competition}“{event}”赛项中成绩优异，经竞赛组织委员会评审，荣获"
