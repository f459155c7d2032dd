"""Appeals: filed by entrants and team leaders, handed to an arbiter by the office, decided, carried out."""

from __future__ import annotations

from io import BytesIO

from flask import Blueprint, flash, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from qzcompete.adapters.files import kept_files
from qzcompete.core.errors import NotAllowed, NotFound
from qzcompete.core.forms import Page, select_choices, shown, tried
from qzcompete.core.permissions import requires
from qzcompete.marking import queries as marking
from qzcompete.results import queries, services
from qzcompete.results.forms import REMEDY_NAMES, AppealForm, ArbiterForm, DecisionForm
from qzcompete.results.queries import AppealCard
from qzcompete.results.services import Decision

blueprint = Blueprint("appeals", __name__, url_prefix="/appeals")


@blueprint.get("")
@requires("appeal.view")
def index() -> str:
    actor = current_user.actor
    return render_template(
        "results/appeals.html",
        page=queries.appeal_page(actor, request.args.get("page", "1")),
        contestable=queries.contestable(actor) if actor.may("appeal.file") else [],
        may_file=actor.may("appeal.file"),
    )


@blueprint.route("/new/<int:entry_id>", methods=["GET", "POST"])
@requires("appeal.file")
def create(entry_id: int) -> Page:
    found = next((one for one in queries.contestable(current_user.actor) if one.entry_id == entry_id), None)
    if found is None:
        raise NotFound()
    form = AppealForm()
    scheme = marking.scheme_of(found.event.assessment_id)
    form.aspects.choices = select_choices(
        [(aspect.code, f"{aspect.code} {aspect.name or ''}".strip()) for aspect in scheme.aspects]
    )
    if tried(
        form,
        lambda: services.file_appeal(
            current_user.actor,
            entry_id,
            form.grounds.data or "",
            form.aspects.data or (),
            form.evidence(),
        ),
    ):
        flash(_("The appeal is filed. An arbiter decides it; you find the decision here."), "success")
        return redirect(url_for(".index"))
    return shown(render_template("results/file_appeal.html", found=found, form=form), form)


def visible(appeal_id: int) -> AppealCard:
    """An appeal for its filer, its arbiter and who manages the event; nobody else learns that it exists."""
    appeal = queries.appeal(appeal_id)
    actor = current_user.actor
    party = actor.account_id in (appeal.filed_by, appeal.arbiter_id)
    if not party and not actor.may("appeal.manage", *appeal.event.scopes):
        raise NotAllowed()
    return appeal


@blueprint.get("/<int:appeal_id>")
@requires("appeal.view")
def show(appeal_id: int) -> Page:
    return appeal_page(appeal_id)


def appeal_page(
    appeal_id: int, arbiter_form: ArbiterForm | None = None, decision_form: DecisionForm | None = None
) -> Page:
    appeal = visible(appeal_id)
    actor = current_user.actor
    decides = actor.account_id == appeal.arbiter_id and appeal.state == "assigned"
    arbiter_form = arbiter_form or filled_arbiter_form(sent=False)
    decision_form = decision_form or filled_decision_form(appeal, sent=False)
    told = None
    if decides or actor.may("appeal.manage", *appeal.event.scopes):
        told = queries.explanation(appeal.event, appeal.candidate)
    page = render_template(
        "results/appeal.html",
        appeal=appeal,
        decides=decides,
        manages=actor.may("appeal.manage", *appeal.event.scopes),
        may_publish=actor.may("result.publish", *appeal.event.scopes),
        told=told,
        remedies=REMEDY_NAMES,
        arbiter_form=arbiter_form,
        decision_form=decision_form,
        held=len(queries.held_entries(appeal.event.id)),
    )
    wrong = arbiter_form.errors or decision_form.errors
    return (page, 422) if wrong else page


def filled_arbiter_form(sent: bool = True) -> ArbiterForm:
    form = ArbiterForm() if sent else ArbiterForm(formdata=None)
    form.arbiter.choices = select_choices(queries.arbiters())
    return form


def filled_decision_form(appeal: AppealCard, sent: bool = True) -> DecisionForm:
    """The marks of this work to choose from; the contested aspects first."""
    form = DecisionForm() if sent else DecisionForm(formdata=None)
    contested = set(appeal.aspects)
    scheme = marking.scheme_of(appeal.event.assessment_id)
    names = {aspect.code: f"{aspect.code} {aspect.name or ''}".strip() for aspect in scheme.aspects}
    marks = [
        (f"{judge}:{mark.aspect}", f"{judge} · {names[mark.aspect]}：{mark.value}", mark.aspect in contested)
        for _code, judge in queries.judged_sheets(appeal)
        for mark in marking.marks_of_sheet(appeal.event.assessment_id, appeal.candidate, judge)
        if mark.value is not None
    ]
    marks.sort(key=lambda mark: not mark[2])
    form.wrong.choices = select_choices([("", _("No mark chosen")), *(mark[:2] for mark in marks)])
    form.aspects.choices = select_choices(names)
    if not sent:
        form.aspects.data = list(appeal.aspects)
    return form


@blueprint.post("/<int:appeal_id>/arbiter")
@requires("appeal.manage")
def name_arbiter(appeal_id: int) -> Page:
    form = filled_arbiter_form()
    if tried(
        form,
        lambda: services.name_arbiter(current_user.actor, appeal_id, form.arbiter.data, form.unit.data or ""),
    ):
        flash(_("The arbiter is named."), "success")
        return redirect(url_for(".show", appeal_id=appeal_id))
    return appeal_page(appeal_id, arbiter_form=form)


@blueprint.post("/<int:appeal_id>/decision")
@requires("appeal.decide")
def decide(appeal_id: int) -> Page:
    form = filled_decision_form(visible(appeal_id))
    if tried(
        form,
        lambda: services.decide_appeal(
            current_user.actor,
            appeal_id,
            Decision(form.remedy.data, form.finding.data or "", form.corrections(), form.aspects.data or ()),
        ),
    ):
        flash(_("The decision is recorded."), "success")
        return redirect(url_for(".show", appeal_id=appeal_id))
    return appeal_page(appeal_id, decision_form=form)


@blueprint.post("/<int:appeal_id>/reinstate")
@requires("appeal.manage")
def reinstate(appeal_id: int) -> Response:
    services.reinstate(current_user.actor, appeal_id)
    flash(_("The entry takes part again. Compile once it is marked."), "success")
    return redirect(url_for(".show", appeal_id=appeal_id))


@blueprint.post("/<int:appeal_id>/settle")
@requires("result.publish")
def settle(appeal_id: int) -> Response:
    services.settle_unchanged(current_user.actor, appeal_id)
    flash(_("The appeal is settled; the result stands."), "success")
    return redirect(url_for(".show", appeal_id=appeal_id))


@blueprint.get("/<int:appeal_id>/evidence/<int:evidence_id>")
@requires("appeal.view")
def evidence(appeal_id: int, evidence_id: int) -> Response:
    file = next((one for one in visible(appeal_id).evidence if one.id == evidence_id), None)
    if file is None:
        raise NotFound()
    content = BytesIO(kept_files().get(file.file_hash))
    return send_file(content, mimetype=file.mime_type, as_attachment=True, download_name=file.name)
