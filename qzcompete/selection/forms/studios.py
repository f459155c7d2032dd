"""Forms and words of what follows a decision: bookings of grants, the log, yearly marks, reasons."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import DateField, DecimalField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from qzcompete.core.clock import today
from qzcompete.core.forms import select_choices
from qzcompete.selection.rules.aftercare import ACTIVITIES, SHEETS
from qzcompete.selection.rules.classes import ALLOWED_USES
from qzcompete.selection.services.aftercare import RecordDraft
from qzcompete.selection.services.grants import BookingDraft

KINDS: Mapping[str, Any] = {"studio": _l("Master studio"), "base": _l("Training base")}
USES: Mapping[str, Any] = {
    "training_goods": _l("Training goods"),
    "exchange": _l("Exchange of skills"),
    "promotion": _l("Promotion of skills"),
    "site": _l("Site"),
    "equipment": _l("Facilities and equipment"),
    "teachers": _l("Teachers"),
}
BOOKINGS: Mapping[str, Any] = {
    "payment": _l("Payment"),
    "expense": _l("Expense"),
    "recovery": _l("Recovery"),
}
BOOKING_STATES: Mapping[str, tuple[Any, str]] = {
    "open": (_l("Not paid"), "neutral"),
    "entered": (_l("Waits for the second person"), "warning"),
    "confirmed": (_l("Confirmed"), "success"),
    "refused": (_l("Refused"), "danger"),
}
RECORDS: Mapping[str, Any] = {
    "apprentice": _l("Apprentices taught"),
    "training": _l("Training held"),
    "attack": _l("Technical problem solved"),
    "exchange": _l("Exchange and promotion"),
}
GRADES: Mapping[str, tuple[Any, str]] = {
    "excellent": (_l("Excellent"), "success"),
    "passed": (_l("Passed"), "info"),
    "failed": (_l("Not passed"), "danger"),
}
STATES: Mapping[str, tuple[Any, str]] = {
    "designated": (_l("In its term"), "success"),
    "correcting": (_l("Correcting"), "warning"),
    "renewed": (_l("Renewed"), "success"),
    "ended": (_l("Ended"), "neutral"),
    "removed": (_l("Removed"), "danger"),
}


class ExpenseForm(FlaskForm):
    on_day = DateField(_l("Day"), [InputRequired(_l("Enter the day."))], id="expense-on_day")
    use = SelectField(_l("Use"), [InputRequired(_l("Choose one."))], validate_choice=False, id="expense-use")
    amount = DecimalField(
        _l("Amount (yuan)"),
        [InputRequired(_l("Enter an amount above zero, to the cent."))],
        places=None,
        id="expense-amount",
    )
    purpose = StringField(
        _l("What it was for"),
        [InputRequired(_l("Say what it was for.")), Length(max=200)],
        id="expense-purpose",
    )
    voucher = StringField(_l("Number of the invoice"), [Length(max=60)], id="expense-voucher")
    receipt = FileField(_l("Invoice or receipt"), id="expense-receipt")

    def offer(self, kind: str) -> None:
        self.use.choices = select_choices((use, USES[use]) for use in ALLOWED_USES[kind])

    def draft(self) -> BookingDraft:
        sent = self.receipt.data
        return BookingDraft(
            kind="expense",
            on_day=self.on_day.data or today(),
            amount=self.amount.data or Decimal(0),
            use=self.use.data,
            voucher=self.voucher.data or "",
            purpose=self.purpose.data or "",
            receipt=sent.read() if sent and sent.filename else None,
        )


class PaymentForm(FlaskForm):
    instalment = SelectField(_l("Instalment"), coerce=int, validate_choice=False, id="payment-instalment")
    on_day = DateField(_l("Day"), [InputRequired(_l("Enter the day."))], id="payment-on_day")
    voucher = StringField(_l("Number of the voucher"), [Length(max=60)], id="payment-voucher")

    def offer(self, numbers: Iterable[tuple[int, str]]) -> None:
        self.instalment.choices = select_choices(numbers)

    def draft(self) -> BookingDraft:
        return BookingDraft(
            kind="payment",
            on_day=self.on_day.data or today(),
            instalment=self.instalment.data,
            voucher=self.voucher.data or "",
        )


class RecoveryForm(FlaskForm):
    on_day = DateField(_l("Day"), [InputRequired(_l("Enter the day."))], id="recovery-on_day")
    amount = DecimalField(
        _l("Amount (yuan)"),
        [InputRequired(_l("Enter an amount above zero, to the cent."))],
        places=None,
        id="recovery-amount",
    )
    purpose = StringField(
        _l("Why it is recovered"),
        [InputRequired(_l("Give the reason.")), Length(max=200)],
        id="recovery-purpose",
    )
    voucher = StringField(_l("Number of the voucher"), [Length(max=60)], id="recovery-voucher")

    def draft(self) -> BookingDraft:
        return BookingDraft(
            kind="recovery",
            on_day=self.on_day.data or today(),
            amount=self.amount.data or Decimal(0),
            purpose=self.purpose.data or "",
            voucher=self.voucher.data or "",
        )


class RecordForm(FlaskForm):
    kind = SelectField(
        _l("Kind"), choices=select_choices((kind, RECORDS[kind]) for kind in ACTIVITIES), id="record-kind"
    )
    on_day = DateField(_l("Day"), [InputRequired(_l("Enter the day."))], id="record-on_day")
    title = StringField(
        _l("What was done"), [InputRequired(_l("Write what was done.")), Length(max=80)], id="record-title"
    )
    persons = IntegerField(
        _l("Persons"), [Optional(), NumberRange(1, 100000)], default=1, id="record-persons"
    )
    description = TextAreaField(_l("Description"), [Length(max=2000)], id="record-description")

    def draft(self) -> RecordDraft:
        return RecordDraft(
            kind=self.kind.data,
            on_day=self.on_day.data or today(),
            title=self.title.data or "",
            persons=self.persons.data or 1,
            description=self.description.data or "",
        )


class ReasonForm(FlaskForm):
    reason = StringField(_l("Reason"), [InputRequired(_l("Give the reason.")), Length(max=400)])


class CorrectionForm(FlaskForm):
    correction = TextAreaField(
        _l("What was corrected"), [InputRequired(_l("Write what was corrected.")), Length(max=2000)]
    )


class MarksForm(FlaskForm):
    remarks = TextAreaField(_l("Remarks"), [Length(max=2000)])

    @staticmethod
    def of(sheet: str) -> type[MarksForm]:
        """The form with a field for each line of the sheet."""
        fields = {
            f"line_{line.code}": DecimalField(
                f"{line.code} {line.name}",
                [
                    InputRequired(_l("Enter the mark.")),
                    NumberRange(0, line.most, _l("Enter a mark from 0 to %(most)s.", most=line.most)),
                ],
                places=None,
            )
            for line in SHEETS[sheet]
        }
        return type("MarksForm", (MarksForm,), fields)

    def marks(self) -> dict[str, Decimal]:
        return {
            name.removeprefix("line_"): field.data
            for name, field in self._fields.items()
            if name.startswith("line_") and field.data is not None
        }
