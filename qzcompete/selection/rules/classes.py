"""The two classes of a round: what a new one starts with, and which settings can stand. Pure.

The numbers are those seen in other cities' practice; each is a setting of the round, to be changed by the bureau.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

KINDS = ("studio", "base")
CYCLE_YEARS = 2
LEAST_EXPERTS = 5
HUNDRED = Decimal(100)

# What the plan allows the grant to be spent on.
ALLOWED_USES: Mapping[str, tuple[str, ...]] = {
    "studio": ("training_goods", "exchange", "promotion"),
    "base": ("site", "equipment", "teachers"),
}


@dataclass(frozen=True, slots=True)
class ClassSettings:
    """What the bureau sets for one class of a round. Weights and shares are percentages; `trim` marks are dropped at
    each end; `visits` is how many are visited (0: all); `quorum` and `majority` are counted in members."""

    kind: str
    quota: int
    grant: Decimal
    instalments: tuple[Decimal, ...] = (Decimal(60), Decimal(40))
    review_weight: Decimal = Decimal(70)
    visit_weight: Decimal = Decimal(30)
    experts: int = LEAST_EXPERTS
    reserves: int = 4
    trim: int = 1
    spread_percent: Decimal = Decimal(40)
    reason_below: Decimal = Decimal(40)
    reason_above: Decimal = Decimal(90)
    visits: int = 0
    quorum_percent: Decimal = Decimal("66.67")
    notice_days: int = 7
    term_months: int = 24
    ban_years: int = 6
    conflict_years: int = 3
    bad_record_years: int = 3
    least_total: Decimal = Decimal(60)
    least_level: int = 2
    least_capacity: int = 0
    least_occupations: int = 0
    host_studios: int = 2
    excellent_percent: Decimal = Decimal(20)
    correction_months: int = 3


DEFAULTS: Mapping[str, ClassSettings] = {
    "studio": ClassSettings("studio", quota=5, grant=Decimal(80000)),
    "base": ClassSettings(
        "base", quota=2, grant=Decimal(600000), least_capacity=2000, least_occupations=5, host_studios=1
    ),
}


def setting_faults(settings: ClassSettings) -> list[tuple[str, str]]:
    """(field, fault) of every setting that cannot stand."""
    faults = [
        ("quota", "positive", settings.quota < 1),
        ("grant", "negative", settings.grant < 0),
        ("experts", "odd", settings.experts % 2 == 0),
        ("experts", "few", settings.experts < LEAST_EXPERTS),
        ("trim", "trim", settings.trim < 0 or settings.experts - 2 * settings.trim < 3),
        ("reserves", "negative", settings.reserves < 0),
        ("review_weight", "weights", settings.review_weight + settings.visit_weight != HUNDRED),
        ("instalments", "instalments", sum(settings.instalments, Decimal(0)) != HUNDRED),
        ("notice_days", "positive", settings.notice_days < 1),
        ("term_months", "positive", settings.term_months < 1),
        ("reason_above", "band", not 0 <= settings.reason_below <= settings.reason_above <= HUNDRED),
        ("visits", "visits", 0 < settings.visits < settings.quota),
    ]
    return [(name, fault) for name, fault, broken in faults if broken]


def cycle_years(first_year: int) -> tuple[int, ...]:
    """The years of the cycle that starts in `first_year`."""
    return tuple(range(first_year, first_year + CYCLE_YEARS))


def cycle_name(first_year: int) -> str:
    years = cycle_years(first_year)
    return f"{years[0]}–{years[-1]}"


def instalment_amounts(grant: Decimal, shares: Sequence[Decimal]) -> tuple[Decimal, ...]:
    """The grant cut by its shares, to the cent; the last takes what is left, so that they add up."""
    amounts = [(grant * share / HUNDRED).quantize(Decimal("0.01")) for share in shares[:-1]]
    return (*amounts, grant - sum(amounts, Decimal(0)))


def instalment_shares(text: str) -> tuple[Decimal, ...] | None:
    """'60 40' as percentages; None where it cannot be read."""
    try:
        shares = tuple(
            Decimal(part.rstrip("%")) for part in text.replace("、", " ").replace(",", " ").split()
        )
    except InvalidOperation:
        return None
    return shares if shares and all(share.is_finite() and share > 0 for share in shares) else None
