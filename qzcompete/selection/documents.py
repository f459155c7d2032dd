"""Dossier and minutes as PDF: plain values and a template to pages. Touches no table, no request, no clock."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

from qzcompete.adapters import pdf
from qzcompete.core.shown import chinese_moment, plain_decimal

TEMPLATES = Path(__file__).resolve().parent.parent.parent / "templates" / "selection" / "print"


def print_dossier(**values: Any) -> bytes:
    """A sent application with its files' list and the hash over all of it."""
    return printed("dossier", **values)


def print_minutes(**values: Any) -> bytes:
    """The minutes of the panel's meeting."""
    return printed("minutes", **values)


def printed(name: str, **values: Any) -> bytes:
    html = (
        pdf.templates(TEMPLATES)
        .get_template(f"{name}.html")
        .render(shown=chinese_moment, figure=figure, share=plain_decimal, **values)
    )
    return pdf.render_pdf(html, css=(TEMPLATES / "papers.css").read_text(encoding="utf-8"))


def figure(value: Decimal) -> str:
    return f"{value:.2f}"
