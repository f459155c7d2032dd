"""How values look on a page: moments in the city's time, exact decimals, file sizes, the signs between words."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal

from babel.dates import format_interval
from flask import Flask
from flask_babel import format_date, get_locale

from qzcompete.core.clock import in_city
from qzcompete.core.permissions import ROLE_NAMES
from qzcompete.core.wording import chinese_day


def install(app: Flask) -> None:
    filters = {
        "moment": moment,
        "day": day,
        "days": days,
        "decimal": plain_decimal,
        "file_size": file_size,
        "role_name": role_name,
        "listed": listed,
        "bracketed": bracketed,
    }
    app.jinja_env.filters.update(filters)
    app.jinja_env.globals.update(colon=colon, comma=comma, semicolon=semicolon)


def moment(value: datetime | None) -> str:
    """'2026年11月23日 19:30' or 'Nov 23, 2026 19:30', in Asia/Shanghai; a dash for none."""
    if value is None:
        return "—"
    here = in_city(value)
    return f"{day(here.date())} {here:%H:%M}"


def day(value: date | None) -> str:
    """'2026年11月23日' or 'Nov 23, 2026'; a dash for none."""
    return "—" if value is None else format_date(value, "medium", rebase=False)


def days(first: date | None, last: date | None) -> str:
    """'2026年11月23日至25日' or 'Nov 23 – 25, 2026'; one day where there is no other, a dash for none."""
    if first is None or last is None:
        return day(first)
    return str(format_interval(first, last, "yMMMd", locale=get_locale()))


def chinese_moment(value: datetime | None) -> str:
    """'2026年9月3日 19:30' in Asia/Shanghai, for papers, which are Chinese whoever prints them; empty for none."""
    if value is None:
        return ""
    here = in_city(value)
    return f"{chinese_day(here)} {here:%H:%M}"


def plain_decimal(value: Decimal | None) -> str:
    """Without an exponent and without zeros at the end: '7.5', '100'."""
    if value is None:
        return "—"
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def file_size(count: int) -> str:
    """'512 B', '1.4 MB': powers of 1000, as phones and desktops show it."""
    if count < 1000:
        return f"{count} B"
    tenths, unit = (count // 100, "kB") if count < 1_000_000 else (count // 100_000, "MB")
    return f"{tenths // 10}.{tenths % 10} {unit}"


def chinese() -> bool:
    return str(get_locale()).startswith("zh")


def colon() -> str:
    return "：" if chinese() else ": "


def comma() -> str:
    """Between the parts of a list."""
    return "、" if chinese() else ", "


def semicolon() -> str:
    return "；" if chinese() else "; "


def listed(values: Iterable[object]) -> str:
    return comma().join(map(str, values))


def bracketed(value: object) -> str:
    return f"（{value}）" if chinese() else f" ({value})"


def role_name(role: str) -> str:
    return str(ROLE_NAMES.get(role, role))
