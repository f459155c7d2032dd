"""The office's pages of competitions and events: lists, details, scheme, panel, and the way of an event."""

from __future__ import annotations

from functools import partial
from io import BytesIO
from typing import Any

from flask import (
    Blueprint,
    current_app,
    flash,
    jsonify,
    redirect,
    render_template,
    request,
    send_file,
    url_for,
)
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from qzcompete.competitions import queries, scheme_intake, services
from qzcompete.competitions.forms import (
    FAMILY_NAMES,
    GROUP_NAMES,
    LEVEL_NAMES,
    CompetitionForm,
    EventForm,
    PanelForm,
    SchemeFileForm,
    typed,
)
from qzcompete.competitions.queries import CompetitionCard, EventCard
from qzcompete.competitions.rules.occupations import search_occupations
from qzcompete.competitions.rules.workflow import COMPETITION_STEPS
from qzcompete.core.clock import in_city, now
from qzcompete.core.errors import Problem
from qzcompete.core.forms import select_choices, show_problem
from qzcompete.core.permissions import access_of, permit, requires
from qzcompete.marking.scheme_workbook import scheme_template as template_workbook
from qzcompete.people.queries import organisations

blueprint = Blueprint("competitions", __name__, url_prefix="/office")

Page = str | AnyResponse | tuple[str, int]
NAMES = {"family_names": FAMILY_NAMES, "level_names": LEVEL_NAMES, "group_names": GROUP_NAMES}
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@blueprint.get("/competitions")
@requires("competition.view")
def index() -> Page:
    asked = {name: request.args.get(name, "").strip() for name in ("year", "family", "state")}
    page = queries.competition_page(
        current_user.actor, request.args.get("page", "1"), request.args.get("q", "").strip(), **asked
    )
    return render_template(
        "competitions/index.html",
        page=page,
        years=queries.years(),
        states=queries.COMPETITION_STATES,
        asked=asked,
        **NAMES,
    )


@blueprint.route("/competitions/new", methods=["GET", "POST"])
@requires("competition.create")
def create() -> Page:
    form = competition_form(None)
    if form.validate_on_submit():
        try:
            competition = services.create_competition(current_user.actor, form.draft())
        except Problem as problem:
            show_problem(form, problem)
        else:
            flash(_("The competition is created. Add its events next."), "success")
            return redirect(url_for(".show", code=competition.code))
    return render_template("competitions/create.html", form=form), 422 if form.errors else 200


@blueprint.get("/competitions/<code>")
@requires("competition.view")
def show(code: str) -> Page:
    card = queries.competition_card(code)
    permit(current_user.actor, "competition.view", *card.scopes)
    return render_template(
        "competitions/show.html",
        competition=card,
        events=queries.events_of(card.id),
        following=sorted(COMPETITION_STEPS[card.state]),
        may_edit=current_user.actor.may("competition.edit", *card.scopes),
        **NAMES,
    )


@blueprint.route("/competitions/<code>/edit", methods=["GET", "POST"])
@requires("competition.edit")
def edit(code: str) -> Page:
    card = queries.competition_card(code)
    permit(current_user.actor, "competition.edit", *card.scopes)
    form = competition_form(card)
    del form.code
    if form.validate_on_submit():
        try:
            services.edit_competition(current_user.actor, card.id, form.draft())
        except Problem as problem:
            show_problem(form, problem)
        else:
            flash(_("The changes are saved."), "success")
            return redirect(url_for(".show", code=code))
    return render_template("competitions/edit.html", form=form, competition=card), 422 if form.errors else 200


@blueprint.post("/competitions/<code>/state")
@requires("competition.edit")
def set_state(code: str) -> Page:
    card = queries.competition_card(code)
    services.set_competition_state(current_user.actor, card.id, request.form.get("state", ""))
    flash(_("The state of the competition is changed."), "success")
    return redirect(url_for(".show", code=code))


def competition_form(card: CompetitionCard | None) -> CompetitionForm:
    values: dict[str, Any] = {"year": in_city(now()).year}
    if card is not None:
        values = vars(card) | {
            "host_id": card.host_id or 0,
            "registration_opens_at": typed(card.registration_opens_at),
            "registration_closes_at": typed(card.registration_closes_at),
        }
    form = CompetitionForm(data=values)
    hosts = [(host.id, host.name) for host in organisations()]
    form.host_id.choices = select_choices([(0, _("Not chosen yet")), *hosts])
    return form


@blueprint.route("/competitions/<code>/events/new", methods=["GET", "POST"])
@requires("competition.edit")
def create_event(code: str) -> Page:
    card = queries.competition_card(code)
    permit(current_user.actor, "competition.edit", *card.scopes)
    form = EventForm(data={"venue": card.venue, "team_size": 1, "group": "workers"})
    if form.validate_on_submit():
        try:
            event = services.create_event(current_user.actor, card.id, form.draft())
        except Problem as problem:
            show_problem(form, problem)
        else:
            flash(_("The event is created. Follow the task list below."), "success")
            return redirect(url_for(".show_event", code=event.code))
    return render_template(
        "competitions/create_event.html", form=form, competition=card
    ), 422 if form.errors else 200


@blueprint.route("/events/<code>/edit", methods=["GET", "POST"])
@requires("competition.edit")
def edit_event(code: str) -> Page:
    event = editable(code)
    values = vars(event) | {"starts_at": typed(event.starts_at)}
    values["occupation_code"] = f"{event.occupation_code} {event.occupation_name}"
    form = EventForm(data=values)
    if form.validate_on_submit():
        try:
            services.edit_event(current_user.actor, event.id, form.draft())
        except Problem as problem:
            show_problem(form, problem)
        else:
            flash(_("The changes are saved."), "success")
            return redirect(url_for(".show_event", code=code))
    return render_template(
        "competitions/edit_event.html", form=form, event=event
    ), 422 if form.errors else 200


def editable(code: str, permission: str = "competition.edit") -> EventCard:
    event = queries.event_card(code)
    permit(current_user.actor, permission, *event.scopes)
    return event


@blueprint.get("/occupations")
@requires("competition.view")
def occupations() -> Any:
    search = request.args.get("q", "").strip()[:40]
    found = search_occupations(search)
    if request.args.get("format") == "json":
        return jsonify([{"code": item.code, "name": item.name} for item in found])
    return render_template("competitions/occupations.html", search=search, found=found)


@blueprint.get("/events/<code>")
@requires("competition.view")
def show_event(code: str) -> Page:
    event = queries.event_card(code)
    permit(current_user.actor, "competition.view", *event.scopes)
    missing = queries.readiness(event)
    return render_template(
        "competitions/show_event.html",
        event=event,
        tasks=tasks(event, missing),
        missing=[services.MISSING[code] for code in missing],
        panel=queries.panel_of(event.assessment_id),
        may_edit=current_user.actor.may("competition.edit", *event.scopes),
        **NAMES,
    )


def tasks(event: EventCard, missing: list[str]) -> list[dict[str, Any]]:
    """The way of an event, each step with its state and, where its page exists, the address."""
    drawn = not event.before_draw and event.state != "cancelled"
    ended = event.state in ("closed", "published")
    published = event.state == "published"
    details = not {"venue", "starts_at"} & set(missing)
    panel = not {"judges", "chief_judge"} & set(missing)
    step = partial(task, event)
    code = event.code
    return [
        step(_("Details"), details, "competitions.edit_event", code=code),
        step(_("Marking scheme"), "scheme" not in missing, "competitions.scheme", code=code),
        step(_("Entries"), drawn, "registration.entries", hint=_("Import the list or add entries one by one."),
             code=code),
        step(_("Panel of judges"), panel, "competitions.panel", hint=_("At least three judges and a chief judge."),
             code=code),
        step(_("Draw and open marking"), drawn, "registration.draw", locked=bool(missing) and not drawn,
             hint=_("Gives every work a secret code. It cannot be taken back."), code=code),
        step(_("Progress of marking"), ended, "marking.watch", locked=not drawn, assessment_id=event.assessment_id),
        step(_("Results"), published, "results.show", locked=not drawn, code=code),
        step(_("Certificates"), False, "certificates.office", locked=not published, event=code),
    ]  # fmt: skip


def task(
    event: EventCard,
    label: str,
    done: bool,
    endpoint: str,
    /,
    locked: bool = False,
    hint: str | None = None,
    **values: Any,
) -> dict[str, Any]:
    state = "done" if done else "locked" if locked else "todo"
    return {
        "label": label,
        "state": state,
        "url": None if locked else open_url(event, endpoint, **values),
        "hint": hint,
    }


def open_url(event: EventCard, endpoint: str, /, **values: Any) -> str | None:
    """The address of a page, of an upper slice too, where it exists and this account may open it."""
    view = current_app.view_functions.get(endpoint)
    scopes = (*event.scopes, ("assessment", event.assessment_id))
    if view is None or not current_user.actor.may(access_of(view), *scopes):
        return None
    rule = next(current_app.url_map.iter_rules(endpoint))
    if rule.arguments - set(values):
        return None
    return url_for(endpoint, **values)


@blueprint.post("/events/<code>/open")
@requires("competition.edit")
def open_event(code: str) -> Page:
    services.open_event(current_user.actor, queries.event_card(code).id)
    flash(_("The event is open."), "success")
    return redirect(url_for(".show_event", code=code))


@blueprint.post("/events/<code>/cancel")
@requires("competition.edit")
def cancel_event(code: str) -> Page:
    services.cancel_event(current_user.actor, queries.event_card(code).id)
    flash(_("The event is cancelled."), "success")
    return redirect(url_for(".show_event", code=code))


@blueprint.get("/events/<code>/scheme")
@requires("competition.view")
def scheme(code: str) -> Page:
    event = editable(code, "competition.view")
    document = queries.scheme_of(event.assessment_id)
    tree = scheme_intake.scheme_tree(document) if document else None
    return render_template(
        "competitions/scheme.html",
        event=event,
        scheme=tree,
        sums=scheme_intake.scheme_sums(tree) if tree else [],
        form=SchemeFileForm(),
        may_edit=event.before_draw and current_user.actor.may("competition.edit", *event.scopes),
    )


@blueprint.get("/scheme-template.xlsx")
@requires("competition.edit")
def scheme_template() -> AnyResponse:
    return send_file(
        BytesIO(template_workbook()), mimetype=XLSX, as_attachment=True, download_name="评分方案模板.xlsx"
    )


@blueprint.route("/events/<code>/scheme/import", methods=["GET", "POST"])
@requires("competition.edit")
def import_scheme(code: str) -> Page:
    event = editable(code)
    form = SchemeFileForm()
    faults: tuple[scheme_intake.ShownFault, ...] = ()
    if form.validate_on_submit():
        file = form.file.data
        intake = scheme_intake.take_scheme_file(
            current_user.actor, event.id, file.filename or "", file.read()
        )
        if intake.upload_id is not None:
            return redirect(url_for(".preview_scheme", code=code, upload_id=intake.upload_id))
        faults = intake.faults
    wrong = bool(form.errors or faults)
    return render_template("competitions/import_scheme.html", event=event, form=form, faults=faults), (
        422 if wrong else 200
    )


@blueprint.route("/events/<code>/scheme/import/<int:upload_id>", methods=["GET", "POST"])
@requires("competition.edit")
def preview_scheme(code: str, upload_id: int) -> Page:
    event = editable(code)
    upload = queries.upload(upload_id, event.id, scheme_intake.KIND, current_user.actor)
    if request.method == "POST":
        services.set_scheme(current_user.actor, event.id, upload.content)
        services.drop_upload(upload_id)
        flash(_("The marking scheme is taken over."), "success")
        return redirect(url_for(".scheme", code=code))
    tree = scheme_intake.scheme_tree(upload.content)
    return render_template(
        "competitions/preview_scheme.html",
        event=event,
        upload=upload,
        scheme=tree,
        sums=scheme_intake.scheme_sums(tree),
    )


@blueprint.route("/events/<code>/panel", methods=["GET", "POST"])
@requires("panel.edit")
def panel(code: str) -> Page:
    event = editable(code, "panel.edit")
    seats = queries.panel_of(event.assessment_id)
    form = PanelForm(
        data={
            "judges": [seat.account_id for seat in seats if not seat.chief],
            "chief": next((seat.account_id for seat in seats if seat.chief), None),
        }
    )
    form.judges.choices = select_choices(labelled(queries.panel_choices("judge")))
    form.chief.choices = select_choices(labelled(queries.panel_choices("chief_judge")))
    if form.validate_on_submit():
        try:
            services.name_panel(current_user.actor, event.id, form.specs())
        except Problem as problem:
            show_problem(form, problem)
        else:
            flash(_("The panel is saved."), "success")
            return redirect(url_for(".show_event", code=code))
    return render_template(
        "competitions/panel.html", event=event, form=form, seats=seats
    ), 422 if form.errors else 200


def labelled(choices: Any) -> list[tuple[int, str]]:
    return [(choice.account_id, f"{choice.name}（{choice.username}）") for choice in choices]
