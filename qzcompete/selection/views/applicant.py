"""The applicant's pages: own applications, the steps of the form, files in parts, the check before sending."""

from __future__ import annotations

from flask import Response, flash, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from qzcompete.core import transaction
from qzcompete.core.errors import NotFound, RuleBroken
from qzcompete.core.forms import shown, tried
from qzcompete.core.permissions import requires
from qzcompete.selection import documents, queries, services
from qzcompete.selection.forms import words
from qzcompete.selection.forms.applicant import (
    PromiseForm,
    content_of,
    file_form,
    section_form,
    show_faults,
)
from qzcompete.selection.forms.office import ReasonForm, SignForm
from qzcompete.selection.forms.shown import shown_sections
from qzcompete.selection.queries import ApplicationCard
from qzcompete.selection.rules.sections import missing_files, section_names, section_of
from qzcompete.selection.rules.workflow import APPLICATION_MOVES, actions_in
from qzcompete.selection.views.blueprint import Page, blueprint, sent_file, sent_pdf


def own_card(application_id: int) -> ApplicationCard:
    """The account's own application; any other is not there."""
    card = queries.application_card(application_id)
    if card.account_id != current_user.id:
        raise NotFound()
    return card


@blueprint.get("/apply")
@requires("application.own")
def own() -> Page:
    classes = [class_ for round_ in queries.called_rounds() for class_ in round_.classes]
    return render_template(
        "selection/own.html",
        applications=queries.own_applications(current_user.id),
        classes=[class_ for class_ in classes if class_.takes_applications],
    )


@blueprint.post("/apply/start/<int:class_id>")
@requires("application.own")
def start(class_id: int) -> Page:
    application = services.start_application(current_user.actor, class_id)
    return redirect(url_for(".application", application_id=application.id))


@blueprint.get("/apply/<int:application_id>")
@requires("application.own")
def application(application_id: int) -> Page:
    return application_page(own_card(application_id), SignForm(formdata=None))


def application_page(card: ApplicationCard, signing: SignForm) -> Page:
    page = render_template(
        "selection/application.html",
        card=card,
        signing=signing,
        tasks=tasks_of(card),
        returns=queries.returns_of(card.id),
        history=queries.history_of(card.id),
        visit=queries.visit_of(card.id),
        may=actions_in(APPLICATION_MOVES, card.state, "applicant"),
    )
    return shown(page, signing)


def tasks_of(card: ApplicationCard) -> list[dict[str, object]]:
    """The sections with their state; a section that may not be changed has no address."""
    states = queries.section_states(card.id, card.kind)
    present = {file.kind for file in queries.files_of(card.id)}
    states["files"] = "incomplete" if missing_files(card.kind, present) else "complete"
    if states["files"] == "incomplete" and not present:
        states["files"] = "todo"
    open_now = queries.open_sections(card)
    corrections = {
        one.section: one.correction for one in queries.returns_of(card.id) if one.answered_at is None
    }
    return [
        {
            "label": words.SECTIONS[name],
            "state": states[name],
            "url": address(card.id, name) if name in open_now else None,
            "hint": _("To correct: %(what)s", what=corrections[name]) if name in corrections else None,
        }
        for name in section_names(card.kind)
    ]


def address(application_id: int, name: str) -> str:
    if name == "files":
        return url_for(".files", application_id=application_id)
    return url_for(".section", application_id=application_id, name=name)


@blueprint.route("/apply/<int:application_id>/section/<name>", methods=["GET", "POST"])
@requires("application.own")
def section(application_id: int, name: str) -> Page:
    card = own_card(application_id)
    found = section_of(card.kind, name)
    if found is None or name == "files":
        raise NotFound()
    saved = queries.section_contents(application_id).get(name, {})
    form = section_form(card.kind, found, saved, queries.choices_of_units())
    code = 200
    if form.validate_on_submit():
        faults = services.save_section(current_user.actor, application_id, name, content_of(form, found))
        if not faults or request.form.get("leave"):
            flash(_("Saved."), "success")
            return redirect(
                next_address(card, name)
                if not request.form.get("leave")
                else url_for(".application", application_id=application_id)
            )
        # What was typed is kept, right or wrong; only the answer is an error.
        transaction.keep()
        show_faults(form, found, faults)
        code = 422
    names = section_names(card.kind)
    return render_template(
        "selection/section.html",
        card=card,
        section=found,
        form=form,
        steps=[
            {
                "label": words.SECTIONS[one],
                "state": "current" if one == name else "todo",
                "url": address(application_id, one) if one in queries.open_sections(card) else None,
            }
            for one in names
        ],
    ), (422 if form.errors else code)


def next_address(card: ApplicationCard, name: str) -> str:
    """The next section that may be changed, or the list of them."""
    open_now = queries.open_sections(card)
    later = open_now[open_now.index(name) + 1 :]
    return address(card.id, later[0]) if later else url_for(".application", application_id=card.id)


@blueprint.route("/apply/<int:application_id>/files", methods=["GET", "POST"])
@requires("application.own")
def files(application_id: int) -> Page:
    card = own_card(application_id)
    form = file_form(card.kind)

    def add() -> None:
        given = form.file.data
        if not given:
            raise RuleBroken(_("Choose a file."), field="file")
        services.add_attachment(
            current_user.actor, application_id, form.kind.data, given.filename or "", given.read()
        )

    if tried(form, add):
        flash(_("The file is added."), "success")
        return redirect(url_for(".files", application_id=application_id))
    kept = queries.files_of(application_id)
    return shown(
        render_template(
            "selection/files.html",
            card=card,
            form=form,
            files=kept,
            missing=missing_files(card.kind, {file.kind for file in kept}),
            may_edit="files" in queries.open_sections(card),
            part=services.PART,
        ),
        form,
    )


@blueprint.post("/apply/<int:application_id>/uploads")
@requires("application.own")
def begin_upload(application_id: int) -> Response:
    """Begin a file in parts; the answer says how much of it is here already."""
    size = request.form.get("size", "")
    upload = services.start_upload(
        current_user.actor,
        application_id,
        request.form.get("kind", ""),
        request.form.get("name", ""),
        int(size) if size.isascii() and size.isdigit() and len(size) < 12 else 0,
    )
    return jsonify({"id": upload.id, "received": upload.received})


@blueprint.post("/apply/uploads/<upload_id>")
@requires("application.own")
def upload_part(upload_id: str) -> Response | tuple[Response, int]:
    """Append one part. A file that cannot be taken is forgotten, with the reason."""
    offset = request.args.get("offset", "")
    try:
        done = services.add_part(
            current_user.actor,
            upload_id,
            int(offset) if offset.isascii() and offset.isdigit() and len(offset) < 12 else -1,
            request.get_data(),
        )
    except RuleBroken as broken:
        services.drop_upload(current_user.actor, upload_id)
        transaction.keep()
        return jsonify({"refused": str(broken.message)}), 422
    received = getattr(done, "received", None)
    return jsonify({"received": received, "done": received is None})


@blueprint.post("/apply/<int:application_id>/files/<int:file_id>/remove")
@requires("application.own")
def remove_file(application_id: int, file_id: int) -> Page:
    services.remove_attachment(current_user.actor, application_id, file_id)
    flash(_("The file is removed."), "success")
    return redirect(url_for(".files", application_id=application_id))


@blueprint.get("/apply/<int:application_id>/files/<int:file_id>")
@requires("application.own")
def own_file(application_id: int, file_id: int) -> Page:
    own_card(application_id)
    file = queries.file_of(application_id, file_id)
    return sent_file(file.file_hash, file.media_type, file.name)


@blueprint.route("/apply/<int:application_id>/check", methods=["GET", "POST"])
@requires("application.own")
def check(application_id: int) -> Page:
    """Everything as it will be read, and the promise under it."""
    card, form = own_card(application_id), PromiseForm()
    if tried(
        form, lambda: services.submit(current_user.actor, application_id, form.promised_name.data or "")
    ):
        flash(_("The application is sent to the recommending unit."), "success")
        return redirect(url_for(".application", application_id=application_id))
    tasks = tasks_of(card)
    return shown(
        render_template(
            "selection/check.html",
            card=card,
            form=form,
            sections=shown_sections(
                card.kind, queries.section_contents(application_id), queries.unit_names()
            ),
            files=queries.files_of(application_id),
            open_tasks=[task for task in tasks if task["state"] != "complete"],
            addresses={name: address(application_id, name) for name in queries.open_sections(card)},
        ),
        form,
    )


@blueprint.route("/apply/<int:application_id>/withdraw", methods=["GET", "POST"])
@requires("application.own")
def withdraw_application(application_id: int) -> Page:
    card, form = own_card(application_id), ReasonForm()
    if tried(form, lambda: services.withdraw(current_user.actor, application_id, form.reason.data or "")):
        flash(_("The application is withdrawn."), "success")
        return redirect(url_for(".application", application_id=application_id))
    return shown(render_template("selection/withdraw.html", card=card, form=form), form)


@blueprint.post("/apply/<int:application_id>/countersign")
@requires("application.own")
def countersign_own(application_id: int) -> Page:
    card, form = own_card(application_id), SignForm()
    if tried(form, lambda: services.countersign(current_user.actor, application_id, form.name.data or "")):
        flash(_("The report is countersigned."), "success")
        return redirect(url_for(".application", application_id=application_id))
    return application_page(card, form)


@blueprint.get("/apply/<int:application_id>/dossier.pdf")
@requires("application.own")
def own_dossier(application_id: int) -> Page:
    card = own_card(application_id)
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
