"""The grant of a studio or a base: what may be booked, and the balance that always adds up. Exact decimals. Pure.

allocated = paid + not yet paid; paid = spent + recovered + in hand. Only confirmed bookings count.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from qzcompete.selection.rules.classes import ALLOWED_USES

KINDS = ("payment", "expense", "recovery")
STATES = ("entered", "confirmed", "refused")
CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Booking:
    """One line of the ledger; `use` of an expense, `instalment` of a payment."""

    kind: str
    amount: Decimal
    state: str = "confirmed"
    use: str | None = None
    instalment: int | None = None


@dataclass(frozen=True, slots=True)
class Balance:
    allocated: Decimal
    paid: Decimal
    spent: Decimal
    recovered: Decimal

    @property
    def to_pay(self) -> Decimal:
        return self.allocated - self.paid

    @property
    def in_hand(self) -> Decimal:
        return self.paid - self.spent - self.recovered


def balance_of(allocated: Decimal, bookings: Iterable[Booking]) -> Balance:
    sums = {kind: Decimal(0) for kind in KINDS}
    for one in bookings:
        if one.state == "confirmed":
            sums[one.kind] += one.amount
    return Balance(allocated, sums["payment"], sums["expense"], sums["recovery"])


def booking_fault(class_kind: str, balance: Balance, booking: Booking) -> str | None:
    """Why this booking cannot stand beside the balance; None where it can."""
    if booking.amount <= 0 or booking.amount != booking.amount.quantize(CENT):
        return "amount"
    if booking.kind == "expense" and booking.use not in ALLOWED_USES[class_kind]:
        return "use"
    if booking.kind == "payment" and booking.amount > balance.to_pay:
        return "too_much_paid"
    if booking.kind in ("expense", "recovery") and booking.amount > balance.in_hand:
        return "not_in_hand"
    return None


def by_use(class_kind: str, bookings: Iterable[Booking]) -> dict[str, Decimal]:
    """What was spent on each allowed use."""
    sums = {use: Decimal(0) for use in ALLOWED_USES[class_kind]}
    for one in bookings:
        if one.kind == "expense" and one.state == "confirmed" and one.use in sums:
            sums[one.use] += one.amount
    return sums
