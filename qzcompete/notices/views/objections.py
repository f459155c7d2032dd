"""The office's cases of objection: the list by deadline, and one case."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from qzcompete.core.errors import NotFound, Problem
from qzcompete.core.forms import Page, select_choices, show_problem, tried
from qzcompete.core.permissions import requires
from qzcompete.notices.forms import AssignForm, FindingForm, ReasonForm
from qzcompete.notices.queries import objections as queries
from qzcompete.notices.services import objections as services
from qzcompete.notices.views.blueprint import blueprint


@blueprint.get("/office/objections")
@requires("objection.view")
def objections() -> str:
    state = request.args.get("state", "open")
    notice_id = request.args.get("notice", type=int)
    page = queries.case_page(state, notice_id, request.args.get("page", "1"))
    return render_template("notices/objections.html", page=page, state=state)


@blueprint.get("/office/objections/<int:objection_id>")
@requires("objection.view")
def objection(objection_id: int) -> str:
    return case_page(objection_id)


def case_page(objection_id: int, identity: tuple[str, str] | None = None, **given: Any) -> str:
    """The case with its forms; a form that was refused is `given`."""
    forms: dict[str, Any] = {
        "assign": AssignForm(formdata=None),
        "finding": FindingForm(formdata=None),
        "refusal": ReasonForm(formdata=None),
    } | given
    handlers = [(one.id, f"{one.name}（{one.username}）") for one in queries.possible_handlers(objection_id)]
    forms["assign"].handler.choices = select_choices(handlers)
    file = queries.case_file(objection_id, current_user.actor)
    return render_template("notices/objection.html", file=file, case=file.case, identity=identity, **forms)


@blueprint.post("/office/objections/<int:objection_id>/assign")
@requires("objection.handle")
def assign(objection_id: int) -> Page:
    form = AssignForm()
    handlers = {one.id: one for one in queries.possible_handlers(objection_id)}
    try:
        chosen = handlers.get(form.handler.data or 0)
        if chosen is None:
            raise NotFound(_("Choose somebody of the list."), field="handler")
        services.assign(current_user.actor, objection_id, chosen.actor, bool(form.no_conflict.data))
    except Problem as problem:
        show_problem(form, problem)
        return case_page(objection_id, assign=form), 422
    flash(_("The case is assigned."), "success")
    return redirect(url_for(".objection", objection_id=objection_id))


@blueprint.post("/office/objections/<int:objection_id>/decide")
@requires("objection.handle")
def decide(objection_id: int) -> Page:
    form = FindingForm()
    if not tried(
        form,
        lambda: services.decide(
            current_user.actor,
            objection_id,
            form.outcome.data == "uphold",
            form.finding.data or "",
            form.reply.data or "",
        ),
    ):
        return case_page(objection_id, finding=form), 422
    flash(_("The objection is decided, and its objector can read the reply."), "success")
    return redirect(url_for(".objection", objection_id=objection_id))


@blueprint.post("/office/objections/<int:objection_id>/refuse")
@requires("objection.handle")
def refuse(objection_id: int) -> Page:
    form = ReasonForm()
    if not tried(form, lambda: services.refuse(current_user.actor, objection_id, form.reason.data or "")):
        return case_page(objection_id, refusal=form), 422
    flash(_("The objection is not examined; its objector can read why."), "success")
    return redirect(url_for(".objection", objection_id=objection_id))


@blueprint.post("/office/objections/<int:objection_id>/identity")
@requires("objection.handle")
def identify(objection_id: int) -> str:
    return case_page(objection_id, services.identify(current_user.actor, objection_id))


@blueprint.post("/office/objections/<int:objection_id>/evidence/<int:evidence_id>")
@requires("objection.handle")
def open_evidence(objection_id: int, evidence_id: int) -> Response:
    evidence, content = services.open_evidence(current_user.actor, objection_id, evidence_id)
    answer = Response(content, mimetype=evidence.media_type)
    suffix = "pdf" if evidence.media_type == "application/pdf" else "jpg"
    answer.headers["Content-Disposition"] = f'attachment; filename="evidence-{evidence.id}.{suffix}"'
    return answer
