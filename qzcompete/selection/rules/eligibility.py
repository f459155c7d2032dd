"""The checklist of each class: which lines the system finds by itself, and what it finds. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

# line → the system finds it (True) or a person ticks it (False)
LINES: Mapping[str, Mapping[str, bool]] = {
    "studio": {
        "not_designated": True,
        "not_banned": True,
        "one_application": True,
        "host_limit": True,
        "level": True,
        "certificate": True,
        "budget": True,
        "employed": False,
        "recognised": False,
        "host_record": False,
        "truth": False,
    },
    "base": {
        "not_designated": True,
        "not_banned": True,
        "host_limit": True,
        "capacity": True,
        "occupations": True,
        "budget": True,
        "management": False,
        "host_record": False,
        "truth": False,
    },
}


@dataclass(frozen=True, slots=True)
class Facts:
    """What the system knows of an application, and the limits of its class."""

    kind: str
    designated_as: str = ""
    banned_until: str = ""
    other_applications: tuple[str, ...] = ()
    host_applications: tuple[str, ...] = ()
    host_limit: int = 1
    level: int | None = None
    least_level: int = 2
    has_certificate: bool = False
    capacity: int = 0
    least_capacity: int = 0
    occupations: int = 0
    least_occupations: int = 0
    budget: str = ""
    budget_fits: bool = False


@dataclass(frozen=True, slots=True)
class Finding:
    line: str
    met: bool
    evidence: str


def findings(facts: Facts) -> list[Finding]:
    """What the system finds for each line that it can check; the evidence names numbers and codes, no person."""
    host_count = len(facts.host_applications) + 1
    known = {
        "not_designated": (not facts.designated_as, facts.designated_as),
        "not_banned": (not facts.banned_until, facts.banned_until),
        "one_application": (not facts.other_applications, "、".join(facts.other_applications)),
        "host_limit": (host_count <= facts.host_limit, f"{host_count}/{facts.host_limit}"),
        # Level 1 is the highest.
        "level": (facts.level is not None and facts.level <= facts.least_level, f"{facts.level or '—'}"),
        "certificate": (facts.has_certificate, ""),
        "capacity": (facts.capacity >= facts.least_capacity, f"{facts.capacity}/{facts.least_capacity}"),
        "occupations": (
            facts.occupations >= facts.least_occupations,
            f"{facts.occupations}/{facts.least_occupations}",
        ),
        "budget": (facts.budget_fits, facts.budget),
    }
    return [Finding(line, *known[line]) for line, automatic in LINES[facts.kind].items() if automatic]


@dataclass(frozen=True, slots=True)
class Line:
    """A line as it stands: `outcome` waiting, met or not_met; an override that a second person confirmed."""

    name: str
    outcome: str
    overridden: bool = False

    @property
    def holds(self) -> bool:
        return self.outcome == "met" or self.overridden


def verdict(kind: str, lines: Mapping[str, Line]) -> str:
    """`waiting` while a line is open, `ineligible` where one fails, else `eligible`."""
    wanted = [lines.get(name) or Line(name, "waiting") for name in LINES[kind]]
    if any(line.outcome == "waiting" and not line.overridden for line in wanted):
        return "waiting"
    return "eligible" if all(line.holds for line in wanted) else "ineligible"
