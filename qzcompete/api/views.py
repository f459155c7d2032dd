"""The tokens of programs, for an administrator."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from qzcompete.api import queries, services
from qzcompete.api.forms import TokenForm
from qzcompete.core.errors import Problem
from qzcompete.core.forms import Page, show_problem, shown
from qzcompete.core.permissions import requires

blueprint = Blueprint("tokens", __name__, url_prefix="/tokens")


@blueprint.route("", methods=["GET", "POST"])
@requires("api_token.manage")
def index() -> Page:
    form, made = TokenForm(), None
    if form.validate_on_submit():
        try:
            made = services.make_token(
                current_user.actor, form.name.data or "", form.scopes.data or [], form.days.data or 0
            )
        except Problem as problem:
            show_problem(form, problem)
    page = render_template(
        "api/tokens.html", form=form, made=made, tokens=queries.token_cards(), scope_names=services.SCOPES
    )
    return shown(page, form)


@blueprint.post("/<int:token_id>/revoke")
@requires("api_token.manage")
def revoke(token_id: int) -> AnyResponse:
    services.revoke_token(current_user.actor, token_id)
    flash(_("The token is revoked."), "success")
    return redirect(url_for(".index"))
