"""The twin for machines: attached, signed, without a name, and its bit set once the certificate ends."""

from __future__ import annotations

import base64
import gzip
import hashlib
import io
from collections.abc import Callable

import jwt
import pikepdf
from flask import Flask
from flask.testing import FlaskClient

from qzcompete.certificates import queries, services
from qzcompete.core.actor import SYSTEM
from qzcompete.core.transaction import unit
from qzcompete.worker import Worker
from tests.results.contest import CODE, held_contest, publish


def issued(app: Flask) -> queries.Certificate:
    publish(held_contest())
    with unit():
        services.issue_batch(SYSTEM, CODE)
    Worker(app).run(until_idle=True)
    return queries.of_event(CODE)[0]


def attached(file: bytes) -> str:
    with pikepdf.open(io.BytesIO(file)) as opened:
        (spec,) = opened.Root.AF
        assert str(spec.AFRelationship) == "/Alternative"
        assert opened.attachments["credential.jwt"].obj.objgen == spec.objgen
        return spec.EF.F.read_bytes().decode()


def opened(client: FlaskClient, token: str) -> dict[str, object]:
    """By the key that the issuer's page names, as a stranger's software does."""
    (key,) = client.get("/credentials/issuer").json["keys"]
    assert jwt.get_unverified_header(token)["kid"] == key["kid"]
    found: dict[str, object] = jwt.decode(token, jwt.PyJWK(key).key, algorithms=["EdDSA"])
    return found


def bit(client: FlaskClient, status: dict[str, str]) -> int:
    path = status["statusListCredential"].split("/", 3)[3]
    told = opened(client, client.get(f"/{path}").text)["credentialSubject"]
    bits = gzip.decompress(base64.urlsafe_b64decode(told["encodedList"][1:] + "=="))  # type: ignore[index]
    index = int(status["statusListIndex"])
    assert len(bits) == 131_072 // 8
    return bits[index // 8] >> (7 - index % 8) & 1


def test_the_credential_is_signed_and_names_nobody(app: Flask, client: FlaskClient, keys: None) -> None:
    certificate = issued(app)

    token = attached(queries.files().get(certificate.file_hash or ""))
    told = opened(client, token)

    subject = told["credentialSubject"]
    (identity,) = subject["identifier"]  # type: ignore[index]
    assert told["type"] == ["VerifiableCredential", "OpenBadgeCredential"]
    assert subject["achievement"]["name"] == "一等奖"  # type: ignore[index]
    assert "韦梅静" not in str(told)
    fitting = hashlib.sha256(("韦梅静" + identity["salt"]).encode()).hexdigest()
    assert identity["identityHash"] == f"sha256${fitting}"


def test_the_bit_of_a_revoked_certificate_is_set(
    app: Flask, client: FlaskClient, keys: None, revoke: Callable[[int], None]
) -> None:
    certificate = issued(app)
    key, file = certificate.id, queries.files().get(certificate.file_hash or "")
    status = opened(client, attached(file))["credentialStatus"]

    before = bit(client, status)  # type: ignore[arg-type]
    revoke(key)
    after = bit(client, status)  # type: ignore[arg-type]

    assert (before, after) == (0, 1)
