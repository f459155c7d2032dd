"""Writes entries: by the office, by an organisation within its quota, by a competitor alone, and of event bundles.

The audit log names entries by number or key, never by name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete

from qzcompete.competitions import services as competitions
from qzcompete.competitions.queries import EventCard
from qzcompete.core import audit
from qzcompete.core.actor import Actor
from qzcompete.core.clock import now
from qzcompete.core.errors import NotAllowed, RuleBroken
from qzcompete.core.permissions import permit
from qzcompete.extensions import db
from qzcompete.marking import services as marking
from qzcompete.people.rules.identity import tidy_name
from qzcompete.people.services import ensure_person, set_phone
from qzcompete.registration import queries
from qzcompete.registration.models import (
    Admission,
    Entry,
    EntryMember,
    EntryStatus,
    Quota,
    Standing,
    WorkCode,
)
from qzcompete.registration.queries import EntryCard
from qzcompete.registration.rules.entry_sheet import EntryRow
from qzcompete.registration.rules.nominees import Nominee
from qzcompete.registration.services.plans import FAULTS, EntryPlan, plan_import


@dataclass(frozen=True)
class CodedEntry:
    """An entry of an event bundle: it comes with its work code, and without a document."""

    code: str
    name: str = ""
    unit: str = ""
    guest: bool = False
    status: str = "present"
    duration_s: int | None = None


def import_entries(actor: Actor, event_id: int, rows: Sequence[EntryRow]) -> EntryPlan:
    """The office takes all rows, or none. The same rows again change nothing; a row that differs changes its entry."""
    event = competitions.hold_event(event_id)
    permit(actor, "entry.import", *event.scopes)
    must_be_before_draw(event)
    plan = sound_plan(event, rows)
    units = queries.organisation_ids(one.lead.unit for one in (*plan.new, *plan.changed))
    place = queries.next_number(event_id)
    added = [
        new_entry(actor, event, one, number=f"{place + count:03}", organisation_id=units.get(one.lead.unit))
        for count, one in enumerate(plan.new)
    ]
    changed = change_entries(actor, event, plan.changed, units)
    record_import(actor, event, "entries.imported", added, changed)
    return plan


def nominate(actor: Actor, event_id: int, organisation_id: int, rows: Sequence[EntryRow]) -> EntryPlan:
    """An organisation submits all rows, or none, while entries are taken and its quota lasts."""
    event = competitions.hold_event(event_id)
    permit(actor, "entry.nominate", ("organisation", organisation_id))
    # Two events of one competition share the quota in all: its row makes them queue.
    quota = db.session.get(Quota, (event.competition.id, organisation_id), with_for_update=True)
    if quota is None:
        raise NotAllowed(
            _l("Your organisation is not invited to this competition. Ask the competition office.")
        )
    must_take_entries(event)
    plan = sound_plan(event, rows, organisation_id=organisation_id)
    added = [new_entry(actor, event, one, organisation_id=organisation_id) for one in plan.new]
    own = {one.lead.unit: organisation_id for one in plan.changed}
    changed = change_entries(actor, event, plan.changed, own)
    record_import(actor, event, "entries.nominated", added, changed)
    return plan


def register(actor: Actor, event_id: int, row: EntryRow) -> Entry:
    """Somebody enters alone, where the competition allows it. The account is tied to the person when the office
    has seen the document and accepts."""
    event = competitions.hold_event(event_id)
    permit(actor, "entry.own")
    if not queries.setting_of(event.competition.id).self_registration or event.team_size > 1:
        raise NotAllowed(_l("In this event organisations nominate. Ask yours, or the competition office."))
    must_take_entries(event)
    plan = sound_plan(event, [row], account_id=actor.account_id)
    if plan.new:
        entry = new_entry(actor, event, plan.new[0], account_id=actor.account_id)
        record_import(actor, event, "entry.registered", [entry], [])
        return entry
    if plan.same:
        raise RuleBroken(_l("This person is entered in this event already."), field="document_number")
    entry = change_entries(actor, event, plan.changed, {})[0]
    record_import(actor, event, "entry.registered", [], [entry])
    return entry


def sound_plan(event: EventCard, rows: Sequence[EntryRow], **whose: Any) -> EntryPlan:
    """The plan of an import; raises RuleBroken for its first fault."""
    plan = plan_import(event, rows, **whose)
    if plan.faults:
        fault = plan.faults[0]
        raise RuleBroken(FAULTS[fault.code], code=fault.code, field=fault.column)
    return plan


def new_entry(
    actor: Actor,
    event: EventCard,
    one: Nominee,
    number: str | None = None,
    organisation_id: int | None = None,
    account_id: int | None = None,
) -> Entry:
    """With a number it is accepted; without, it is submitted to the office."""
    persons = [person_of(actor, member) for member in one.members]
    entry = Entry(
        event_id=event.id,
        person_id=persons[0].id,
        name=one.name,
        number=number,
        organisation_id=organisation_id,
        account_id=account_id,
        status=EntryStatus.PRESENT,
        admission=Admission.ACCEPTED if number else Admission.SUBMITTED,
        created_at=now(),
        **told_of(one.lead),
    )
    db.session.add(entry)
    db.session.flush()
    set_members(entry, persons)
    return entry


def change_entries(
    actor: Actor, event: EventCard, changed: Sequence[Nominee], organisation_ids: Mapping[str, int]
) -> list[Entry]:
    """Take over what differs; `organisation_ids` by the name of the unit."""
    entered = queries.entry_of_persons(event.id) if changed else {}
    return [change_entry(actor, one, entered, organisation_ids.get(one.lead.unit)) for one in changed]


def change_entry(
    actor: Actor, one: Nominee, entered: Mapping[int, EntryCard], organisation_id: int | None
) -> Entry:
    """An entry that was returned is submitted again."""
    persons = [person_of(actor, member) for member in one.members]
    card = next(entered[person.id] for person in persons if person.id in entered)
    entry = db.session.get_one(Entry, card.id)
    for name, value in told_of(one.lead).items():
        if value is not None or name == "instructor":
            setattr(entry, name, value)
    entry.name, entry.person_id, entry.organisation_id = one.name, persons[0].id, organisation_id
    if entry.admission is Admission.RETURNED:
        entry.admission, entry.note = Admission.SUBMITTED, None
    set_members(entry, persons)
    return entry


def told_of(lead: EntryRow) -> dict[str, Any]:
    return {
        "unit": lead.unit,
        "instructor": lead.instructor,
        "guest": lead.guest,
        "standing": Standing(lead.standing) if lead.standing else None,
        "skill_level": lead.skill_level,
        "guardian": lead.guardian,
    }


def person_of(actor: Actor, member: EntryRow) -> Any:
    person = ensure_person(actor, member.name, member.document_kind, member.document_number)
    if member.phone:
        set_phone(person, member.phone)
    return person


def set_members(entry: Entry, persons: Sequence[Any]) -> None:
    """The members of a team, the first as its leader; a single competitor stands in the entry itself."""
    if len(persons) == 1:
        return
    db.session.execute(delete(EntryMember).where(EntryMember.entry_id == entry.id))
    db.session.add_all(
        EntryMember(
            entry_id=entry.id,
            event_id=entry.event_id,
            person_id=person.id,
            name=person.name,
            leader=person is persons[0],
        )
        for person in persons
    )


def record_import(
    actor: Actor, event: EventCard, action: str, added: Sequence[Entry], changed: Sequence[Entry]
) -> None:
    if not added and not changed:
        return
    db.session.flush()
    told = {
        name: [entry.number or f"#{entry.id}" for entry in some]
        for name, some in (("added", added), ("changed", changed))
    }
    audit.record_all(
        [
            audit.Entry(actor, action, f"event:{event.id}", after=told),
            *(
                audit.Entry(actor, "entry.added", f"entry:{entry.id}", after={"number": entry.number})
                for entry in added
            ),
            *(audit.Entry(actor, "entry.changed", f"entry:{entry.id}") for entry in changed),
        ]
    )


def add_entry(actor: Actor, event_id: int, rows: Sequence[EntryRow]) -> None:
    """The office adds one more entry: a competitor, or the members of a team. Refused where somebody is entered already."""
    event = competitions.hold_event(event_id)
    plan = sound_plan(event, rows)
    if not plan.new:
        raise RuleBroken(_l("This person is entered in this event already."), field="document_number")
    import_entries(actor, event_id, rows)


def take_coded_entries(actor: Actor, event_id: int, rows: Sequence[CodedEntry]) -> list[Entry]:
    """Entries of an event bundle, with the codes that they have; then marking is open. Scheme and seats come before."""
    event = competitions.hold_event(event_id)
    permit(actor, "entry.import", *event.scopes)
    must_be_before_draw(event)
    entries = [
        Entry(
            event_id=event_id,
            name=tidy_name(row.name)[:40] or row.code[:40],
            unit=row.unit.strip()[:80],
            number=f"{place:03}",
            guest=row.guest,
            status=EntryStatus(row.status),
            created_at=now(),
        )
        for place, row in enumerate(rows, start=1)
    ]
    db.session.add_all(entries)
    db.session.flush()
    db.session.add_all(
        WorkCode(entry_id=entry.id, event_id=event_id, code=row.code)
        for entry, row in zip(entries, rows, strict=True)
    )
    marking.add_candidates(
        actor,
        event.assessment_id,
        [
            marking.CandidateSpec(
                code=row.code, status=row.status, guest=row.guest, duration_s=row.duration_s
            )
            for row in rows
        ],
    )
    audit.record(actor, "entries.taken_with_codes", f"event:{event_id}", after={"entries": len(rows)})
    competitions.set_event_state(actor, event_id, "open")
    start_marking(actor, event)
    return entries


def must_be_before_draw(event: EventCard) -> None:
    if not event.before_draw:
        raise RuleBroken(_l("Lots were drawn; entries can no longer be added or changed."), code="after_draw")


def must_take_entries(event: EventCard) -> None:
    must_be_before_draw(event)
    period = queries.period_of(event.competition, now())
    if period == "early":
        raise RuleBroken(_l("Registration has not begun yet."), code="early")
    if period == "late":
        raise RuleBroken(_l("Registration has ended. Ask the competition office."), code="late")


def start_marking(actor: Actor, event: EventCard) -> None:
    marking.open_assessment(actor, event.assessment_id)
    competitions.set_event_state(actor, event.id, "marking")
