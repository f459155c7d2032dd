"""Signing in and out: lock-out, sessions that end, forged forms, addresses elsewhere."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from qzcompete import app as application
from qzcompete.core import clock
from qzcompete.core.actor import SYSTEM
from qzcompete.core.transaction import unit
from qzcompete.people import services
from tests.conftest import PASSWORD


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Callable[[timedelta], None]:
    """Let time pass at the places that ask the clock for sessions and locks."""

    def pass_by(span: timedelta) -> None:
        for module in (application, services.accounts):
            monkeypatch.setattr(module, "now", lambda: clock.now() + span)

    return pass_by


@pytest.fixture
def visitor(app: Flask) -> FlaskClient:
    """Somebody with an account, not signed in, without the tokens of forms."""
    with unit():
        services.create_account(SYSTEM, "wei", "韦梅静", PASSWORD, [("officer", ("city", 0))])
    app.config["WTF_CSRF_ENABLED"] = False
    return app.test_client()


def enter(client: FlaskClient, password: str = PASSWORD, target: str = "/sign-in") -> int:
    return client.post(target, data={"username": "wei", "password": password}).status_code


def test_the_desk_is_open_after_signing_in_and_closed_after_signing_out(visitor: FlaskClient) -> None:
    assert enter(visitor) == 302
    assert visitor.get("/desk").status_code == 200

    visitor.post("/sign-out")

    assert visitor.get("/desk").headers["Location"] == "/sign-in?next=/desk"


def test_the_right_password_is_refused_while_locked_and_taken_afterwards(
    visitor: FlaskClient, later: Callable[[timedelta], None]
) -> None:
    for _ in range(5):
        assert enter(visitor, "wrong-horse-99") == 422

    assert enter(visitor) == 422
    later(timedelta(minutes=16))
    assert enter(visitor) == 302


def test_four_wrong_passwords_do_not_lock(visitor: FlaskClient) -> None:
    for _ in range(4):
        enter(visitor, "wrong-horse-99")

    assert enter(visitor) == 302


@pytest.mark.parametrize(
    ("span", "status"),
    [(timedelta(minutes=29), 200), (timedelta(minutes=31), 302), (timedelta(hours=13), 302)],
)
def test_a_session_ends_when_nobody_used_it(
    visitor: FlaskClient, later: Callable[[timedelta], None], span: timedelta, status: int
) -> None:
    enter(visitor)

    later(span)

    assert visitor.get("/desk").status_code == status


def test_a_session_ends_after_twelve_hours_however_busy(
    visitor: FlaskClient, later: Callable[[timedelta], None]
) -> None:
    enter(visitor)

    statuses = []
    for minutes in range(25, 12 * 60 + 30, 25):
        later(timedelta(minutes=minutes))
        statuses.append(visitor.get("/desk").status_code)

    assert statuses == [200] * 28 + [302]


def test_an_answer_brings_no_cookie_when_the_session_is_as_it_was(visitor: FlaskClient) -> None:
    enter(visitor)
    visitor.get("/desk")

    assert "Set-Cookie" not in visitor.get("/desk").headers


def test_a_changed_password_ends_the_other_sessions_and_keeps_this_one(
    app: Flask, visitor: FlaskClient
) -> None:
    other = app.test_client()
    enter(visitor)
    enter(other)

    form = {"old_password": PASSWORD, "password": "another-horse-77", "again": "another-horse-77"}
    answer = visitor.post("/account/password", data=form)

    assert answer.headers["Location"] == "/account/security"
    assert (visitor.get("/desk").status_code, other.get("/desk").status_code) == (200, 302)


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example",
        "//evil.example",
        "/\\evil.example",
        "/%09/evil.example",
        "javascript:alert(1)",
        "desk",
    ],
)
def test_signing_in_leads_to_the_own_desk_when_the_next_page_is_elsewhere(
    visitor: FlaskClient, target: str
) -> None:
    answer = visitor.post(f"/sign-in?next={target}", data={"username": "wei", "password": PASSWORD})

    assert answer.headers["Location"] == "/desk"


def test_a_form_without_its_token_is_refused(app: Flask, visitor: FlaskClient) -> None:
    app.config["WTF_CSRF_ENABLED"] = True

    assert enter(visitor) == 400


def test_a_form_with_its_token_is_taken(app: Flask, visitor: FlaskClient) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    page = visitor.get("/sign-in").text
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    assert found is not None

    form = {"username": "wei", "password": PASSWORD, "csrf_token": found[1]}

    assert visitor.post("/sign-in", data=form).status_code == 302


def test_the_chosen_language_stays_after_signing_in(visitor: FlaskClient) -> None:
    visitor.post("/language", data={"language": "en"})

    enter(visitor)

    assert 'lang="en"' in visitor.get("/desk").text
