"""What goes wrong is one page or one problem+json, without a trace, and nothing private reaches the log."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, text
from sqlalchemy.exc import DBAPIError, OperationalError

from qzcompete.core.logs import JsonLines
from qzcompete.extensions import db


@pytest.fixture
def database_away() -> Iterator[Callable[[], None]]:
    def refuse(*_: object) -> None:
        raise OperationalError("SELECT 1", {}, Exception("the server closed the connection"))

    yield lambda: event.listen(db.engine, "before_cursor_execute", refuse)
    event.remove(db.engine, "before_cursor_execute", refuse)


def test_a_missing_page_is_a_page_for_people_and_json_for_programs(client: FlaskClient) -> None:
    page = client.get("/no-such-page")
    document = client.get("/no-such-page", headers={"Accept": "application/json"})

    assert (page.status_code, page.mimetype) == (404, "text/html")
    assert (document.status_code, document.mimetype) == (404, "application/problem+json")
    assert (document.json or {})["code"] == "not_found"


def test_the_problem_speaks_the_chosen_language(client: FlaskClient) -> None:
    client.post("/language", data={"language": "en"})
    client.application.config["WTF_CSRF_ENABLED"] = False
    client.post("/language", data={"language": "en"})

    answer = client.get("/no-such-page", headers={"Accept": "application/json"})

    assert (answer.json or {})["title"] == "There is no such page"


def test_somebody_signed_in_gets_a_page_when_the_database_is_away(
    sign_in: Callable[..., FlaskClient], database_away: Callable[[], None]
) -> None:
    client = sign_in("officer")
    database_away()

    answer = client.get("/desk")

    assert answer.status_code == 503
    assert "Traceback" not in answer.text
    assert "closed the connection" not in answer.text


def test_a_key_beyond_what_a_database_holds_is_no_such_page(sign_in: Callable[..., FlaskClient]) -> None:
    client = sign_in("officer")

    assert client.get("/jobs/99999999999999999999").status_code == 404
    assert client.get("/jobs?page=" + "9" * 5000).status_code == 200


def test_static_files_ask_the_database_nothing(sign_in: Callable[..., FlaskClient]) -> None:
    client = sign_in("officer")
    asked: list[str] = []

    def listen(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        asked.append(statement)

    event.listen(db.engine, "before_cursor_execute", listen)
    try:
        answer = client.get("/static/css/tokens.css")
    finally:
        event.remove(db.engine, "before_cursor_execute", listen)

    assert answer.status_code == 200
    assert asked == []
    assert "Set-Cookie" not in answer.headers


def test_values_do_not_reach_the_text_of_a_database_error(app: Flask) -> None:
    with pytest.raises(DBAPIError) as failed:
        db.session.execute(text("SELECT :number FROM nothing"), {"number": "450702199001011234"})

    assert "450702199001011234" not in str(failed.value)


def test_a_request_is_logged_by_account_number_and_without_its_query(
    sign_in: Callable[..., FlaskClient], caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logging.getLogger("qzcompete"), "propagate", True)
    client = sign_in("admin", username="weimeijing")

    with caplog.at_level(logging.INFO, "qzcompete.request"):
        client.get("/accounts?q=450702199001011234")

    lines = [JsonLines().format(record) for record in caplog.records if record.name == "qzcompete.request"]
    assert json.loads(lines[-1])["endpoint"] == "people.accounts"
    assert json.loads(lines[-1])["account"].isdigit()
    assert not any(private in "".join(lines) for private in ("450702199001011234", "weimeijing"))


def test_every_page_has_a_policy_with_a_nonce_of_its_own(client: FlaskClient) -> None:
    first, second = client.get("/"), client.get("/")

    policies = [answer.headers["Content-Security-Policy"] for answer in (first, second)]

    assert policies[0] != policies[1]
    assert all("'nonce-" in policy and "unsafe" not in policy for policy in policies)
    assert first.headers["X-Content-Type-Options"] == "nosniff"
    assert first.headers["Cache-Control"] == "no-store"
