"""Writes the competitions above the city's, and the secret address of a person's own calendar feed."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import date

from flask_babel import lazy_gettext as _l

from qzcompete.competitions.models import FeedToken, OuterCompetition, OuterLevel
from qzcompete.core import audit
from qzcompete.core.actor import Actor
from qzcompete.core.clock import now
from qzcompete.core.errors import NotAllowed, RuleBroken
from qzcompete.core.permissions import permit
from qzcompete.extensions import db


@dataclass(frozen=True)
class OuterDraft:
    name: str
    level: str
    year: int
    place: str = ""
    starts_on: date | None = None
    ends_on: date | None = None


def add_outer_competition(actor: Actor, draft: OuterDraft) -> OuterCompetition:
    permit(actor, "competition.create")
    if not draft.name.strip():
        raise RuleBroken(_l("Enter a name."), field="name")
    if draft.starts_on and draft.ends_on and draft.ends_on < draft.starts_on:
        raise RuleBroken(_l("The last day is before the first day."), field="ends_on")
    values = vars(draft) | {"name": draft.name.strip(), "level": OuterLevel(draft.level)}
    outer = OuterCompetition(**values)
    db.session.add(outer)
    db.session.flush()
    audit.record(actor, "outer_competition.added", f"outer:{outer.id}", after={"name": outer.name})
    return outer


def make_feed_token(actor: Actor) -> str:
    """A new secret for the actor's own feed, told this once; the former one opens nothing any more."""
    if actor.account_id is None:
        raise NotAllowed()
    secret = secrets.token_urlsafe(32)
    token = db.session.get(FeedToken, actor.account_id) or FeedToken(account_id=actor.account_id)
    token.digest, token.made_at = feed_digest(secret), now()
    db.session.add(token)
    audit.record(actor, "feed.opened", f"account:{actor.account_id}")
    return secret


def revoke_feed_token(actor: Actor) -> None:
    token = db.session.get(FeedToken, actor.account_id) if actor.account_id is not None else None
    if token is not None:
        db.session.delete(token)
        audit.record(actor, "feed.revoked", f"account:{actor.account_id}")


def feed_digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
