"""The office's pages of who may nominate how many, and who may register alone."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user

from qzcompete.competitions.forms import moment_of, typed
from qzcompete.competitions.queries import CompetitionCard, competition_card, events_of
from qzcompete.core.errors import NotFound, Problem
from qzcompete.core.forms import Page, select_choices, show_problem, shown
from qzcompete.core.permissions import permit, requires
from qzcompete.people.queries import organisations
from qzcompete.registration import queries, services
from qzcompete.registration.forms import QuotaForm, SettingForm, quota_form

blueprint = Blueprint("quotas", __name__, url_prefix="/office/competitions")


def allowed_competition(code: str) -> CompetitionCard:
    card = competition_card(code)
    permit(current_user.actor, "competition.edit", *card.scopes)
    return card


@blueprint.route("/<code>/quotas", methods=["GET", "POST"])
@requires("competition.edit")
def index(code: str) -> Page:
    card = allowed_competition(code)
    setting = queries.setting_of(card.id)
    form = SettingForm(
        data={
            "self_registration": setting.self_registration,
            "substitution_until": typed(setting.substitution_until),
        }
    )
    if form.validate_on_submit():
        until = moment_of(form.substitution_until.data)
        services.set_setting(current_user.actor, card.id, bool(form.self_registration.data), until)
        flash(_("The changes are saved."), "success")
        return redirect(url_for(".index", code=code))
    return shown(
        render_template(
            "registration/quotas.html",
            competition=card,
            form=form,
            quotas=queries.quota_cards(card.id),
            events=events_of(card.id),
        ),
        form,
    )


@blueprint.route("/<code>/quotas/new", methods=["GET", "POST"])
@requires("competition.edit")
def add(code: str) -> Page:
    card = allowed_competition(code)
    form = form_for(card, {})
    known = {quota.organisation_id for quota in queries.quota_cards(card.id)}
    form.organisation_id.choices = select_choices(
        [(unit.id, unit.name) for unit in organisations() if unit.id not in known]
    )
    if form.validate_on_submit() and saved(card, form.organisation_id.data, form):
        return redirect(url_for(".index", code=code))
    return quota_page(card, form, _("Invite an organisation"))


@blueprint.route("/<code>/quotas/<int:organisation_id>", methods=["GET", "POST"])
@requires("competition.edit")
def edit(code: str, organisation_id: int) -> Page:
    card = allowed_competition(code)
    quota = queries.quota_card(card.id, organisation_id)
    if quota is None:
        raise NotFound()
    form = form_for(
        card, {"total": quota.total} | {f"event_{key}": places for key, places in quota.events.items()}
    )
    del form.organisation_id
    if form.validate_on_submit() and saved(card, organisation_id, form):
        return redirect(url_for(".index", code=code))
    return quota_page(card, form, quota.organisation)


def form_for(card: CompetitionCard, values: dict[str, int | None]) -> QuotaForm:
    return quota_form([(event.id, event.name) for event in events_of(card.id)], data=values)


def saved(card: CompetitionCard, organisation_id: int, form: QuotaForm) -> bool:
    events = {event.id: form[f"event_{event.id}"].data for event in events_of(card.id)}
    try:
        services.set_quota(current_user.actor, card.id, organisation_id, form.total.data, events)
    except Problem as problem:
        show_problem(form, problem)
        return False
    flash(_("The quota is saved."), "success")
    return True


def quota_page(card: CompetitionCard, form: QuotaForm, title: str) -> Page:
    return shown(
        render_template(
            "registration/quota.html", competition=card, form=form, title=title, events=events_of(card.id)
        ),
        form,
    )


@blueprint.post("/<code>/quotas/<int:organisation_id>/end")
@requires("competition.edit")
def end(code: str, organisation_id: int) -> Page:
    card = allowed_competition(code)
    services.end_quota(current_user.actor, card.id, organisation_id)
    flash(_("The invitation is taken back."), "success")
    return redirect(url_for(".index", code=code))
