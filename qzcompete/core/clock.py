"""The only reader of time. Everything below the edge asks here, so that a test can hold the clock."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

CITY = ZoneInfo("Asia/Shanghai")


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return datetime.now(UTC)


def in_city(moment: datetime) -> datetime:
    """The same moment as the clocks of Qinzhou show it."""
    return moment.astimezone(CITY)


def milliseconds(moment: datetime) -> int:
    """Since 1970, as browsers count."""
    return int(moment.timestamp() * 1000)
