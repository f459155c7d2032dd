"""What a stranger may ask: by which code, by which file. Nothing of the file is kept."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from qzcompete.adapters.signing.documents import SignatureCheck, check_document
from qzcompete.adapters.signing.keys import trusted_payload_keys
from qzcompete.adapters.signing.payload import opened_payload
from qzcompete.certificates import queries
from qzcompete.certificates.queries import Verification
from qzcompete.certificates.rules.record import read_record


@dataclass(frozen=True)
class FileVerification:
    """`state`: valid, replaced, revoked (of our record of this very file), invalid (changed), unknown."""

    state: str
    signature: SignatureCheck
    found: Verification


def verify_code(token: str, payload: str = "") -> Verification:
    """By the QR code; a signed record that is not ours, or of another certificate, makes it unknown."""
    found = queries.by_token(token)
    if payload and found.state != "unknown":
        packed = opened_payload(payload, trusted_payload_keys(queries.key_folder().trusted))
        record = read_record(packed) if packed else None
        if record is None or record.number != found.number:
            return Verification("unknown")
    return found


def check_file(content: bytes) -> FileVerification:
    """The signature of the file, and what became of the certificate whose file it is."""
    signature = check_document(content, queries.key_folder().trusted)
    found = queries.by_file(hashlib.sha256(content).hexdigest())
    if found.state == "unknown":
        # Not a file that we made, whoever signed it.
        state = "invalid" if signature.state == "invalid" else "unknown"
        return FileVerification(state, signature, found)
    return FileVerification(found.state, signature, found)
