"""Reads the ledgers of grants, with a balance counted from the bookings beside the sums that the account keeps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import aliased

from qzcompete.core.errors import NotFound
from qzcompete.extensions import db
from qzcompete.people.models import Account
from qzcompete.selection.models import Designation, GrantAccount, GrantBooking, GrantInstalment
from qzcompete.selection.rules.grants import Balance, Booking, balance_of, by_use


@dataclass(frozen=True)
class BookingRow:
    id: int
    designation_id: int
    name: str
    kind: str
    state: str
    amount: Decimal
    use: str | None
    instalment: int | None
    on_day: date
    voucher: str
    purpose: str
    receipt_hash: str | None
    receipt_type: str | None
    entered_by: int
    entered_name: str
    entered_at: datetime
    confirmed_name: str | None
    confirmed_at: datetime | None
    refusal: str | None


@dataclass(frozen=True)
class InstalmentRow:
    number: int
    amount: Decimal
    # open, entered or confirmed
    state: str


@dataclass(frozen=True)
class Ledger:
    designation_id: int
    name: str
    kind: str
    balance: Balance
    uses: dict[str, Decimal]
    instalments: Sequence[InstalmentRow]
    bookings: Sequence[BookingRow]


def ledger(designation_id: int) -> Ledger:
    account = db.session.get(GrantAccount, designation_id)
    if account is None:
        raise NotFound()
    designation = db.session.get_one(Designation, designation_id)
    rows = bookings_where(GrantBooking.designation_id == designation_id)
    plain = [Booking(row.kind, row.amount, row.state, row.use, row.instalment) for row in rows]
    return Ledger(
        designation_id,
        designation.name,
        account.class_kind,
        balance_of(account.allocated, plain),
        by_use(account.class_kind, plain),
        instalments(designation_id, rows),
        rows,
    )


def ledgers() -> list[Ledger]:
    """All ledgers, the newest designation first."""
    ids = db.session.scalars(select(GrantAccount.designation_id).order_by(GrantAccount.designation_id.desc()))
    return [ledger(key) for key in ids.all()]


def waiting_bookings() -> Sequence[BookingRow]:
    """What waits for a second person, the oldest first."""
    return list(reversed(bookings_where(GrantBooking.state == "entered")))


def booking(booking_id: int) -> BookingRow:
    rows = bookings_where(GrantBooking.id == booking_id)
    if not rows:
        raise NotFound()
    return rows[0]


def bookings_where(*wanted: object) -> list[BookingRow]:
    entered, confirmed = aliased(Account), aliased(Account)
    query = (
        select(GrantBooking, Designation.name, entered.name, confirmed.name)
        .join(Designation, Designation.id == GrantBooking.designation_id)
        .join(entered, entered.id == GrantBooking.entered_by)
        .outerjoin(confirmed, confirmed.id == GrantBooking.confirmed_by)
        .where(*wanted)  # type: ignore[arg-type]
        .order_by(GrantBooking.on_day.desc(), GrantBooking.id.desc())
    )
    return [booking_row(*row) for row in db.session.execute(query)]


def booking_row(row: GrantBooking, name: str, entered: str, confirmed: str | None) -> BookingRow:
    return BookingRow(
        row.id,
        row.designation_id,
        name,
        row.kind,
        row.state,
        row.amount,
        row.use,
        row.instalment,
        row.on_day,
        row.voucher,
        row.purpose,
        row.receipt_hash,
        row.receipt_type,
        row.entered_by,
        entered,
        row.entered_at,
        confirmed,
        row.confirmed_at,
        row.refusal,
    )


def instalments(designation_id: int, rows: Sequence[BookingRow]) -> list[InstalmentRow]:
    states = {row.instalment: row.state for row in rows if row.kind == "payment" and row.state != "refused"}
    query = select(GrantInstalment).where(GrantInstalment.designation_id == designation_id)
    return [
        InstalmentRow(row.number, row.amount, states.get(row.number, "open"))
        for row in db.session.scalars(query.order_by(GrantInstalment.number))
    ]
