"""Which entries' ranks and awards an appeal may still change, so that all others can be honoured meanwhile.

An appeal can move only its own entry, between the least and the greatest total that the contested marks allow.
Who stands above that span or below it keeps the place. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Claim:
    """An open appeal: its entry, and the totals that it may end with."""

    entry: str
    least: Decimal
    most: Decimal


def touched(
    totals: Mapping[str, Decimal], claims: Iterable[Claim], everything: bool = False
) -> frozenset[str]:
    """Entries whose rank or award an open claim may change. `everything`: where points or awards depend on the whole
    field (a scale, a share of the entrants) and the field itself may change."""
    held: set[str] = set()
    for claim in claims:
        if everything:
            return frozenset(totals) | {claim.entry}
        held.add(claim.entry)
        held.update(entry for entry, total in totals.items() if claim.least <= total <= claim.most)
    return frozenset(held)


def span(
    total: Decimal | None, contested: Iterable[tuple[Decimal, Decimal]], greatest: Decimal
) -> tuple[Decimal, Decimal]:
    """The least and greatest total: `contested` are (loss, gain) that each contested mark may bring, in points of the
    total. An appeal against the whole, or for an entry without a total, may end anywhere."""
    parts = list(contested)
    if total is None or not parts:
        return Decimal(0), greatest
    loss, gain = (sum((part[side] for part in parts), Decimal(0)) for side in (0, 1))
    return max(Decimal(0), total - loss), min(greatest, total + gain)
