"""Who takes which award (marking.md, 7). Guests keep their rank and take nothing.

Decides nothing where a tie stands at the end of an award and the scheme says `block`: it names the tie.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from qzcompete.core.numbers import round_half_up, units_at_least, units_at_most
from qzcompete.marking.rules.scheme import Awards, Prize

GOLD, SILVER, BRONZE, MEDALLION = "gold", "silver", "bronze", "medallion"


class Standing(NamedTuple):
    """One present entry that is no guest, as the awards see it; points and total in whole units."""

    entry: str
    rank: int
    total: int
    points: int
    passed: bool


class TieAtAward(NamedTuple):
    """The entries among which nobody has decided who takes the last place of an award."""

    award: str
    entries: tuple[str, ...]


def awards_of(
    awards: Awards, standings: Sequence[Standing], places: int, points_places: int
) -> Mapping[str, str] | TieAtAward:
    """Entry → award for the standings in rank order, or the tie that blocks all awards."""
    taken: dict[str, str] | TieAtAward
    if awards.rule == "places":
        taken = _places(awards, standings, places)
    elif awards.rule == "worldskills_classic":
        taken = _classic(awards, standings, points_places)
    else:
        taken = _dense(awards, standings, points_places)
    if isinstance(taken, TieAtAward):
        return taken
    withheld = _withheld(awards, len(standings))
    return {entry: award for entry, award in taken.items() if award not in withheld}


def _withheld(awards: Awards, number: int) -> set[str]:
    """Awards that are not given with so few entries; who would have taken one takes none."""
    return {code for few in awards.few_entries if number < few.fewer_than for code in few.without}


def _places(awards: Awards, standings: Sequence[Standing], places: int) -> dict[str, str] | TieAtAward:
    taken: dict[str, str] = {}
    for prize in awards.prizes:
        least = None if prize.min_total is None else units_at_least(prize.min_total, places)
        line = [
            one
            for one in standings
            if one.entry not in taken
            and (one.passed or not prize.needs_pass)
            and (least is None or one.total >= least)
        ]
        number = _prize_size(prize, len(standings))
        first = line[:number]
        if 0 < number < len(line) and line[number - 1].rank == line[number].rank:
            tied = line[number].rank
            if awards.on_tie == "block":
                return TieAtAward(prize.code, tuple(sorted(one.entry for one in line if one.rank == tied)))
            shared = awards.on_tie == "share"
            first = [one for one in line if one.rank < tied or (shared and one.rank == tied)]
        taken.update((one.entry, prize.code) for one in first)
    return taken


def _prize_size(prize: Prize, field: int) -> int:
    """How many entries an award takes: its count, or its percentage of the field."""
    if prize.percent is None:
        return prize.count or 0
    numerator, denominator = prize.percent.as_integer_ratio()
    numerator, denominator = numerator * field, denominator * 100
    if prize.percent_rounding == "ceil":
        return -(-numerator // denominator)
    if prize.percent_rounding == "half_up":
        return round_half_up(numerator, denominator)
    return numerator // denominator


def _classic(awards: Awards, standings: Sequence[Standing], points_places: int) -> dict[str, str]:
    """A group is the next entry and all within the tolerance of that first one, never chained."""
    tolerance = units_at_most(awards.tolerance, points_places)
    line = sorted(standings, key=lambda one: -one.points)

    def group(start: int, top: int) -> list[Standing]:
        return [one for one in line[start:] if one.points >= top - tolerance]

    taken: dict[str, str] = {}

    def give(award: str, top: int | None = None) -> list[Standing]:
        start = len(taken)
        if start == len(line):
            return []
        group_ = group(start, line[start].points if top is None else top)
        taken.update((one.entry, award) for one in group_)
        return group_

    golds = give(GOLD)
    if len(golds) >= 3:
        give(BRONZE, top=golds[-1].points)
    elif len(golds) == 2 or (golds and len(give(SILVER)) == 1):
        give(BRONZE)
    return taken | _medallions(awards, line[len(taken) :], points_places)


def _dense(awards: Awards, standings: Sequence[Standing], points_places: int) -> dict[str, str]:
    """The three greatest values are gold, silver and bronze, each only from the floor on."""
    values = sorted({one.points for one in standings}, reverse=True)
    medals = dict(zip(values, (GOLD, SILVER, BRONZE), strict=False))
    least = units_at_least(awards.floor, points_places)
    return {one.entry: medals.get(one.points, MEDALLION) for one in standings if one.points >= least}


def _medallions(awards: Awards, rest: Sequence[Standing], points_places: int) -> dict[str, str]:
    least = units_at_least(awards.floor, points_places)
    return {one.entry: MEDALLION for one in rest if one.points >= least}
