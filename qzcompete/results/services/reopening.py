"""Holds a closed event open for one change, and closes it again: the change is either whole or not at all."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from qzcompete.competitions import services as competition_services
from qzcompete.competitions.queries import EventCard
from qzcompete.core.actor import Actor
from qzcompete.marking import queries as marking
from qzcompete.marking import services as marking_services


def reopen(actor: Actor, event: EventCard, reason: str) -> bool:
    """Open a closed assessment and bring its event back to marking, with the reason; False where it was open."""
    if marking.assessment_card(event.assessment_id).state != "closed":
        return False
    marking_services.reopen_assessment(actor, event.assessment_id, reason)
    if event.state == "published":
        competition_services.set_event_state(actor, event.id, "closed")
    competition_services.set_event_state(actor, event.id, "marking")
    return True


def close_again(actor: Actor, event: EventCard) -> None:
    """Close the assessment and its event; refused while anything is disputed, incomplete, tied or unsigned."""
    marking_services.close_assessment(actor, event.assessment_id)
    competition_services.set_event_state(actor, event.id, "closed")


@contextmanager
def held_open(actor: Actor, event: EventCard, reason: str) -> Iterator[None]:
    """For a change that leaves the event as closed as it was."""
    was_closed = reopen(actor, event, reason)
    yield
    if was_closed:
        close_again(actor, event)
