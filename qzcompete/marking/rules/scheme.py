"""The marking scheme as frozen values (marking.md, 2): modules, criteria, aspects, tie-breaks, awards.

Holds no entry and no mark. Reading it from a document is `scheme_reading`, scoring by it is `arithmetic`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import Any, Literal

from qzcompete.core.numbers import Rounding, decimals_of

Kind = Literal["measurement", "judgement", "panel", "deduction"]
Aggregate = Literal["mean", "median", "trimmed"]
Scale = Literal["ws500", "ws700"]

KINDS: tuple[Kind, ...] = ("measurement", "judgement", "panel", "deduction")
AGGREGATES: tuple[Aggregate, ...] = ("mean", "median", "trimmed")
SCALES: tuple[Scale, ...] = ("ws500", "ws700")

GREATEST_JUDGEMENT = 3
STORED_DIGITS = 6
"""Marks are handed in as whole numbers of 10^-6, unless a scheme needs finer ones."""


@dataclass(frozen=True, slots=True)
class Aspect:
    """One item that judges mark; `max` and `step` are on the scale of a single mark."""

    code: str
    kind: Kind
    max: Decimal
    step: Decimal = Decimal("0.01")
    panel: int = 1
    aggregate: Aggregate | None = None
    trim: int = 0
    factor: Decimal = Decimal(1)
    name: str | None = None
    description: str | None = None
    benchmarks: tuple[str, ...] = ()
    unit: str | None = None
    calculation: Mapping[str, Any] | None = None
    day: str | None = None
    wsos: str | None = None

    @property
    def greatest_mark(self) -> Decimal:
        return Decimal(GREATEST_JUDGEMENT) if self.kind == "judgement" else self.max

    @property
    def mark_step(self) -> Decimal:
        return Decimal(1) if self.kind == "judgement" else self.step

    @property
    def full_score(self) -> Fraction:
        """What the aspect adds to its module's max: a deduction nothing."""
        if self.kind == "deduction":
            return Fraction(0)
        return Fraction(self.max) * Fraction(self.factor)


@dataclass(frozen=True, slots=True)
class Criterion:
    code: str
    aspects: tuple[Aspect, ...]
    name: str | None = None
    description: str | None = None
    day: str | None = None


@dataclass(frozen=True, slots=True)
class Module:
    code: str
    criteria: tuple[Criterion, ...]
    weight: Decimal | None = None
    pass_mark: Decimal | None = None
    name: str | None = None
    description: str | None = None

    @property
    def max(self) -> Fraction:
        return sum(
            (aspect.full_score for criterion in self.criteria for aspect in criterion.aspects), Fraction(0)
        )


@dataclass(frozen=True, slots=True)
class TieBreak:
    kind: Literal["module", "criterion", "aspect", "duration"]
    code: str = ""

    def __str__(self) -> str:
        return f"{self.kind}:{self.code}" if self.code else self.kind


@dataclass(frozen=True, slots=True)
class Prize:
    """One award of the rule `places`: a number of entries, or a percentage of the field."""

    code: str
    count: int | None = None
    percent: Decimal | None = None
    percent_rounding: Literal["floor", "ceil", "half_up"] = "floor"
    needs_pass: bool = True
    min_total: Decimal | None = None


@dataclass(frozen=True, slots=True)
class FewEntries:
    fewer_than: int
    without: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Awards:
    rule: Literal["places", "worldskills_classic", "worldskills_dense"]
    prizes: tuple[Prize, ...] = ()
    on_tie: Literal["share", "exclude", "block"] = "block"
    tolerance: Decimal = Decimal(2)
    floor: Decimal = Decimal(0)
    few_entries: tuple[FewEntries, ...] = ()


@dataclass(frozen=True)
class Scheme:
    modules: tuple[Module, ...]
    places: int = 2
    rounding: Rounding = "half_up"
    pass_total: Decimal | None = None
    tie_breaks: tuple[TieBreak, ...] = ()
    scale: Scale | None = None
    awards: Awards | None = None
    name: str | None = None
    description: str | None = None

    @property
    def criteria(self) -> Iterator[Criterion]:
        return (criterion for module in self.modules for criterion in module.criteria)

    @property
    def aspects(self) -> Iterator[Aspect]:
        return (aspect for criterion in self.criteria for aspect in criterion.aspects)

    @cached_property
    def digits(self) -> int:
        """How fine the whole-number units of marks must be: 10^-6, or finer where the scheme is."""
        numbers = [number for aspect in self.aspects for number in (aspect.max, aspect.step)]
        return max(STORED_DIGITS, *(decimals_of(number) for number in numbers), 0)

    def aspect(self, code: str) -> Aspect:
        return next(aspect for aspect in self.aspects if aspect.code == code)
