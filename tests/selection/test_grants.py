"""The ledger of a grant: two people for each booking, only what the plan allows, sums that always add up."""

from __future__ import annotations

import os
from datetime import date
from decimal import Decimal

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from qzcompete.core import clock
from qzcompete.core.actor import Actor
from qzcompete.core.errors import NotAllowed, Problem, RuleBroken
from qzcompete.core.transaction import unit
from qzcompete.extensions import db
from qzcompete.selection.models import GrantAccount, GrantBooking
from qzcompete.selection.queries.designations import designations_of
from qzcompete.selection.queries.grants import ledger
from qzcompete.selection.queries.invariants import ledger_faults
from qzcompete.selection.services import grants
from qzcompete.selection.services.designating import designate_all
from qzcompete.selection.services.grants import BookingDraft
from qzcompete.selection.services.publicity import publish_list
from tests.conftest import empty_tables
from tests.selection.decided import Decided, days_later, decided, end_notices

DAY = date(2026, 11, 18)
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>endobj\ntrailer<</Root 1 0 R>>"


def designated(app: Flask) -> tuple[Decided, int]:
    """A class whose list is designated, and the first of its designations."""
    made = decided()
    with clock.held_at(days_later(0)), unit():
        publish_list(made.office, made.class_id)
    with clock.held_at(days_later(8)):
        end_notices(made)
        with unit():
            designate_all(made.office, made.class_id)
    return made, designations_of(made.class_id)[0].id


def book(actor: Actor, designation_id: int, kind: str, amount: str = "0", **more: object) -> int:
    values: dict[str, object] = {"on_day": DAY, "purpose": "焊材", "amount": Decimal(amount), **more}
    if kind == "expense":
        values = {"use": "training_goods", "receipt": PDF, **values}
    with clock.held_at(days_later(10)), unit():
        return grants.enter(actor, designation_id, BookingDraft(kind=kind, **values)).id  # type: ignore[arg-type]


def confirm(actor: Actor, booking_id: int) -> None:
    with clock.held_at(days_later(10)), unit():
        grants.confirm(actor, booking_id)


def test_the_allocation_is_cut_into_instalments_that_add_up(app: Flask) -> None:
    _made, key = designated(app)

    parts = ledger(key).instalments

    assert [(part.number, part.amount, part.state) for part in parts] == [
        (1, Decimal("48000.00"), "open"),
        (2, Decimal("32000.00"), "open"),
    ]


def test_a_ledger_goes_from_payment_to_recovery(app: Flask) -> None:
    made, key = designated(app)
    confirm(made.second, book(made.office, key, "payment", instalment=1))
    confirm(made.office, book(made.applicants[0], key, "expense", "30000.50"))
    confirm(made.office, book(made.applicants[0], key, "expense", "7000", use="exchange"))
    confirm(made.second, book(made.office, key, "recovery", "10999.50"))

    balance = ledger(key).balance

    assert (balance.allocated, balance.paid, balance.spent, balance.recovered) == (
        Decimal("80000.00"),
        Decimal("48000.00"),
        Decimal("37000.50"),
        Decimal("10999.50"),
    )
    assert (balance.in_hand, balance.to_pay) == (Decimal("0.00"), Decimal("32000.00"))
    assert ledger(key).uses["exchange"] == Decimal("7000.00")
    assert list(ledger_faults()) == []


def test_who_entered_a_payment_cannot_confirm_it(app: Flask) -> None:
    made, key = designated(app)
    booking_id = book(made.office, key, "payment", instalment=1)

    with pytest.raises(NotAllowed):
        confirm(made.office, booking_id)

    assert ledger(key).balance.paid == 0


def test_the_database_knows_two_people_and_the_allowed_uses(both_engines: Flask) -> None:
    made, key = designated(both_engines)
    confirm(made.second, book(made.office, key, "payment", instalment=1))
    expense = book(made.applicants[0], key, "expense", "10")
    one = update(GrantBooking).where(GrantBooking.id == expense)

    for values in (
        {"state": "confirmed", "confirmed_by": made.applicants[0].account_id},
        {"use": "equipment"},
        {"use": None},
    ):
        with pytest.raises(IntegrityError), unit():
            db.session.execute(one.values(**values))
    with pytest.raises(IntegrityError), unit():
        db.session.execute(update(GrantAccount).values(spent=Decimal("48000.01")))


@pytest.mark.parametrize(
    ("kind", "changes", "field"),
    [
        ("expense", {"use": "equipment"}, "use"),
        ("expense", {"amount": Decimal("48000.01")}, "amount"),
        ("expense", {"receipt": None}, "receipt"),
        ("expense", {"receipt": b"MZ\x90" + b"\x00" * 60}, "receipt"),
        ("expense", {"on_day": date(2027, 1, 1)}, "on_day"),
        ("expense", {"purpose": " "}, "purpose"),
        ("payment", {"instalment": 3}, "instalment"),
        ("payment", {"instalment": 1}, "instalment"),
    ],
)
def test_a_wrong_booking_is_refused_beside_its_field(
    app: Flask, kind: str, changes: dict[str, object], field: str
) -> None:
    made, key = designated(app)
    confirm(made.second, book(made.office, key, "payment", instalment=1))

    with pytest.raises(RuleBroken) as refused:
        book(
            made.office if kind == "payment" else made.applicants[0], key, kind, **{"amount": "10", **changes}
        )

    assert refused.value.field == field


def test_a_studio_books_nothing_for_another_and_no_payment(app: Flask) -> None:
    made, key = designated(app)

    with pytest.raises(NotAllowed):
        book(made.applicants[1], key, "expense", "10")
    with pytest.raises(NotAllowed):
        book(made.applicants[0], key, "payment", instalment=1)


# More for a night: SELECTION_EXAMPLES=500.
EXAMPLES = int(os.environ.get("SELECTION_EXAMPLES", "6"))
ACTS = st.lists(
    st.tuples(
        st.sampled_from(("payment", "expense", "recovery", "confirm", "refuse")),
        st.integers(1, 5_000_000),
        st.booleans(),
    ),
    max_size=14,
)


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
@given(ACTS)
def test_every_ledger_adds_up_whatever_is_booked(whole_app: Flask, acts: list[tuple[str, int, bool]]) -> None:
    with whole_app.app_context():
        empty_tables()
        made, key = designated(whole_app)
        for act, number, other in acts:
            try:
                attempt(made, key, act, number, other)
            except Problem:
                db.session.rollback()
            assert list(ledger_faults()) == []
            balance = ledger(key).balance
            assert balance.allocated == balance.to_pay + balance.spent + balance.recovered + balance.in_hand
            assert min(balance.to_pay, balance.in_hand) >= 0
        db.session.remove()
        empty_tables()


def attempt(made: Decided, key: int, act: str, number: int, other: bool) -> None:
    actor = made.second if other else made.office
    waiting = [row.id for row in ledger(key).bookings if row.state == "entered"]
    if act == "payment":
        book(actor, key, act, instalment=1 + number % 2)
    elif act in ("expense", "recovery"):
        book(
            made.applicants[0] if act == "expense" else actor, key, act, format(Decimal(number) / 100, ".2f")
        )
    elif waiting:
        with clock.held_at(days_later(10)), unit():
            if act == "confirm":
                grants.confirm(actor, waiting[number % len(waiting)])
            else:
                grants.refuse(actor, waiting[number % len(waiting)], "票据不清")
