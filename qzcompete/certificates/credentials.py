"""What certificates say to machines: the public keys. Touches no table and no request."""

from __future__ import annotations

import base64
from pathlib import Path

from qzcompete.adapters.signing.keys import key_name, raw, trusted_payload_keys


def public_keys(trusted: Path) -> dict[str, str]:
    """Every Ed25519 key that ever signed codes, by its name in base 32, in base64."""
    return {
        key_name(identity): base64.b64encode(raw(key)).decode()
        for identity, key in trusted_payload_keys(trusted).items()
    }
