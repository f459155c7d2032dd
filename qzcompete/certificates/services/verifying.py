"""What a stranger may ask: how often, by which code, by which file. Nothing of the file is kept."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass

from flask import current_app
from flask_babel import lazy_gettext as _l
from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError

from qzcompete.adapters.signing.documents import SignatureCheck, check_document
from qzcompete.adapters.signing.keys import trusted_payload_keys
from qzcompete.adapters.signing.payload import opened_payload
from qzcompete.certificates import queries
from qzcompete.certificates.models import VerificationTry
from qzcompete.certificates.queries import Verification
from qzcompete.certificates.rules.record import read_record
from qzcompete.core.clock import now
from qzcompete.core.errors import Problem
from qzcompete.core.transaction import keep
from qzcompete.extensions import db

WINDOW_SECONDS = 300
MOST_TRIES = 20
KEPT_WINDOWS = 12


class TooMany(Problem):
    status, code = 429, "too_many"


@dataclass(frozen=True)
class FileVerification:
    """`state`: valid, replaced, revoked (of our record of this very file), invalid (changed), unknown."""

    state: str
    signature: SignatureCheck
    found: Verification


def count_try(address: str) -> None:
    """Count a try of this address, in the database, for all workers; refuse what is too many. Commits."""
    secret = current_app.config["QZ"].secret_key.encode()
    hidden = hmac.new(secret, f"verify:{address}".encode(), hashlib.sha256).hexdigest()
    window = int(now().timestamp()) // WINDOW_SECONDS
    tries = one_more(hidden, window)
    db.session.execute(delete(VerificationTry).where(VerificationTry.window < window - KEPT_WINDOWS))
    keep()
    if tries > MOST_TRIES:
        raise TooMany(_l("From your network certificates were verified very often. Wait five minutes."))


def one_more(hidden: str, window: int) -> int:
    row = db.session.get(VerificationTry, (hidden, window), with_for_update=True, populate_existing=True)
    if row is None:
        try:
            with db.session.begin_nested():
                db.session.add(VerificationTry(address=hidden, window=window, tries=1))
            return 1
        except IntegrityError:
            row = db.session.get_one(
                VerificationTry, (hidden, window), with_for_update=True, populate_existing=True
            )
    row.tries += 1
    return row.tries


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
