"""The office's pages of one entry: what the rules say, accept or return it, exceptions, substitution, the number itself;
and the rules of an event."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from qzcompete.competitions.queries import EventCard, event_card, event_card_by_id
from qzcompete.core.errors import Problem
from qzcompete.core.forms import Page, select_choices, show_problem, shown, tried
from qzcompete.core.permissions import permit, requires
from qzcompete.registration import queries, services
from qzcompete.registration.forms import (
    ANSWERS,
    DOCUMENT_NAMES,
    LEVEL_CHOICES,
    RULE_NAMES,
    STANDING_CHOICES,
    NoteForm,
    ReasonForm,
    RulesForm,
    SubstituteForm,
    WinnerForm,
    entry_form,
    rules_form,
)
from qzcompete.registration.queries import EntryCard

blueprint = Blueprint("admission", __name__, url_prefix="/office")

NAMES = {
    "answer_texts": ANSWERS,
    "rule_names": RULE_NAMES,
    "document_names": DOCUMENT_NAMES,
    "standing_names": dict(STANDING_CHOICES),
    "level_names": {int(value): name for value, name in LEVEL_CHOICES if value},
}


def allowed_entry(entry_id: int, permission: str = "entry.import") -> tuple[EntryCard, EventCard]:
    entry = queries.entry_card(entry_id)
    event = event_card_by_id(entry.event_id)
    permit(current_user.actor, permission, *event.scopes)
    return entry, event


def allowed_event(code: str, permission: str) -> EventCard:
    event = event_card(code)
    permit(current_user.actor, permission, *event.scopes)
    return event


@blueprint.get("/entries/<int:entry_id>")
@requires("entry.view")
def show(entry_id: int) -> Page:
    entry, event = allowed_entry(entry_id, "entry.view")
    return entry_page(entry, event)


def entry_page(
    entry: EntryCard, event: EventCard, form: NoteForm | ReasonForm | None = None, number: str = ""
) -> Page:
    """`form` is the one that was refused; `number` the document number that was asked for with a reason."""
    wrong = form is not None and bool(form.errors)
    return render_template(
        "registration/entry.html",
        event=event,
        entry=entry,
        form=form,
        number=number,
        members=queries.members_of(entry.id),
        answers=queries.entry_answers(event, [entry])[entry.id],
        history=queries.entry_history(entry.id),
        substitutions=queries.substitutions_of(entry.id),
        note_form=form if isinstance(form, NoteForm) else NoteForm(formdata=None),
        may_edit=current_user.actor.may("entry.import", *event.scopes),
        may_reveal=current_user.actor.may("entry.reveal", *event.scopes),
        **NAMES,
    ), (422 if wrong else 200)


@blueprint.post("/entries/<int:entry_id>/accept")
@requires("entry.import")
def accept(entry_id: int) -> Page:
    done = services.accept(current_user.actor, entry_id)
    if done.waiting:
        flash(_("All places are taken: the entry is on the waiting list."), "warning")
    else:
        flash(_("The entry is accepted."), "success")
    return redirect(url_for(".show", entry_id=entry_id))


@blueprint.post("/events/<code>/entries/accept")
@requires("entry.import")
def accept_submitted(code: str) -> Page:
    done = services.accept_submitted(current_user.actor, event_card(code).id)
    flash(
        _(
            "%(accepted)s accepted, %(waiting)s on the waiting list, %(held_back)s held back by a rule.",
            **vars(done),
        ),
        "warning" if done.held_back else "success",
    )
    return redirect(url_for("registration.entries", code=code))


@blueprint.post("/entries/<int:entry_id>/return")
@requires("entry.import")
def send_back(entry_id: int) -> Page:
    entry, event = allowed_entry(entry_id)
    form = NoteForm()
    if tried(form, lambda: services.send_back(current_user.actor, entry_id, form.note.data or "")):
        flash(_("The entry is returned."), "success")
        return redirect(url_for(".show", entry_id=entry_id))
    return entry_page(entry, event, form)


@blueprint.post("/entries/<int:entry_id>/number/<int:person_id>")
@requires("entry.reveal")
def reveal(entry_id: int, person_id: int) -> Page:
    """The document number in full. A POST, for each look is written into the audit log."""
    entry, event = allowed_entry(entry_id, "entry.reveal")
    form = ReasonForm()
    number = ""
    if form.validate_on_submit():
        try:
            number = services.reveal_number(current_user.actor, entry_id, person_id, form.reason.data or "")
        except Problem as problem:
            show_problem(form, problem)
    return entry_page(entry, event, form, number)


@blueprint.post("/entries/<int:entry_id>/exceptions/<rule>")
@requires("entry.import")
def ask_override(entry_id: int, rule: str) -> Page:
    entry, event = allowed_entry(entry_id)
    form = ReasonForm()
    if tried(form, lambda: services.ask_override(current_user.actor, entry_id, rule, form.reason.data or "")):
        flash(_("The exception is asked for; another officer confirms it."), "success")
        return redirect(url_for(".show", entry_id=entry_id))
    return entry_page(entry, event, form)


@blueprint.post("/entries/<int:entry_id>/exceptions/<rule>/confirm")
@requires("entry.import")
def confirm_override(entry_id: int, rule: str) -> Page:
    services.confirm_override(current_user.actor, entry_id, rule)
    flash(_("The exception is confirmed."), "success")
    return redirect(url_for(".show", entry_id=entry_id))


@blueprint.route("/entries/<int:entry_id>/substitute", methods=["GET", "POST"])
@requires("entry.import")
def substitute(entry_id: int) -> Page:
    entry, event = allowed_entry(entry_id)
    form, newcomer = SubstituteForm(), entry_form(own=True)
    form.former.choices = select_choices(
        [(member.person_id or 0, member.name) for member in queries.members_of(entry_id)]
    )
    if request.method == "POST" and form.validate() and newcomer.validate():
        try:
            services.substitute(
                current_user.actor,
                entry_id,
                form.former.data,
                newcomer.rows(entry.unit)[0],
                form.reason.data or "",
            )
        except Problem as problem:
            show_problem(form if problem.field in form else newcomer, problem)
        else:
            flash(_("The competitor is substituted; the number stays."), "success")
            return redirect(url_for(".show", entry_id=entry_id))
    wrong = form.errors or newcomer.errors
    return render_template(
        "registration/substitute.html",
        event=event,
        entry=entry,
        form=form,
        newcomer=newcomer,
        back=url_for(".show", entry_id=entry_id),
    ), (422 if wrong else 200)


@blueprint.get("/events/<code>/eligibility")
@requires("entry.view")
def eligibility(code: str) -> Page:
    """Who does not meet which rule, and why."""
    event = allowed_event(code, "entry.view")
    return render_template(
        "registration/eligibility.html",
        event=event,
        rules=queries.rules_of(event.id),
        doubts=queries.doubtful_entries(event),
        may_set=current_user.actor.may("competition.edit", *event.scopes),
        **NAMES,
    )


@blueprint.route("/events/<code>/rules", methods=["GET", "POST"])
@requires("competition.edit")
def rules(code: str) -> Page:
    event = allowed_event(code, "competition.edit")
    kept = queries.rules_of(event.id)
    form = RulesForm() if request.method == "POST" else rules_form(kept.rules, kept.source)
    if tried(
        form, lambda: services.set_rules(current_user.actor, event.id, form.rules(), form.source.data or "")
    ):
        flash(_("The rules are saved."), "success")
        return redirect(url_for(".eligibility", code=code))
    return shown(render_template("registration/rules.html", event=event, form=form), form)


@blueprint.route("/events/<code>/winners", methods=["GET", "POST"])
@requires("entry.import")
def winners(code: str) -> Page:
    """Winners of earlier years, whom a rule may bar."""
    event = allowed_event(code, "entry.import")
    form = WinnerForm()
    if form.validate_on_submit():
        values = {name: form[name].data or "" for name in ("name", "award", "source")}
        try:
            services.note_winner(
                current_user.actor,
                event.id,
                number=form.document_number.data or "",
                year=form.year.data or 0,
                **values,
            )
        except Problem as problem:
            show_problem(form, problem)
        else:
            flash(_("The earlier award is noted."), "success")
            return redirect(url_for(".winners", code=code))
    return shown(
        render_template(
            "registration/winners.html", event=event, form=form, winners=queries.former_winners(event)
        ),
        form,
    )
