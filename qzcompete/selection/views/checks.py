"""The bureau's page of one application: the dossier, the checklist of eligibility, exceptions, the history."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from qzcompete.core.errors import NotFound, Problem
from qzcompete.core.forms import show_problem, tried
from qzcompete.core.permissions import requires
from qzcompete.selection import documents, queries, services
from qzcompete.selection.forms import words
from qzcompete.selection.forms.office import ReasonForm
from qzcompete.selection.forms.shown import shown_sections
from qzcompete.selection.rules.eligibility import verdict
from qzcompete.selection.rules.workflow import APPLICATION_MOVES, actions_in
from qzcompete.selection.views.blueprint import Page, blueprint, sent_file, sent_pdf


@blueprint.get("/office/applications/<int:application_id>")
@requires("selection.view")
def office_application(application_id: int) -> Page:
    return office_page(application_id, ReasonForm())


def office_page(application_id: int, form: ReasonForm, code: int = 200) -> Page:
    card = queries.application_card(application_id)
    return render_template(
        "selection/office_application.html",
        card=card,
        form=form,
        sections=shown_sections(card.kind, queries.section_contents(application_id), queries.unit_names()),
        files=queries.files_of(application_id),
        history=queries.history_of(application_id),
        recommendation=queries.recommendation_of(application_id),
        checklist=queries.checklist(application_id, card.kind),
        verdict=verdict(card.kind, queries.check_lines(application_id)),
        checking=card.state == "recommended" and card.class_state == "checking",
        may_edit=current_user.actor.may("selection.manage"),
        may=actions_in(APPLICATION_MOVES, card.state, "officer"),
    ), code


@blueprint.post("/office/applications/<int:application_id>/check")
@requires("selection.manage")
def run_check(application_id: int) -> Page:
    services.check_automatically(current_user.actor, application_id)
    flash(_("The system has checked what it can."), "success")
    return redirect(url_for(".office_application", application_id=application_id))


@blueprint.post("/office/applications/<int:application_id>/lines/<line>")
@requires("selection.manage")
def tick_line(application_id: int, line: str) -> Page:
    """One line: ticked by a person, or an exception asked or confirmed."""
    form, actor = ReasonForm(formdata=None), current_user.actor
    text = request.form.get("evidence", "")
    acts = {
        "met": lambda: services.tick(actor, application_id, line, True, text),
        "not_met": lambda: services.tick(actor, application_id, line, False, text),
        "ask": lambda: services.ask_exception(actor, application_id, line, text),
        "confirm": lambda: services.confirm_exception(actor, application_id, line),
    }
    act = acts.get(request.form.get("act", ""))
    if act is None:
        raise NotFound()
    try:
        act()
    except Problem as problem:
        show_problem(form, problem)
        return office_page(application_id, form, 422)
    return redirect(url_for(".office_application", application_id=application_id) + f"#line-{line}")


@blueprint.post("/office/applications/<int:application_id>/verdict")
@requires("selection.manage")
def give_verdict(application_id: int) -> Page:
    form = ReasonForm()
    try:
        found = services.conclude_check(current_user.actor, application_id, form.reason.data or "")
    except Problem as problem:
        show_problem(form, problem)
        return office_page(application_id, form, 422)
    flash(_("Found eligible.") if found == "eligible" else _("Found not eligible."), "success")
    card = queries.application_card(application_id)
    return redirect(url_for(".show_class", class_id=card.class_id))


@blueprint.post("/office/applications/<int:application_id>/exclude")
@requires("selection.manage")
def exclude_application(application_id: int) -> Page:
    form = ReasonForm()
    if tried(form, lambda: services.exclude(current_user.actor, application_id, form.reason.data or "")):
        flash(_("The application is taken out."), "success")
        return redirect(url_for(".office_application", application_id=application_id))
    return office_page(application_id, form, 422)


@blueprint.get("/office/applications/<int:application_id>/files/<int:file_id>")
@requires("selection.view")
def office_file(application_id: int, file_id: int) -> Page:
    file = queries.file_of(application_id, file_id)
    return sent_file(file.file_hash, file.media_type, file.name)


@blueprint.get("/office/applications/<int:application_id>/letter")
@requires("selection.view")
def office_letter(application_id: int) -> Page:
    found = queries.recommendation_of(application_id)
    if found is None or found.sealed_hash is None:
        raise NotFound()
    name = found.sealed_name or "letter.pdf"
    return sent_file(found.sealed_hash, "application/pdf" if name.endswith(".pdf") else "image/jpeg", name)


@blueprint.get("/office/applications/<int:application_id>/dossier.pdf")
@requires("selection.view")
def office_dossier(application_id: int) -> Page:
    card = queries.application_card(application_id)
    if card.submitted_at is None:
        raise NotFound()
    return sent_pdf(
        documents.print_dossier(
            card=card,
            kind=words.KINDS[card.kind],
            sections=shown_sections(card.kind, queries.section_contents(card.id), queries.unit_names()),
            files=queries.files_of(card.id),
            file_words=words.FILES,
        ),
        f"{card.number}.pdf",
    )
