"""The bureau's pages of rounds and classes: settings, score sheet, quotas, the call, and every close."""

from __future__ import annotations

from datetime import timedelta

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from flask_wtf import FlaskForm

from qzcompete.competitions.scheme_intake import ShownFault, read_scheme_file
from qzcompete.core.clock import in_city, now
from qzcompete.core.forms import shown, tried
from qzcompete.core.permissions import requires
from qzcompete.selection import queries, services
from qzcompete.selection.forms.office import (
    ClassForm,
    ReasonForm,
    RoundForm,
    SheetForm,
    UnitForm,
    class_values,
    round_values,
)
from qzcompete.selection.rules.classes import DEFAULTS, instalment_amounts
from qzcompete.selection.views.blueprint import Page, blueprint

# The state of a class → (verb of its next close, what the button says, what it asks before).
CLOSES = {
    "calling": (
        "close_calling",
        _l("Close applications"),
        _l("Nobody can apply any more. What was not sent lapses."),
    ),
    "recommending": (
        "close_recommending",
        _l("Close recommendations"),
        _l("No unit can recommend any more. The proof of each quota is kept."),
    ),
    "checking": (
        "close_checking",
        _l("Close the check"),
        _l("Every recommended application has its verdict. The experts are drawn next."),
    ),
    "visiting": (
        "close_visiting",
        _l("Close the visits"),
        _l("All have been visited. The panel decides next."),
    ),
}


@blueprint.get("/office/selections")
@requires("selection.view")
def rounds() -> Page:
    return render_template(
        "selection/rounds.html",
        rounds=queries.rounds(),
        may_edit=current_user.actor.may("selection.manage"),
    )


@blueprint.route("/office/selections/new", methods=["GET", "POST"])
@requires("selection.manage")
def create_round() -> Page:
    form = RoundForm(data=None if request.method == "POST" else round_defaults())
    made: list[int] = []

    def create() -> None:
        classes = [DEFAULTS[kind] for kind in form.classes.data or ()]
        made.append(services.create_round(current_user.actor, form.draft(), classes).id)

    if tried(form, create):
        flash(_("The round is made. Look through the settings of its classes."), "success")
        return redirect(url_for(".show_round", round_id=made[0]))
    return shown(render_template("selection/round_form.html", form=form, round=None), form)


def round_defaults() -> dict[str, object]:
    """Windows as the year usually has them, from tomorrow morning on."""
    start = in_city(now()).replace(hour=9, minute=0, second=0, microsecond=0, tzinfo=None) + timedelta(days=1)
    days = {"applies_from": 0, "applies_until": 45, "recommends_until": 60, "reviews_until": 100}
    taken = [one.draft.first_year for one in queries.rounds()]
    year = max(taken) + 2 if taken else start.year
    return {
        "first_year": year,
        "code": f"PX{year}",
        "name": f"{year}—{year + 1}年度市级技能大师工作室和培训基地评选",
        "classes": list(DEFAULTS),
    } | {name: start + timedelta(days=number) for name, number in days.items()}


@blueprint.route("/office/selections/<int:round_id>/edit", methods=["GET", "POST"])
@requires("selection.manage")
def edit_round(round_id: int) -> Page:
    card = queries.round_card(round_id)
    form = RoundForm(data=round_values(card.draft))
    del form.classes
    if tried(form, lambda: services.edit_round(current_user.actor, round_id, form.draft())):
        flash(_("Saved."), "success")
        return redirect(url_for(".show_round", round_id=round_id))
    return shown(render_template("selection/round_form.html", form=form, round=card), form)


@blueprint.get("/office/selections/<int:round_id>")
@requires("selection.view")
def show_round(round_id: int) -> Page:
    card = queries.round_card(round_id)
    return render_template(
        "selection/round.html",
        round=card,
        counts={class_.id: queries.state_counts(class_.id) for class_ in card.classes},
        quotas={class_.id: sum(queries.quotas_of(class_.id).values()) for class_ in card.classes},
        may_edit=current_user.actor.may("selection.manage"),
    )


@blueprint.post("/office/selections/<int:round_id>/call")
@requires("selection.manage")
def publish_call(round_id: int) -> Page:
    services.publish_call(current_user.actor, round_id)
    flash(_("The call is published."), "success")
    return redirect(url_for(".show_round", round_id=round_id))


@blueprint.get("/office/selections/classes/<int:class_id>")
@requires("selection.view")
def show_class(class_id: int) -> Page:
    class_ = queries.class_card(class_id)
    state = request.args.get("state", "")
    return render_template(
        "selection/class.html",
        class_=class_,
        page=queries.application_page(
            class_id, request.args.get("page", "1"), request.args.get("q", "").strip(), state
        ),
        state=state,
        counts=queries.state_counts(class_id),
        unit_names=queries.unit_names(),
        quotas=queries.unit_quotas(None, class_id),
        history=queries.class_history(class_id),
        close=CLOSES.get(class_.state),
        may_edit=current_user.actor.may("selection.manage"),
    )


@blueprint.post("/office/selections/classes/<int:class_id>/close")
@requires("selection.manage")
def close_class(class_id: int) -> Page:
    """The close of the stage in which the class is now."""
    class_ = queries.class_card(class_id)
    closes = {
        "calling": services.close_calling,
        "recommending": services.close_recommending,
        "checking": services.close_checking,
        "visiting": services.close_visiting,
    }
    if class_.state in closes:
        closes[class_.state](current_user.actor, class_id)
        flash(_("Done."), "success")
    return redirect(url_for(".show_class", class_id=class_id))


@blueprint.route("/office/selections/classes/<int:class_id>/cancel", methods=["GET", "POST"])
@requires("selection.manage")
def cancel_class(class_id: int) -> Page:
    class_, form = queries.class_card(class_id), ReasonForm()
    if tried(form, lambda: services.cancel_class(current_user.actor, class_id, form.reason.data or "")):
        flash(_("The class is cancelled. Its years are free again."), "success")
        return redirect(url_for(".show_round", round_id=class_.round_id))
    return shown(render_template("selection/cancel.html", class_=class_, form=form), form)


@blueprint.route("/office/selections/classes/<int:class_id>/settings", methods=["GET", "POST"])
@requires("selection.manage")
def class_settings(class_id: int) -> Page:
    class_ = queries.class_card(class_id)
    form = ClassForm(data=class_values(class_.settings))
    if tried(form, lambda: services.edit_class(current_user.actor, class_id, form.settings(class_.kind))):
        flash(_("Saved."), "success")
        return redirect(url_for(".show_round", round_id=class_.round_id))
    return shown(
        render_template(
            "selection/settings.html",
            class_=class_,
            form=form,
            amounts=instalment_amounts(class_.settings.grant, class_.settings.instalments),
        ),
        form,
    )


@blueprint.route("/office/selections/classes/<int:class_id>/sheet", methods=["GET", "POST"])
@requires("selection.manage")
def score_sheet(class_id: int) -> Page:
    class_, form = queries.class_card(class_id), SheetForm()
    faults: tuple[ShownFault, ...] = ()
    if request.method == "POST" and request.form.get("adopt"):
        services.adopt_template(current_user.actor, class_id)
        flash(_("The template is the score sheet of this class now."), "success")
        return redirect(url_for(".show_round", round_id=class_.round_id))
    if form.validate_on_submit():
        file = form.file.data
        document, faults = read_scheme_file(file.filename or "", file.read())
        if not faults:
            services.set_score_sheet(current_user.actor, class_id, document)
            flash(_("The score sheet is saved."), "success")
            return redirect(url_for(".score_sheet", class_id=class_id))
    return render_template("selection/sheet.html", class_=class_, form=form, faults=faults), (
        422 if form.errors or faults else 200
    )


@blueprint.route("/office/selections/classes/<int:class_id>/quotas", methods=["GET", "POST"])
@requires("selection.manage")
def quotas(class_id: int) -> Page:
    class_, units = queries.class_card(class_id), queries.units()
    given = queries.quotas_of(class_id)
    wrong: list[int] = []
    form = FlaskForm()
    if form.validate_on_submit():
        typed = {unit.id: request.form.get(f"quota-{unit.id}", "").strip() or "0" for unit in units}
        wrong = [
            key for key, text in typed.items() if not (text.isascii() and text.isdigit() and len(text) < 4)
        ]
        quotas = {key: int(text) for key, text in typed.items() if key not in wrong}
        if not wrong and tried(form, lambda: services.set_quotas(current_user.actor, class_id, quotas)):
            flash(_("The quotas are saved."), "success")
            return redirect(url_for(".show_round", round_id=class_.round_id))
    return render_template(
        "selection/quotas.html",
        class_=class_,
        units=units,
        given=given,
        wrong=wrong,
        typed=request.form,
        form=form,
    ), (422 if wrong or form.errors else 200)


@blueprint.route("/office/selections/units", methods=["GET", "POST"])
@requires("selection.manage")
def units() -> Page:
    form = UnitForm()
    if tried(form, lambda: services.add_unit(current_user.actor, form.draft())):
        flash(_("The recommending unit is added."), "success")
        return redirect(url_for(".units"))
    return shown(render_template("selection/units.html", form=form, units=queries.units()), form)
