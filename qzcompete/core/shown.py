"""How values look on a page: moments in the city's time, exact decimals, file sizes."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from flask import Flask
from flask_babel import format_date, format_datetime

from qzcompete.core.clock import in_city
from qzcompete.core.permissions import ROLE_NAMES


def install(app: Flask) -> None:
    filters = {
        "moment": moment,
        "day": day,
        "decimal": plain_decimal,
        "file_size": file_size,
        "role_name": role_name,
    }
    app.jinja_env.filters.update(filters)


def moment(value: datetime | None) -> str:
    """'2026年11月23日 19:30', in Asia/Shanghai; a dash for none."""
    return "—" if value is None else format_datetime(in_city(value), "y年M月d日 HH:mm", rebase=False)


def day(value: date | None) -> str:
    return "—" if value is None else format_date(value, "y年M月d日", rebase=False)


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


def role_name(role: str) -> str:
    return str(ROLE_NAMES.get(role, role))
