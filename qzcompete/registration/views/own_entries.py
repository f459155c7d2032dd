"""Registering alone: the public page of a competition that allows it, an account, the own entries."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from qzcompete.competitions.queries import CompetitionCard, competition_card, event_card, event_card_by_id
from qzcompete.core.clock import now
from qzcompete.core.errors import NotFound, Problem
from qzcompete.core.forms import Page, show_problem, shown
from qzcompete.core.limits import count_try
from qzcompete.core.permissions import public, requires
from qzcompete.registration import queries, services
from qzcompete.registration.forms import ANSWERS, RULE_NAMES, SignUpForm, entry_form

blueprint = Blueprint("own_entries", __name__)

# Of one address in an hour: a school's computers may share one.
MOST_SIGN_UPS = 60
WINDOW_SECONDS = 3600


def open_competition(code: str) -> CompetitionCard:
    """A competition in which individuals may register; any other does not exist here."""
    card = competition_card(code)
    if card.state == "draft" or not queries.setting_of(card.id).self_registration:
        raise NotFound()
    return card


@blueprint.get("/register/<code>")
@public("everybody may register where the competition allows it")
def competition(code: str) -> Page:
    card = open_competition(code)
    return render_template(
        "registration/register.html",
        competition=card,
        period=queries.period_of(card, now()),
        events=queries.self_registration_events(card),
        may_enter=current_user.is_authenticated and current_user.actor.may("entry.own"),
    )


@blueprint.route("/register/<code>/account", methods=["GET", "POST"])
@public("who registers alone makes an account first")
def sign_up(code: str) -> Page:
    card = open_competition(code)
    if queries.period_of(card, now()) != "open":
        return redirect(url_for(".competition", code=code))
    form = SignUpForm()
    if form.validate_on_submit():
        values = [form[name].data or "" for name in ("username", "name", "password")]
        try:
            count_try("sign-up", request.remote_addr or "", MOST_SIGN_UPS, WINDOW_SECONDS)
            services.make_own_account(card.id, *values)
        except Problem as problem:
            show_problem(form, problem)
        else:
            flash(_("Your account is made. Sign in with it now."), "success")
            return redirect(url_for("people.sign_in", next=url_for(".competition", code=code)))
    return shown(render_template("registration/sign_up.html", competition=card, form=form), form)


@blueprint.get("/my/entries")
@requires("entry.own")
def index() -> Page:
    cards = queries.entries_of_account(current_user.actor)
    events = {card.event_id: event_card_by_id(card.event_id) for card in cards}
    answers = {
        card.id: queries.entry_answers(events[card.event_id], [card])[card.id]
        for card in cards
        if card.admission != "accepted" and card.status == "present"
    }
    return render_template(
        "registration/my_entries.html",
        entries=cards,
        events=events,
        answers=answers,
        answer_texts=ANSWERS,
        rule_names=RULE_NAMES,
        account_id=current_user.id,
    )


@blueprint.route("/my/entries/new/<code>", methods=["GET", "POST"])
@requires("entry.own")
def add(code: str) -> Page:
    event = event_card(code)
    card = open_competition(event.competition.code)
    form = entry_form(own=False)
    del form.guest
    if form.validate_on_submit():
        rows = form.rows()
        form.show_faults(services.plan_import(event, rows, account_id=current_user.id).faults)
        try:
            if not form.errors:
                services.register(current_user.actor, event.id, rows[0])
        except Problem as problem:
            show_problem(form, problem)
        if not form.errors:
            flash(_("The entry is submitted to the competition office."), "success")
            return redirect(url_for(".index"))
    return shown(
        render_template("registration/my_entry_form.html", event=event, competition=card, form=form), form
    )


@blueprint.post("/my/entries/<int:entry_id>/withdraw")
@requires("entry.own")
def withdraw(entry_id: int) -> Page:
    services.withdraw_own(current_user.actor, entry_id, request.form.get("reason", "")[:200])
    flash(_("The entry is withdrawn."), "success")
    return redirect(url_for(".index"))
