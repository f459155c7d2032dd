"""The re-check (复核): whose sheets are looked at again, and when so many are wrong that all must be.

All of the leading group, and of the rest a share drawn by a recorded seed that anybody can draw again. Pure.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from fractions import Fraction


def leading(ranks: Mapping[str, int], by: str, amount: int) -> frozenset[str]:
    """The first `amount` per cent, rounded up, or the first `amount`; who shares the last rank belongs to them."""
    last = -(-len(ranks) * amount // 100) if by == "percent" else amount
    ordered = sorted(ranks.values())
    if not ordered or last <= 0:
        return frozenset()
    border = ordered[min(last, len(ordered)) - 1]
    return frozenset(code for code, rank in ranks.items() if rank <= border)


def drawn(codes: Sequence[str], share: Fraction, seed: str) -> frozenset[str]:
    """At least this share of the codes, in the order of the SHA-256 of "seed:code"."""
    count = -(-len(codes) * share.numerator // share.denominator)
    ordered = sorted(codes, key=lambda code: hashlib.sha256(f"{seed}:{code}".encode()).hexdigest())
    return frozenset(ordered[:count])


def error_rate(wrong: int, checked: int) -> Fraction:
    return Fraction(wrong, checked) if checked else Fraction(0)


def must_check_all(wrong: int, checked: int, limit: Fraction) -> bool:
    """More than the limit is wrong; exactly the limit is not."""
    return error_rate(wrong, checked) > limit
