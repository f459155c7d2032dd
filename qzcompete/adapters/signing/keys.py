"""The folder of signing keys: made once, turned over without a gap, read by signers and by verifiers.

`signing.p12` (with `signing.password`) signs PDF files, `payload.pem` (Ed25519) signs QR codes and credentials;
`trusted/` holds only public keys. What was trusted once stays there, so that old certificates stay verifiable.
"""

from __future__ import annotations

import base64
import hashlib
import os
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import NameOID

SIGNING, PASSWORD, PAYLOAD, TRUSTED, RETIRED = (
    "signing.p12",
    "signing.password",
    "payload.pem",
    "trusted",
    "retired",
)
AUTHORITY_YEARS, SIGNER_YEARS = 40, 10
# Bytes, as certificates count.
NAME_LIMIT = 64


class KeyFault(Exception):
    """A key cannot be made or read; the message says what to do."""


@dataclass(frozen=True)
class KeyFolder:
    """Where the keys lie. `signing` and `password` may come from elsewhere, by a setting."""

    path: Path
    signing: Path
    password: str = ""

    @property
    def trusted(self) -> Path:
        return self.path / TRUSTED

    def present(self) -> bool:
        return self.signing.exists() and (self.path / PAYLOAD).exists()

    def secret(self) -> bytes:
        if self.password:
            return self.password.encode()
        kept = self.path / PASSWORD
        return kept.read_bytes().strip() if kept.exists() else b""


def key_folder(data_dir: Path, signing: str = "", password: str = "") -> KeyFolder:  # nosec B107
    folder = data_dir / "keys"
    return KeyFolder(folder, Path(signing) if signing else folder / SIGNING, password)


def key_id(public: Ed25519PublicKey) -> bytes:
    """Four bytes that name an Ed25519 key."""
    return hashlib.sha256(raw(public)).digest()[:4]


def raw(public: Ed25519PublicKey) -> bytes:
    return public.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)


def key_name(identity: bytes) -> str:
    return base64.b32encode(identity).decode().rstrip("=")


def make_keys(folder: KeyFolder, organisation: str, moment: datetime) -> list[str]:
    """A self-signed authority, a signing key under it, an Ed25519 key; refuses where keys are already.

    Returns the names of the public files. The authority's own key is thrown away: it signs once."""
    if folder.signing.exists() or (folder.path / PAYLOAD).exists():
        raise KeyFault(
            f"There are keys in {folder.path} already; nothing was changed. Use `qzcompete keys rotate` for new ones."
        )
    folder.trusted.mkdir(parents=True, exist_ok=True)
    authority_key, signing_key = (
        ec.generate_private_key(ec.SECP256R1()),
        ec.generate_private_key(ec.SECP256R1()),
    )
    authority = authority_certificate(authority_key, organisation, moment)
    signer = signer_certificate(signing_key, authority_key, authority, organisation, moment)
    password = secrets.token_urlsafe(24).encode()
    packed = pkcs12.serialize_key_and_certificates(
        organisation.encode(),
        signing_key,
        signer,
        [authority],
        serialization.BestAvailableEncryption(password),
    )
    payload = Ed25519PrivateKey.generate()
    secret(folder.path / PASSWORD, password)
    secret(folder.path / SIGNING, packed)
    secret(
        folder.path / PAYLOAD,
        payload.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        ),
    )
    return [trust_authority(folder, authority), trust_payload(folder, payload.public_key())]


def rotate_keys(folder: KeyFolder, organisation: str, moment: datetime) -> list[str]:
    """New keys; the old private ones are put aside and their public ones stay trusted."""
    if not folder.present():
        raise KeyFault(f"There are no keys in {folder.path}: make them with `qzcompete keys make`.")
    aside = folder.path / RETIRED / moment.strftime("%Y%m%dT%H%M%S%f")
    aside.mkdir(parents=True)
    aside.chmod(0o700)
    for name in (SIGNING, PASSWORD, PAYLOAD):
        if (folder.path / name).exists():
            (folder.path / name).rename(aside / name)
    return make_keys(folder, organisation, moment)


def trust_authority(folder: KeyFolder, authority: x509.Certificate) -> str:
    name = f"authority-{authority.fingerprint(hashes.SHA256()).hex()[:16]}.pem"
    (folder.trusted / name).write_bytes(authority.public_bytes(serialization.Encoding.PEM))
    return name


def trust_payload(folder: KeyFolder, public: Ed25519PublicKey) -> str:
    name = f"payload-{key_name(key_id(public))}.pem"
    written = public.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    (folder.trusted / name).write_bytes(written)
    return name


def secret(path: Path, content: bytes) -> None:
    """Readable by the owner alone, on the disk before it is used."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def named(organisation: str, role: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "CN"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, cut(organisation, NAME_LIMIT)),
            x509.NameAttribute(
                NameOID.COMMON_NAME, f"{cut(organisation, NAME_LIMIT - len(role.encode()) - 1)} {role}"
            ),
        ]
    )


def cut(text: str, most: int) -> str:
    """At most so many bytes, no character cut in two."""
    return text.encode()[:most].decode(errors="ignore")


def authority_certificate(
    key: ec.EllipticCurvePrivateKey, organisation: str, moment: datetime
) -> x509.Certificate:
    name = named(organisation, "证书根")
    return (
        begun(name, name, key.public_key(), moment, AUTHORITY_YEARS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(usage(signs_certificates=True), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )


def signer_certificate(
    key: ec.EllipticCurvePrivateKey,
    authority_key: ec.EllipticCurvePrivateKey,
    authority: x509.Certificate,
    organisation: str,
    moment: datetime,
) -> x509.Certificate:
    issuer = authority_key.public_key()
    return (
        begun(named(organisation, "证书签章"), authority.subject, key.public_key(), moment, SIGNER_YEARS)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(usage(signs_certificates=False), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer), critical=False)
        .sign(authority_key, hashes.SHA256())
    )


def begun(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, moment: datetime, years: int
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(moment - timedelta(days=1))
        .not_valid_after(moment + timedelta(days=365 * years))
    )


def usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        content_commitment=not signs_certificates,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def payload_key(folder: KeyFolder) -> Ed25519PrivateKey | None:
    """The key that signs QR codes and credentials; None where no keys were made."""
    path = folder.path / PAYLOAD
    if not path.exists():
        return None
    found = serialization.load_pem_private_key(path.read_bytes(), password=None)
    if not isinstance(found, Ed25519PrivateKey):
        raise KeyFault(f"{path} is not an Ed25519 key")
    return found


def trusted_payload_keys(trusted: Path) -> dict[bytes, Ed25519PublicKey]:
    """Every key that ever signed QR codes, by its four bytes."""
    keys = {}
    for path in sorted(trusted.glob("payload-*.pem")):
        found = serialization.load_pem_public_key(path.read_bytes())
        if isinstance(found, Ed25519PublicKey):
            keys[key_id(found)] = found
    return keys
