"""The result sheet and the results book (成绩册) as PDF and as workbook: plain values to pages. Touches no table.

Names, units, totals, ranks and awards only; no number of a document, no birthday, no work code once names stand.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from flask_babel import gettext as _

from qzcompete.adapters import pdf
from qzcompete.adapters.sheets import Table, write_sheets
from qzcompete.core.shown import chinese_moment

TEMPLATES = Path(__file__).resolve().parent.parent.parent / "templates" / "results" / "print"


def print_result_sheet(event: Any, result: Any) -> bytes:
    return printed("sheet", event=event, result=result)


def print_book(competition: Any, book: Any) -> bytes:
    """A title page, the teams, and each event from a page of its own."""
    return printed("book", competition=competition, book=book)


def printed(name: str, **values: Any) -> bytes:
    html = pdf.templates(TEMPLATES).get_template(f"{name}.html").render(shown=chinese_moment, **values)
    return pdf.render_pdf(html, css=(TEMPLATES / "results.css").read_text(encoding="utf-8"))


def result_workbook(result: Any) -> bytes:
    return write_sheets([result_sheet(_("Results"), result, codes=True)])


def book_workbook(book: Any) -> bytes:
    """The teams, then a sheet for each event."""
    header = [_("Rank"), _("Team"), _("Entries"), *book.awards, _("Score")]
    teams = [[line.rank, line.team, line.entries, *line.awards, line.score] for line in book.teams]
    return write_sheets(
        [
            Table(_("Teams"), header, teams),
            *(result_sheet(event.name, result, codes=False) for event, result in book.events),
        ]
    )


def result_sheet(title: str, result: Any, codes: bool) -> Table:
    header = [_("Rank"), *([_("Work code")] if codes else []), _("Name"), _("Organisation")]
    modules = result.modules if codes else ()
    header += [f"{code} {name}".strip() for code, name in modules]
    rows = [
        [
            str(line.rank or "—"),
            *([line.code] if codes else []),
            line.name or "",
            line.unit or "",
            *(line.modules.get(code, "") for code, _name in modules),
            line.total or "",
            line.award or "",
        ]
        for line in result.lines
    ]
    return Table(title, [*header, _("Total"), _("Award")], rows)
