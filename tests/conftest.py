"""Fixtures of all tests: an application on an empty database, a held clock, clients by role."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextvars import Context
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, text

from qzcompete.adapters.messages import KeptLetters
from qzcompete.app import create_app
from qzcompete.config import Settings, load_settings
from qzcompete.core.actor import CITY, SYSTEM, Scope
from qzcompete.core.transaction import unit
from qzcompete.extensions import db
from qzcompete.marking.services import ledger
from qzcompete.notices import jobs as message_jobs
from qzcompete.notices.models import Message
from qzcompete.notices.queries.messages import messages_of_kind
from qzcompete.notices.services import messages as message_services
from tests import overposting
from tests.postgres import Cluster, cluster

PASSWORD = "correct-horse-9"
OVERPOST = os.environ.get("TEST_OVERPOST") == "1"
HERE = Path(__file__).resolve().parent
LONGEST = ("test_tablet", "test_axe", "test_crawl", "test_first_walk", "test_faults", "test_tablet_kinds")
LONG = (HERE / "e2e", HERE / "drills")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The long journeys and drills first, the longest before all, so that at the end no process waits for another."""

    def place(item: pytest.Item) -> tuple[bool, int]:
        long = any(item.path.is_relative_to(folder) for folder in LONG)
        return not long, LONGEST.index(item.path.stem) if item.path.stem in LONGEST else len(LONGEST)

    items.sort(key=place)


@pytest.fixture(scope="session", autouse=True)
def light_passwords() -> Iterator[None]:
    """Hashes that cost little: a test signs in hundreds of times. Servers in processes of their own use the real ones."""
    from qzcompete.people.services import accounts

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(accounts, "hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
        yield


@pytest.fixture(scope="session")
def settings(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings of an application of its own; with TEST_ENGINE=postgresql it is on PostgreSQL."""
    environ = {"QZ_DATA_DIR": str(tmp_path_factory.mktemp("data")), "QZ_SECRET_KEY": "k" * 40}
    environ["QZ_SECOND_FACTOR_ROLES"] = ""
    if os.environ.get("TEST_ENGINE") == "postgresql":
        environ["QZ_DATABASE_URL"] = request.getfixturevalue("postgres").database("tests")
    return load_settings(environ)


class Visitor(FlaskClient):
    """A client whose requests stand alone, as those of a server: Flask would else lend them the context of the
    test, and with it the account, the language and the session of the request before."""

    def open(self, *args: Any, **kwargs: Any) -> Any:
        if OVERPOST and kwargs.get("method") == "POST" and isinstance(kwargs.get("data"), dict):
            kwargs["data"] = overposting.with_more(self.application, args[0], kwargs["data"])
        answer = Context().run(super().open, *args, **kwargs)
        # What the test has read before is read anew.
        db.session.rollback()
        return answer


@pytest.fixture(scope="session")
def postgres() -> Iterator[Cluster]:
    """The PostgreSQL server of this process: `postgres.database("name")` is the URL of a new, empty database."""
    with cluster() as running:
        yield running
        if app := APPS.pop("postgresql", None):
            with app.app_context():
                db.engine.dispose()


@pytest.fixture(scope="session")
def whole_app(settings: Settings) -> Iterator[Flask]:
    app = made_app(settings)
    app.config["TESTING"] = False
    # Each test has a database of its own: a page of the one before must not be shown.
    app.extensions["kept_pages"].patience = 0
    yield app
    with app.app_context():
        db.engine.dispose()


def made_app(settings: Settings) -> Flask:
    """The application with its tables. No test proves by it that the disk keeps anything, so it waits for none."""
    app = create_app(settings)
    app.test_client_class = Visitor
    with app.app_context():
        if db.engine.dialect.name == "sqlite":
            event.listen(db.engine, "connect", lambda made, _: made.execute("PRAGMA synchronous=OFF"))
        db.create_all()
    return app


@pytest.fixture
def app(whole_app: Flask) -> Iterator[Flask]:
    """The application, in an application context, on empty tables."""
    with whole_app.app_context():
        db.session.rollback()
        yield whole_app
        db.session.remove()
        whole_app.config["WTF_CSRF_ENABLED"] = True
        empty_tables()


def empty_tables() -> None:
    with unit():
        if postgresql := db.engine.dialect.name == "postgresql":
            # Keys that point here and there are of no interest while all goes; numbers begin at 1 again.
            db.session.execute(text("SET LOCAL session_replication_role = replica"))
        filled = set(db.session.scalars(text(which_are_filled())))
        overposted = overposting.rows_with_more(filled) if OVERPOST else []
        for table in reversed(db.metadata.sorted_tables):
            if table.name in filled:
                db.session.execute(table.delete())
        if postgresql:
            db.session.execute(text(BEGIN_AT_1))
    db.session.remove()
    # A held clock opens the next assessment at the same moment under the same number.
    ledger.BOOKS.clear()
    assert not overposted


BEGIN_AT_1 = "SELECT setval(sequencename::text, 1, false) FROM pg_sequences WHERE last_value IS NOT NULL"


@cache
def which_are_filled() -> str:
    names = [table.name for table in db.metadata.sorted_tables]
    return " UNION ALL ".join(f"SELECT '{name}' WHERE EXISTS (SELECT 1 FROM {name})" for name in names)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def sign_in(app: Flask) -> Callable[..., FlaskClient]:
    """A client signed in as a new account: `sign_in("officer")`, `sign_in("judge", ("assessment", 3))`."""
    from qzcompete.people.services import create_account

    def signed_in(
        role: str, scope: Scope = CITY, username: str | None = None, person_id: int | None = None
    ) -> FlaskClient:
        name = username or f"{role}-user"
        with unit():
            create_account(SYSTEM, name, role, PASSWORD, [(role, scope)], person_id=person_id)
        app.config["WTF_CSRF_ENABLED"] = False
        client = app.test_client()
        answer = client.post("/sign-in", data={"username": name, "password": PASSWORD})
        assert answer.status_code == 302, answer.text
        return client

    return signed_in


@pytest.fixture(params=["sqlite", "postgresql"])
def both_engines(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The application on each engine in turn, in an application context, on empty tables."""
    with engine_app(request, tmp_path_factory).app_context():
        db.session.rollback()
        yield APPS[request.param]
        db.session.remove()
        empty_tables()


APPS: dict[str, Flask] = {}


def engine_app(request: pytest.FixtureRequest, folders: pytest.TempPathFactory) -> Flask:
    if request.param not in APPS:
        environ = {"QZ_DATA_DIR": str(folders.mktemp(request.param)), "QZ_SECRET_KEY": "k" * 40}
        if request.param == "postgresql":
            environ["QZ_DATABASE_URL"] = request.getfixturevalue("postgres").database("engines")
        APPS[request.param] = made_app(load_settings(environ))
    return APPS[request.param]


class Outbox:
    """The messages that the application has posted, and the copies that left it."""

    def __init__(self) -> None:
        self.mail = KeptLetters()
        self.texts = KeptLetters()

    def of_kind(self, kind: str) -> Sequence[Message]:
        return messages_of_kind(kind)


@pytest.fixture
def outbox(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Outbox:
    """E-mail and short messages are set up, and what leaves is kept here."""
    kept = Outbox()
    carriers = {"email": kept.mail, "sms": kept.texts}
    for module in (message_services, message_jobs):
        monkeypatch.setattr(module, "carrier_of", carriers.get)
    return kept
