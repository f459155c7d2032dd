"""The public results page is made once for each version, kept, and asked after; who has a session gets the own page."""

from __future__ import annotations

import gzip

import pytest
from flask import Flask
from flask.testing import FlaskClient

from qzcompete.core.actor import SYSTEM
from qzcompete.core.transaction import unit
from qzcompete.public.board import Board
from qzcompete.registration.queries import entries
from qzcompete.results import services
from tests.results.contest import CODE, held_contest, publish

PAGE = f"/results/{CODE}"


@pytest.fixture
def board(app: Flask) -> Board:
    found = app.extensions["board"]
    assert isinstance(found, Board)
    return found


def disqualify_first(event_id: int) -> None:
    with unit():
        first = next(entry for entry in entries(event_id) if entry.name == "韦梅静")
        services.disqualify(SYSTEM, event_id, first.id, "冒名顶替")
        services.publish_results(SYSTEM, services.compile_results(SYSTEM, event_id).id, "取消成绩")


def test_the_page_is_made_once_and_sent_again_as_it_is(
    client: FlaskClient, board: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(held_contest())
    first = client.get(PAGE)
    monkeypatch.setattr(Board, "made", lambda *_asked: pytest.fail("made again"))

    again = client.get(PAGE)

    assert (again.status_code, again.data) == (200, first.data)
    assert "nonce-" not in again.headers["Content-Security-Policy"]
    assert again.headers["X-Content-Type-Options"] == "nosniff"


def test_who_has_the_page_gets_no_body_again(client: FlaskClient) -> None:
    publish(held_contest())
    tag = client.get(PAGE).headers["ETag"]

    answer = client.get(PAGE, headers={"If-None-Match": tag})

    assert (answer.status_code, answer.data) == (304, b"")


def test_the_compressed_page_is_the_same_page(client: FlaskClient) -> None:
    publish(held_contest())
    plain = client.get(PAGE).data

    packed = client.get(PAGE, headers={"Accept-Encoding": "gzip"})

    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data) == plain


def test_a_new_version_is_shown_with_its_reason_and_what_changed(client: FlaskClient) -> None:
    event = held_contest()
    publish(event)
    before = client.get(PAGE).text

    disqualify_first(event.id)
    after = client.get(PAGE).text

    assert "取消成绩" not in before
    assert "取消成绩" in after and "变更内容" in after


def test_a_reader_with_a_session_gets_the_own_page(client: FlaskClient, board: Board) -> None:
    publish(held_contest())
    client.get("/sign-in")

    client.get(PAGE)

    assert board.app.config["SESSION_COOKIE_NAME"] in {cookie.key for cookie in client._cookies.values()}
    assert client.get(PAGE).headers["Cache-Control"] == "no-store"


def test_what_is_not_public_is_not_found_and_not_kept(client: FlaskClient) -> None:
    held_contest()

    assert client.get(PAGE).status_code == 404
    assert client.get("/results/NOWHERE").status_code == 404
