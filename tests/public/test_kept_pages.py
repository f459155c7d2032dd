"""Public pages are made once for each version, kept, and asked after; who has a session gets the own page."""

from __future__ import annotations

import gzip

import pytest
from flask.testing import FlaskClient

from qzcompete.certificates import queries as certificates
from qzcompete.certificates import services as issuing
from qzcompete.core.actor import CITY, SYSTEM
from qzcompete.core.transaction import unit
from qzcompete.people.services import create_account
from qzcompete.public.kept_pages import KeptPages
from qzcompete.registration.queries import entries
from qzcompete.results import services
from tests.results.contest import CODE, held_contest, publish

PAGE = f"/results/{CODE}"


def disqualify_first(event_id: int) -> None:
    with unit():
        first = next(entry for entry in entries(event_id) if entry.name == "韦梅静")
        services.disqualify(SYSTEM, event_id, first.id, "冒名顶替")
        services.publish_results(SYSTEM, services.compile_results(SYSTEM, event_id).id, "取消成绩")


def test_the_page_is_made_once_and_sent_again_as_it_is(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(held_contest())
    first = client.get(PAGE)
    monkeypatch.setattr(KeptPages, "made", lambda *_asked: pytest.fail("made again"))

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


def test_a_reader_with_a_session_gets_the_own_page(client: FlaskClient) -> None:
    publish(held_contest())
    client.get("/sign-in")

    client.get(PAGE)

    assert "qz_session" in {cookie.key for cookie in client._cookies.values()}
    assert client.get(PAGE).headers["Cache-Control"] == "no-store"


def test_what_is_not_public_is_not_found_and_not_kept(client: FlaskClient) -> None:
    held_contest()

    assert client.get(PAGE).status_code == 404
    assert client.get("/results/NOWHERE").status_code == 404


def test_a_reader_without_a_session_gets_none_and_may_choose_the_language(
    client: FlaskClient,
) -> None:
    publish(held_contest())

    answers = [client.get(PAGE), client.get("/")]
    client.post("/language", data={"language": "en", "next": PAGE})

    assert all("Set-Cookie" not in answer.headers for answer in answers)
    assert "Results" in client.get(PAGE).text


def certificate_path() -> str:
    publish(held_contest())
    with unit():
        issuing.issue_batch(SYSTEM, CODE)
    return f"/V/{certificates.of_event(CODE)[0].token}"


def test_the_page_of_a_code_is_made_once_and_stored_by_nobody(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = certificate_path()
    first = client.get(path)
    monkeypatch.setattr(KeptPages, "made", lambda *_asked: pytest.fail("made again"))

    again = client.get(path)

    assert (again.status_code, again.data) == (200, first.data)
    assert "真实有效" in first.text
    assert again.headers["Cache-Control"] == "no-store" and "ETag" not in again.headers


def test_a_certificate_that_is_revoked_is_said_to_be_so_at_once(client: FlaskClient) -> None:
    path = certificate_path()
    client.get(path)

    key = certificates.of_event(CODE)[0].id
    with unit():
        first, second = (
            create_account(SYSTEM, name, name, "correct-horse-9", [("officer", CITY)]).actor
            for name in ("first", "second")
        )
        issuing.ask_revocation(first, key, "弄虚作假")
        issuing.confirm_revocation(second, key)

    assert "已撤销" in client.get(path).text


@pytest.mark.parametrize("path", ["/V/" + "A" * 26, "/V/short", "/V/", "/v/" + "a" * 26])
def test_a_code_that_is_none_is_answered_by_the_view(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == (200 if path == "/V/" else 404)
