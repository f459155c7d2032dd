"""The ledgers of grants for the bureau and for finance: bookings by two people, receipts, the export."""

from __future__ import annotations

from io import BytesIO

from flask import flash, redirect, render_template, send_file, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from qzcompete.adapters.files import kept_files
from qzcompete.adapters.sheets import Table, write_sheets
from qzcompete.core.clock import today
from qzcompete.core.errors import NotFound
from qzcompete.core.forms import tried
from qzcompete.core.permissions import permit, requires, signed_in
from qzcompete.selection.forms import studios as words
from qzcompete.selection.forms.studios import PaymentForm, ReasonForm, RecoveryForm
from qzcompete.selection.queries import grants as queries
from qzcompete.selection.queries.designations import designation_card
from qzcompete.selection.services import grants as services
from qzcompete.selection.views.studios_blueprint import Page, blueprint

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@blueprint.get("/office/grants")
@requires("grant.view")
def grants() -> Page:
    return render_template(
        "studios/grants.html", ledgers=queries.ledgers(), waiting=queries.waiting_bookings()
    )


@blueprint.get("/office/studios/<int:designation_id>/grant")
@requires("grant.view")
def ledger(designation_id: int) -> Page:
    return ledger_page(designation_id)


def ledger_page(designation_id: int, status: int = 200, **given: object) -> Page:
    """A ledger with its forms; a form that was refused is `given`."""
    found = queries.ledger(designation_id)
    payment = PaymentForm(formdata=None, data={"on_day": today()})
    forms: dict[str, object] = {
        "payment": payment,
        "recovery": RecoveryForm(formdata=None, data={"on_day": today()}),
        "refusal": ReasonForm(formdata=None),
        **given,
    }
    for form in (payment, given.get("payment")):
        if isinstance(form, PaymentForm):
            form.offer(
                (one.number, f"{one.number} · {one.amount}")
                for one in found.instalments
                if one.state == "open"
            )
    actor = current_user.actor
    page = render_template(
        "studios/ledger.html",
        ledger=found,
        may_enter=actor.may("grant.enter"),
        may_confirm=actor.may("grant.confirm"),
        **forms,
    )
    return page, status


@blueprint.post("/office/studios/<int:designation_id>/grant/payments")
@requires("grant.enter")
def enter_payment(designation_id: int) -> Page:
    return enter(designation_id, "payment", PaymentForm())


@blueprint.post("/office/studios/<int:designation_id>/grant/recoveries")
@requires("grant.enter")
def enter_recovery(designation_id: int) -> Page:
    return enter(designation_id, "recovery", RecoveryForm())


def enter(designation_id: int, name: str, form: PaymentForm | RecoveryForm) -> Page:
    if not tried(form, lambda: services.enter(current_user.actor, designation_id, form.draft())):
        return ledger_page(designation_id, 422, **{name: form})
    flash(_("The booking is entered. A second person must confirm it."), "success")
    return redirect(url_for(".ledger", designation_id=designation_id))


@blueprint.post("/office/grants/<int:booking_id>/confirm")
@requires("grant.confirm")
def confirm(booking_id: int) -> Response:
    booking = services.confirm(current_user.actor, booking_id)
    flash(_("The booking is confirmed."), "success")
    return redirect(url_for(".ledger", designation_id=booking.designation_id))


@blueprint.post("/office/grants/<int:booking_id>/refuse")
@requires("grant.confirm")
def refuse(booking_id: int) -> Page:
    form = ReasonForm()
    if not form.validate():
        return ledger_page(queries.booking(booking_id).designation_id, 422, refusal=form)
    booking = services.refuse(current_user.actor, booking_id, form.reason.data or "")
    flash(_("The booking is refused."), "success")
    return redirect(url_for(".ledger", designation_id=booking.designation_id))


@blueprint.get("/grants/receipts/<int:booking_id>")
@signed_in
def receipt(booking_id: int) -> Response:
    """For who may see the ledger, and for the studio whose it is."""
    booking = queries.booking(booking_id)
    if designation_card(booking.designation_id).account_id != current_user.id:
        permit(current_user.actor, "grant.view")
    if booking.receipt_hash is None:
        raise NotFound()
    suffix = "pdf" if booking.receipt_type == "application/pdf" else "jpg"
    content = BytesIO(kept_files().get(booking.receipt_hash))
    return send_file(
        content,
        mimetype=booking.receipt_type or "",
        as_attachment=True,
        download_name=f"receipt-{booking_id}.{suffix}",
    )


@blueprint.get("/office/grants.xlsx")
@requires("grant.view")
def export() -> Response:
    """Two sheets for finance: the balance of each, and every booking."""
    found = queries.ledgers()
    balances = Table(
        str(_("Balances")),
        [
            _("Official name"),
            _("Allocated"),
            _("Paid"),
            _("Spent"),
            _("Recovered"),
            _("In hand"),
            _("Not paid yet"),
        ],
        [
            (
                one.name,
                one.balance.allocated,
                one.balance.paid,
                one.balance.spent,
                one.balance.recovered,
                one.balance.in_hand,
                one.balance.to_pay,
            )
            for one in found
        ],
        (44, 14, 14, 14, 14, 14, 14),
    )
    bookings = Table(
        str(_("Bookings")),
        [
            _("Official name"),
            _("Day"),
            _("Kind"),
            _("Use"),
            _("Amount"),
            _("What it was for"),
            _("Number of the voucher"),
            _("State"),
            _("Entered by"),
            _("Confirmed by"),
        ],
        [
            (
                row.name,
                row.on_day,
                str(words.BOOKINGS[row.kind]),
                str(words.USES[row.use]) if row.use else "",
                row.amount,
                row.purpose,
                row.voucher,
                str(words.BOOKING_STATES[row.state][0]),
                row.entered_name,
                row.confirmed_name or "",
            )
            for one in found
            for row in one.bookings
        ],
        (44, 12, 10, 16, 14, 30, 18, 16, 12, 12),
    )
    return send_file(
        BytesIO(write_sheets([balances, bookings])),
        mimetype=XLSX,
        as_attachment=True,
        download_name="grants.xlsx",
    )
