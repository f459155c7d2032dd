"""The bureau's pages of experts: the register, the draw of a panel, conflicts, and the opening of the review."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from qzcompete.core.forms import select_choices, shown, tried
from qzcompete.core.permissions import requires
from qzcompete.people.queries import accounts_with_role
from qzcompete.selection import queries, services
from qzcompete.selection.forms import listed
from qzcompete.selection.forms.office import ConflictForm, DrawForm, ExpertForm, written_ties
from qzcompete.selection.views.blueprint import Page, blueprint


@blueprint.get("/office/experts")
@requires("selection.manage")
def experts() -> Page:
    return render_template(
        "selection/experts.html",
        page=queries.expert_page(request.args.get("page", "1"), request.args.get("q", "").strip()),
    )


@blueprint.route("/office/experts/new", methods=["GET", "POST"])
@requires("selection.manage")
def add_expert() -> Page:
    form = ExpertForm()
    known = {expert.account_id for expert in queries.register()}
    form.account_id.choices = select_choices(
        (account.id, f"{account.name} ({account.username})")
        for account in accounts_with_role("expert")
        if account.id not in known
    )
    if tried(form, lambda: services.add_expert(current_user.actor, form.draft())):
        flash(_("The expert is in the register."), "success")
        return redirect(url_for(".experts"))
    return shown(render_template("selection/expert_form.html", form=form, expert=None), form)


@blueprint.route("/office/experts/<int:expert_id>", methods=["GET", "POST"])
@requires("selection.manage")
def edit_expert(expert_id: int) -> Page:
    expert = queries.expert_by_id(expert_id)
    form = ExpertForm(
        data={
            "account_id": expert.account_id,
            "name": expert.name,
            "employer": expert.employer,
            "title": expert.title,
            "fields": "、".join(expert.fields),
            "ties": written_ties(expert.ties),
            "active": expert.active,
        }
    )
    form.account_id.choices = select_choices([(expert.account_id, expert.name)])
    if tried(form, lambda: services.edit_expert(current_user.actor, expert_id, form.draft())):
        flash(_("Saved."), "success")
        return redirect(url_for(".experts"))
    return shown(render_template("selection/expert_form.html", form=form, expert=expert), form)


@blueprint.get("/office/selections/classes/<int:class_id>/panel")
@requires("selection.manage")
def class_panel(class_id: int) -> Page:
    return panel_page(class_id, draw_form(), conflict_form(class_id))


def draw_form() -> DrawForm:
    form = DrawForm()
    form.chair.choices = select_choices(
        (expert.id, f"{expert.name} · {expert.employer}") for expert in queries.register()
    )
    return form


def conflict_form(class_id: int) -> ConflictForm:
    form = ConflictForm()
    form.expert.choices = select_choices(
        (member.expert.id, member.expert.name) for member in queries.panel_members(class_id)
    )
    form.application.choices = select_choices(
        (row.id, f"{row.number} {row.leader_name}") for row in queries.eligible_of(class_id)
    )
    return form


def panel_page(class_id: int, draw: DrawForm, conflict: ConflictForm, code: int = 200) -> Page:
    class_ = queries.class_card(class_id)
    return render_template(
        "selection/panel.html",
        class_=class_,
        members=queries.panel_members(class_id),
        drawn=queries.draw_card(class_id),
        conflicts=queries.conflict_cards(class_id),
        progress=queries.review_progress(class_.assessment_id) if class_.assessment_id else (),
        draw=draw,
        conflict=conflict,
    ), code


@blueprint.post("/office/selections/classes/<int:class_id>/panel/draw")
@requires("selection.manage")
def draw_panel(class_id: int) -> Page:
    form = draw_form()
    fields = listed(form.fields.data)
    if tried(form, lambda: services.draw_panel(current_user.actor, class_id, form.chair.data, fields)):
        flash(_("The experts are drawn. They declare their conflicts next."), "success")
        return redirect(url_for(".class_panel", class_id=class_id))
    return panel_page(class_id, form, conflict_form(class_id), 422)


@blueprint.post("/office/selections/classes/<int:class_id>/panel/conflict")
@requires("selection.manage")
def note_conflict(class_id: int) -> Page:
    form = conflict_form(class_id)
    if tried(
        form,
        lambda: services.note_conflict(
            current_user.actor,
            class_id,
            form.expert.data,
            form.application.data,
            form.kind.data,
            form.reason.data or "",
        ),
    ):
        flash(_("The expert is kept away from this application."), "success")
        return redirect(url_for(".class_panel", class_id=class_id))
    return panel_page(class_id, draw_form(), form, 422)


@blueprint.post("/office/selections/classes/<int:class_id>/panel/open")
@requires("selection.manage")
def open_review(class_id: int) -> Page:
    services.open_review(current_user.actor, class_id)
    flash(_("The review is open. The experts score on their tablets."), "success")
    return redirect(url_for(".class_panel", class_id=class_id))
