"""The plaque of a studio or base as PDF: plain values and a template to one landscape page. Touches no table, no clock."""

from __future__ import annotations

import base64
import io
from pathlib import Path
from typing import Any

from qzcompete.adapters import pdf
from qzcompete.core.wording import chinese_day
from qzcompete.selection.rules.publicity import CLASS_NAMES

TEMPLATES = Path(__file__).resolve().parent.parent.parent / "templates" / "studios" / "print"
ISSUER = "钦州市人力资源和社会保障局"


def print_plaque(designation: Any, address: str) -> bytes:
    """`address` is where the QR code leads: the page that tells whether the plaque is valid."""
    title = CLASS_NAMES[designation.kind]
    holder = designation.name.removesuffix(title)
    html = (
        pdf.templates(TEMPLATES)
        .get_template("plaque.html")
        .render(
            designation=designation,
            title=title,
            holder=holder,
            size="small" if len(holder) > 12 else "large",
            issuer=ISSUER,
            months=f"{chinese_day(designation.starts_on)}—{chinese_day(designation.ends_on)}",
            code=qr_image(address),
        )
    )
    return pdf.render_pdf(html, css=(TEMPLATES / "plaque.css").read_text(encoding="utf-8"))


def qr_image(text: str) -> str:
    """The QR code as a data URI, six pixels to a module."""
    import segno

    made = io.BytesIO()
    segno.make(text, error="m", micro=False).save(made, kind="png", scale=6, border=2)
    return "data:image/png;base64," + base64.b64encode(made.getvalue()).decode()
