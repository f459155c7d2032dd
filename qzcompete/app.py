"""Makes the application: settings, extensions, blueprints, errors. The only place where all is wired."""

from __future__ import annotations

import logging
import re
from importlib import import_module
from pathlib import Path
from typing import Any
from uuid import uuid4

from flask import (
    Flask,
    Response,
    current_app,
    flash,
    g,
    has_request_context,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask_login import logout_user
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DataError, IntegrityError, OperationalError
from werkzeug.exceptions import HTTPException
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import IntegerConverter, Map

from qzcompete.config import Settings, load_settings
from qzcompete.core import audit, compression, pages, shown, transaction
from qzcompete.core.clock import now
from qzcompete.core.errors import Problem
from qzcompete.core.fast_lane import FastLane
from qzcompete.core.logs import log_requests
from qzcompete.core.problems import ShownProblem, problem_for, problem_json, retry_headers, wants_json
from qzcompete.extensions import babel, csrf, db, login_manager, migrate
from qzcompete.navigation import navigation, unread_messages
from qzcompete.public.kept_pages import Family, KeptPages
from qzcompete.public.queries import board_stamp, verification_stamp

ROOT = Path(__file__).resolve().parent.parent

# Every slice with tables: a foreign key names its table by string, so all are loaded before the first query.
TABLES = (
    "people",
    "notices",
    "marking",
    "competitions",
    "registration",
    "results",
    "selection",
    "certificates",
    "api",
    "oversight",
)
# Every blueprint, and so every edge.
BLUEPRINTS = (
    "qzcompete.public.views:blueprint",
    "qzcompete.people.views:blueprint",
    "qzcompete.notices.views:blueprint",
    "qzcompete.marking.views:blueprint",
    "qzcompete.marking.views.tablet:blueprint",
    "qzcompete.marking.api:blueprint",
    "qzcompete.competitions.views:blueprint",
    "qzcompete.planning.views:blueprint",
    "qzcompete.planning.views.calendar:blueprint",
    "qzcompete.registration.views:blueprint",
    "qzcompete.registration.views.ceremony:blueprint",
    "qzcompete.registration.views.admission:blueprint",
    "qzcompete.registration.views.quotas:blueprint",
    "qzcompete.registration.views.check_in:blueprint",
    "qzcompete.registration.views.nominations:blueprint",
    "qzcompete.registration.views.own_entries:blueprint",
    "qzcompete.registration.views.persons:blueprint",
    "qzcompete.selection.views:blueprint",
    "qzcompete.selection.views.studios:blueprint",
    "qzcompete.certificates.views:blueprint",
    "qzcompete.results.views:blueprint",
    "qzcompete.results.views.own:blueprint",
    "qzcompete.oversight.views:blueprint",
    "qzcompete.operation.metrics:blueprint",
    "qzcompete.api.api:blueprint",
    "qzcompete.api.views:blueprint",
    "qzcompete.results.views:competition",
    "qzcompete.results.views.appeals:blueprint",
    "qzcompete.results.views.promotions:blueprint",
)


OPEN_WITHOUT_SECOND_FACTOR = (
    "people.begin_second_factor",
    "people.set_second_factor",
    "people.new_passkey",
    "people.add_passkey",
    "people.sign_out",
    "people.set_language",
    "static",
)


class KeyConverter(IntegerConverter):
    """The key of a row; a greater number than a database holds is no such page."""

    def __init__(self, map: Map, fixed_digits: int = 0, min: int | None = None, max: int = 2**63 - 1) -> None:
        super().__init__(map, fixed_digits, min, max)


class Application(Flask):
    def dispatch_request(self) -> Response:
        """Answer, then commit: an error of the commit is still an error of this request."""
        return transaction.tried(self.committed)

    def committed(self) -> Response:
        response = self.make_response(super().dispatch_request())
        transaction.finish(response)
        return response


def create_app(settings: Settings | None = None) -> Flask:
    settings = settings or load_settings()
    app = Application(
        "qzcompete",
        template_folder=str(ROOT / "templates"),
        static_folder=str(ROOT / "static"),
        root_path=str(ROOT),
    )
    app.config.from_mapping(settings.for_flask())
    app.url_map.converters["int"] = KeyConverter
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = str(ROOT / "qzcompete" / "translations")
    app.jinja_options = {"trim_blocks": True, "lstrip_blocks": True}
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    bind_extensions(app)
    compression.install(app)
    pages.install(app)
    shown.install(app)
    log_requests(app)
    app.context_processor(lambda: {"navigation": navigation, "unread_messages": unread_messages})
    app.before_request(end_old_session)
    app.before_request(name_request)
    app.before_request(ask_for_second_factor)
    show_errors(app)
    for slice_name in TABLES:
        import_module(f"qzcompete.{slice_name}.models")
    for path in BLUEPRINTS:
        module, name = path.split(":")
        blueprint = getattr(import_module(module), name)
        app.register_blueprint(blueprint)
        if module.endswith(".api"):
            # An API takes no cookie, so there is nothing to forge.
            csrf.exempt(blueprint)
    kept = app.extensions["kept_pages"] = KeptPages(app, kept_families())
    app.wsgi_app = kept  # type: ignore[assignment, method-assign]
    marks = import_module("qzcompete.marking.api")
    app.wsgi_app = FastLane(app, "marking_api.ops", "/api/v1/tablet/ops", marks.receive_ops)  # type: ignore[method-assign]
    return app


def kept_families() -> dict[str, Family]:
    """The public pages that a whole city may ask for at once, by the beginning of their path."""
    return {
        "results": Family(re.compile(r"([A-Za-z0-9-]{1,40})"), board_stamp, stored=True),
        # As it stands in the QR code: with the signed record behind it, which the view verifies once.
        "V": Family(
            re.compile(r"([A-Z2-7]{26})(/[A-Z2-7]+)?"),
            verification_stamp,
            stored=False,
            # No certificate is issued, replaced or revoked without a row of this chain.
            state=lambda: audit.end_of("office"),
        ),
    }


def bind_extensions(app: Flask) -> None:
    db.init_app(app)
    migrate.init_app(app, db, directory=str(ROOT / "migrations"), compare_type=True, render_as_batch=True)
    csrf.init_app(app)
    babel.init_app(app, locale_selector=chosen_language, timezone_selector=lambda: "Asia/Shanghai")
    login_manager.init_app(app)
    login_manager.session_protection = None
    login_manager.user_loader(load_account)
    with app.app_context():
        transaction.prepare_engine(db.engine, app.config["QZ"].lock_timeout_s)


def load_account(key: str) -> Any:
    from qzcompete.people.queries import account_for_session

    return account_for_session(key, session.get("key", ""))


def chosen_language() -> str:
    """Of the session; a command and a job have none."""
    return (session.get("language") if has_request_context() else None) or "zh_Hans"


def end_old_session() -> None:
    """A session ends after some idle minutes, and in any case after some hours."""
    if request.endpoint == "static" or "signed_in_at" not in session:
        return
    settings: Settings = current_app.config["QZ"]
    moment = int(now().timestamp())
    idle = moment - int(session.get("seen_at", 0))
    age = moment - int(session["signed_in_at"])
    if idle > settings.session_idle_minutes * 60 or age > settings.session_hours * 3600:
        logout_user()
        session.pop("signed_in_at", None)
    elif idle > 60:
        session["seen_at"] = moment


def ask_for_second_factor() -> Any:
    """Who must have a second factor and has none does nothing before it is set up."""
    if request.endpoint not in OPEN_WITHOUT_SECOND_FACTOR and session.get("must_enrol"):
        return redirect(url_for("people.set_second_factor"))
    return None


def name_request() -> None:
    g.request_id = uuid4().hex[:16]


def pressed_on(problem: ShownProblem) -> str | None:
    """The page whose button broke a rule: it can say so itself, at the place and as it now stands."""
    page = request.referrer or ""
    button = request.method == "POST" and "HX-Request" not in request.headers
    if problem.status not in (409, 422) or not button or not page.startswith(request.host_url):
        return None
    return page


def show_errors(app: Flask) -> None:
    """Every error is one problem, shown as a page or as problem+json."""

    def show(error: Exception) -> Any:
        problem = problem_for(error)
        db.session.rollback()
        if problem.status == 401 and not wants_json(request):
            here = request.full_path.rstrip("?") if request.method == "GET" else None
            return redirect(url_for("people.sign_in", next=here))
        if problem.status >= 500:
            # The page of an error asks the database nothing: it may be what failed.
            g._login_user = login_manager.anonymous_user()
            logging.getLogger("qzcompete").error("request %s failed", g.get("request_id"), exc_info=error)
        if wants_json(request):
            return problem_json(problem)
        page = pressed_on(problem)
        if page is not None:
            flash(str(problem.message or problem.what_to_do), "danger")
            return redirect(page, 303)
        page = render_template("errors/problem.html", problem=problem)
        return page, problem.status, retry_headers(problem.status)

    for kind in (Problem, HTTPException, CSRFError, DataError, IntegrityError, OperationalError, Exception):
        app.register_error_handler(kind, show)
