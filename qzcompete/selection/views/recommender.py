"""The recommending unit's pages: quota, own applications, returning sections, recommending with the sealed letter."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from flask_wtf import FlaskForm

from qzcompete.core.errors import NotFound, Problem
from qzcompete.core.forms import select_choices, show_problem, tried
from qzcompete.core.permissions import requires
from qzcompete.selection import queries, services
from qzcompete.selection.forms.office import ReasonForm
from qzcompete.selection.forms.panel import RecommendForm
from qzcompete.selection.forms.shown import shown_sections
from qzcompete.selection.queries import ApplicationCard
from qzcompete.selection.rules.sections import section_names
from qzcompete.selection.rules.workflow import APPLICATION_MOVES, actions_in
from qzcompete.selection.views.blueprint import Page, blueprint, sent_file


def unit_card(application_id: int) -> ApplicationCard:
    """An application that was sent to the account's own unit; any other is not there."""
    card = queries.application_card(application_id)
    mine = card.unit_id is not None and current_user.actor.may(
        "application.recommend", ("unit", card.unit_id)
    )
    if not mine or card.submitted_at is None:
        raise NotFound()
    return card


@blueprint.get("/recommend")
@requires("application.recommend")
def units_desk() -> Page:
    ids = current_user.actor.scope_ids("application.recommend", "unit")
    quotas = queries.unit_quotas(ids)
    return render_template(
        "selection/unit.html",
        quotas=quotas,
        lists={
            (one.class_id, one.unit_id): queries.unit_applications(one.class_id, one.unit_id)
            for one in quotas
        },
    )


@blueprint.get("/recommend/<int:application_id>")
@requires("application.recommend")
def unit_application(application_id: int) -> Page:
    return unit_page(unit_card(application_id), recommend_form(application_id), ReasonForm())


def recommend_form(application_id: int) -> RecommendForm:
    card = queries.application_card(application_id)
    form = RecommendForm()
    form.rank.choices = select_choices(
        (rank, _("Place %(rank)s", rank=rank))
        for rank in queries.free_ranks(card.class_id, card.unit_id or 0)
    )
    return form


def unit_page(card: ApplicationCard, form: RecommendForm, reason: FlaskForm, code: int = 200) -> Page:
    return render_template(
        "selection/unit_application.html",
        card=card,
        form=form,
        reason=reason,
        sections=shown_sections(card.kind, queries.section_contents(card.id), queries.unit_names()),
        names=section_names(card.kind),
        files=queries.files_of(card.id),
        returns=queries.returns_of(card.id),
        history=queries.history_of(card.id),
        recommendation=queries.recommendation_of(card.id),
        may=actions_in(APPLICATION_MOVES, card.state, "recommender")
        if card.class_state in ("calling", "recommending")
        else (),
        typed=request.form,
    ), code


@blueprint.post("/recommend/<int:application_id>/give")
@requires("application.recommend")
def recommend_application(application_id: int) -> Page:
    card, form = unit_card(application_id), recommend_form(application_id)
    if tried(form, lambda: services.recommend(current_user.actor, application_id, *form.given())):
        flash(_("The application is recommended."), "success")
        return redirect(url_for(".units_desk"))
    return unit_page(card, form, ReasonForm(formdata=None), 422)


@blueprint.post("/recommend/<int:application_id>/return")
@requires("application.recommend")
def return_application(application_id: int) -> Page:
    card, form = unit_card(application_id), ReasonForm(formdata=None)
    corrections = {name: request.form.get(f"correct-{name}", "") for name in section_names(card.kind)}
    try:
        services.return_sections(current_user.actor, application_id, corrections)
    except Problem as problem:
        show_problem(form, problem)
        return unit_page(card, recommend_form(application_id), form, 422)
    flash(_("The sections are returned to the applicant."), "success")
    return redirect(url_for(".units_desk"))


@blueprint.post("/recommend/<int:application_id>/<any(decline, take_back):verb>")
@requires("application.recommend")
def refuse_application(application_id: int, verb: str) -> Page:
    card, form = unit_card(application_id), ReasonForm()
    act = services.decline if verb == "decline" else services.take_back
    if tried(form, lambda: act(current_user.actor, application_id, form.reason.data or "")):
        flash(_("Done."), "success")
        return redirect(url_for(".unit_application", application_id=application_id))
    return unit_page(card, recommend_form(application_id), form, 422)


@blueprint.get("/recommend/<int:application_id>/files/<int:file_id>")
@requires("application.recommend")
def unit_file(application_id: int, file_id: int) -> Page:
    unit_card(application_id)
    file = queries.file_of(application_id, file_id)
    return sent_file(file.file_hash, file.media_type, file.name)
