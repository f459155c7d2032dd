"""Signing in with a password and, where there is one, the second factor; invitations; signing out; the language."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import current_app, flash, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from flask_login import login_user, logout_user
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response as AnyResponse

from qzcompete.core import transaction
from qzcompete.core.clock import now
from qzcompete.core.errors import NotFound, Problem
from qzcompete.core.forms import Page, show_problem
from qzcompete.core.limits import count_try
from qzcompete.core.permissions import public
from qzcompete.extensions import csrf
from qzcompete.people import queries, services
from qzcompete.people.forms import CodeForm, InvitationForm, PasskeyForm, SignInForm
from qzcompete.people.views.blueprint import blueprint

# Of one address in ten minutes: a school's thirty computers may share one.
MOST_SIGN_INS = 300
WINDOW_SECONDS = 600
CODE_MINUTES = 10


@blueprint.route("/sign-in", methods=["GET", "POST"])
@public("everybody starts here")
def sign_in() -> Page:
    form = SignInForm()
    if not form.validate_on_submit():
        return sign_in_page(form)
    settings = current_app.config["QZ"]
    try:
        count_sign_in()
        account = services.sign_in(
            form.username.data or "",
            form.password.data or "",
            settings.sign_in_attempts,
            settings.lock_minutes,
        )
    except Problem as problem:
        show_problem(form, problem)
        return sign_in_page(form)
    if account is None:
        # The count of wrong passwords stays although the answer is an error.
        transaction.keep()
        form.form_errors.append(_("User name or password is not right."))
        return sign_in_page(form)
    if services.is_guarded(account):
        forget_session()
        session["code_of"], session["code_since"] = account.get_id(), int(now().timestamp())
        return redirect(url_for(".enter_code", next=request.args.get("next")))
    return welcome(account, must_enrol=services.is_required(account))


def count_sign_in() -> None:
    count_try("sign-in", request.remote_addr or "", MOST_SIGN_INS, WINDOW_SECONDS)


def sign_in_page(form: SignInForm) -> Page:
    return answer("people/sign_in.html", form, **passkey_asked())


def passkey_asked() -> dict[str, object]:
    """What a page needs that can also be answered with a passkey; the session remembers the challenge."""
    asked = services.ask_for_passkey()
    if asked is None:
        return {"passkey": None}
    session["passkey"] = asked.state
    return {"passkey": asked.options, "passkey_answer": PasskeyForm(formdata=None)}


@blueprint.post("/sign-in/passkey")
@public("a passkey is password and second factor at once")
def sign_in_with_passkey() -> Page:
    form = PasskeyForm()
    try:
        count_sign_in()
        account = services.holder_of_passkey(session.pop("passkey", None), form.credential.data or "")
    except Problem as problem:
        refused = SignInForm(formdata=None)
        show_problem(refused, problem)
        return sign_in_page(refused)
    return welcome(account)


@blueprint.route("/sign-in/code", methods=["GET", "POST"])
@public("the second half of signing in, for who gave the right password a moment ago")
def enter_code() -> Page:
    account = waiting_account()
    if account is None:
        forget_session()
        flash(_("That took too long. Sign in again."), "warning")
        return redirect(url_for(".sign_in", next=request.args.get("next")))
    form, settings = CodeForm(), current_app.config["QZ"]
    if not form.validate_on_submit():
        return code_page(account, form)
    try:
        holds = services.second_factor_holds(
            account, form.code.data or "", settings.sign_in_attempts, settings.lock_minutes
        )
    except Problem as problem:
        show_problem(form, problem)
        return code_page(account, form)
    if not holds:
        transaction.keep()
        form.code.errors = [_("This code is not right. Wait for the next one, or use a recovery code.")]
        return code_page(account, form)
    return welcome(account)


def code_page(account: queries.Account, form: CodeForm) -> Page:
    return answer("people/enter_code.html", form, enrolled=services.is_enrolled(account), **passkey_asked())


def waiting_account() -> queries.Account | None:
    """Whose password was right a moment ago."""
    if int(now().timestamp()) - int(session.get("code_since", 0)) > CODE_MINUTES * 60:
        return None
    return queries.account_of_key(session.get("code_of", ""))


def welcome(account: queries.Account, *, must_enrol: bool = False) -> AnyResponse:
    """Begin a session of the account, under a cookie that knows nothing of the one before."""
    settings = current_app.config["QZ"]
    forget_session()
    session.permanent = True
    session["signed_in_at"] = session["seen_at"] = int(now().timestamp())
    session["key"] = services.begin_session(account, agent_name(), settings.session_hours)
    if must_enrol:
        session["must_enrol"] = True
    login_user(account)
    return redirect(own_path(request.args.get("next")) or url_for("public.desk"))


def agent_name() -> str:
    """Browser and system in a few words, as the browser names itself."""
    told = request.user_agent.string
    system = next(
        (name for name in ("Android", "iPhone", "iPad", "Windows", "Mac OS", "Linux") if name in told), ""
    )
    marks = {
        "MicroMessenger": "WeChat",
        "Edg/": "Edge",
        "Firefox/": "Firefox",
        "Chrome/": "Chrome",
        "Safari/": "Safari",
    }
    browser = next((name for mark, name in marks.items() if mark in told), "")
    return " · ".join(part for part in (browser, system) if part)


def answer(template: str, form: FlaskForm, **more: object) -> Page:
    return render_template(template, form=form, **more), 422 if request.method == "POST" else 200


@blueprint.route("/invitation/<token>", methods=["GET", "POST"])
@public("who was invited has no password yet; the token is good once and for a week")
def accept_invitation(token: str) -> Page:
    account, form = services.invited_account(token), InvitationForm()
    if form.validate_on_submit():
        try:
            services.accept_invitation(token, form.password.data or "")
        except NotFound:
            raise
        except Problem as problem:
            show_problem(form, problem)
        else:
            flash(_("Your password is set. Sign in with it."), "success")
            return redirect(url_for(".sign_in"))
    return answer("people/invitation.html", form, account=account)


def own_path(target: str | None) -> str | None:
    """The target, if it is a path of this site and nothing else."""
    if not target or not target.startswith("/") or target.startswith(("//", "/\\")) or "\\" in target:
        return None
    parts = urlsplit(target)
    return None if parts.scheme or parts.netloc else target


@blueprint.post("/sign-out")
@public("signing out twice does no harm")
def sign_out() -> AnyResponse:
    services.end_present_session(session.get("key", ""))
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
@csrf.exempt  # Nothing to forge, and public pages need no session for it.
@public("the language of the pages is everybody's choice")
def set_language() -> AnyResponse:
    language = request.form.get("language")
    if language in ("zh_Hans", "en"):
        session["language"] = language
    return redirect(own_path(request.form.get("next")) or url_for("public.home"))
