"""Printed cards and paper sheets as PDF: plain values and a template to pages. Touches no table, no request, no clock."""

from __future__ import annotations

import base64
import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from qzcompete.adapters import pdf
from qzcompete.core.shown import chinese_moment

TEMPLATES = Path(__file__).resolve().parent.parent.parent / "templates" / "marking" / "print"
CARDS_ON_A_PAGE = 8


def print_cards(assessment: Any, cards: Sequence[Any], address: str) -> bytes:
    """Judges' cards, eight to a page of A4 with lines to cut along; `address` is where the tablet's page is.

    The token stands behind the "#" of the address: no server is sent it and no log holds it."""
    pages = [cards[start : start + CARDS_ON_A_PAGE] for start in range(0, len(cards), CARDS_ON_A_PAGE)]
    codes = {card.code: qr_image(f"{address}#card={card.token}") for card in cards}
    return printed(
        "cards", assessment=assessment, pages=pages, codes=codes, address=address, shown=chinese_moment
    )


def print_sheets(assessment: Any, groups: Sequence[Any], sheets: Sequence[Any], with_marks: bool) -> bytes:
    """Paper sheets, each beginning on a page of its own, with the number that leads back to it as a QR code."""
    codes = {sheet.number: qr_image(sheet.number) for sheet in sheets}
    return printed(
        "sheets", assessment=assessment, groups=groups, sheets=sheets, codes=codes, with_marks=with_marks
    )


def printed(name: str, **values: Any) -> bytes:
    html = pdf.templates(TEMPLATES).get_template(f"{name}.html").render(**values)
    return pdf.render_pdf(html, css=(TEMPLATES / f"{name}.css").read_text(encoding="utf-8"))


def qr_image(text: str) -> str:
    """The QR code as a data URI, four pixels to a module."""
    import segno

    made = io.BytesIO()
    segno.make(text, error="m", micro=False).save(made, kind="png", scale=4, border=4)
    return "data:image/png;base64," + base64.b64encode(made.getvalue()).decode()
