"""What a round is before it has a row: its name, cycle, call and windows. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

WINDOWS = ("applies_from", "applies_until", "recommends_until", "reviews_until")


@dataclass(frozen=True)
class RoundDraft:
    code: str
    name: str
    first_year: int
    applies_from: datetime
    applies_until: datetime
    recommends_until: datetime
    reviews_until: datetime
    call: str = ""


def window_fault(draft: RoundDraft) -> str | None:
    """The first moment that does not lie after the one before it."""
    late = (later for earlier, later in pairwise(WINDOWS) if getattr(draft, later) <= getattr(draft, earlier))
    return next(late, None)
