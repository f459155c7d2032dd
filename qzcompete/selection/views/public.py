"""What everybody may see: published calls; and the registration of applicants."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from qzcompete.core.actor import CITY, SYSTEM
from qzcompete.core.errors import NotFound
from qzcompete.core.forms import shown, tried
from qzcompete.core.limits import count_try
from qzcompete.core.permissions import public
from qzcompete.people import services as people
from qzcompete.selection import queries
from qzcompete.selection.forms.applicant import RegisterForm
from qzcompete.selection.views.blueprint import Page, blueprint

# Accounts that may be made from one address in an hour: an office shares one.
REGISTERED_AN_HOUR = 20


@blueprint.get("/selections")
@public("calls are published")
def calls() -> Page:
    return render_template("selection/calls.html", rounds=queries.called_rounds())


@blueprint.get("/selections/<code>")
@public("calls are published")
def call(code: str) -> Page:
    found = next((one for one in queries.called_rounds() if one.draft.code == code), None)
    if found is None:
        raise NotFound()
    return render_template("selection/call.html", round=found)


@blueprint.route("/selections/register", methods=["GET", "POST"])
@public("whoever wants to apply makes an account of his own")
def register() -> Page:
    form = RegisterForm()

    def make_account() -> None:
        count_try("register", request.remote_addr or "", REGISTERED_AN_HOUR, 3600)
        username, name, password = form.username.data or "", form.name.data or "", form.password.data or ""
        people.create_account(SYSTEM, username, name, password, [("applicant", CITY)])

    if tried(form, make_account):
        flash(_("Your account is made. Sign in to apply."), "success")
        return redirect(url_for("people.sign_in", next=url_for(".own")))
    return shown(render_template("selection/register.html", form=form), form)
