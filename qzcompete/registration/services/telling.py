"""Tells who entered somebody what became of the entry: the accounts of the organisation, or the own account."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from qzcompete.competitions.queries import EventCard
from qzcompete.core.actor import Actor
from qzcompete.core.clock import milliseconds, now
from qzcompete.notices.services import post_message
from qzcompete.people.queries import account_ids_for
from qzcompete.registration.models import Entry

SUBJECTS = {
    "accepted": _l("Entry accepted: %(event)s"),
    "returned": _l("Entry returned for correction: %(event)s"),
    "waiting": _l("Entry on the waiting list: %(event)s"),
    "moved_up": _l("Moved up from the waiting list: %(event)s"),
}
BODIES = {
    "accepted": _l("%(name)s takes part in “%(event)s” under the entry number %(number)s."),
    "returned": _l("The entry of %(name)s in “%(event)s” is to be corrected: %(note)s"),
    "waiting": _l(
        "All places of “%(event)s” are taken. %(name)s is on the waiting list and moves up by itself."
    ),
    "moved_up": _l(
        "A place came free in “%(event)s”: %(name)s takes part under the entry number %(number)s."
    ),
}


def tell(actor: Actor, event: EventCard, entry: Entry, what: str) -> None:
    values = {
        "event": f"{event.competition.name} {event.name}",
        "name": entry.name,
        "number": entry.number or "",
        "note": entry.note or "",
    }
    for account_id, path in addressees(event, entry):
        post_message(
            actor,
            f"registration.{what}",
            f"entry:{entry.id}:{what}:{milliseconds(now())}:{account_id}",
            str(SUBJECTS[what]) % values,
            str(BODIES[what]) % values,
            account_id=account_id,
            path=path,
        )


def addressees(event: EventCard, entry: Entry) -> list[tuple[int, str]]:
    """Accounts with the page where they see the entry."""
    if entry.organisation_id is not None:
        path = f"/nominations/{entry.organisation_id}/{event.code}"
        accounts = account_ids_for("institution", "organisation", entry.organisation_id)
        return [(account_id, path) for account_id in accounts]
    return [(entry.account_id, "/my/entries")] if entry.account_id is not None else []
