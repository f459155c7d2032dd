"""Reads an uploaded marking scheme, a workbook or a JSON scheme, and keeps it for the officer's yes. Nothing half."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l

from qzcompete.adapters.sheets import SheetRefused, read_sheets
from qzcompete.competitions import services
from qzcompete.core.actor import Actor
from qzcompete.core.numbers import decimal_text
from qzcompete.core.permissions import permit
from qzcompete.marking.rules.document import read_json
from qzcompete.marking.rules.faults import Refused
from qzcompete.marking.rules.scheme import Scheme
from qzcompete.marking.rules.scheme_reading import parse_scheme
from qzcompete.marking.rules.scheme_sheets import read_scheme_sheets

KIND = "scheme"

REFUSALS: Mapping[str, object] = {
    "too_large": _l("The file is too large."),
    "old_format": _l("The file is encrypted or in the old .xls format; save it as .xlsx."),
    "not_xlsx": _l("The file is not an .xlsx workbook."),
    "unreadable": _l("The file is damaged and cannot be read."),
    "bomb": _l("The file unpacks to more than is allowed."),
    "macros": _l("The file contains macros."),
    "links": _l("The file contains links to other files or embedded files."),
    "dtd": _l("The file contains a document type definition."),
    "too_many_rows": _l("A sheet has too many rows."),
    "too_many_columns": _l("A sheet has too many columns."),
    "formula": _l("A formula is not allowed here; enter its value."),
}


@dataclass(frozen=True)
class ShownFault:
    sheet: str
    cell: str
    message: str


@dataclass(frozen=True)
class SchemeIntake:
    """What was read: the faults, or the id of the upload that waits."""

    faults: tuple[ShownFault, ...]
    upload_id: int | None = None


def take_scheme_file(actor: Actor, event_id: int, file_name: str, data: bytes) -> SchemeIntake:
    event = services.hold_event(event_id)
    permit(actor, "competition.edit", *event.scopes)
    document, faults = read_scheme_file(file_name, data)
    if faults:
        return SchemeIntake(faults)
    return SchemeIntake((), services.keep_upload(actor, event_id, KIND, file_name, document).id)


def read_scheme_file(file_name: str, data: bytes) -> tuple[dict[str, Any], tuple[ShownFault, ...]]:
    try:
        if file_name.lower().endswith(".json"):
            document = read_json(data)
            parse_scheme(document)
            return document, ()
        reading = read_scheme_sheets(read_sheets(data, formulas=True).values)
    except SheetRefused as refused:
        return {}, (refusal(refused),)
    except Refused as refused:
        return {}, tuple(
            ShownFault("", fault.place, gettext(fault.sentence, **fault.params)) for fault in refused.faults
        )
    faults = tuple(
        ShownFault(fault.sheet, fault.cell, gettext(fault.sentence, **fault.params))
        for fault in reading.faults
    )
    return reading.scheme, faults


def refusal(refused: SheetRefused) -> ShownFault:
    return ShownFault(refused.sheet, refused.cell, str(REFUSALS.get(refused.code, refused.message)))


def scheme_tree(document: Any) -> Scheme:
    """The scheme as values, for a page to show."""
    return parse_scheme(document)


def scheme_sums(scheme: Scheme) -> list[dict[str, Any]]:
    """For each module: code, name, number of aspects, greatest sum, weight."""
    return [
        {
            "code": module.code,
            "name": module.name or module.code,
            "aspects": sum(len(criterion.aspects) for criterion in module.criteria),
            "max": fraction_text(module.max),
            "weight": decimal_text(module.weight) if module.weight is not None else None,
        }
        for module in scheme.modules
    ]


def fraction_text(number: Any) -> str:
    """A sum of marks without zeros at its end; what no decimal can hold is shown as a ratio."""
    for places in range(7):
        scaled = number * 10**places
        if scaled.denominator == 1:
            whole = str(scaled.numerator).zfill(places + 1)
            return f"{whole[:-places]}.{whole[-places:]}" if places else whole
    return str(number)
