"""What the pages of results have in common: who may see which event."""

from __future__ import annotations

from flask_login import current_user

from qzcompete.competitions.queries import EventCard, event_card
from qzcompete.core.permissions import permit


def permitted(code: str, permission: str) -> EventCard:
    event = event_card(code)
    permit(current_user.actor, permission, *event.scopes, ("assessment", event.assessment_id))
    return event
