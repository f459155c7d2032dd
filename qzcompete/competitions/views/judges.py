"""The register of judges, and what a judge declares."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from qzcompete.competitions import queries, services
from qzcompete.competitions.forms import QUALIFICATION_NAMES, RELATION_NAMES, ProfileForm, RelationForm
from qzcompete.competitions.queries import JudgeCard
from qzcompete.competitions.views.blueprint import blueprint
from qzcompete.core.errors import NotFound, Problem
from qzcompete.core.forms import Page, select_choices, show_problem, shown, tried
from qzcompete.core.permissions import requires
from qzcompete.people.queries import organisations


@blueprint.get("/judges")
@requires("judge.register")
def judges() -> Page:
    page = queries.judge_page(request.args.get("page", "1"), request.args.get("q", "").strip())
    return render_template(
        "competitions/judges.html",
        page=page,
        qualification_names=QUALIFICATION_NAMES,
        skill_levels=queries.LEVELS_OF_SKILL,
    )


@blueprint.route("/judges/<int:account_id>", methods=["GET", "POST"])
@requires("judge.register")
def judge(account_id: int) -> Page:
    card = queries.judge_card(account_id)
    form = profile_form(card)
    if tried(form, lambda: services.save_profile(current_user.actor, account_id, form.draft())):
        flash(_("The register is changed."), "success")
        return redirect(url_for(".judges"))
    return shown(
        render_template(
            "competitions/judge.html",
            judge=card,
            form=form,
            relations=queries.relations_of(account_id),
            panels=queries.panels_of_judge(account_id),
            relation_names=RELATION_NAMES,
        ),
        form,
    )


def profile_form(card: JudgeCard) -> ProfileForm:
    known = vars(card) | {"employer_id": card.employer_id or 0, "level": card.level or 0}
    form = ProfileForm(
        data=known | {"occupations": "\n".join(f"{code} {name}" for code, name in card.occupations)}
    )
    employers = [(one.id, one.name) for one in organisations()]
    form.employer_id.choices = select_choices([(0, _("Not chosen yet")), *employers])
    form.level.choices = select_choices(
        [(0, _("Not chosen yet")), *((level, str(name)) for level, name in queries.LEVELS_OF_SKILL.items())]
    )
    return form


@blueprint.route("/judges/<int:account_id>/relations/new", methods=["GET", "POST"])
@requires("judge.register")
def add_relation(account_id: int) -> Page:
    return relation_page(
        account_id, queries.judge_card(account_id).name, url_for(".judge", account_id=account_id)
    )


@blueprint.route("/my-relations", methods=["GET", "POST"])
@requires("relation.declare")
def my_relations() -> Page:
    """A judge's own declaration."""
    account_id = current_user.actor.account_id
    if account_id is None:
        raise NotFound()
    return relation_page(account_id, current_user.name, url_for(".my_relations"), own=True)


def relation_page(account_id: int, name: str, back: str, own: bool = False) -> Page:
    form = RelationForm()
    if form.validate_on_submit():
        texts = [form[field].data or "" for field in ("kind", "name", "unit", "note")]
        try:
            services.declare_relation(current_user.actor, account_id, *texts)
        except Problem as problem:
            show_problem(form, problem)
        else:
            flash(_("The relation is declared."), "success")
            return redirect(back)
    return shown(
        render_template(
            "competitions/relations.html",
            form=form,
            name=name,
            own=own,
            back=back,
            relations=queries.relations_of(account_id) if own else [],
            relation_names=RELATION_NAMES,
        ),
        form,
    )


@blueprint.post("/relations/<int:relation_id>/withdraw")
@requires("relation.declare")
def withdraw_own_relation(relation_id: int) -> Page:
    services.withdraw_relation(current_user.actor, relation_id)
    flash(_("The relation is withdrawn."), "success")
    return redirect(url_for(".my_relations"))


@blueprint.post("/judges/<int:account_id>/relations/<int:relation_id>/withdraw")
@requires("judge.register")
def withdraw_relation(account_id: int, relation_id: int) -> Page:
    services.withdraw_relation(current_user.actor, relation_id)
    flash(_("The relation is withdrawn."), "success")
    return redirect(url_for(".judge", account_id=account_id))
