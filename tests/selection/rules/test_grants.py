"""What may be booked, and that every ledger adds up whatever is booked in whatever order."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qzcompete.selection.rules.grants import Balance, Booking, balance_of, booking_fault, by_use

HALF = Balance(Decimal(80000), Decimal(48000), Decimal(20000), Decimal(0))


@pytest.mark.parametrize(
    ("booking", "fault"),
    [
        (Booking("expense", Decimal("28000.00"), use="exchange"), None),
        (Booking("expense", Decimal("28000.01"), use="exchange"), "not_in_hand"),
        (Booking("expense", Decimal(1), use="equipment"), "use"),
        (Booking("expense", Decimal("0.001"), use="exchange"), "amount"),
        (Booking("payment", Decimal(32000), instalment=2), None),
        (Booking("payment", Decimal("32000.01"), instalment=2), "too_much_paid"),
        (Booking("recovery", Decimal(28000)), None),
        (Booking("recovery", Decimal(28001)), "not_in_hand"),
        (Booking("recovery", Decimal(0)), "amount"),
    ],
)
def test_a_booking_stands_only_within_the_balance(booking: Booking, fault: str | None) -> None:
    assert booking_fault("studio", HALF, booking) == fault


BOOKINGS = st.builds(
    Booking,
    kind=st.sampled_from(("payment", "expense", "recovery")),
    amount=st.decimals("0.01", "50000", places=2),
    state=st.sampled_from(("confirmed", "refused", "entered")),
    use=st.sampled_from(("training_goods", "exchange", "promotion")),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(BOOKINGS, max_size=25))
def test_every_ledger_adds_up_when_only_what_may_be_is_booked(tried: list[Booking]) -> None:
    allocated = Decimal(80000)
    taken: list[Booking] = []
    for booking in tried:
        if booking_fault("studio", balance_of(allocated, taken), booking) is None:
            taken.append(booking)
        balance = balance_of(allocated, taken)
        assert balance.allocated == balance.to_pay + balance.spent + balance.recovered + balance.in_hand
        assert min(balance.to_pay, balance.in_hand, balance.spent, balance.recovered) >= 0
        assert sum(by_use("studio", taken).values()) == balance.spent
