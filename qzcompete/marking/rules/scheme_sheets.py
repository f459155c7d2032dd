"""Reads a marking scheme from a workbook, a CIS export or our own template, and checks it whole."""

from collections.abc import Mapping
from dataclasses import replace

from qzcompete.marking.rules.cells import Rows
from qzcompete.marking.rules.cis import SchemeSheet, read_cis
from qzcompete.marking.rules.faults import Refused, SheetFault
from qzcompete.marking.rules.own_template import is_own_template, read_own_template
from qzcompete.marking.rules.scheme_reading import parse_scheme


def read_scheme_sheets(sheets: Mapping[str, Rows]) -> SchemeSheet:
    """Read a workbook; where its cells are sound, the scheme that they make is checked as well."""
    reading = read_own_template(sheets) if is_own_template(sheets) else read_cis(sheets)
    if reading.faults:
        return reading
    try:
        parse_scheme(reading.scheme)
    except Refused as refused:
        name = next(iter(sheets), "")
        faults = tuple(SheetFault(name, "", fault.code, fault.params) for fault in refused.faults)
        return replace(reading, faults=faults)
    return reading
