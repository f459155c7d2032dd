"""Slips for the envelopes of one layer, as PDF: plain values and a template to pages. Its title tells no code."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from qzcompete.adapters import pdf

TEMPLATES = Path(__file__).resolve().parent.parent.parent / "templates" / "registration" / "print"
SLIPS_ON_A_PAGE = 8
CODE_NAMES = {"entry": "报名序号", "contest": "参赛编号", "station": "赛位号", "work": "作品编号"}


def print_slips(event: Any, outer_kind: str, kind: str, lines: Sequence[Any]) -> bytes:
    """Eight to a page of A4: what stands on the envelope, and below the fold what lies in it."""
    pages = [lines[start : start + SLIPS_ON_A_PAGE] for start in range(0, len(lines), SLIPS_ON_A_PAGE)]
    template = pdf.templates(TEMPLATES).get_template("slips.html")
    html = template.render(event=event, outer=CODE_NAMES[outer_kind], inner=CODE_NAMES[kind], pages=pages)
    return pdf.render_pdf(html, css=(TEMPLATES / "slips.css").read_text(encoding="utf-8"))
