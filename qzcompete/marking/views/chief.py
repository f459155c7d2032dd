"""The chief judge's page: who has marked what, what stops the results, closing, reopening, ties. Candidates are codes."""

from __future__ import annotations

from datetime import datetime

from babel.dates import format_skeleton
from flask import flash, redirect, render_template, request, url_for
from flask_babel import get_locale
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from qzcompete.core.clock import in_city, now
from qzcompete.core.errors import NotFound
from qzcompete.core.forms import Page, shown, tried
from qzcompete.core.permissions import permit, requires
from qzcompete.marking import queries, services
from qzcompete.marking.forms import ReasonForm, TimeForm
from qzcompete.marking.views.blueprint import blueprint


@blueprint.app_template_filter("clock")
def clock(moment: datetime) -> str:
    """'09:05' of a moment of today, '11月23日 09:05' or 'Nov 23 09:05' of another day."""
    here = in_city(moment)
    if here.date() == in_city(now()).date():
        return f"{here:%H:%M}"
    return f"{format_skeleton('MMMd', here, locale=get_locale())} {here:%H:%M}"


@blueprint.app_template_filter("hours")
def hours_of(seconds: int | None) -> str:
    """'1:05:30' of a time in seconds, '' of none."""
    return "" if seconds is None else f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def permitted(assessment_id: int, permission: str) -> None:
    permit(current_user.actor, permission, ("assessment", assessment_id))


@blueprint.get("/watch")
@requires("assessment.watch")
def watch_list() -> str:
    wanted = current_user.actor.scope_ids("assessment.watch", "assessment")
    return render_template("marking/watch_list.html", assessments=queries.watched(wanted))


@blueprint.get("/watch/<int:assessment_id>")
@requires("assessment.watch")
def watch(assessment_id: int) -> Page:
    permitted(assessment_id, "assessment.watch")
    return watch_page(assessment_id)


def watch_page(assessment_id: int, form: ReasonForm | None = None) -> Page:
    """The whole page; asked by htmx only what changes, and 304 where it is as before, without reading any mark."""
    may_close = current_user.actor.may("assessment.close", ("assessment", assessment_id))
    tag = f"{queries.progress_tag(assessment_id)}-{get_locale()}-{may_close}"
    asked = bool(request.headers.get("HX-Request"))
    if asked and request.if_none_match.contains_weak(tag):
        answer = Response(status=304)
        answer.headers["ETag"] = f'"{tag}"'
        return answer
    template = "marking/_progress.html" if asked else "marking/watch.html"
    page = render_template(
        template,
        progress=queries.progress(assessment_id),
        may_close=may_close,
        tag=tag,
        reason_form=form or ReasonForm(formdata=None),
    )
    if asked:
        return Response(page, mimetype="text/html", headers={"ETag": f'"{tag}"'})
    return (page, 422) if form is not None else page


@blueprint.post("/watch/<int:assessment_id>/close")
@requires("assessment.close")
def close(assessment_id: int) -> Page:
    permitted(assessment_id, "assessment.close")
    services.close_assessment(current_user.actor, assessment_id)
    flash(_("The assessment is closed and signed."), "success")
    return redirect(url_for(".watch", assessment_id=assessment_id))


@blueprint.post("/watch/<int:assessment_id>/reopen")
@requires("assessment.close")
def reopen(assessment_id: int) -> Page:
    permitted(assessment_id, "assessment.close")
    form = ReasonForm()
    if not tried(
        form,
        lambda: services.reopen_assessment(current_user.actor, assessment_id, form.reason.data or ""),
    ):
        return watch_page(assessment_id, form)
    flash(_("The assessment is open again."), "success")
    return redirect(url_for(".watch", assessment_id=assessment_id))


@blueprint.route("/watch/<int:assessment_id>/ties", methods=["GET", "POST"])
@requires("assessment.close")
def ties(assessment_id: int) -> Page:
    """A form for each group that the rules leave equal: who is first, who next, and why."""
    permitted(assessment_id, "assessment.close")
    form = ReasonForm()
    order = request.form.getlist("order")
    if tried(
        form, lambda: services.decide_tie(current_user.actor, assessment_id, order, form.reason.data or "")
    ):
        flash(_("The order is recorded."), "success")
        return redirect(url_for(".ties", assessment_id=assessment_id))
    page = render_template(
        "marking/ties.html", progress=queries.progress(assessment_id), form=form, order=order
    )
    return shown(page, form)


@blueprint.route("/watch/<int:assessment_id>/time/<code>", methods=["GET", "POST"])
@requires("assessment.close")
def time(assessment_id: int, code: str) -> Page:
    """The chief judge's word on how long an entry worked, with a reason."""
    permitted(assessment_id, "assessment.close")
    found = next((one for one in queries.entry_times(assessment_id) if one.code == code), None)
    if found is None:
        raise NotFound()
    form = TimeForm(time=hours_of(found.seconds))
    if tried(
        form,
        lambda: services.set_duration(
            current_user.actor, assessment_id, code, form.seconds, form.reason.data or ""
        ),
    ):
        flash(_("The working time is recorded."), "success")
        return redirect(url_for(".watch", assessment_id=assessment_id))
    card = queries.assessment_card(assessment_id)
    page = render_template("marking/time.html", form=form, assessment=card, time=found)
    return shown(page, form)


@blueprint.route("/watch/<int:assessment_id>/unlock/<int:seat_id>/<code>", methods=["GET", "POST"])
@requires("assessment.close")
def unlock(assessment_id: int, seat_id: int, code: str) -> Page:
    """Open a signed sheet again, for one judge and one work, with a reason."""
    permitted(assessment_id, "assessment.close")
    form = ReasonForm()
    if tried(
        form,
        lambda: services.unlock_sheet(
            current_user.actor, assessment_id, seat_id, code, form.reason.data or ""
        ),
    ):
        flash(_("The sheet is open again; the judge signs it anew."), "success")
        return redirect(url_for(".watch", assessment_id=assessment_id))
    card = queries.assessment_card(assessment_id)
    page = render_template("marking/unlock.html", form=form, assessment=card, code=code)
    return shown(page, form)
