"""The only reader of time. Everything below the edge asks here, so that a test or a rehearsal can hold the clock."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

CITY = ZoneInfo("Asia/Shanghai")

# Of the whole process, so that its threads agree.
_held: list[datetime] = []


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return _held[-1] if _held else datetime.now(UTC)


def today() -> date:
    """The day that calendars in Qinzhou show."""
    return in_city(now()).date()


@contextmanager
def held_at(moment: datetime) -> Iterator[None]:
    """Within this block it is `moment`: for tests and for rehearsals on made data, never for real work."""
    _held.append(moment.astimezone(UTC))
    try:
        yield
    finally:
        _held.pop()


def in_city(moment: datetime) -> datetime:
    """The same moment as the clocks of Qinzhou show it."""
    return moment.astimezone(CITY)


def milliseconds(moment: datetime) -> int:
    """Since 1970, as browsers count."""
    return int(moment.timestamp() * 1000)
