"""Sets the rules of an event; makes exceptions, for which two people stand; notes who won in earlier years."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, select

from qzcompete.competitions import services as competitions
from qzcompete.competitions.queries import event_card_by_id
from qzcompete.core import audit
from qzcompete.core.actor import Actor
from qzcompete.core.clock import now
from qzcompete.core.errors import NotFound, RuleBroken
from qzcompete.core.permissions import permit
from qzcompete.extensions import db
from qzcompete.people.queries import person_by_document
from qzcompete.people.rules.identity import tidy_name, tidy_number
from qzcompete.registration import queries
from qzcompete.registration.models import EventRules, FormerWinner, RuleOverride
from qzcompete.registration.rules.eligibility import KINDS
from qzcompete.registration.services.keepers import same_person


def set_rules(actor: Actor, event_id: int, rules: Sequence[Mapping[str, Any]], source: str) -> None:
    """The rules of an event, with the document that says so. Entries that were accepted stay accepted."""
    event = competitions.hold_event(event_id)
    permit(actor, "competition.edit", *event.scopes)
    if any(rule["kind"] not in KINDS for rule in rules):
        raise RuleBroken(_l("There is no such rule."))
    if rules and not source.strip():
        raise RuleBroken(
            _l("Say where this is written: the rules of the contest, with their clause."), field="source"
        )
    row = db.session.get(EventRules, event_id, with_for_update=True)
    before = row.rules if row else None
    if row is None:
        row = EventRules(event_id=event_id)
        db.session.add(row)
    row.rules, row.source = [dict(rule) for rule in rules], source.strip()[:200]
    audit.record(actor, "event.rules_set", f"event:{event_id}", before=before, after=row.rules)


def ask_override(actor: Actor, entry_id: int, rule: str, reason: str) -> None:
    """Ask for an exception from one rule, with the reason; it holds once somebody else has confirmed it."""
    event = event_card_by_id(queries.entry_card(entry_id).event_id)
    permit(actor, "entry.import", *event.scopes)
    if rule not in [one["kind"] for one in queries.rules_of(event.id).rules]:
        raise NotFound()
    if len(reason.strip()) < 4:
        raise RuleBroken(_l("Give the reason for the exception."), field="reason")
    made = RuleOverride(
        entry_id=entry_id,
        rule=rule,
        reason=reason.strip()[:200],
        asked_by=actor.account_id,
        asked_at=now(),
    )
    db.session.add(made)
    db.session.flush()
    audit.record(actor, "exception.asked", f"entry:{entry_id}", after={"rule": rule, "reason": made.reason})


def confirm_override(actor: Actor, entry_id: int, rule: str) -> None:
    """A second person confirms the exception."""
    event = event_card_by_id(queries.entry_card(entry_id).event_id)
    permit(actor, "entry.import", *event.scopes)
    query = select(RuleOverride).filter_by(entry_id=entry_id, rule=rule).with_for_update()
    made = db.session.scalar(query)
    if made is None:
        raise NotFound()
    if made.confirmed_by is not None:
        raise RuleBroken(_l("The exception is confirmed already."), code="confirmed_already")
    if actor.account_id is None or same_person(actor.account_id, made.asked_by):
        raise RuleBroken(_l("The one who asked for the exception cannot confirm it."), code="two_people")
    made.confirmed_by, made.confirmed_at = actor.account_id, now()
    audit.record(actor, "exception.confirmed", f"entry:{entry_id}", after={"rule": rule})


def note_winner(
    actor: Actor, event_id: int, name: str, number: str, year: int, award: str, source: str
) -> None:
    """Note that somebody won in an earlier year in this event's occupation, for the rule that bars winners."""
    event = event_card_by_id(event_id)
    permit(actor, "entry.import", *event.scopes)
    person = person_by_document(tidy_number(number))
    if person is None or person.name != tidy_name(name):
        raise RuleBroken(
            _l("Nobody of this name and document number is on file. Check both."), field="document_number"
        )
    row = db.session.scalar(
        select(FormerWinner).filter_by(
            person_id=person.id, occupation_code=event.occupation_code, year=year, event_id=None
        )
    )
    if row is None:
        row = FormerWinner(person_id=person.id, occupation_code=event.occupation_code, year=year)
        db.session.add(row)
    row.award, row.source = award.strip()[:40], source.strip()[:200]
    db.session.flush()
    audit.record(actor, "winner.noted", f"person:{person.id}", after={"year": year, "award": row.award})


def keep_winners(actor: Actor, event_id: int, awards: Mapping[int, str]) -> None:
    """Who has won in an event of ours, by entry, all of a team; in place of what an earlier version of its results said."""
    event = event_card_by_id(event_id)
    permit(actor, "result.publish", *event.scopes)
    db.session.execute(delete(FormerWinner).where(FormerWinner.event_id == event_id))
    db.session.add_all(
        FormerWinner(
            person_id=member.person_id,
            occupation_code=event.occupation_code,
            year=event.competition.year,
            award=awards[entry_id],
            source=event.competition.name,
            event_id=event_id,
        )
        for entry_id, members in queries.members_of_all(list(awards)).items()
        for member in members
        if member.person_id is not None
    )
    audit.record(actor, "winner.kept", f"event:{event_id}", after={"entries": len(awards)})
