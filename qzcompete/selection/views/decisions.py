"""The bureau's page of a decided class: list and reserve, the public notice, designation."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from qzcompete.core.permissions import requires
from qzcompete.selection.queries import designations as queries
from qzcompete.selection.services import designating, publicity
from qzcompete.selection.views.studios_blueprint import Page, blueprint


@blueprint.get("/office/designations")
@requires("selection.view")
def classes() -> Page:
    found = [queries.after_decision(one.id) for one in queries.classes_after_decision()]
    return render_template("studios/classes.html", classes=found)


@blueprint.get("/office/designations/<int:class_id>")
@requires("selection.view")
def lists(class_id: int) -> Page:
    return render_template(
        "studios/lists.html",
        stands=queries.after_decision(class_id),
        designations={card.application_id: card for card in queries.designations_of(class_id)},
        may=current_user.actor.may("selection.manage"),
    )


@blueprint.post("/office/designations/<int:class_id>/publish")
@requires("selection.manage")
def publish(class_id: int) -> Response:
    publicity.publish_list(current_user.actor, class_id)
    flash(_("The list is published for its full period."), "success")
    return redirect(url_for(".lists", class_id=class_id))


@blueprint.post("/office/designations/<int:class_id>/renew")
@requires("selection.manage")
def renew_list(class_id: int) -> Response:
    change, _notice = publicity.renew_list(current_user.actor, class_id)
    told = _(
        "%(removed)s removed, %(moved)s moved up, %(vacant)s places vacant. The new list is published for its full period.",
        removed=len(change.removed),
        moved=len(change.moved_up),
        vacant=change.vacant,
    )
    flash(told, "success")
    return redirect(url_for(".lists", class_id=class_id))


@blueprint.post("/office/designations/<int:class_id>/designate")
@requires("selection.manage")
def designate_all(class_id: int) -> Response:
    made = designating.designate_all(current_user.actor, class_id)
    flash(_("%(count)s are designated.", count=len(made)), "success")
    return redirect(url_for(".lists", class_id=class_id))


@blueprint.post("/office/designations/<int:class_id>/designate/<int:application_id>")
@requires("selection.manage")
def designate(class_id: int, application_id: int) -> Response:
    made = designating.designate(current_user.actor, application_id)
    flash(_("%(name)s is designated.", name=made.name), "success")
    return redirect(url_for(".lists", class_id=class_id))


@blueprint.post("/office/designations/<int:class_id>/announce")
@requires("selection.manage")
def announce(class_id: int) -> Response:
    notice_id = designating.announce_designations(current_user.actor, class_id)
    flash(_("The announcement is published."), "success")
    return redirect(url_for("notices.show", notice_id=notice_id))
