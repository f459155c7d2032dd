"""What a QR code carries besides its address: a short record with an Ed25519 signature, in base 32.

version (1 byte) · key (4 bytes) · signature (64 bytes) · record. The signature covers version, key and record.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from qzcompete.adapters.signing.keys import key_id

VERSION = b"\x01"
SIGNATURE = slice(5, 69)


def signed_payload(key: Ed25519PrivateKey, record: bytes) -> str:
    head = VERSION + key_id(key.public_key())
    packed = head + key.sign(head + record) + record
    return base64.b32encode(packed).decode().rstrip("=")


def opened_payload(text: str, keys: Mapping[bytes, Ed25519PublicKey]) -> bytes | None:
    """The record, where one of the keys signed it; else None."""
    try:
        packed = base64.b32decode(text.upper() + "=" * (-len(text) % 8))
    except (binascii.Error, ValueError):
        return None
    key = keys.get(packed[1:5])
    if packed[:1] != VERSION or key is None or signed_text(packed) != text.upper():
        return None
    try:
        key.verify(packed[SIGNATURE], packed[:5] + packed[69:])
    except InvalidSignature:
        return None
    return packed[69:]


def signed_text(packed: bytes) -> str:
    return base64.b32encode(packed).decode().rstrip("=")
