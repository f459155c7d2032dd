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
    # There are more than `total`, which nobody counted on.
    more: bool = False

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // self.size))

    @property
    def has_previous(self) -> bool:
        return self.number > 1

    @property
    def has_next(self) -> bool:
        return self.number < self.pages


def list_page(query: Select[Any], number: str | int, size: int = 50, most: int | None = None) -> ListPage:
    """The numbered page (from 1) of what `query` finds; a number out of range gives the nearest page.

    A list of which nobody reads the end is counted, and leafed through, to `most` rows only.
    """
    counted = query.order_by(None)
    if most is not None:
        counted = counted.limit(most + 1)
    found = db.session.scalar(select(func.count()).select_from(counted.subquery())) or 0
    total = found if most is None else min(found, most)
    place = nearest_page(number, total, size)
    rows = db.session.execute(query.limit(size).offset((place - 1) * size)).all()
    return ListPage([row[0] if len(row) == 1 else row for row in rows], place, size, total, total < found)


def nearest_page(number: str | int, total: int, size: int) -> int:
    """The page of this number, or the nearest one that there is."""
    text = str(number)
    wanted = int(text) if text.isascii() and text.isdigit() and len(text) <= 9 else 1
    return min(max(1, wanted), max(1, -(-total // size)))
