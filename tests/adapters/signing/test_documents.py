"""Signed files: valid for our verifier and for poppler's, and no bit of them can be changed unseen."""

from __future__ import annotations

import io
import random
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from asn1crypto import keys as asn1_keys
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.timestamps import DummyTimeStamper

from qzcompete.adapters import pdf
from qzcompete.adapters.signing.documents import check_document, document_signer
from qzcompete.adapters.signing.keys import KeyFault, KeyFolder, key_folder, make_keys, rotate_keys

MOMENT = datetime(2026, 5, 20, 4, 0, tzinfo=UTC)
PAGE = '<html lang="zh-CN"><head><title>荣誉证书 陈丽华</title></head><body><h1>陈丽华</h1></body></html>'


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> KeyFolder:
    folder = key_folder(tmp_path_factory.mktemp("keys"))
    make_keys(folder, "钦州市职业技能竞赛组织委员会", MOMENT)
    return folder


@pytest.fixture(scope="module")
def plain() -> bytes:
    return pdf.render_pdf(PAGE)


@pytest.fixture(scope="module")
def signed(folder: KeyFolder, plain: bytes) -> bytes:
    return sign(folder, plain)


def sign(folder: KeyFolder, plain: bytes) -> bytes:
    signer = document_signer(folder)
    assert signer is not None
    return signer.sign(plain, MOMENT)


def test_a_signed_file_is_valid_with_the_public_keys_alone(folder: KeyFolder, signed: bytes) -> None:
    found = check_document(signed, folder.trusted)

    assert (found.state, found.signer) == ("valid", "钦州市职业技能竞赛组织委员会 证书签章")
    assert (found.signed_at, found.title) == (MOMENT, "荣誉证书 陈丽华")
    assert [path.name.split("-")[0] for path in sorted(folder.trusted.iterdir())] == ["authority", "payload"]


def test_poppler_says_valid(folder: KeyFolder, signed: bytes, tmp_path: Path) -> None:
    (tmp_path / "signed.pdf").write_bytes(signed)

    said = subprocess.run(["pdfsig", str(tmp_path / "signed.pdf")], capture_output=True, text=True).stdout

    assert "Signature is Valid" in said
    assert "ETSI.CAdES.detached" in said and "Total document signed" in said


def test_the_same_file_gets_the_same_bytes(folder: KeyFolder, plain: bytes, signed: bytes) -> None:
    assert sign(folder, plain) == signed


def test_no_bit_can_be_changed_unseen(folder: KeyFolder, signed: bytes) -> None:
    chosen = random.Random(18)
    hole = signed.rindex(b"/Contents <")
    places = [chosen.randrange(8, len(signed)) for _ in range(40)]
    # Where the signature itself lies, which it does not cover: envelope, padding, hexadecimal letters.
    places += [hole + 11 + step for step in range(0, 2000, 37)] + [hole + 9000]

    unseen = [
        place
        for place in places
        for bit in (chosen.randrange(8),)
        if check_document(flipped(signed, place, bit), folder.trusted).state == "valid"
    ]

    assert unseen == []


def flipped(content: bytes, place: int, bit: int) -> bytes:
    changed = bytearray(content)
    changed[min(place, len(content) - 1)] ^= 1 << bit
    return bytes(changed)


def test_a_stripped_signature_is_invalid(folder: KeyFolder, plain: bytes, signed: bytes) -> None:
    stripped = check_document(signed[: len(plain)], folder.trusted)

    assert (stripped.state, stripped.reason) == ("invalid", "unsigned")


def test_another_name_is_invalid(folder: KeyFolder, signed: bytes) -> None:
    with pikepdf.open(io.BytesIO(signed)) as opened:
        opened.docinfo["/Title"] = "荣誉证书 王芳"
        forged = io.BytesIO()
        opened.save(forged)

    assert check_document(forged.getvalue(), folder.trusted).state == "invalid"


def test_what_is_added_after_the_signature_is_invalid(folder: KeyFolder, signed: bytes) -> None:
    assert check_document(signed + b"\n% more\n", folder.trusted).state == "invalid"


def test_a_signer_that_nobody_trusts_is_unknown(folder: KeyFolder, plain: bytes, tmp_path: Path) -> None:
    other = key_folder(tmp_path)
    make_keys(other, "钦州市职业技能竞赛组织委员会", MOMENT)

    found = check_document(sign(other, plain), folder.trusted)

    assert (found.state, found.reason) == ("unknown", "untrusted")


@pytest.mark.parametrize("content", [b"", b"GIF89a", b"%PDF-1.7\nnothing"])
def test_what_is_no_certificate_is_unknown(folder: KeyFolder, content: bytes) -> None:
    assert check_document(content, folder.trusted).state == "unknown"


def test_old_files_stay_valid_after_the_keys_were_turned_over(plain: bytes, tmp_path: Path) -> None:
    folder = key_folder(tmp_path)
    make_keys(folder, "钦州市", MOMENT)
    before = sign(folder, plain)

    rotate_keys(folder, "钦州市", MOMENT)

    after = sign(folder, plain)
    assert before != after
    assert [check_document(one, folder.trusted).state for one in (before, after)] == ["valid", "valid"]


def test_keys_are_never_overwritten_and_are_the_owners_alone(folder: KeyFolder) -> None:
    before = folder.signing.read_bytes()

    with pytest.raises(KeyFault, match="nothing was changed"):
        make_keys(folder, "别处", MOMENT)

    assert folder.signing.read_bytes() == before
    assert folder.signing.stat().st_mode & 0o077 == 0
    assert (folder.path / "payload.pem").stat().st_mode & 0o077 == 0


def authority_of_time() -> Any:
    """Stamps by itself, with a key of its own, instead of a service in the network."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "时间戳机构")])
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(MOMENT)
        .not_valid_after(MOMENT + timedelta(days=365))
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)
        .sign(key, hashes.SHA256())
    )
    held = key.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return DummyTimeStamper(
        tsa_cert=asn1_x509.Certificate.load(certificate.public_bytes(serialization.Encoding.DER)),
        tsa_key=asn1_keys.PrivateKeyInfo.load(held),
        fixed_dt=MOMENT,
    )


def test_a_time_stamp_is_carried_when_an_authority_is_asked(
    folder: KeyFolder, plain: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("qzcompete.adapters.signing.documents._stamper", lambda url: authority_of_time())
    signer = document_signer(folder, "https://tsa.example.cn")
    assert signer is not None

    stamped = signer.sign(plain, MOMENT)

    (found,) = PdfFileReader(io.BytesIO(stamped)).embedded_regular_signatures
    (stamp,) = found.signer_info["unsigned_attrs"]
    assert stamp["type"].native == "signature_time_stamp_token"
    assert check_document(stamped, folder.trusted).state == "valid"
    assert check_document(flipped(stamped, 400, 1), folder.trusted).state == "invalid"
