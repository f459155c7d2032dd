"""An expert's own pages: the declaration of conflicts, the own applications, their dossiers. Nothing of any other."""

from __future__ import annotations

from collections.abc import Sequence

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from qzcompete.core.errors import NotFound, RuleBroken
from qzcompete.core.permissions import requires
from qzcompete.selection import queries, services
from qzcompete.selection.forms.shown import shown_sections
from qzcompete.selection.queries.experts import OwnPanel, ToDeclare
from qzcompete.selection.views.blueprint import Page, blueprint, sent_file


def own_expert_id() -> int:
    expert = queries.expert_of_account(current_user.id)
    if expert is None:
        raise NotFound()
    return expert.id


def own_panel(class_id: int) -> OwnPanel:
    found = next((one for one in queries.own_panels(own_expert_id()) if one.class_id == class_id), None)
    if found is None:
        raise NotFound()
    return found


@blueprint.get("/review")
@requires("review.own")
def reviews() -> Page:
    expert = queries.expert_of_account(current_user.id)
    panels = queries.own_panels(expert.id) if expert else ()
    return render_template("selection/reviews.html", panels=panels)


@blueprint.route("/review/<int:class_id>", methods=["GET", "POST"])
@requires("review.own")
def review(class_id: int) -> Page:
    """Before the review: the declaration. Then: the own applications."""
    panel, expert_id = own_panel(class_id), own_expert_id()
    asked = queries.to_declare(expert_id, class_id) if panel.class_state == "drawing" else ()
    problem = None
    if request.method == "POST":
        try:
            services.declare(current_user.actor, class_id, declared(asked))
        except RuleBroken as broken:
            if not broken.field:
                raise
            problem = broken
        else:
            flash(_("Your declaration is kept."), "success")
            return redirect(url_for(".review", class_id=class_id))
    drawing = panel.class_state == "drawing"
    page = render_template(
        "selection/review.html",
        panel=panel,
        asked=asked,
        typed=request.form,
        problem=problem,
        own=() if drawing else queries.own_reviews(expert_id, class_id, request.args.get("q", "").strip()),
    )
    return page, 422 if problem else 200


def declared(asked: Sequence[ToDeclare]) -> dict[int, tuple[str, str]]:
    """The rows in which something was chosen or typed; a reason without a tie is not passed over."""
    rows = {
        one.application_id: (
            request.form.get(f"kind-{one.application_id}", ""),
            request.form.get(f"reason-{one.application_id}", "").strip(),
        )
        for one in asked
    }
    return {key: row for key, row in rows.items() if any(row)}


@blueprint.get("/review/applications/<int:application_id>")
@requires("review.own")
def review_application(application_id: int) -> Page:
    found = queries.own_review(own_expert_id(), application_id)
    card = queries.application_card(found.id)
    return render_template(
        "selection/review_application.html",
        card=card,
        sections=shown_sections(
            card.kind, queries.section_contents(card.id), queries.unit_names(), phones=False
        ),
        files=queries.files_of(card.id),
    )


@blueprint.get("/review/applications/<int:application_id>/files/<int:file_id>")
@requires("review.own")
def review_file(application_id: int, file_id: int) -> Page:
    queries.own_review(own_expert_id(), application_id)
    file = queries.file_of(application_id, file_id)
    return sent_file(file.file_hash, file.media_type, file.name)
