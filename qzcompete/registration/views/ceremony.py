"""The ceremony of codes: the office prepares it, the screen shows it, keepers and supervisors open it, all may check."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from flask import Blueprint, Response, flash, jsonify, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from qzcompete.adapters.pdf import PdfError
from qzcompete.competitions.queries import EventCard, event_card, panel_choices
from qzcompete.core.errors import NotFound, Problem, RuleBroken
from qzcompete.core.forms import Page, select_choices, show_problem, shown, tried
from qzcompete.core.permissions import permit, public, requires
from qzcompete.registration import documents, queries, services
from qzcompete.registration.forms import KeepersForm, LayersForm, ReasonForm
from qzcompete.registration.rules.draw import LAYERS
from qzcompete.registration.rules.protocol import NotVerifiable, Step, verified

blueprint = Blueprint("ceremony", __name__)

LAYER_NAMES = {
    "entry": _l("Place in the list"),
    "contest": _l("Contest number"),
    "station": _l("Station number"),
    "work": _l("Work code"),
}
STEP_NAMES = {**LAYER_NAMES, "commitment": _l("Commitment"), "order": _l("Order of drawing")}
STATES = {
    "named": (_l("Waits for the draw"), "neutral", "clock"),
    "sealed": (_l("Sealed"), "info", "lock"),
    "asked": (_l("Opening asked for"), "warning", "clock"),
    "opened": (_l("Opened"), "success", "check"),
}


def allowed_event(code: str, permission: str = "entry.import") -> EventCard:
    event = event_card(code)
    permit(current_user.actor, permission, *event.scopes)
    return event


@blueprint.get("/office/events/<code>/ceremony")
@requires("entry.import")
def office(code: str) -> Page:
    return office_page(allowed_event(code))


def office_page(
    event: EventCard, layers_form: LayersForm | None = None, keepers_form: KeepersForm | None = None
) -> Page:
    layers, source = queries.blind_setting(event.competition.id)
    kept = queries.layer_cards(event.id)
    layers_form = layers_form or LayersForm(formdata=None, data={"layers": str(layers), "source": source})
    keepers_form = keepers_form or keepers_form_for(layers, [card.keeper_id for card in kept])
    wrong = layers_form.errors or keepers_form.errors or keepers_form.form_errors
    return render_template(
        "registration/ceremony.html",
        event=event,
        layers=layers,
        source=source,
        kept=kept,
        names=LAYER_NAMES,
        states=STATES,
        page=queries.draw_page(event),
        layers_form=layers_form,
        keepers_form=keepers_form,
        may_set=current_user.actor.may("competition.edit", *event.competition.scopes),
        sealed=queries.codes_are_sealed(event.id),
    ), (422 if wrong else 200)


def keepers_form_for(layers: int, chosen: list[int], sent: bool = False) -> KeepersForm:
    form = KeepersForm() if sent else KeepersForm(formdata=None)
    form.keep_only(layers)
    pairs = [(str(choice.account_id), choice.name) for choice in panel_choices("code_keeper")]
    for place in range(1, layers + 1):
        field = form[f"keeper_{place}"]
        field.choices = select_choices([("", _("Nobody chosen")), *pairs])
        if not sent and place <= len(chosen):
            field.data = str(chosen[place - 1])
    return form


@blueprint.post("/office/events/<code>/ceremony/layers")
@requires("competition.edit")
def set_layers(code: str) -> Page:
    event = allowed_event(code, "competition.edit")
    form = LayersForm()
    if tried(
        form,
        lambda: services.set_layers(
            current_user.actor, event.competition.id, int(form.layers.data), form.source.data or ""
        ),
    ):
        flash(_("The number of layers is saved."), "success")
        return redirect(url_for(".office", code=code))
    return office_page(event, layers_form=form)


@blueprint.post("/office/events/<code>/ceremony/keepers")
@requires("entry.import")
def name_keepers(code: str) -> Page:
    event = allowed_event(code)
    form = keepers_form_for(queries.blind_setting(event.competition.id)[0], [], sent=True)
    if tried(form, lambda: services.name_keepers(current_user.actor, event.id, form.chosen())):
        flash(_("The keepers are named."), "success")
        return redirect(url_for(".office", code=code))
    return office_page(event, keepers_form=form)


@blueprint.post("/office/events/<code>/ceremony/commitment")
@requires("entry.import")
def commit(code: str) -> Page:
    event = allowed_event(code)
    services.commit(current_user.actor, event.id)
    flash(_("The commitment is published."), "success")
    return redirect(url_for(".office", code=code))


@blueprint.post("/office/events/<code>/ceremony/seed")
@requires("entry.import")
def reveal_seed(code: str) -> Page:
    event = allowed_event(code)
    services.reveal_seed(current_user.actor, event.id)
    flash(_("The seed is revealed; everybody can check the draw."), "success")
    return redirect(url_for(".office", code=code))


@blueprint.get("/office/events/<code>/ceremony/screen")
@requires("entry.import")
def screen(code: str) -> Page:
    """For the projector in the room: first the commitment, then the order of drawing."""
    event = allowed_event(code)
    return render_template("registration/ceremony_screen.html", event=event, page=queries.draw_page(event))


@blueprint.get("/draws/<code>")
@public("everybody may check that lots were drawn honestly; no name stands here")
def draw(code: str) -> Page:
    page = queries.public_draw(event_card(code))
    steps: list[Step] = []
    problem = ""
    try:
        steps = verified(page.protocol) if "seed" in page.protocol else []
    except NotVerifiable as fault:
        problem = str(fault)
    return render_template(
        "registration/draw_public.html",
        page=page,
        event=page.event,
        steps=steps,
        problem=problem,
        names=STEP_NAMES,
        kinds=LAYERS[page.current.layers],
    )


@blueprint.get("/draws/<code>.json")
@public("the same as the page, for checking with one's own program")
def protocol(code: str) -> Response:
    page = queries.public_draw(event_card(code))
    answer = jsonify(page.protocol)
    answer.headers["Content-Disposition"] = f'attachment; filename="draw-{page.event.code}.json"'
    return answer


@blueprint.get("/codes")
@requires("code.keep")
def keeper() -> Page:
    return keeper_page(ReasonForm(formdata=None))


def keeper_page(form: ReasonForm) -> Page:
    cards = queries.layers_kept_by(current_user.actor)
    return shown(
        render_template(
            "registration/layers_kept.html", cards=cards, form=form, names=LAYER_NAMES, states=STATES
        ),
        form,
    )


@blueprint.post("/codes/<code>/<int:layer>/list")
@requires("code.keep")
def keeper_list(code: str, layer: int) -> Page:
    return own_lines(code, layer, "list")


@blueprint.post("/codes/<code>/<int:layer>/slips")
@requires("code.keep")
def slips(code: str, layer: int) -> Page:
    return own_lines(code, layer, "slips")


def own_lines(code: str, layer: int, wanted: str) -> Page:
    """The keeper's own layer on the screen or for the printer; a POST, for each look is audited."""
    event, form = event_card(code), ReasonForm()
    if form.validate_on_submit():
        try:
            lines = services.keeper_lines(current_user.actor, event.id, layer, form.reason.data or "")
        except Problem as problem:
            show_problem(form, problem)
        else:
            return slip_answer(event, layer, lines) if wanted == "slips" else list_page(event, layer, lines)
    return keeper_page(form)


def list_page(event: EventCard, layer: int, lines: Any, back: str = "ceremony.keeper") -> Page:
    outer, kind = kinds_of(event, layer)
    return render_template(
        "registration/layer_list.html",
        event=event,
        lines=lines,
        outer=LAYER_NAMES[outer],
        inner=LAYER_NAMES[kind],
        named=layer == 1,
        back=url_for(back),
    )


def slip_answer(event: EventCard, layer: int, lines: Any) -> Response:
    try:
        content = documents.print_slips(asdict(event), *kinds_of(event, layer), lines)
    except PdfError as problem:
        raise RuleBroken(str(problem)) from problem
    answer = Response(content, mimetype="application/pdf")
    answer.headers["Content-Disposition"] = f'inline; filename="slips-{event.code}-{layer}.pdf"'
    answer.headers["Cache-Control"] = "no-store"
    return answer


def kinds_of(event: EventCard, layer: int) -> tuple[str, str]:
    kinds = ["entry", *(card.kind for card in queries.layer_cards(event.id))]
    if not 1 <= layer < len(kinds):
        raise NotFound()
    return kinds[layer - 1], kinds[layer]


@blueprint.post("/codes/<code>/<int:layer>/ask")
@requires("code.keep")
def ask(code: str, layer: int) -> Page:
    event, form = event_card(code), ReasonForm()
    if tried(form, lambda: services.ask_opening(current_user.actor, event.id, layer, form.reason.data or "")):
        flash(_("The opening is asked for; a supervisor confirms it."), "success")
        return redirect(url_for(".keeper"))
    return keeper_page(form)


@blueprint.get("/openings")
@requires("code.confirm")
def openings() -> Page:
    cards = queries.layers_to_confirm()
    return render_template("registration/openings.html", cards=cards, names=LAYER_NAMES, states=STATES)


@blueprint.post("/openings/<code>/<int:layer>/confirm")
@requires("code.confirm")
def confirm(code: str, layer: int) -> Page:
    event = allowed_event(code, "code.confirm")
    services.confirm_opening(current_user.actor, event.id, layer)
    flash(_("The layer is opened."), "success")
    return redirect(url_for(".openings"))


@blueprint.post("/openings/<code>/<int:layer>/list")
@requires("code.confirm")
def opened_list(code: str, layer: int) -> Page:
    event = allowed_event(code, "code.confirm")
    lines = services.opened_lines(current_user.actor, event.id, layer)
    return list_page(event, layer, lines, back="ceremony.openings")
