"""Experts by lot: a seed makes an order of the pool that anybody can make again, and shares the work out. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence


class TooFewExperts(Exception):
    """There are not enough experts: `missing` more are needed, `application` says for which, where it is for one."""

    def __init__(self, missing: int, application: int | None = None) -> None:
        super().__init__(missing, application)
        self.missing, self.application = missing, application


def lot(seed: str, thing: object) -> str:
    """The lot of one thing: SHA-256 of seed and thing; the smallest is drawn first."""
    return hashlib.sha256(f"{seed}:{thing}".encode()).hexdigest()


def drawn(pool: Collection[int], seed: str, wanted: int) -> list[int]:
    """The first `wanted` of the pool in the order of their lots; raises TooFewExperts."""
    if len(pool) < wanted:
        raise TooFewExperts(wanted - len(pool))
    return sorted(pool, key=lambda expert: lot(seed, expert))[:wanted]


def shared_out(
    applications: Sequence[int],
    members: Sequence[int],
    reserves: Sequence[int],
    away: Mapping[int, Collection[int]],
    wanted: int,
) -> dict[int, list[int]]:
    """Application → the experts who review it: the members who may, filled up from the reserves by the least load.

    `away` names for an application the experts who may know nothing of it. Raises TooFewExperts."""
    load = dict.fromkeys((*members, *reserves), 0)
    order = {expert: place for place, expert in enumerate((*members, *reserves))}
    shares = {}
    for application in applications:
        kept_away = away.get(application, ())
        chosen = [expert for expert in members if expert not in kept_away][:wanted]
        spare = [expert for expert in reserves if expert not in kept_away]
        spare.sort(key=lambda expert: (load[expert], order[expert]))
        chosen += spare[: wanted - len(chosen)]
        if len(chosen) < wanted:
            raise TooFewExperts(wanted - len(chosen), application)
        for expert in chosen:
            load[expert] += 1
        shares[application] = chosen
    return shares


def blind_codes(applications: Sequence[int], seed: str, letter: str) -> dict[int, str]:
    """Codes by lot, A01 …, so that a number tells nothing of who applied first."""
    width = max(2, len(str(len(applications))))
    ordered = sorted(applications, key=lambda application: lot(seed, f"code:{application}"))
    return {application: f"{letter}{place:0{width}}" for place, application in enumerate(ordered, 1)}
