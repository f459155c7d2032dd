"""What is the same for everybody travels compressed and is kept by browsers; what is of one reader does not and is not."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from qzcompete.core.pages import asset

GZIP = {"Accept-Encoding": "gzip, deflate, br"}
STATIC = Path(__file__).resolve().parents[2] / "static"
FILE = "css/tokens.css"


def test_static_file_travels_compressed_to_who_takes_it(client: FlaskClient) -> None:
    packed, whole = client.get(f"/static/{FILE}", headers=GZIP), client.get(f"/static/{FILE}")

    assert (packed.headers["Content-Encoding"], packed.content_length) == ("gzip", len(packed.data))
    assert gzip.decompress(packed.data) == whole.data == (STATIC / FILE).read_bytes()
    assert packed.headers["Vary"] == whole.headers["Vary"] == "Accept-Encoding"


def test_file_that_is_known_is_not_sent_again_in_either_encoding(client: FlaskClient) -> None:
    tag = client.get(f"/static/{FILE}", headers=GZIP).headers["ETag"]

    again = [client.get(f"/static/{FILE}", headers={"If-None-Match": tag} | more) for more in (GZIP, {})]

    assert tag.startswith('W/"')
    assert [(one.status_code, one.headers["ETag"]) for one in again] == [(304, tag), (304, tag)]


@pytest.mark.parametrize("old", ["", "?v=0123456789ab"])
def test_only_the_address_of_the_file_as_it_is_now_is_kept_for_ever(client: FlaskClient, old: str) -> None:
    with client.application.test_request_context():
        now = asset(FILE)

    assert "immutable" in client.get(now).headers["Cache-Control"]
    assert client.get(f"/static/{FILE}{old}").headers["Cache-Control"] == "no-cache"


def test_part_of_a_file_is_sent_as_it_is(client: FlaskClient) -> None:
    part = client.get(f"/static/{FILE}", headers=GZIP | {"Range": "bytes=0-9"})

    assert (part.status_code, len(part.data)) == (206, 10)
    assert "Content-Encoding" not in part.headers


def test_page_is_compressed_only_without_a_session(client: FlaskClient) -> None:
    first = client.get("/tablet/", headers=GZIP)

    begins = client.get("/sign-in", headers=GZIP)
    then = client.get("/tablet/", headers=GZIP)

    assert (first.headers["Content-Encoding"], begins.headers.get("Content-Encoding")) == ("gzip", None)
    assert begins.headers["Set-Cookie"] and "Content-Encoding" not in then.headers
    assert "Accept-Encoding" in then.headers["Vary"]
