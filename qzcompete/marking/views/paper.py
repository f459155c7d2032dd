"""Paper sheets, for when tablets fail: printed with a code, typed twice by different people, compared, recorded."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from qzcompete.core.errors import NotFound, Problem
from qzcompete.core.forms import Page, show_problem, shown
from qzcompete.core.permissions import requires
from qzcompete.marking import documents, queries, services
from qzcompete.marking.forms import PaperForm, paper_form
from qzcompete.marking.views.blueprint import blueprint
from qzcompete.marking.views.chief import permitted
from qzcompete.marking.views.panel import pdf_answer

# A sheet takes a third of a second to draw; more of them are printed in parts.
SHEETS_AT_ONCE = 40


@blueprint.get("/paper")
@requires("paper.enter")
def paper_index() -> str:
    wanted = current_user.actor.scope_ids("paper.enter", "assessment")
    return render_template("marking/paper_index.html", assessments=queries.paper_assessments(wanted))


@blueprint.get("/paper/find")
@requires("paper.enter")
def paper_find() -> Page:
    """From the scanned or typed number of a sheet to its page."""
    try:
        assessment_id, seat_id, code = queries.paper_address(request.args.get("sheet", ""))
    except NotFound:
        flash(_("There is no sheet with this number. Scan or type it again."), "warning")
        return redirect(url_for(".paper_index"))
    return redirect(url_for(".paper_sheet", assessment_id=assessment_id, seat_id=seat_id, code=code))


@blueprint.get("/paper/<int:assessment_id>")
@requires("paper.enter")
def paper_board(assessment_id: int) -> str:
    permitted(assessment_id, "paper.enter")
    return render_template(
        "marking/paper_board.html", board=queries.paper_board(assessment_id), part=SHEETS_AT_ONCE
    )


@blueprint.get("/paper/<int:assessment_id>/print/<int:seat_id>")
@requires("paper.enter")
def paper_print(assessment_id: int, seat_id: int) -> Response:
    """One judge's sheets as PDF: blank, or with the marks given so far."""
    permitted(assessment_id, "paper.enter")
    with_marks = request.args.get("marks") == "1"
    start = request.args.get("start", 0, type=int)
    every = queries.printed_sheets(assessment_id, seat_id, with_marks, request.args.get("code"))
    sheets = every[max(0, start) :][:SHEETS_AT_ONCE]
    if not sheets:
        raise NotFound()
    card = queries.assessment_card(assessment_id)
    groups = queries.paper_groups(queries.scheme_of(assessment_id))
    name = f"sheets-{card.code}-{sheets[0].seat_code}.pdf"
    return pdf_answer(lambda: documents.print_sheets(card, groups, sheets, with_marks), name)


@blueprint.route("/paper/<int:assessment_id>/<int:seat_id>/<code>", methods=["GET", "POST"])
@requires("paper.enter")
def paper_sheet(assessment_id: int, seat_id: int, code: str) -> Page:
    """Type a sheet in. The second typist sees nothing of the first; where two differ, both see it and one types again."""
    permitted(assessment_id, "paper.enter")
    sheet = queries.paper_sheet(assessment_id, seat_id, code)
    wanted = [
        (aspect.code, aspect.name)
        for group in sheet.groups
        for aspect in group.aspects
        if not sheet.differences or aspect.code in sheet.differences
    ]
    form = paper_form(wanted)
    if form.validate_on_submit() and typed(form, assessment_id, seat_id, code):
        return redirect(url_for(".paper_sheet", assessment_id=assessment_id, seat_id=seat_id, code=code))
    mine = [one for one in sheet.typed if one.account_id == current_user.id]
    page = render_template(
        "marking/paper_sheet.html",
        sheet=sheet,
        form=form,
        fields={field.description: field for field in form if field.description},
        may_type=bool(mine) or len(sheet.typed) < 2,
        typed_by_me=bool(mine),
    )
    return shown(page, form)


def typed(form: PaperForm, assessment_id: int, seat_id: int, code: str) -> bool:
    """Whether the typing was taken; says what became of it."""
    try:
        results = services.type_sheet(
            current_user.actor, assessment_id, seat_id, code, form.marks(), bool(form.signed.data)
        )
    except services.WrongMarks as problem:
        form.show_faults(problem.faults)
        return False
    except Problem as problem:
        show_problem(form, problem)
        return False
    if results is None:
        flash(_("The sheet is typed in."), "success")
    else:
        tell(results)
    return True


def tell(results: Sequence[services.OpResult]) -> None:
    count = Counter(result.status for result in results)
    flash(_("Both agree: %(count)s marks are recorded.", count=count["applied"] + count["same"]), "success")
    if late := count["conflict"] + count["held"] + count["rejected"]:
        flash(
            _(
                "%(count)s marks did not count: they stand otherwise on a tablet, or came too late.",
                count=late,
            ),
            "warning",
        )
