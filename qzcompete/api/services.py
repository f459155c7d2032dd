"""Gives tokens to programs, takes them back, and answers a repeated request as the first time."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from flask_babel import lazy_gettext as _l

from qzcompete.api.models import ApiAnswer, ApiToken
from qzcompete.api.queries import TokenCard, token_hash
from qzcompete.core import audit
from qzcompete.core.actor import Actor
from qzcompete.core.clock import now
from qzcompete.core.errors import NotFound, RuleBroken
from qzcompete.extensions import db

SCOPES = {
    "archive.read": _l("Read whole events with marks and names"),
    "archive.write": _l("Bring events in"),
}
LONGEST_DAYS = 366


def make_token(actor: Actor, name: str, scopes: list[str], days: int) -> str:
    """A new token, shown this once: `qz_` and 43 signs."""
    if not name.strip():
        raise RuleBroken(_l("Say which program will use it."), field="name")
    if not scopes or set(scopes) - SCOPES.keys():
        raise RuleBroken(_l("Choose what the program may do."), field="scopes")
    if not 1 <= days <= LONGEST_DAYS:
        raise RuleBroken(_l("A token holds for 1 to %(most)s days.", most=LONGEST_DAYS), field="days")
    token = "qz_" + secrets.token_urlsafe(32)
    row = ApiToken(
        name=name.strip(),
        token_hash=token_hash(token),
        scopes=sorted(scopes),
        account_id=actor.account_id,
        created_at=now(),
        expires_at=now() + timedelta(days=days),
    )
    db.session.add(row)
    db.session.flush()
    audit.record(
        actor, "api_token.made", f"api_token:{row.id}", after={"name": row.name, "scopes": row.scopes}
    )
    return token


def revoke_token(actor: Actor, token_id: int) -> None:
    row = db.session.get(ApiToken, token_id, with_for_update=True)
    if row is None:
        raise NotFound()
    row.revoked_at = row.revoked_at or now()
    audit.record(actor, "api_token.revoked", f"api_token:{row.id}")


def answered_once(
    token: TokenCard, key: str, body: Any, act: Callable[[], tuple[Any, int]]
) -> tuple[Any, int]:
    """What `act` answers, or answered when the same token sent the same body under this key before.

    Raises RuleBroken (`key_reuse`) where the body is another one."""
    text = json.dumps(body, ensure_ascii=False, sort_keys=True)
    request_hash = hashlib.sha256(text.encode()).hexdigest()
    # The token's row is held, so that the same request sent twice at once acts once.
    db.session.get_one(ApiToken, token.id, with_for_update=True)
    known = db.session.get(ApiAnswer, (token.id, token_hash(key)))
    if known is not None:
        if known.request_hash != request_hash:
            raise RuleBroken(_l("This Idempotency-Key was used for another request."), code="key_reuse")
        return known.body, known.status
    answer, status = act()
    db.session.add(
        ApiAnswer(
            token_id=token.id,
            key=token_hash(key),
            request_hash=request_hash,
            status=status,
            body=answer,
            answered_at=now(),
        )
    )
    return answer, status
