"""Passkeys (W3C Web Authentication): a key that a device keeps, and uses only after it has asked its owner, by finger, face or PIN.

So it is both factors at once, and signs in by itself. It answers a challenge; each counts once and for some minutes only.
"""

from __future__ import annotations

import hashlib
import json
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from cryptography.exceptions import UnsupportedAlgorithm
from fido2 import cbor
from fido2.server import Fido2Server
from fido2.utils import websafe_decode
from fido2.webauthn import (
    AttestedCredentialData,
    AuthenticationResponse,
    AuthenticatorData,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialUserEntity,
    RegistrationResponse,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)
from flask import current_app
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from qzcompete.core import audit
from qzcompete.core.actor import Actor
from qzcompete.core.clock import now
from qzcompete.core.columns import blind_index
from qzcompete.core.errors import NotFound, RuleBroken
from qzcompete.extensions import db
from qzcompete.people.models import Account, Passkey
from qzcompete.people.services.second_factor import end_unneeded_codes, is_guarded, new_recovery_codes

CHALLENGE_LASTS = timedelta(minutes=10)
MOST_PASSKEYS = 10
LONGEST_ANSWER = 16_000
VERIFIED = UserVerificationRequirement.REQUIRED
# What the library raises for an answer that no browser gives.
UNREADABLE = (
    ValueError,
    TypeError,
    KeyError,
    IndexError,
    AttributeError,
    AssertionError,
    RecursionError,
    struct.error,
    UnsupportedAlgorithm,
)


@dataclass(frozen=True)
class Asked:
    """What the browser is asked, as JSON of Web Authentication; `state` is what the session keeps of it."""

    options: str
    state: dict[str, Any]


def site() -> Fido2Server | None:
    """The site as devices know it; None where it has no name, since no device keeps a key for a bare IP address."""
    address = urlsplit(current_app.config["QZ"].public_url)
    host = address.hostname or ""
    try:
        ip_address(host)
    except ValueError:
        origin = f"{address.scheme}://{address.netloc}"
        return Fido2Server(PublicKeyCredentialRpEntity(id=host, name=host), verify_origin=origin.__eq__)
    return None


def passkeys_possible() -> bool:
    return site() is not None


def known_site() -> Fido2Server:
    if (known := site()) is None:
        raise RuleBroken(
            _l("Passkeys need the site to have a name; it is opened by a bare address."), code="no_name"
        )
    return known


def keys_of(account: Account) -> list[Passkey]:
    """The account's passkeys, the oldest first."""
    return list(
        db.session.scalars(select(Passkey).where(Passkey.account_id == account.id).order_by(Passkey.id))
    )


def handle_of(account: Account) -> bytes:
    """What a device knows the account by; it tells nothing of it."""
    return bytes.fromhex(blind_index("passkey-holder", str(account.id)))


def ask_for_new_passkey(account: Account) -> Asked:
    """Ask the browser to make a passkey for the account, on a device that holds none of it yet."""
    options, state = known_site().register_begin(
        PublicKeyCredentialUserEntity(
            id=handle_of(account), name=account.username, display_name=account.name
        ),
        [AttestedCredentialData(key.credential) for key in keys_of(account)],
        resident_key_requirement=ResidentKeyRequirement.REQUIRED,
        user_verification=VERIFIED,
    )
    return asked(options, state)


def ask_for_passkey() -> Asked | None:
    """Ask the browser for whichever passkey of this site its owner chooses; None where there can be none."""
    known = site()
    return None if known is None else asked(*known.authenticate_begin(user_verification=VERIFIED))


def asked(options: Mapping[str, Any], state: dict[str, Any]) -> Asked:
    kept = {"challenge": state["challenge"], "at": now().timestamp()}
    return Asked(json.dumps(dict(options["publicKey"])), kept)


def checked_state(state: dict[str, Any] | None) -> dict[str, Any]:
    if not state or now().timestamp() - state["at"] > CHALLENGE_LASTS.total_seconds():
        raise RuleBroken(_l("That took too long. Try once more."), code="challenge_over")
    return state | {"user_verification": VERIFIED}


def refused() -> RuleBroken:
    return RuleBroken(
        _l("This passkey is not known here, or its answer does not fit. Sign in another way."), code="passkey"
    )


def add_passkey(
    actor: Actor, account: Account, name: str, state: dict[str, Any] | None, answer: str
) -> list[str]:
    """Keep the key that the browser made for the account after `ask_for_new_passkey`; returns the recovery codes where
    it is the account's first second factor."""
    expected = checked_state(state)
    if len(keys_of(account)) >= MOST_PASSKEYS:
        raise RuleBroken(_l("There are ten passkeys. Remove one first."), code="too_many_passkeys")
    try:
        told = read(answer, "clientDataJSON", "attestationObject")
        refuse_sizes(told["response"]["attestationObject"])
        made = known_site().register_complete(expected, RegistrationResponse.from_dict(told))
        credential = made.credential_data
        assert credential is not None
    except UNREADABLE as error:
        raise refused() from error
    first = not is_guarded(account)
    db.session.add(
        Passkey(
            account_id=account.id,
            name=name,
            credential_hash=hash_of(credential.credential_id),
            credential=bytes(credential),
            signatures=made.counter,
            created_at=now(),
        )
    )
    db.session.flush()
    audit.record(actor, "account.passkey_added", f"account:{account.id}", after={"name": name})
    return new_recovery_codes(actor, account) if first else []


def read(answer: str, *members: str) -> dict[str, Any]:
    """The members of the browser's answer that count. Each is text: a number the library would take for the size of
    as many bytes, and make room for them."""
    if len(answer) > LONGEST_ANSWER:
        raise ValueError("longer than any browser's answer")
    told = json.loads(answer)
    response = {name: told["response"][name] for name in members}
    if not all(isinstance(text, str) for text in (told["rawId"], *response.values())):
        raise TypeError("not a text")
    return {"rawId": told["rawId"], "response": response}


def refuse_sizes(attestation: str) -> None:
    """The same for what the device says of itself, which is packed by another rule (CBOR)."""
    packed: Any = cbor.decode(websafe_decode(attestation))
    if not isinstance(packed["authData"], bytes):
        raise TypeError("not bytes")


def hash_of(credential_id: bytes) -> str:
    return hashlib.sha256(credential_id).hexdigest()


def holder_of_passkey(state: dict[str, Any] | None, answer: str) -> Account:
    """The account whose passkey answered the challenge of `ask_for_passkey`; raises RuleBroken where none did."""
    expected = checked_state(state)
    try:
        members = ("clientDataJSON", "authenticatorData", "signature", "userHandle")
        told = AuthenticationResponse.from_dict(read(answer, *members))
        key = db.session.scalar(
            select(Passkey).where(Passkey.credential_hash == hash_of(told.raw_id)).with_for_update()
        )
        if key is None:
            raise refused()
        known_site().authenticate_complete(expected, [AttestedCredentialData(key.credential)], told)
        account = db.session.get_one(Account, key.account_id)
        if told.response.user_handle != handle_of(account):
            raise refused()
    except UNREADABLE as error:
        raise refused() from error
    count_use(key, told.response.authenticator_data, expected["at"])
    if not account.is_active:
        raise refused()
    return account


def count_use(key: Passkey, told: AuthenticatorData, asked_at: float) -> None:
    """A challenge from before the key's last use is used, or was; a count that does not grow is that of a copied key."""
    if key.used_at is not None and asked_at <= key.used_at.timestamp():
        raise RuleBroken(_l("That took too long. Try once more."), code="challenge_over")
    if (told.counter or key.signatures) and told.counter <= key.signatures:
        raise refused()
    key.signatures, key.used_at = told.counter, now()


def remove_passkey(actor: Actor, account: Account, passkey_id: int) -> None:
    """The device signs in no more; the account's sessions end, since the device may be lost."""
    key = db.session.get(Passkey, passkey_id)
    if key is None or key.account_id != account.id:
        raise NotFound()
    db.session.delete(key)
    db.session.flush()
    end_unneeded_codes(account)
    account.session_epoch += 1
    audit.record(actor, "account.passkey_removed", f"account:{account.id}", before={"name": key.name})
