"""A form that another site sends in somebody's name is refused, whatever it asks for: every POST needs the token of a page."""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask
from flask.testing import FlaskClient

from qzcompete.extensions import csrf
from tests.house.test_access_matrix import nowhere

# Programs and tablets: they show a token of their own in a header, which no other site can make a browser send.
BY_TOKEN = ("/api/",)
# Kept pages that belong to no session, and what they ask for changes nothing: a look-up, the language of the reader.
CHANGE_NOTHING = {"/verify", "/verify/file", "/language"}


def posts(app: Flask) -> list[str]:
    return sorted({rule.rule for rule in app.url_map.iter_rules() if "POST" in (rule.methods or ())})


def test_every_post_without_a_token_is_refused(app: Flask, sign_in: Callable[..., FlaskClient]) -> None:
    client = sign_in("admin")
    app.config["WTF_CSRF_ENABLED"] = True

    answers = {
        path: client.post(nowhere(path), data={"name": "x"}).status_code
        for path in posts(app)
        if not path.startswith(BY_TOKEN) and path not in CHANGE_NOTHING
    }

    assert len(answers) > 200
    assert {path: code for path, code in answers.items() if code != 400} == {}


def test_a_token_of_another_session_is_refused(app: Flask, sign_in: Callable[..., FlaskClient]) -> None:
    client, stranger = sign_in("admin"), app.test_client()
    app.config["WTF_CSRF_ENABLED"] = True
    token = stranger.get("/sign-in").text.split('name="csrf_token"')[1].split('value="')[1].split('"')[0]

    answer = client.post("/organisations/1", data={"name": "假单位", "kind": "school", "csrf_token": token})

    assert answer.status_code == 400


def test_only_what_shows_a_token_of_its_own_needs_none(app: Flask) -> None:
    exempt = {
        rule.rule
        for rule in app.url_map.iter_rules()
        if f"{app.view_functions[rule.endpoint].__module__}.{app.view_functions[rule.endpoint].__name__}"
        in csrf._exempt_views
        or app.blueprints.get(rule.endpoint.rpartition(".")[0]) in csrf._exempt_blueprints
    }

    assert [path for path in sorted(exempt) if not path.startswith(BY_TOKEN)] == sorted(CHANGE_NOTHING)
