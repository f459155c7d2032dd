"""The ranking of teams and delegations: by the sum of the best n totals, by medals, or by the mean total. Pure.

Guests and entries without a total count for nobody.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from itertools import groupby


@dataclass(frozen=True, slots=True)
class Share:
    """What one entry brings to its team."""

    team: str
    total: Decimal
    award: str | None


@dataclass(frozen=True, slots=True)
class TeamLine:
    """`score` is what the teams are ordered by, except by medals; `awards`: how many of each, best award first."""

    rank: int
    team: str
    entries: int
    score: Decimal
    awards: tuple[int, ...]


def team_ranking(
    shares: Iterable[Share], awards: Sequence[str], method: str, best: int = 1
) -> list[TeamLine]:
    """`method`: best, medals or mean. Teams that nothing splits share a rank and stand by name."""
    ordered = sorted(shares, key=lambda share: share.team)
    lines = []
    for team, group in groupby(ordered, key=lambda share: share.team):
        members = list(group)
        counted = Counter(member.award for member in members)
        medals = tuple(counted[award] for award in awards)
        lines.append((sort_key(members, medals, method, best), team, len(members), medals))
    lines.sort(key=lambda line: (tuple(-figure for figure in line[0]), line[1]))
    result: list[TeamLine] = []
    for place, (key, team, entries, medals) in enumerate(lines, start=1):
        same = place > 1 and lines[place - 2][0] == key
        rank = result[-1].rank if same else place
        result.append(TeamLine(rank, team, entries, in_cents(key[-1]), medals))
    return result


def sort_key(
    members: Sequence[Share], medals: tuple[int, ...], method: str, best: int
) -> tuple[Decimal, ...]:
    """Greater is better; the last figure is the score that is shown."""
    totals = sorted((member.total for member in members), reverse=True)
    if method == "mean":
        return (mean(totals),)
    total = sum(totals[:best], Decimal(0))
    if method == "medals":
        return (*(Decimal(count) for count in medals), total)
    return (total,)


def in_cents(score: Decimal) -> Decimal:
    """With two decimals, unless it has more."""
    shown = score.quantize(Decimal("0.01"), ROUND_HALF_UP)
    return shown if shown == score else score


def mean(totals: Sequence[Decimal]) -> Decimal:
    """To two decimals, half away from zero."""
    return (sum(totals, Decimal(0)) / len(totals)).quantize(Decimal("0.01"), ROUND_HALF_UP)
