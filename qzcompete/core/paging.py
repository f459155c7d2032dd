"""A page of a long list: two queries however long it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, select

from qzcompete.extensions import db


@dataclass(frozen=True)
class ListPage:
    items: Sequence[Any]
    number: int
    size: int
    total: int

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // self.size))

    @property
    def has_previous(self) -> bool:
        return self.number > 1

    @property
    def has_next(self) -> bool:
        return self.number < self.pages


def list_page(query: Select[Any], number: str | int, size: int = 50) -> ListPage:
    """The numbered page (from 1) of what `query` finds; a number out of range gives the nearest page."""
    total = db.session.scalar(select(func.count()).select_from(query.order_by(None).subquery())) or 0
    last = max(1, -(-total // size))
    text = str(number)
    wanted = int(text) if text.isascii() and text.isdigit() and len(text) <= 9 else 1
    place = min(max(1, wanted), last)
    rows = db.session.execute(query.limit(size).offset((place - 1) * size)).all()
    return ListPage([row[0] if len(row) == 1 else row for row in rows], place, size, total)
