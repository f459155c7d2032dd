"""Makes the account of somebody who registers alone, and shows a document number in full for a reason."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l

from qzcompete.competitions.queries import competition_card_by_id, event_card_by_id
from qzcompete.core.actor import CITY, SYSTEM, Actor
from qzcompete.core.clock import now
from qzcompete.core.errors import NotAllowed, NotFound
from qzcompete.core.permissions import permit
from qzcompete.people.services import create_account, reveal_document
from qzcompete.registration import queries


def make_own_account(competition_id: int, username: str, name: str, password: str) -> Any:
    """An account with the role of a competitor; tied to no person until the office has accepted an entry."""
    card = competition_card_by_id(competition_id)
    setting = queries.setting_of(competition_id)
    if not setting.self_registration or queries.period_of(card, now()) != "open":
        raise NotAllowed(_l("Registration has ended. Ask the competition office."))
    return create_account(SYSTEM, username, name, password, [("competitor", CITY)])


def reveal_number(actor: Actor, entry_id: int, person_id: int, reason: str) -> str:
    """The document number of one who competes in the entry; each look is audited with its reason."""
    event = event_card_by_id(queries.entry_card(entry_id).event_id)
    permit(actor, "entry.reveal", *event.scopes)
    if person_id not in [member.person_id for member in queries.members_of(entry_id)]:
        raise NotFound()
    return reveal_document(actor, person_id, reason)
