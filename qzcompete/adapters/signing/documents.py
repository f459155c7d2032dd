"""PDF files signed by pyHanko (PAdES B-B, B-T with a time-stamp authority) and verified without a network.

The key object is kept between documents: read anew for each, it costs more than the signature. The same file
with the same moment gives the same bytes as long as no time stamp is asked for.
"""

from __future__ import annotations

import asyncio
import hashlib
import io
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from qzcompete.adapters.signing.keys import KeyFault, KeyFolder

FIELD = "QinzhouSignature"
RESERVED, RESERVED_WITH_STAMP = 8192, 24576
GREATEST_FILE = 8 * 1024 * 1024


@dataclass(frozen=True)
class SignatureCheck:
    """`state`: valid · invalid (changed, or no signature) · unknown (no PDF, or a signer that is not trusted)."""

    state: str
    reason: str = ""
    signer: str = ""
    signed_at: datetime | None = None
    title: str = ""


class DocumentSigner:
    """Signs files with one key. Make it once and keep it."""

    def __init__(self, folder: KeyFolder, timestamp_url: str = "") -> None:
        from cryptography.hazmat.primitives.serialization import pkcs12

        try:
            packed = pkcs12.load_key_and_certificates(folder.signing.read_bytes(), folder.secret())
        except (OSError, ValueError) as error:
            raise KeyFault(
                f"{folder.signing} cannot be read as PKCS#12: check the file and its password"
            ) from error
        key, certificate, others = packed
        if key is None or certificate is None:
            raise KeyFault(f"{folder.signing} holds no key with its certificate")
        self._signer = _signer_class()(key, certificate, others)
        self._stamper = _stamper(timestamp_url) if timestamp_url else None

    def sign(self, content: bytes, moment: datetime, reason: str = "") -> bytes:
        from pyhanko.sign import fields, signers

        told = signers.PdfSignatureMetadata(
            field_name=FIELD,
            md_algorithm="sha256",
            subfilter=fields.SigSeedSubFilter.PADES,
            reason=reason or None,
        )
        fresh = hashlib.sha256(content + moment.isoformat().encode()).digest()[:16]
        writer = _update_class()(io.BytesIO(content), fresh)
        signer = _timed_class()(told, signer=self._signer, timestamper=self._stamper)
        signer.moment = moment
        reserved = RESERVED_WITH_STAMP if self._stamper else RESERVED
        written = asyncio.run(signer.async_sign_pdf(writer, bytes_reserved=reserved))
        return bytes(written.getvalue())


@cache
def _update_class() -> Any:
    from pyhanko.pdf_utils import generic
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

    class SteadyUpdate(IncrementalPdfFileWriter):
        """Adds to the file without dates of the machine and without a random identity."""

        def __init__(self, file: io.BytesIO, fresh: bytes) -> None:
            super().__init__(file)
            self._document_id[1] = generic.ByteStringObject(fresh)

        def _update_meta(self) -> None:
            """The metadata stays as it was printed."""

    return SteadyUpdate


@cache
def _timed_class() -> Any:
    from pyhanko.sign.signers.pdf_signer import PdfSigner

    class TimedSigner(PdfSigner):
        """Writes the moment that it is given, not that of the machine."""

        moment: datetime

        def init_signing_session(self, *args: Any, **kwargs: Any) -> Any:
            session = super().init_signing_session(*args, **kwargs)
            session.system_time = self.moment
            return session

    return TimedSigner


@cache
def _signer_class() -> Any:
    from asn1crypto import x509 as asn1  # type: ignore[import-untyped]
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec, padding
    from cryptography.hazmat.primitives.serialization import Encoding
    from pyhanko.sign.signers.pdf_cms import Signer
    from pyhanko_certvalidator.registry import SimpleCertificateStore

    def simple(certificate: Any) -> Any:
        return asn1.Certificate.load(certificate.public_bytes(Encoding.DER))

    class KeptKeySigner(Signer):
        """Keeps the key object, and signs the same bytes with the same signature."""

        def __init__(self, key: Any, certificate: Any, others: Sequence[Any]) -> None:
            self._key = key
            store = SimpleCertificateStore()
            store.register_multiple([simple(one) for one in others])
            # Without the root in each file: a verifier has it, or the file proves nothing.
            super().__init__(signing_cert=simple(certificate), cert_registry=store, embed_roots=False)

        async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:
            if dry_run:
                return bytes(512)
            if digest_algorithm != "sha256":
                raise KeyFault(f"A key that must be used with {digest_algorithm} is not supported")
            algorithm = hashes.SHA256()
            if isinstance(self._key, ec.EllipticCurvePrivateKey):
                return self._key.sign(data, ec.ECDSA(algorithm, deterministic_signing=True))
            return bytes(self._key.sign(data, padding.PKCS1v15(), algorithm))

    return KeptKeySigner


def _stamper(url: str) -> Any:
    from pyhanko.sign.timestamps import HTTPTimeStamper

    return HTTPTimeStamper(url, timeout=20)


def document_signer(folder: KeyFolder, timestamp_url: str = "") -> DocumentSigner | None:
    """The signer of the present key, kept until the file changes; None where no key was made."""
    try:
        stamp = folder.signing.stat().st_mtime_ns
    except FileNotFoundError:
        return None
    return _kept_signer(folder, timestamp_url, stamp)


@lru_cache(maxsize=4)
def _kept_signer(folder: KeyFolder, timestamp_url: str, _stamp: int) -> DocumentSigner:
    return DocumentSigner(folder, timestamp_url)


def check_document(content: bytes, trusted: Path) -> SignatureCheck:
    """What the signature of this file says, with the public keys of the folder alone. Never raises for a bad file."""
    if len(content) > GREATEST_FILE:
        return SignatureCheck("unknown", "too_large")
    if not content.startswith(b"%PDF-"):
        return SignatureCheck("unknown", "not_pdf")
    try:
        return _checked(content, _roots(trusted))
    except Exception:
        # Whatever a made-up file breaks within the reader: it is no certificate of ours.
        return SignatureCheck("invalid" if b"/ByteRange" in content else "unknown", "unreadable")


def _checked(content: bytes, roots: Sequence[Any]) -> SignatureCheck:
    from pyhanko.pdf_utils.reader import PdfFileReader
    from pyhanko.sign.diff_analysis import ModificationLevel
    from pyhanko.sign.validation import validate_pdf_signature
    from pyhanko.sign.validation.status import SignatureCoverageLevel
    from pyhanko_certvalidator import ValidationContext

    reader = PdfFileReader(io.BytesIO(content))
    title = str(reader.trailer["/Info"].get("/Title", "")) if "/Info" in reader.trailer else ""
    signatures = list(reader.embedded_regular_signatures)
    if not signatures:
        return SignatureCheck("invalid", "unsigned", title=title)
    found = signatures[0]
    found.compute_integrity_info()
    moment = found.self_reported_timestamp or datetime.now(UTC)
    # Judged at the moment of signing: a key that was turned over, or has run out, signed well in its time.
    context = ValidationContext(trust_roots=list(roots), allow_fetching=False, moment=moment)
    status = validate_pdf_signature(found, context)
    signer = str(found.signer_cert.subject.native.get("common_name", ""))
    told = SignatureCheck("valid", "", signer, moment.astimezone(UTC), title)
    whole = (
        len(signatures) == 1
        and _as_written(content, found)
        and status.coverage == SignatureCoverageLevel.ENTIRE_FILE
        and status.modification_level in (None, ModificationLevel.NONE)
    )
    if not (status.intact and status.valid and whole):
        return replace(told, state="invalid", reason="changed")
    if not status.trusted:
        return replace(told, state="unknown", reason="untrusted")
    return told


def _as_written(content: bytes, found: Any) -> bool:
    """Whether the signature's own place, which it cannot cover, holds it as it was written and nothing else.

    Readers forgive much in the envelope; here a bit changed there counts as changed, as anywhere in the file."""
    start, length, second, _ = (int(value) for value in found.byte_range)
    held = content[start + length : second]
    packed = bytes.fromhex(held[1:-1].decode("ascii"))
    envelope = _envelope(found.signer_info, found.signer_cert)
    if found.signer_info["unsigned_attrs"].native:  # a time stamp is signed by itself
        envelope = bytes(found.signed_data.dump())
        return held == b"<" + packed.hex().upper().encode() + b">" and envelope in packed
    return held == b"<" + (envelope + bytes(len(packed) - len(envelope))).hex().upper().encode() + b">"


def _envelope(signer_info: Any, certificate: Any) -> bytes:
    """The CMS object as the signer writes it, made again from what is signed."""
    from asn1crypto import cms

    digest = {"algorithm": signer_info["digest_algorithm"]["algorithm"].native}
    signed = cms.SignerInfo(
        {
            "version": "v1",
            "sid": cms.SignerIdentifier(
                {
                    "issuer_and_serial_number": {
                        "issuer": certificate.issuer,
                        "serial_number": certificate.serial_number,
                    }
                }
            ),
            "digest_algorithm": digest,
            "signature_algorithm": {"algorithm": signer_info["signature_algorithm"]["algorithm"].native},
            "signature": signer_info["signature"].native,
            "signed_attrs": signer_info["signed_attrs"],
        }
    )
    data = {
        "version": "v1",
        "digest_algorithms": [digest],
        "encap_content_info": {"content_type": "data"},
        "certificates": [certificate],
        "signer_infos": [signed],
    }
    return bytes(cms.ContentInfo({"content_type": "signed_data", "content": cms.SignedData(data)}).dump())


def _roots(trusted: Path) -> list[Any]:
    from asn1crypto import pem
    from asn1crypto import x509 as asn1

    roots = []
    for path in sorted(trusted.glob("authority-*.pem")):
        _, _, encoded = pem.unarmor(path.read_bytes())
        roots.append(asn1.Certificate.load(encoded))
    return roots
