"""The blueprint of the office's pages of competitions, and what they share."""

from __future__ import annotations

from flask import Blueprint
from flask_login import current_user

from qzcompete.competitions import queries
from qzcompete.competitions.forms import (
    FAMILY_NAMES,
    GROUP_NAMES,
    LEVEL_NAMES,
    OUTER_LEVEL_NAMES,
    TRACK_NAMES,
)
from qzcompete.competitions.queries import CompetitionCard, EventCard
from qzcompete.core.permissions import permit

blueprint = Blueprint("competitions", __name__, url_prefix="/office")

NAMES = {
    "family_names": FAMILY_NAMES,
    "level_names": LEVEL_NAMES,
    "group_names": GROUP_NAMES,
    "track_names": TRACK_NAMES,
    "outer_level_names": OUTER_LEVEL_NAMES,
    "skill_levels": queries.LEVELS_OF_SKILL,
}


def permitted(code: str, permission: str = "competition.edit") -> CompetitionCard:
    card = queries.competition_card(code)
    permit(current_user.actor, permission, *card.scopes)
    return card


def editable(code: str, permission: str = "competition.edit") -> EventCard:
    event = queries.event_card(code)
    permit(current_user.actor, permission, *event.scopes)
    return event
