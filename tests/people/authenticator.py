"""A device that keeps passkeys, as the browser speaks for it: it answers what the site asks, truly or with a fault."""

from __future__ import annotations

import hashlib
import json
import os
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from fido2.cose import ES256
from fido2.utils import websafe_encode
from fido2.webauthn import (
    Aaguid,
    AttestationObject,
    AttestedCredentialData,
    AuthenticatorData,
    CollectedClientData,
)

FLAG = AuthenticatorData.FLAG


class Authenticator:
    """`origin` is the page that asks; `signatures` how often the key has signed; `asks_owner` whether by finger or PIN."""

    def __init__(self, origin: str = "https://jn.example.cn") -> None:
        self.origin = origin
        self.id = os.urandom(32)
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.holder = ""
        self.signatures = 0
        self.asks_owner = True

    def make(self, options: dict[str, Any]) -> str:
        """The answer to the site's wish for a new passkey."""
        self.holder = options["user"]["id"]
        public = ES256.from_cryptography_key(self.key.public_key())
        credential = AttestedCredentialData.create(Aaguid(bytes(16)), self.id, public)
        data = self.data(options["rp"]["id"], FLAG.AT, credential)
        client = CollectedClientData.create("webauthn.create", options["challenge"], self.origin)
        response = {
            "clientDataJSON": client.b64,
            "attestationObject": websafe_encode(AttestationObject.create("none", data, {})),
        }
        return self.answer(response)

    def sign(self, options: dict[str, Any], **changed: Any) -> str:
        """The answer to the site's challenge; `changed` are members of the response that are not what they should be."""
        self.signatures += 1
        data = self.data(options["rpId"], FLAG(0))
        client = CollectedClientData.create("webauthn.get", options["challenge"], self.origin)
        response = {
            "clientDataJSON": client.b64,
            "authenticatorData": websafe_encode(data),
            "signature": websafe_encode(self.key.sign(data + client.hash, ec.ECDSA(hashes.SHA256()))),
            "userHandle": self.holder,
        }
        return self.answer(response | changed)

    def data(self, site: str, more: FLAG, credential: bytes = b"") -> AuthenticatorData:
        flags = FLAG.UP | more | (FLAG.UV if self.asks_owner else FLAG(0))
        return AuthenticatorData.create(
            hashlib.sha256(site.encode()).digest(), flags, self.signatures, credential
        )

    def answer(self, response: dict[str, str]) -> str:
        name = websafe_encode(self.id)
        return json.dumps({"id": name, "rawId": name, "type": "public-key", "response": response})
