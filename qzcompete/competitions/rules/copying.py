"""What a competition becomes when it is held again in another year: names, codes and dates with the year changed."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

CITY = ZoneInfo("Asia/Shanghai")


def renamed(text: str, old: int, new: int) -> str:
    """The text with the old year written as the new one."""
    return text.replace(str(old), str(new))


def day_in(day: date, years: int) -> date:
    """The same day some years later; 29 February becomes 28 where there is none."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


def moment_in(moment: datetime, years: int) -> datetime:
    """The same day and hour in the city's time, some years later."""
    local = moment.astimezone(CITY)
    return datetime.combine(day_in(local.date(), years), local.timetz())
