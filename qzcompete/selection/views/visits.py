"""Site visits: the plan of a class, and one visit's report, which is filled in without a network and sent later."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal, InvalidOperation

from flask import (
    current_app,
    flash,
    jsonify,
    make_response,
    redirect,
    render_template,
    request,
    send_from_directory,
    url_for,
)
from flask_babel import gettext as _
from flask_login import current_user

from qzcompete.core.clock import CITY
from qzcompete.core.errors import Problem
from qzcompete.core.forms import shown, tried
from qzcompete.core.pages import REFUSED
from qzcompete.core.permissions import public, requires
from qzcompete.marking.rules.op_shape import is_uuid
from qzcompete.selection import queries, services
from qzcompete.selection.forms.office import PlanForm, SignForm
from qzcompete.selection.queries import ApplicationCard
from qzcompete.selection.rules.score_sheets import CHECKLISTS
from qzcompete.selection.services import PhotoSpec
from qzcompete.selection.views.blueprint import Page, blueprint, sent_file


@blueprint.get("/office/selections/classes/<int:class_id>/visits")
@requires("selection.manage")
def visits(class_id: int) -> Page:
    return render_template(
        "selection/visits.html", class_=queries.class_card(class_id), rows=queries.visits_of(class_id)
    )


@blueprint.route("/office/applications/<int:application_id>/visit/plan", methods=["GET", "POST"])
@requires("selection.manage")
def plan_visit(application_id: int) -> Page:
    card, known = queries.application_card(application_id), queries.visit_of(application_id)
    form = PlanForm(data={"planned_on": known.planned_on, "team": "、".join(known.team)} if known else None)
    if tried(form, lambda: services.plan_visit(current_user.actor, application_id, *form.plan())):
        flash(_("The visit is planned."), "success")
        return redirect(url_for(".visits", class_id=card.class_id))
    return shown(render_template("selection/visit_plan.html", card=card, form=form), form)


@blueprint.route("/office/applications/<int:application_id>/visit", methods=["GET", "POST"])
@requires("selection.manage")
def report_visit(application_id: int) -> Page:
    card, problem = queries.application_card(application_id), None
    if request.method == "POST":
        lines = CHECKLISTS[card.kind]
        points = {line: request.form.get(f"points-{line}", "") for line, _name, _most in lines}
        remarks = {line: request.form.get(f"remark-{line}", "") for line, _name, _most in lines}
        try:
            services.report_visit(
                current_user.actor, application_id, points, remarks, request.form.get("findings", "")
            )
        except Problem as broken:
            problem = broken
        else:
            if request.accept_mimetypes.best == "application/json":
                return jsonify({"saved": True})
            flash(_("The report is saved. The host countersigns it next."), "success")
            return redirect(url_for(".report_visit", application_id=application_id))
    return visit_page(card, SignForm(formdata=None), problem)


def visit_page(card: ApplicationCard, signing: SignForm, problem: Problem | None = None) -> Page:
    """The report and its countersignature; `problem` is why a report was refused."""
    page = render_template(
        "selection/visit.html",
        card=card,
        lines=CHECKLISTS[card.kind],
        visit=queries.visit_of(card.id),
        photos=queries.photos_of(card.id),
        problem=problem,
        typed=request.form,
        signing=signing,
    )
    answer = make_response(page, 422 if problem or signing.errors else 200)
    # The only page that asks the device where it is: a photo tells where it was taken.
    answer.headers["Permissions-Policy"] = REFUSED["Permissions-Policy"].replace(
        "geolocation=()", "geolocation=(self)"
    )
    return answer


@blueprint.get("/office/applications/visit-worker.js")
@public("opens the page of a visit without a network; it holds nothing of anybody")
def visit_worker() -> Page:
    """At this address, so that it stands over the pages of visits and over no others."""
    return send_from_directory(str(current_app.static_folder), "visit/worker.js")


@blueprint.post("/office/applications/<int:application_id>/visit/photos")
@requires("selection.manage")
def add_photo(application_id: int) -> Page:
    """One photo. The page gives it an id once, so that a photo that is sent twice is kept once."""
    given, key = request.files.get("photo"), request.form.get("id", "")
    spec = PhotoSpec(
        key if is_uuid(key) else "",
        given.read() if given else b"",
        moment_of(request.form.get("taken_at", "")),
        degrees(request.form.get("latitude", "")),
        degrees(request.form.get("longitude", "")),
    )
    services.add_photo(current_user.actor, application_id, spec)
    return jsonify({"saved": True})


def moment_of(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=CITY)


def degrees(text: str) -> Decimal | None:
    try:
        value = Decimal(text[:12])
    except InvalidOperation:
        return None
    return value.quantize(Decimal("0.000001")) if value.is_finite() and abs(value) <= 180 else None


@blueprint.get("/office/applications/<int:application_id>/visit/photos/<photo_id>")
@requires("selection.manage")
def visit_photo(application_id: int, photo_id: str) -> Page:
    return sent_file(queries.photo_hash(application_id, photo_id), "image/jpeg", f"{photo_id}.jpg")


@blueprint.post("/office/applications/<int:application_id>/visit/sign")
@requires("selection.manage")
def countersign(application_id: int) -> Page:
    """The host signs on the team's tablet."""
    form = SignForm()
    if tried(form, lambda: services.countersign(current_user.actor, application_id, form.name.data or "")):
        flash(_("The report is countersigned."), "success")
        return redirect(url_for(".report_visit", application_id=application_id))
    return visit_page(queries.application_card(application_id), signing=form)


@blueprint.post("/office/applications/<int:application_id>/visit/complete")
@requires("selection.manage")
def complete_visit(application_id: int) -> Page:
    services.complete_visit(current_user.actor, application_id)
    flash(_("The visit is complete."), "success")
    return redirect(url_for(".visits", class_id=queries.application_card(application_id).class_id))
