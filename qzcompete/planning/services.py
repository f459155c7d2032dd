"""Moves a time point of a public competition, and tells those who judge or compete in it."""

from __future__ import annotations

from datetime import datetime

from flask_babel import gettext as _

from qzcompete.competitions import services as competitions
from qzcompete.competitions.queries import TIME_POINT_NAMES, competition_card_by_id
from qzcompete.core.actor import Actor
from qzcompete.core.shown import moment
from qzcompete.notices.services import post_message
from qzcompete.planning import queries


def postpone(
    actor: Actor, competition_id: int, name: str, to: datetime, reason: str, seen: datetime | None
) -> None:
    """As `competitions.services.postpone`; each account concerned finds a message."""
    made = competitions.postpone(actor, competition_id, name, to, reason, seen)
    card = competition_card_by_id(competition_id)
    subject = _("%(competition)s: %(label)s is changed", competition=card.name, label=TIME_POINT_NAMES[name])
    body = _(
        "%(label)s: from %(from)s to %(to)s. %(reason)s",
        **{"label": TIME_POINT_NAMES[name], "from": moment(seen), "to": moment(to), "reason": made.reason},
    )
    for account_id in queries.accounts_concerned(competition_id):
        post_message(
            actor,
            "competition.postponed",
            f"postponement:{made.id}:{account_id}",
            subject,
            body,
            account_id=account_id,
            path=f"/competitions/{card.code}",
        )
