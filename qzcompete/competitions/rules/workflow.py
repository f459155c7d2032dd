"""The states of a competition and of an event: which may follow which, and what an event needs before it opens."""

from __future__ import annotations

from dataclasses import dataclass

# Unless the competition sets another number.
LEAST_JUDGES = 3

# An event goes on along these; a cancelled one stays cancelled. Marking may be reopened by the chief judge,
# and a published result may be withdrawn.
EVENT_STEPS: dict[str, frozenset[str]] = {
    "draft": frozenset({"open", "cancelled"}),
    "open": frozenset({"draft", "marking", "cancelled"}),
    "marking": frozenset({"closed", "cancelled"}),
    "closed": frozenset({"marking", "published"}),
    "published": frozenset({"closed"}),
    "cancelled": frozenset(),
}
COMPETITION_STEPS: dict[str, frozenset[str]] = {
    "draft": frozenset({"open", "running", "cancelled"}),
    "open": frozenset({"draft", "running", "cancelled"}),
    "running": frozenset({"finished", "cancelled"}),
    "finished": frozenset({"running"}),
    "cancelled": frozenset(),
}
# What is left of an event when its competition may be finished.
EVENT_ENDS = frozenset({"published", "cancelled"})
# Until the draw, scheme, panel and entries may change.
BEFORE_DRAW = frozenset({"draft", "open"})


@dataclass(frozen=True, slots=True)
class EventFacts:
    """What the opening of an event depends on."""

    venue: str
    has_start: bool
    has_scheme: bool
    judges: int
    chief_judges: int
    least_judges: int = LEAST_JUDGES


def may_event_go(present: str, following: str) -> bool:
    return following in EVENT_STEPS[present]


def may_competition_go(present: str, following: str) -> bool:
    return following in COMPETITION_STEPS[present]


def missing_before_opening(facts: EventFacts) -> list[str]:
    """What is missing, in the order of the work: `venue`, `starts_at`, `scheme`, `judges`, `chief_judge`."""
    missing = []
    if not facts.venue:
        missing.append("venue")
    if not facts.has_start:
        missing.append("starts_at")
    if not facts.has_scheme:
        missing.append("scheme")
    missing += panel_faults(facts.judges, facts.chief_judges, facts.least_judges)
    return missing


def panel_faults(judges: int, chief_judges: int, least: int = LEAST_JUDGES) -> list[str]:
    """`judges` for too few of them, `chief_judge` unless there is exactly one."""
    faults = [] if judges >= least else ["judges"]
    return faults if chief_judges == 1 else [*faults, "chief_judge"]
