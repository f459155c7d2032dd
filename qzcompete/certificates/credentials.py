"""The structured twin of a certificate: an Open Badges 3.0 credential as JWT (EdDSA), and the list of those that ended.

Touches no table and no request. It holds no name: only a salted hash by which a name can be compared.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from qzcompete.adapters.signing.keys import key_id, key_name, raw, trusted_payload_keys
from qzcompete.certificates.rules.text import CertificateText

# The least length of a list, so that one entry hides among many.
LIST_SIZE = 131_072
MOST_LISTS = 1000
CONTEXTS = [
    "https://www.w3.org/ns/credentials/v2",
    "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
]


def public_keys(trusted: Path) -> dict[str, str]:
    """Every Ed25519 key that ever signed codes, by its name in base 32, in base64."""
    return {
        key_name(identity): base64.b64encode(raw(key)).decode()
        for identity, key in trusted_payload_keys(trusted).items()
    }


def issuer(public_url: str, trusted: Path) -> dict[str, Any]:
    """Who issues, with every key that ever signed, as JSON Web Keys."""
    return {
        "@context": CONTEXTS,
        "id": issuer_id(public_url),
        "type": ["Profile"],
        "name": "钦州市职业技能竞赛组织委员会",
        "keys": [json_web_key(key) for key in trusted_payload_keys(trusted).values()],
    }


def issuer_id(public_url: str) -> str:
    return f"{public_url}/credentials/issuer"


def json_web_key(key: Ed25519PublicKey) -> dict[str, str]:
    encoded = base64.urlsafe_b64encode(raw(key)).decode().rstrip("=")
    return {"kty": "OKP", "crv": "Ed25519", "alg": "EdDSA", "kid": key_name(key_id(key)), "x": encoded}


def credential(
    key: Ed25519PrivateKey, public_url: str, text: CertificateText, certificate_id: int, moment: datetime
) -> str:
    """The credential of one certificate; the same certificate, the same text."""
    page = text.verify_url.split("/V/")[0] + "/v/" + text.verify_url.split("/V/")[1].split("/")[0]
    salt = hashlib.sha256(page.encode()).hexdigest()[:16]
    identity = hashlib.sha256(f"{text.name}{salt}".encode()).hexdigest()
    list_number, index = divmod(certificate_id, LIST_SIZE)
    status = f"{public_url}/credentials/status/{list_number}"
    claims: dict[str, Any] = {
        "@context": CONTEXTS,
        "id": page,
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "issuer": {"id": issuer_id(public_url), "type": ["Profile"], "name": text.committee},
        "validFrom": moment.isoformat(),
        "name": f"{text.competition} {text.event} {text.award}".strip(),
        "credentialSubject": {
            "type": ["AchievementSubject"],
            "identifier": [
                {
                    "type": "IdentityObject",
                    "hashed": True,
                    "identityHash": f"sha256${identity}",
                    "identityType": "name",
                    "salt": salt,
                }
            ],
            "achievement": {
                "id": f"{page}#achievement",
                "type": ["Achievement"],
                "name": text.award or text.level,
                "description": f"{text.competition} {text.event}".strip(),
                "criteria": {"narrative": text.competition or text.committee},
            },
        },
        "credentialStatus": {
            "id": f"{status}#{index}",
            "type": "BitstringStatusListEntry",
            "statusPurpose": "revocation",
            "statusListIndex": str(index),
            "statusListCredential": status,
        },
    }
    claims |= {"iss": issuer_id(public_url), "jti": page, "nbf": int(moment.timestamp())}
    return signed(key, claims)


def status_list(key: Ed25519PrivateKey, public_url: str, number: int, ended: Iterable[int]) -> str:
    """A signed list of LIST_SIZE bits, the first at the highest place of the first byte."""
    bits = bytearray(LIST_SIZE // 8)
    for certificate_id in ended:
        index = certificate_id % LIST_SIZE
        bits[index // 8] |= 0x80 >> index % 8
    packed = base64.urlsafe_b64encode(gzip.compress(bytes(bits), mtime=0)).decode().rstrip("=")
    address = f"{public_url}/credentials/status/{number}"
    claims = {
        "@context": CONTEXTS[:1],
        "id": address,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": issuer_id(public_url),
        "credentialSubject": {
            "id": f"{address}#list",
            "type": "BitstringStatusList",
            "statusPurpose": "revocation",
            "encodedList": f"u{packed}",
        },
    }
    return signed(key, claims)


def signed(key: Ed25519PrivateKey, claims: dict[str, Any]) -> str:
    headers = {"kid": key_name(key_id(key.public_key())), "typ": "vc+jwt"}
    return jwt.encode(claims, key, algorithm="EdDSA", headers=headers)
