"""The re-check, sheet by sheet, and the corrections that the chief judge decides."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user

from qzcompete.core.forms import Page, shown, tried
from qzcompete.core.permissions import requires
from qzcompete.marking import queries as marking
from qzcompete.results import queries, services
from qzcompete.results.forms import ReasonForm, check_form
from qzcompete.results.views.office import blueprint
from qzcompete.results.views.shared import permitted


@blueprint.route("/<code>/recheck", methods=["GET", "POST"])
@requires("result.recheck")
def recheck(code: str) -> Page:
    event = permitted(code, "result.recheck")
    form = ReasonForm()
    if tried(form, lambda: services.order_recheck(current_user.actor, event.id, form.reason.data or "")):
        flash(_("The re-check is ordered. Its sheets are drawn and wait below."), "success")
        return redirect(url_for(".recheck", code=code))
    page = render_template(
        "results/recheck.html",
        event=event,
        closed=marking.assessment_card(event.assessment_id).state == "closed",
        rechecks=queries.rechecks_of(event),
        settings=queries.settings_of(event.competition.id),
        form=form,
    )
    return shown(page, form)


@blueprint.route("/<code>/recheck/<int:sheet_id>", methods=["GET", "POST"])
@requires("result.recheck")
def recheck_sheet(code: str, sheet_id: int) -> Page:
    event = permitted(code, "result.recheck")
    sheet, number = queries.recheck_sheet(event.id, sheet_id)
    marks = marking.marks_of_sheet(event.assessment_id, sheet.candidate, sheet.judge)
    form = check_form([mark.aspect for mark in marks])()
    if tried(
        form,
        lambda: services.record_check(
            current_user.actor, event.id, sheet_id, form.found(), form.note.data or ""
        ),
    ):
        flash(_("The sheet is recorded."), "success")
        following = queries.next_sheet(event)
        if following is not None:
            return redirect(url_for(".recheck_sheet", code=code, sheet_id=following))
        return redirect(url_for(".recheck", code=code))
    page = render_template(
        "results/recheck_sheet.html", event=event, sheet=sheet, number=number, marks=marks, form=form
    )
    return shown(page, form)


@blueprint.get("/<code>/corrections")
@requires("assessment.close")
def corrections(code: str) -> Page:
    return corrections_page(code, ReasonForm(formdata=None), None)


def corrections_page(code: str, form: ReasonForm, wrong: int | None) -> Page:
    event = permitted(code, "assessment.close")
    page = render_template(
        "results/corrections.html",
        event=event,
        corrections=queries.corrections(event.id),
        form=form,
        wrong=wrong,
    )
    return shown(page, form)


@blueprint.post("/<code>/corrections/<int:correction_id>/<any(correct, keep):way>")
@requires("assessment.close")
def decide_correction(code: str, correction_id: int, way: str) -> Page:
    permitted(code, "assessment.close")
    form = ReasonForm()
    act = services.correct if way == "correct" else services.keep_mark
    if tried(form, lambda: act(current_user.actor, correction_id, form.reason.data or "")):
        flash(_("The correction is decided."), "success")
        return redirect(url_for(".corrections", code=code))
    return corrections_page(code, form, correction_id)
