"""Chinese as officials write it, on papers and in letters, whoever prints or sends them. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Wording:
    """Of one letter."""

    subject: str
    body: str


def chinese_day(day: date) -> str:
    """'2026年9月3日', no zeros before."""
    return f"{day.year}年{day.month}月{day.day}日"
