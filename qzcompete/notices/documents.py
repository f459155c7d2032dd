"""A notice as PDF in the layout of an official one: plain values and a template to pages. Touches no table, no clock."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from qzcompete.adapters import pdf
from qzcompete.core.wording import chinese_day

TEMPLATES = Path(__file__).resolve().parent.parent.parent / "templates" / "notices" / "print"
# Points: the greatest size of the red head, and the width that its one line has.
WIDEST_HEAD, HEAD_WIDTH = 36, 430


def print_notice(notice: Any) -> bytes:
    """A4 by GB/T 9704: red head, number, title, text, annex, who signs and when. Its metadata tell the title alone."""
    template = pdf.templates(TEMPLATES).get_template("notice.html")
    html = template.render(
        notice=notice,
        period=period_line(notice),
        signed=signed_day(notice.signed_on),
        annex_title=annex_title(notice.title),
        head_size=min(WIDEST_HEAD, HEAD_WIDTH // max(1, len(notice.issuer))),
    )
    return pdf.render_pdf(html, css=(TEMPLATES / "notice.css").read_text(encoding="utf-8"))


def period_line(notice: Any) -> str | None:
    """'公示时间：2026年11月26日至2026年12月2日（5个工作日）。'"""
    if notice.first_day is None or notice.last_day is None:
        return None
    days = f"{chinese_day(notice.first_day)}至{chinese_day(notice.last_day)}"
    return f"公示时间：{days}（{notice.working_days}个工作日）。"


def annex_title(title: str) -> str:
    """'关于某某名单的公示' → '某某名单'."""
    name = title.removeprefix("关于").removeprefix("公布").removesuffix("的公示").removesuffix("的公告")
    return name if name.endswith("名单") else f"{name}名单"


def signed_day(day: date | None) -> str:
    return "" if day is None else chinese_day(day)
