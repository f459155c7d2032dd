"""Disputes and further rounds, calls and incidents with their photos: what the chief judge asks and answers."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from qzcompete.core.errors import NotFound
from qzcompete.core.forms import Page, shown, tried
from qzcompete.core.permissions import requires
from qzcompete.marking import queries, services
from qzcompete.marking.forms import AnswerForm, RoundForm
from qzcompete.marking.views.blueprint import blueprint
from qzcompete.marking.views.chief import permitted


@blueprint.route("/watch/<int:assessment_id>/rounds/<code>", methods=["GET", "POST"])
@requires("assessment.close")
def rounds(assessment_id: int, code: str) -> Page:
    """The marks of one work round by round, and a further round for chosen aspects."""
    permitted(assessment_id, "assessment.close")
    cells = queries.candidate_rounds(assessment_id, code)
    form = RoundForm()
    free = [cell for cell in cells if not cell.waits_for]
    form.offer(
        [(cell.aspect, f"{cell.aspect} {cell.name}") for cell in free],
        [cell.aspect for cell in free if cell.disputed],
    )
    if tried(
        form,
        lambda: services.open_round(
            current_user.actor, assessment_id, code, form.aspects.data or [], form.reason.data or ""
        ),
    ):
        flash(_("The judges are asked to mark again; their sheets are open for it."), "success")
        return redirect(url_for(".rounds", assessment_id=assessment_id, code=code))
    card = queries.assessment_card(assessment_id)
    page = render_template("marking/rounds.html", assessment=card, code=code, cells=cells, form=form)
    return shown(page, form)


@blueprint.route("/watch/<int:assessment_id>/calls/<op_id>", methods=["GET", "POST"])
@requires("assessment.close")
def call(assessment_id: int, op_id: str) -> Page:
    """A judge's call or incident, its photos, and the answer."""
    permitted(assessment_id, "assessment.close")
    flag = next((one for one in queries.flag_cards(assessment_id) if one.op_id == op_id), None)
    if flag is None:
        raise NotFound()
    form = AnswerForm()
    if tried(
        form, lambda: services.answer_flag(current_user.actor, assessment_id, op_id, form.text.data or "")
    ):
        flash(_("The answer is on its way to the judge's tablet."), "success")
        return redirect(url_for(".watch", assessment_id=assessment_id))
    card = queries.assessment_card(assessment_id)
    page = render_template("marking/call.html", assessment=card, flag=flag, form=form)
    return shown(page, form)


@blueprint.get("/watch/<int:assessment_id>/photos/<photo_id>")
@requires("assessment.close")
def photo(assessment_id: int, photo_id: str) -> Response:
    permitted(assessment_id, "assessment.close")
    answer = Response(queries.photo_content(assessment_id, photo_id), mimetype="image/jpeg")
    # A photo never changes under its id; it stays in this browser only.
    answer.headers["Cache-Control"] = "private, max-age=3600"
    return answer
