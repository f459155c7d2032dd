"""One's own account: password, second factor, recovery codes, and the sessions that last."""

from __future__ import annotations

import segno
from flask import current_app, flash, redirect, render_template, session, url_for
from flask_babel import gettext as _
from flask_login import current_user, login_user
from markupsafe import Markup
from werkzeug.wrappers import Response as AnyResponse

from qzcompete.core.errors import Problem, RuleBroken
from qzcompete.core.forms import Page, show_problem, shown, tried
from qzcompete.core.permissions import signed_in
from qzcompete.people import queries, services
from qzcompete.people.forms import CodeForm, ConfirmPasswordForm, PasswordForm
from qzcompete.people.views.blueprint import blueprint


@blueprint.route("/account/password", methods=["GET", "POST"])
@signed_in
def change_password() -> Page:
    form = PasswordForm()
    if tried(
        form,
        lambda: services.change_password(
            current_user.actor, current_user, form.old_password.data or "", form.password.data or ""
        ),
    ):
        stay_signed_in()
        flash(_("Your password is changed. Other devices are signed out."), "success")
        return redirect(url_for(".security"))
    return shown(render_template("people/change_password.html", form=form), form)


def stay_signed_in() -> None:
    """Go on after the account's other sessions were ended."""
    # The account itself: Flask-Login would keep its own proxy, which then asks itself for ever.
    login_user(current_user._get_current_object())


@blueprint.get("/account/security")
@signed_in
def security() -> Page:
    account = current_user._get_current_object()
    enrolled, keys = services.is_enrolled(account), services.keys_of(account)
    return render_template(
        "people/security.html",
        enrolled=enrolled,
        guarded=enrolled or bool(keys),
        passkeys=[(key, ConfirmPasswordForm(prefix=f"passkey-{key.id}")) for key in keys],
        passkeys_possible=services.passkeys_possible(),
        required=services.is_required(account),
        codes_left=services.unused_recovery_codes(account),
        sessions=queries.session_cards(
            account.id, session.get("key", ""), current_app.config["QZ"].session_hours
        ),
        codes_form=ConfirmPasswordForm(prefix="codes"),
        remove_form=ConfirmPasswordForm(prefix="remove"),
    )


@blueprint.post("/account/second-factor/begin")
@signed_in
def begin_second_factor() -> AnyResponse:
    try:
        services.begin_enrolment(current_user._get_current_object())
    except RuleBroken as problem:
        flash(str(problem.message), "warning")
        return redirect(url_for(".security"))
    return redirect(url_for(".set_second_factor"))


@blueprint.route("/account/second-factor", methods=["GET", "POST"])
@signed_in
def set_second_factor() -> Page:
    account, form = current_user._get_current_object(), CodeForm()
    if form.validate_on_submit():
        try:
            codes = services.confirm_enrolment(account.actor, account, form.code.data or "")
        except Problem as problem:
            show_problem(form, problem)
        else:
            session.pop("must_enrol", None)
            return render_template("people/recovery_codes.html", codes=codes, first=True)
    key = services.enrolment_key(account, current_app.config["QZ"].public_url)
    drawn = Markup(segno.make(key.address, error="m").svg_inline(scale=4, border=2)) if key else ""  # nosec B704
    page = render_template(
        "people/second_factor.html",
        form=form,
        key=key,
        qr=drawn,
        must=session.get("must_enrol"),
        passkeys_possible=services.passkeys_possible(),
    )
    return shown(page, form)


@blueprint.post("/account/recovery-codes")
@signed_in
def make_recovery_codes() -> Page:
    account = confirmed_account("codes")
    if account is None:
        return redirect(url_for(".security"))
    codes = services.new_recovery_codes(account.actor, account)
    return render_template("people/recovery_codes.html", codes=codes, first=False)


@blueprint.post("/account/second-factor/remove")
@signed_in
def remove_app() -> AnyResponse:
    account = confirmed_account("remove")
    if account is not None:
        services.remove_app(account.actor, account)
        go_on_without(account)
        flash(_("The authenticator app is removed."), "success")
    return redirect(url_for(".security"))


def go_on_without(account: queries.Account) -> None:
    """A second factor is removed, which ended all sessions: this one goes on, to set up another where it was the last."""
    stay_signed_in()
    if services.is_required(account) and not services.is_guarded(account):
        session["must_enrol"] = True


def confirmed_account(prefix: str) -> queries.Account | None:
    """The own account, if its password was typed again; else a flash says what was wrong."""
    account, form = current_user._get_current_object(), ConfirmPasswordForm(prefix=prefix)
    if form.validate_on_submit() and services.password_holds(account, form.password.data or ""):
        return account
    flash(_("The present password is not right."), "danger")
    return None


@blueprint.post("/account/sessions/<int:session_id>/end")
@signed_in
def end_session(session_id: int) -> AnyResponse:
    services.end_session(current_user.actor, current_user, session_id)
    flash(_("That device is signed out."), "success")
    return redirect(url_for(".security"))


@blueprint.post("/account/sessions/end-others")
@signed_in
def end_other_sessions() -> AnyResponse:
    services.end_other_sessions(current_user.actor, current_user, session.get("key", ""))
    flash(_("All other devices are signed out."), "success")
    return redirect(url_for(".security"))
