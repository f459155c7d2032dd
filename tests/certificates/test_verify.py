"""Verification by code, by file and by number: what a stranger sees, and how often they may ask."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from qzcompete.adapters.sheets import read_sheets
from qzcompete.adapters.signing.documents import check_document
from qzcompete.certificates import queries, services
from qzcompete.certificates.models import Certificate
from qzcompete.core.actor import SYSTEM
from qzcompete.core.transaction import unit
from qzcompete.extensions import db
from qzcompete.people.services import ensure_organisation
from qzcompete.registration.models import Entry
from qzcompete.worker import Worker
from tests.results.contest import CODE, held_contest, publish

SignIn = Callable[..., FlaskClient]


@pytest.fixture
def issued(app: Flask, keys: None) -> Certificate:
    """The first of three, signed."""
    publish(held_contest())
    with unit():
        services.issue_batch(SYSTEM, CODE)
    Worker(app).run(until_idle=True)
    return queries.of_event(CODE)[0]


def content(certificate: Certificate) -> bytes:
    return queries.files().get(certificate.file_hash or "")


def dropped(client: FlaskClient, file: bytes) -> str:
    answer = client.post("/verify/file", data={"file": (io.BytesIO(file), "证书.pdf")})
    assert answer.status_code == 200
    return answer.text


def test_each_file_is_signed_and_its_code_carries_a_signed_record(
    client: FlaskClient, issued: Certificate
) -> None:
    url = services.certificate_text(issued).verify_url
    path = url[url.index("/V/") :]

    page = client.get(path)

    assert check_document(content(issued), queries.key_folder().trusted).state == "valid"
    assert page.status_code == 200 and "真实有效" in page.text
    assert client.get(path.lower().replace("/v/", "/v/")).status_code == 200


def test_a_code_with_a_record_that_was_changed_is_unknown(client: FlaskClient, issued: Certificate) -> None:
    url = services.certificate_text(issued).verify_url
    other = services.certificate_text(queries.of_event(CODE)[1]).verify_url
    token, payload = url.rsplit("/", 2)[1:]

    changed = client.get(f"/V/{token}/{payload[:-8]}{'A' * 8}")
    swapped = client.get(f"/V/{token}/{other.rsplit('/', 1)[1]}")

    assert (changed.status_code, swapped.status_code) == (404, 404)


def test_a_dropped_file_is_valid_until_its_certificate_is_revoked(
    client: FlaskClient, issued: Certificate, revoke: Callable[[int], None]
) -> None:
    file, key = content(issued), issued.id

    before = dropped(client, file)
    revoke(key)
    after = dropped(client, file)

    assert "真实有效" in before and "韦*" in before and "韦梅静" not in before
    assert "签名后未被改动" in before
    assert "该证书已被撤销" in after


@pytest.mark.parametrize("place", [900, 60_000, -40])
def test_a_file_with_one_bit_changed_is_not_genuine(
    client: FlaskClient, issued: Certificate, place: int
) -> None:
    changed = bytearray(content(issued))
    changed[place] ^= 4

    assert "不是原件" in dropped(client, bytes(changed))


def test_a_file_without_its_signature_is_not_genuine(client: FlaskClient, issued: Certificate) -> None:
    file = content(issued)
    stripped = file[: file.index(b"%%EOF") + 6]

    assert "不是原件" in dropped(client, stripped)


def test_a_strange_file_is_unknown_and_none_is_asked_for(client: FlaskClient, issued: Certificate) -> None:
    assert "不是我们制发的原件" in dropped(client, b"GIF89a")
    assert client.post("/verify/file", data={}).status_code == 422


def test_an_address_that_asks_too_often_must_wait(client: FlaskClient, issued: Certificate) -> None:
    data = {"number": issued.number, "name": "王芳"}

    answers = [client.post("/verify", data=data).status_code for _ in range(22)]

    assert answers == [200] * 20 + [429] * 2


def test_the_page_for_phones_has_the_public_keys_and_no_secret(
    client: FlaskClient, issued: Certificate
) -> None:
    page, worker, told = (client.get(path) for path in ("/V/", "/V/worker.js", "/V/keys.json"))

    assert (page.status_code, worker.status_code) == (200, 200)
    assert "离线查验" in page.text
    assert "javascript" in worker.mimetype
    assert all(len(key) == 44 for key in told.json.values()) and told.json


def test_the_ledger_and_the_archive_hold_what_was_issued(sign_in: SignIn, issued: Certificate) -> None:
    year, number = issued.issued_on.year, issued.number
    officer = sign_in("officer")

    book = officer.get(f"/certificates/ledger-{year}.xlsx")
    packed = officer.get(f"/office/events/{CODE}/certificates.zip")

    (rows,) = read_sheets(book.data).values.values()
    assert [row[0] for row in rows[1:]] == [row.number for row in queries.of_event(CODE)]
    assert rows[1][0] == number and rows[1][8] == "有效"
    with zipfile.ZipFile(io.BytesIO(packed.data)) as archive:
        assert archive.namelist() == [f"{row.number}.pdf" for row in queries.of_event(CODE)]
        assert archive.read(f"{number}.pdf")[:5] == b"%PDF-"


def test_an_institution_gets_the_certificates_of_its_own_entrants_alone(
    sign_in: SignIn, issued: Certificate
) -> None:
    own = queries.of_person(issued.person_id or 0)[0]
    with unit():
        organisation = ensure_organisation(SYSTEM, "钦州市技工学校", "school", None).id
        db.session.get_one(Entry, own.entry_id).organisation_id = organisation
    key, number = issued.id, issued.number
    ours = sign_in("institution", ("organisation", organisation), username="ours")
    others = sign_in("institution", ("organisation", 9999), username="others")

    assert number in ours.get("/unit/certificates").text
    assert ours.get(f"/certificates/{key}.pdf").status_code == 200
    assert number not in others.get("/unit/certificates").text
    assert others.get(f"/certificates/{key}.pdf").status_code == 403
    assert others.get("/unit/certificates.zip").headers["Location"] == "/unit/certificates"
