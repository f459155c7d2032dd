"""How one entry's result came about, from the judges' marks to the rank, step by step with the clause of each.

The figures are those of the second calculator, which must agree with what is published. Decides nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from qzcompete.results.rules.second_calculator import Calculator, Document


@dataclass(frozen=True)
class JudgesMark:
    """A mark that stands; `dropped` where the extremes do not count."""

    judge: str
    value: str
    dropped: bool = False


@dataclass(frozen=True)
class AspectStep:
    """Clause 3. `way`: measurement, deduction, judgement, mean, median or trimmed; no score where it is open."""

    code: str
    name: str
    way: str
    most: str
    factor: str
    marks: Sequence[JudgesMark]
    score: str | None


@dataclass(frozen=True)
class ModuleStep:
    """Clause 4. `counted` is what the module adds to the total, weighted where the scheme has weights."""

    code: str
    name: str
    aspects: Sequence[AspectStep]
    score: str
    most: str
    weight: str | None
    counted: str


@dataclass(frozen=True)
class Explanation:
    """Clauses 3 to 7 for one entry. `better` entries are ranked before it, `equal` have the same total."""

    entry: str
    modules: Sequence[ModuleStep]
    total: str | None
    points: str | None
    scale: str | None
    rank: int | None
    better: int
    equal: int
    award: str | None
    passed: bool | None


def explain(bundle: Document, entry: str) -> Explanation:
    """The steps of a present entry of a sound bundle; raises KeyError for one that is not in it."""
    calculator = Calculator(bundle)
    told = {row["entry"]: row for row in calculator.result()["results"]}
    own = told[entry]
    ranked = [row for row in told.values() if row["rank"] is not None]
    modules = []
    if own["status"] == "present":
        row = calculator.entry(entry)
        marks = current_marks(bundle, entry)
        modules = [module_step(calculator, module, row, marks) for module in calculator.scheme["modules"]]
    return Explanation(
        entry,
        modules,
        own["total"],
        own["points"],
        calculator.scheme.get("scale"),
        own["rank"],
        sum(own["rank"] is not None and row["rank"] < own["rank"] for row in ranked),
        sum(row["total"] == own["total"] and row["entry"] != entry for row in ranked),
        own["award"],
        own["passed"],
    )


def current_marks(bundle: Document, entry: str) -> dict[str, dict[str, str]]:
    """Aspect → judge → the mark that stands, by the greatest revision."""
    found: dict[str, dict[str, str | None]] = {}
    for mark in sorted(bundle["marks"], key=lambda mark: mark["rev"]):
        if mark["entry"] == entry:
            found.setdefault(mark["aspect"], {})[mark["judge"]] = mark["value"]
    return {
        aspect: {judge: value for judge, value in sorted(given.items()) if value is not None}
        for aspect, given in found.items()
    }


def module_step(
    calculator: Calculator, module: Document, row: Document, marks: dict[str, dict[str, str]]
) -> ModuleStep:
    aspects = [aspect for criterion in module["criteria"] for aspect in criterion["aspects"]]
    most = sum((greatest(aspect) for aspect in aspects), Fraction(0))
    score = row["module"][module["code"]]
    counted = score
    if "weight" in module:
        counted = calculator.round(score * Fraction(module["weight"]) / most)
    return ModuleStep(
        module["code"],
        module.get("name", ""),
        [aspect_step(calculator, aspect, row, marks.get(aspect["code"], {})) for aspect in aspects],
        calculator.text(score),
        calculator.text(most),
        module.get("weight"),
        calculator.text(counted),
    )


def greatest(aspect: Document) -> Fraction:
    """What an aspect adds to the greatest score of its module; a deduction adds nothing."""
    if aspect["kind"] == "deduction":
        return Fraction(0)
    return Fraction(aspect["max"]) * Fraction(aspect.get("factor", "1") if aspect["kind"] == "panel" else 1)


def aspect_step(calculator: Calculator, aspect: Document, row: Document, given: dict[str, str]) -> AspectStep:
    way = aspect.get("aggregate", "mean") if aspect["kind"] == "panel" else aspect["kind"]
    trim = aspect.get("trim", 1) if way == "trimmed" else 0
    order = sorted(given, key=lambda judge: Fraction(given[judge]))
    dropped = {*order[:trim], *order[len(order) - trim :]} if trim else set()
    score = row["aspect"].get(aspect["code"])
    return AspectStep(
        aspect["code"],
        aspect.get("name", ""),
        way,
        aspect["max"],
        aspect.get("factor", "1") if aspect["kind"] == "panel" else "1",
        [JudgesMark(judge, value, judge in dropped) for judge, value in given.items()],
        None if score is None else calculator.text(score),
    )
