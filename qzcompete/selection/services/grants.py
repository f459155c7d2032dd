"""Writes the ledger of grants: instalments, payments, expenses, recovery. One enters, another confirms."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from qzcompete.adapters.files import kept_files
from qzcompete.adapters.uploads import checked_upload
from qzcompete.core import audit
from qzcompete.core.actor import Actor
from qzcompete.core.clock import now, today
from qzcompete.core.errors import NotAllowed, NotFound, RuleBroken, broken_law
from qzcompete.core.permissions import permit
from qzcompete.extensions import db
from qzcompete.notices import services as notices
from qzcompete.selection.models import (
    Designation,
    GrantAccount,
    GrantBooking,
    GrantInstalment,
    SelectionClass,
)
from qzcompete.selection.rules.classes import instalment_amounts
from qzcompete.selection.rules.grants import Balance, Booking, booking_fault
from qzcompete.selection.rules.letters import booking_letter

FAULTS: dict[str, tuple[object, str]] = {
    "amount": (_l("Enter an amount above zero, to the cent."), "amount"),
    "use": (_l("The plan does not allow this use."), "use"),
    "too_much_paid": (_l("More would be paid than was allocated."), "amount"),
    "not_in_hand": (_l("This is more than what was paid and is not spent yet."), "amount"),
}


@dataclass(frozen=True)
class BookingDraft:
    kind: str
    on_day: date
    amount: Decimal = Decimal(0)
    use: str | None = None
    instalment: int | None = None
    voucher: str = ""
    purpose: str = ""
    receipt: bytes | None = None


def open_account(designation: Designation, class_: SelectionClass) -> None:
    """The allocation of a new designation, cut into its instalments."""
    account = GrantAccount(
        designation_id=designation.id,
        class_kind=class_.kind,
        allocated=class_.grant,
        paid=Decimal(0),
        spent=Decimal(0),
        recovered=Decimal(0),
        opened_at=now(),
    )
    db.session.add(account)
    db.session.flush()
    shares = [Decimal(share) for share in class_.instalments]
    parts = enumerate(instalment_amounts(class_.grant, shares), 1)
    db.session.add_all(
        GrantInstalment(designation_id=designation.id, number=number, amount=amount)
        for number, amount in parts
        if amount > 0
    )
    db.session.flush()


def enter(actor: Actor, designation_id: int, draft: BookingDraft) -> GrantBooking:
    """A booking that waits for a second person. A studio enters its own expenses; all else the office."""
    designation = designation_for(actor, designation_id, draft.kind)
    account = locked_account(designation_id)
    amount = draft.amount
    if draft.kind == "payment":
        amount = instalment_amount(designation_id, draft.instalment)
    elif not draft.purpose.strip():
        raise RuleBroken(_l("Say what it was for."), field="purpose")
    if draft.on_day > today():
        raise RuleBroken(_l("This day has not come yet."), field="on_day")
    asked = Booking(draft.kind, amount, "confirmed", draft.use, draft.instalment)
    check(account, asked)
    booking = GrantBooking(
        designation_id=designation_id,
        class_kind=designation.kind,
        kind=draft.kind,
        state="entered",
        amount=amount,
        use=draft.use if draft.kind == "expense" else None,
        instalment=draft.instalment if draft.kind == "payment" else None,
        on_day=draft.on_day,
        voucher=draft.voucher.strip(),
        purpose=draft.purpose.strip(),
        entered_by=actor.account_id or 0,
        entered_at=now(),
    )
    keep_receipt(booking, draft)
    try:
        with db.session.begin_nested():
            db.session.add(booking)
    except IntegrityError as error:
        raise broken_law(error) from error
    told = {"kind": booking.kind, "amount": str(amount)}
    audit.record(actor, "grant.entered", f"grant_booking:{booking.id}", after=told, chain="selection")
    return booking


def designation_for(actor: Actor, designation_id: int, kind: str) -> Designation:
    designation = db.session.get(Designation, designation_id)
    if designation is None:
        raise NotFound()
    own = designation.application.account_id == actor.account_id
    if not (kind == "expense" and own):
        permit(actor, "grant.enter")
    return designation


def instalment_amount(designation_id: int, number: int | None) -> Decimal:
    found = db.session.get(GrantInstalment, (designation_id, number or 0))
    if found is None:
        raise RuleBroken(_l("Choose an instalment."), field="instalment")
    paid = select(GrantBooking.id).where(
        GrantBooking.designation_id == designation_id,
        GrantBooking.instalment == number,
        GrantBooking.state != "refused",
    )
    if db.session.scalar(paid) is not None:
        raise RuleBroken(
            _l("This instalment is paid already, or waits for its confirmation."), field="instalment"
        )
    return found.amount


def keep_receipt(booking: GrantBooking, draft: BookingDraft) -> None:
    if draft.kind == "expense" and draft.receipt is None:
        raise RuleBroken(_l("Add the invoice or receipt."), field="receipt")
    if draft.receipt is not None:
        try:
            upload = checked_upload(draft.receipt)
        except RuleBroken as problem:
            raise RuleBroken(problem.message, code=problem.code, field="receipt") from problem
        booking.receipt_hash, booking.receipt_type = kept_files().put(upload.content), upload.kind


def confirm(actor: Actor, booking_id: int) -> GrantBooking:
    """The second person's yes: the booking counts from now on, where the balance still bears it."""
    permit(actor, "grant.confirm")
    booking, account = locked_booking(booking_id)
    if booking.entered_by == actor.account_id:
        raise NotAllowed(_l("Who entered a booking cannot confirm it: a second person must."))
    check(account, Booking(booking.kind, booking.amount, "confirmed", booking.use, booking.instalment))
    booking.state, booking.confirmed_by, booking.confirmed_at = "confirmed", actor.account_id, now()
    if booking.kind == "payment":
        account.paid += booking.amount
    elif booking.kind == "expense":
        account.spent += booking.amount
    else:
        account.recovered += booking.amount
    tell(actor, booking, "grant.confirmed")
    return booking


def refuse(actor: Actor, booking_id: int, reason: str) -> GrantBooking:
    permit(actor, "grant.confirm")
    booking, _account = locked_booking(booking_id)
    if not reason.strip():
        raise RuleBroken(_l("Give the reason."), field="reason")
    booking.state, booking.refusal = "refused", reason.strip()
    tell(actor, booking, "grant.refused")
    return booking


def tell(actor: Actor, booking: GrantBooking, action: str) -> None:
    db.session.flush()
    told = {"state": booking.state, "amount": str(booking.amount)}
    audit.record(actor, action, f"grant_booking:{booking.id}", {"state": "entered"}, told, chain="selection")
    if booking.kind == "expense":
        letter = booking_letter(booking.state == "confirmed", booking.purpose[:30])
        notices.post_message(
            actor,
            action,
            f"{action}:{booking.id}",
            letter.subject,
            letter.body,
            account_id=booking.entered_by,
        )


def check(account: GrantAccount, asked: Booking) -> None:
    balance = Balance(account.allocated, account.paid, account.spent, account.recovered)
    if fault := booking_fault(account.class_kind, balance, asked):
        message, field = FAULTS[fault]
        raise RuleBroken(message, code=f"grant_{fault}", field=field)


def locked_account(designation_id: int) -> GrantAccount:
    found = db.session.get(GrantAccount, designation_id, with_for_update=True, populate_existing=True)
    if found is None:
        raise NotFound()
    return found


def locked_booking(booking_id: int) -> tuple[GrantBooking, GrantAccount]:
    """A booking that waits, and its account, held: the account first."""
    owner = db.session.scalar(select(GrantBooking.designation_id).where(GrantBooking.id == booking_id))
    if owner is None:
        raise NotFound()
    account = locked_account(owner)
    booking = db.session.get(GrantBooking, booking_id, with_for_update=True, populate_existing=True)
    assert booking is not None
    if booking.state != "entered":
        raise RuleBroken(_l("This booking is decided already."), code="state")
    return booking, account
