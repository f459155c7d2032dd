"""The accounts of all, for an administrator: make, invite, disable, and help after a lost phone."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from qzcompete.core.errors import Problem
from qzcompete.core.forms import Page, select_choices, show_problem, shown
from qzcompete.core.permissions import requires
from qzcompete.people import queries, services
from qzcompete.people.forms import AccountForm
from qzcompete.people.views.blueprint import blueprint


@blueprint.get("/accounts")
@requires("account.manage")
def accounts() -> Page:
    search = (request.args.get("q") or "").strip()
    return render_template(
        "people/accounts.html", page=queries.account_page(search, request.args.get("page", "1"))
    )


@blueprint.route("/accounts/new", methods=["GET", "POST"])
@requires("account.manage")
def create_account() -> Page:
    form = AccountForm()
    units = [(unit.id, unit.name) for unit in queries.organisations()]
    form.organisation_id.choices = select_choices([(0, _("None")), *units])
    if form.validate_on_submit():
        try:
            account = services.create_account(
                current_user.actor,
                form.username.data or "",
                form.name.data or "",
                form.password.data or services.unguessable_password(),
                [(form.role.data, form.scope())],
            )
        except Problem as problem:
            show_problem(form, problem)
        else:
            flash(_("The account %(name)s is made.", name=account.username), "success")
            if not form.password.data:
                return invited(account)
            return redirect(url_for(".accounts"))
    return shown(render_template("people/create_account.html", form=form), form)


@blueprint.get("/accounts/<int:account_id>")
@requires("account.manage")
def account(account_id: int) -> Page:
    return account_page(queries.account_by_id(account_id))


def account_page(shown: queries.Account, invitation: str | None = None) -> Page:
    return render_template(
        "people/account.html",
        account=shown,
        guarded=services.is_guarded(shown),
        required=services.is_required(shown),
        invitation=invitation,
    )


@blueprint.post("/accounts/<int:account_id>/invite")
@requires("account.manage")
def invite(account_id: int) -> Page:
    return invited(queries.account_by_id(account_id))


def invited(account: queries.Account) -> Page:
    """The page with the address to hand over, shown this once."""
    token = services.invite(current_user.actor, account)
    return account_page(account, url_for(".accept_invitation", token=token, _external=True))


@blueprint.post("/accounts/<int:account_id>/state")
@requires("account.manage")
def set_account_state(account_id: int) -> AnyResponse:
    account = queries.account_by_id(account_id)
    try:
        services.set_account_state(current_user.actor, account, request.form.get("state", ""))
    except Problem as problem:
        flash(str(problem.message), "danger")
    else:
        flash(_("The state of the account is changed."), "success")
    return redirect(url_for(".account", account_id=account_id))


@blueprint.post("/accounts/<int:account_id>/second-factor/remove")
@requires("account.manage")
def reset_second_factor(account_id: int) -> AnyResponse:
    services.remove_second_factor(current_user.actor, queries.account_by_id(account_id))
    flash(_("The second factor is removed. The owner sets up a new one at the next sign-in."), "success")
    return redirect(url_for(".account", account_id=account_id))
