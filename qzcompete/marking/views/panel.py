"""The chief judge's panel: cards to print, tablets to revoke or replace, a judge to substitute."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

from flask import current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from werkzeug.wrappers import Response

from qzcompete.adapters.pdf import MissingGlyph, PdfError
from qzcompete.core.clock import now
from qzcompete.core.errors import Problem, RuleBroken
from qzcompete.core.forms import Page, select_choices, show_problem, shown, tried
from qzcompete.core.permissions import requires
from qzcompete.core.transaction import keep
from qzcompete.marking import documents, queries, services
from qzcompete.marking.forms import HandInForm, SubstituteForm
from qzcompete.marking.views.blueprint import blueprint
from qzcompete.marking.views.chief import permitted


@blueprint.get("/watch/<int:assessment_id>/panel")
@requires("assessment.close")
def panel(assessment_id: int) -> str:
    permitted(assessment_id, "assessment.close")
    return render_template(
        "marking/panel.html",
        assessment=queries.assessment_card(assessment_id),
        seats=queries.panel_seats(assessment_id, now()),
        tablets=queries.tablet_cards(assessment_id, now()),
    )


@blueprint.post("/watch/<int:assessment_id>/cards")
@requires("assessment.close")
def cards(assessment_id: int) -> Page:
    """New cards for the panel, or for one seat, straight to the printer: what stands on them is stored nowhere."""
    permitted(assessment_id, "assessment.close")
    seat_id = request.form.get("seat_id", type=int)
    issued = services.issue_cards(
        current_user.actor,
        assessment_id,
        current_app.config["QZ"].grant_hours,
        {seat_id} if seat_id else None,
    )
    return card_page(assessment_id, issued)


@blueprint.post("/watch/<int:assessment_id>/tablets/revoke")
@requires("assessment.close")
def revoke_tablet(assessment_id: int) -> Page:
    """The tablet may not send any more. Asked to replace it, a new card at once, and the old one ends."""
    permitted(assessment_id, "assessment.close")
    seat_id, device_id = request.form.get("seat_id", 0, type=int), request.form.get("device_id", "")
    actor = current_user.actor
    if request.form.get("replace"):
        hours = current_app.config["QZ"].grant_hours
        card = services.replace_tablet(actor, assessment_id, seat_id, device_id, hours)
        return card_page(assessment_id, [card])
    services.revoke_tablet(actor, assessment_id, seat_id, device_id)
    flash(_("The tablet may not send any more. What it still holds stays on it."), "success")
    return redirect(url_for(".watch", assessment_id=assessment_id))


@blueprint.route("/watch/<int:assessment_id>/tablets/hand-in", methods=["GET", "POST"])
@requires("assessment.close")
def hand_in(assessment_id: int) -> Page:
    """A tablet's exported file, for when the tablet itself can send no more."""
    permitted(assessment_id, "assessment.close")
    form = HandInForm()
    if form.validate_on_submit():
        try:
            counts = services.take_file(current_user.actor, assessment_id, form.file.data.read())
        except Problem as problem:
            show_problem(form, problem)
        else:
            flash(told_of(counts), "warning" if counts["conflict"] + counts["rejected"] else "success")
            return redirect(url_for(".watch", assessment_id=assessment_id))
    card = queries.assessment_card(assessment_id)
    page = render_template("marking/hand_in.html", form=form, assessment=card)
    return shown(page, form)


def told_of(counts: Counter[str]) -> str:
    """What became of a file's ops, in words."""
    words = [
        (_("%(count)s new"), counts["applied"] + counts["same"]),
        (_("%(count)s known before"), counts["known"]),
        (_("%(count)s in conflict, for the judge to settle"), counts["conflict"]),
        (_("%(count)s held for you"), counts["held"]),
        (_("%(count)s refused"), counts["rejected"]),
        (_("%(count)s of a former judge, left out"), counts["former"]),
        (_("%(count)s of other assessments, left out"), counts["elsewhere"]),
    ]
    return _("The file is taken in:") + "；".join(word % {"count": count} for word, count in words if count)


def card_page(assessment_id: int, issued: Sequence[services.IssuedCard]) -> Response:
    card = queries.assessment_card(assessment_id)
    address = current_app.config["QZ"].public_url + url_for("tablet.page")
    # Committed before it is drawn: drawing takes seconds, and judges' marks must not wait for it.
    keep()
    return pdf_answer(lambda: documents.print_cards(card, issued, address), f"cards-{card.code}.pdf")


def pdf_answer(make: Callable[[], bytes], name: str) -> Response:
    try:
        content = make()
    except MissingGlyph as problem:
        raise RuleBroken(
            _l("These characters cannot be printed: %(which)s", which=" ".join(problem.characters))
        ) from problem
    except PdfError as problem:
        raise RuleBroken(str(problem)) from problem
    answer = Response(content, mimetype="application/pdf")
    answer.headers["Content-Disposition"] = f'inline; filename="{name}"'
    answer.headers["Cache-Control"] = "no-store"
    return answer


@blueprint.route("/watch/<int:assessment_id>/panel/<int:seat_id>/substitute", methods=["GET", "POST"])
@requires("assessment.close")
def substitute(assessment_id: int, seat_id: int) -> Page:
    """Another judge takes the seat from now on."""
    permitted(assessment_id, "assessment.close")
    seat = queries.panel_seat_of(assessment_id, seat_id, now())
    form = SubstituteForm()
    form.account.choices = select_choices(queries.substitutes(assessment_id))
    if tried(
        form,
        lambda: services.substitute_judge(
            current_user.actor, assessment_id, seat_id, form.account.data, form.reason.data or ""
        ),
    ):
        flash(_("The seat is taken over. Print a new card for it."), "success")
        return redirect(url_for(".panel", assessment_id=assessment_id))
    page = render_template(
        "marking/substitute.html", form=form, seat=seat, assessment=queries.assessment_card(assessment_id)
    )
    return shown(page, form)
