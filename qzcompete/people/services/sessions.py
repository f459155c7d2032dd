"""Sign-ins that last: each has a row, so that its owner sees it and can end it from elsewhere."""

from __future__ import annotations

import secrets
from datetime import timedelta

from sqlalchemy import delete, update

from qzcompete.core import audit
from qzcompete.core.actor import Actor
from qzcompete.core.clock import now
from qzcompete.core.errors import NotFound
from qzcompete.extensions import db
from qzcompete.people.models import Account, SignInSession
from qzcompete.people.queries import session_hash


def begin_session(account: Account, agent: str, hours: int) -> str:
    """A new session of the account; returns the key that its cookie carries. Rows that have run out are removed."""
    key, moment = secrets.token_urlsafe(24), now()
    db.session.execute(
        delete(SignInSession).where(
            SignInSession.account_id == account.id, SignInSession.started_at < moment - timedelta(hours=hours)
        )
    )
    db.session.add(
        SignInSession(account_id=account.id, key_hash=session_hash(key), agent=agent, started_at=moment)
    )
    audit.record(account.actor, "account.signed_in", f"account:{account.id}")
    return key


def end_present_session(key: str) -> None:
    """The cookie's session ends with signing out: a copy of the cookie is worth nothing then."""
    db.session.execute(
        update(SignInSession)
        .where(SignInSession.key_hash == session_hash(key), SignInSession.ended_at.is_(None))
        .values(ended_at=now())
    )


def end_session(actor: Actor, account: Account, session_id: int) -> None:
    """End one of the account's sessions."""
    session = db.session.get(SignInSession, session_id)
    if session is None or session.account_id != account.id:
        raise NotFound()
    session.ended_at = session.ended_at or now()
    audit.record(actor, "account.session_ended", f"account:{account.id}", after={"session": session.id})


def end_other_sessions(actor: Actor, account: Account, key: str) -> None:
    """End all sessions of the account but the one with this key."""
    db.session.execute(
        update(SignInSession)
        .where(
            SignInSession.account_id == account.id,
            SignInSession.ended_at.is_(None),
            SignInSession.key_hash != session_hash(key),
        )
        .values(ended_at=now())
    )
    audit.record(actor, "account.other_sessions_ended", f"account:{account.id}")
