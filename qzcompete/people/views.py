"""Signing in and out, the own password, the language, and the list of accounts."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Blueprint, current_app, flash, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from flask_login import current_user, login_user, logout_user
from werkzeug.wrappers import Response as AnyResponse

from qzcompete.core import transaction
from qzcompete.core.clock import now
from qzcompete.core.errors import Problem
from qzcompete.core.forms import show_problem
from qzcompete.core.permissions import public, requires, signed_in
from qzcompete.people import queries, services
from qzcompete.people.forms import AccountForm, PasswordForm, SignInForm

blueprint = Blueprint("people", __name__)

Page = str | AnyResponse | tuple[str, int]


@blueprint.route("/sign-in", methods=["GET", "POST"])
@public("everybody starts here")
def sign_in() -> Page:
    form = SignInForm()
    if not form.validate_on_submit():
        return page(form)
    settings = current_app.config["QZ"]
    try:
        account = services.sign_in(
            form.username.data or "",
            form.password.data or "",
            settings.sign_in_attempts,
            settings.lock_minutes,
        )
    except Problem as problem:
        show_problem(form, problem)
        return page(form)
    if account is None:
        # The count of wrong passwords stays although the answer is an error.
        transaction.keep()
        form.form_errors.append(_("User name or password is not right."))
        return page(form)
    forget_session()
    session.permanent = True
    session["signed_in_at"] = session["seen_at"] = int(now().timestamp())
    login_user(account)
    return redirect(own_path(request.args.get("next")) or url_for("public.desk"))


def page(form: SignInForm) -> Page:
    return render_template("people/sign_in.html", form=form), 422 if request.method == "POST" else 200


def own_path(target: str | None) -> str | None:
    """The target, if it is a path of this site and nothing else."""
    if not target or not target.startswith("/") or target.startswith(("//", "/\\")) or "\\" in target:
        return None
    parts = urlsplit(target)
    return None if parts.scheme or parts.netloc else target


@blueprint.post("/sign-out")
@public("signing out twice does no harm")
def sign_out() -> AnyResponse:
    logout_user()
    forget_session()
    return redirect(url_for("public.home"))


def forget_session() -> None:
    """Empty the session but for the language of the pages."""
    language = session.get("language")
    session.clear()
    if language:
        session["language"] = language


@blueprint.post("/language")
@public("the language of the pages is everybody's choice")
def set_language() -> AnyResponse:
    language = request.form.get("language")
    if language in ("zh_Hans", "en"):
        session["language"] = language
    return redirect(own_path(request.form.get("next")) or url_for("public.home"))


@blueprint.route("/account/password", methods=["GET", "POST"])
@signed_in
def change_password() -> Page:
    form = PasswordForm()
    if form.validate_on_submit():
        try:
            services.change_password(
                current_user.actor, current_user, form.old_password.data or "", form.password.data or ""
            )
        except Problem as problem:
            show_problem(form, problem)
        else:
            # The account itself: Flask-Login would keep its own proxy, which then asks itself for ever.
            login_user(current_user._get_current_object())
            flash(_("Your password is changed. Other devices are signed out."), "success")
            return redirect(url_for("public.desk"))
    return render_template("people/change_password.html", form=form), 422 if form.errors else 200


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
    if form.validate_on_submit():
        try:
            account = services.create_account(
                current_user.actor,
                form.username.data or "",
                form.name.data or "",
                form.password.data or "",
                [(form.role.data, ("city", 0))],
            )
        except Problem as problem:
            show_problem(form, problem)
        else:
            flash(_("The account %(name)s is made.", name=account.username), "success")
            return redirect(url_for("people.accounts"))
    return render_template("people/create_account.html", form=form), 422 if form.errors else 200
