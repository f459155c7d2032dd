"""One's own passkeys: made on this device, removed when it is given away."""

from __future__ import annotations

from flask import flash, redirect, render_template, session, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from qzcompete.core.errors import Problem
from qzcompete.core.forms import Page, shown, tried
from qzcompete.core.permissions import signed_in
from qzcompete.people import services
from qzcompete.people.forms import NewPasskeyForm, PasskeyForm
from qzcompete.people.views.blueprint import blueprint
from qzcompete.people.views.own import confirmed_account, go_on_without


@blueprint.route("/account/passkeys/new", methods=["GET", "POST"])
@signed_in
def new_passkey() -> Page:
    """Name and password first; then the page on which the browser makes the key."""
    account, form = current_user._get_current_object(), NewPasskeyForm()
    if tried(form, lambda: services.confirm_password(account, form.password.data or "")):
        asked = services.ask_for_new_passkey(account)
        session["new_passkey"] = asked.state | {"name": form.name.data}
        return render_template(
            "people/make_passkey.html", form=PasskeyForm(formdata=None), options=asked.options
        )
    return shown(render_template("people/new_passkey.html", form=form), form)


@blueprint.post("/account/passkeys")
@signed_in
def add_passkey() -> Page:
    account, form = current_user._get_current_object(), PasskeyForm()
    state = session.pop("new_passkey", None)
    try:
        codes = services.add_passkey(
            account.actor, account, (state or {}).get("name", ""), state, form.credential.data or ""
        )
    except Problem as problem:
        flash(str(problem.message), "danger")
        return redirect(url_for(".new_passkey"))
    session.pop("must_enrol", None)
    if codes:
        return render_template("people/recovery_codes.html", codes=codes, first=True)
    flash(_("The passkey is set up. From now on you can sign in with it."), "success")
    return redirect(url_for(".security"))


@blueprint.post("/account/passkeys/<int:passkey_id>/remove")
@signed_in
def remove_passkey(passkey_id: int) -> AnyResponse:
    account = confirmed_account(f"passkey-{passkey_id}")
    if account is not None:
        services.remove_passkey(account.actor, account, passkey_id)
        go_on_without(account)
        flash(_("The passkey is removed. Delete it on the device too."), "success")
    return redirect(url_for(".security"))
