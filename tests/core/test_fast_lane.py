"""What is answered before Flask looks like every other answer, and its errors are Flask's."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from qzcompete.core.errors import Busy
from qzcompete.core.fast_lane import FastLane, show_error
from qzcompete.core.permissions import public


@pytest.fixture
def laned(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Callable[..., FlaskClient]:
    """A client of the application of which one route has a lane that does as told."""

    def lane(answering: Callable[..., object]) -> FlaskClient:
        monkeypatch.setattr(
            app, "wsgi_app", FastLane(app, "marking_api.grants", "/api/v1/tablet/grants", answering)
        )
        monkeypatch.setitem(app.view_functions, "marking_api.grants", public("a test")(show_error))
        return app.test_client()

    return lane


def test_answer_has_the_headers_of_every_answer_of_data(laned: Callable[..., FlaskClient]) -> None:
    client = laned(lambda app, environ: {"word": "钦州"})

    answer, usual = client.post("/api/v1/tablet/grants"), client.get("/api/v1/tablet/pack")

    assert (answer.status_code, answer.json) == (200, {"word": "钦州"})
    assert set(answer.headers.keys()) == set(usual.headers.keys()) - {"Vary"}
    assert {name: answer.headers[name] for name in SAME} == {name: usual.headers[name] for name in SAME}


SAME = ("Cache-Control", "Content-Security-Policy", "X-Content-Type-Options", "Referrer-Policy")


def test_error_is_shown_as_any_other(laned: Callable[..., FlaskClient]) -> None:
    def busy(app: Flask, environ: object) -> None:
        raise Busy()

    answer = laned(busy).post("/api/v1/tablet/grants")

    assert (answer.status_code, answer.mimetype) == (503, "application/problem+json")
    assert (answer.json["code"], answer.headers["Retry-After"]) == ("busy", "5")  # type: ignore[index]


def test_unknown_error_tells_nothing_of_its_inside(laned: Callable[..., FlaskClient]) -> None:
    def broken(app: Flask, environ: object) -> None:
        raise ZeroDivisionError("secret")

    answer = laned(broken).post("/api/v1/tablet/grants")

    assert answer.status_code == 500
    assert "secret" not in answer.text


def test_other_requests_pass_by(laned: Callable[..., FlaskClient]) -> None:
    client = laned(lambda app, environ: {})

    assert client.get("/api/v1/tablet/grants").status_code == 405
