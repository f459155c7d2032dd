"""The blueprint of the office's pages of planning, and what they share."""

from __future__ import annotations

from flask import Blueprint
from flask_login import current_user

from qzcompete.competitions.queries import CompetitionCard, EventCard, competition_card, event_card
from qzcompete.core.permissions import permit

blueprint = Blueprint("planning", __name__, url_prefix="/office")


def permitted(code: str, permission: str = "competition.edit") -> CompetitionCard:
    """The competition of this code, where the account has the permission for it."""
    card = competition_card(code)
    permit(current_user.actor, permission, *card.scopes)
    return card


def permitted_event(code: str, permission: str = "competition.edit") -> EventCard:
    event = event_card(code)
    permit(current_user.actor, permission, *event.scopes)
    return event
