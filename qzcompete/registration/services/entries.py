"""Writes entries: import, single entries, status. The audit log names entries by number, never by name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from qzcompete.competitions import services as competitions
from qzcompete.competitions.queries import EventCard
from qzcompete.core import audit
from qzcompete.core.actor import Actor
from qzcompete.core.clock import now
from qzcompete.core.errors import NotFound, RuleBroken
from qzcompete.core.permissions import permit
from qzcompete.extensions import db
from qzcompete.marking import services as marking
from qzcompete.people.rules.identity import tidy_name, tidy_number
from qzcompete.people.services import DOCUMENT_FAULTS, NAME_FAULTS, ensure_person
from qzcompete.registration import queries
from qzcompete.registration.models import Entry, EntryStatus, WorkCode
from qzcompete.registration.rules.entry_sheet import CellFault, EntryRow, repeated, row_faults

FAULTS = {
    **{f"name_{code}": message for code, message in NAME_FAULTS.items()},
    **{f"document_{code}": message for code, message in DOCUMENT_FAULTS.items()},
    "column_missing": _l("This column is missing. Use the template."),
    "no_entries": _l("The sheet has no entries."),
    "too_many": _l("A sheet may have 2000 entries at most."),
    "yes_or_no": _l("Write 是 or 否."),
    "number_cell": _l(
        "The cell holds a number, which loses digits. Format the column as text and enter it again."
    ),
    "document_empty": _l("Enter the document number."),
    "document_repeated": _l("This document number stands in an earlier row too."),
    "document_other_name": _l("This document number belongs to a person of another name."),
    "unit_empty": _l("Enter the organisation."),
    "unit_length": _l("At most 80 characters."),
    "other_status": _l("This person is entered already and has withdrawn, or does not compete."),
}


@dataclass(frozen=True)
class EntryPlan:
    """What an import would do: the rows that are new, changed, as before, and every fault."""

    new: tuple[EntryRow, ...]
    changed: tuple[EntryRow, ...]
    same: tuple[EntryRow, ...]
    faults: tuple[CellFault, ...]


@dataclass(frozen=True)
class CodedEntry:
    """An entry of an event bundle: it comes with its work code, and without a document."""

    code: str
    name: str = ""
    unit: str = ""
    guest: bool = False
    status: str = "present"
    duration_s: int | None = None


def plan_import(event_id: int, rows: Sequence[EntryRow]) -> EntryPlan:
    """Compare rows with what is stored; changes nothing."""
    faults = [fault for row in rows for fault in row_faults(row)] + repeated(rows)
    known = queries.names_of_documents(row.document_number for row in rows)
    present = {entry.person_id: entry for entry in queries.all_entries(event_id) if entry.person_id}
    sorts: dict[str, list[EntryRow]] = {"new": [], "changed": [], "same": []}
    for row in rows:
        person_id, name = known.get(row.document_number, (None, row.name))
        if name != row.name:
            faults.append(CellFault(row.row, "document_number", "document_other_name"))
        entry = present.get(person_id) if person_id else None
        if entry is None:
            sorts["new"].append(row)
        elif (entry.unit, entry.instructor, entry.guest) == (row.unit, row.instructor, row.guest):
            sorts["same"].append(row)
        else:
            sorts["changed"].append(row)
    return EntryPlan(tuple(sorts["new"]), tuple(sorts["changed"]), tuple(sorts["same"]), tuple(faults))


def import_entries(actor: Actor, event_id: int, rows: Sequence[EntryRow]) -> EntryPlan:
    """Take all rows, or none. The same rows again change nothing; a row that differs changes its entry."""
    event = competitions.hold_event(event_id)
    permit(actor, "entry.import", *event.scopes)
    must_be_before_draw(event)
    rows = [tidy(row) for row in rows]
    plan = plan_import(event_id, rows)
    if plan.faults:
        fault = plan.faults[0]
        raise RuleBroken(FAULTS[fault.code], code=fault.code, field=fault.column)
    units = queries.organisation_ids(row.unit for row in rows)
    place = queries.next_number(event_id)
    added = [new_entry(actor, event_id, row, units, place + count) for count, row in enumerate(plan.new)]
    changed = [change_entry(event_id, row, units) for row in plan.changed]
    if added or changed:
        db.session.flush()
        told = {"added": [entry.number for entry in added], "changed": [entry.number for entry in changed]}
        audit.record(actor, "entries.imported", f"event:{event_id}", after=told)
    return plan


def tidy(row: EntryRow) -> EntryRow:
    return replace(
        row,
        name=tidy_name(row.name),
        document_number=tidy_number(row.document_number),
        unit=row.unit.strip(),
        instructor=(row.instructor or "").strip() or None,
    )


def new_entry(actor: Actor, event_id: int, row: EntryRow, units: dict[str, int], place: int) -> Entry:
    person = ensure_person(actor, row.name, row.document_kind, row.document_number)
    entry = Entry(
        event_id=event_id,
        person_id=person.id,
        organisation_id=units.get(row.unit),
        name=person.name,
        unit=row.unit,
        number=f"{place:03}",
        guest=row.guest,
        instructor=row.instructor,
        status=EntryStatus.PRESENT,
        created_at=now(),
    )
    db.session.add(entry)
    return entry


def change_entry(event_id: int, row: EntryRow, units: dict[str, int]) -> Entry:
    person_id, _name = queries.names_of_documents([row.document_number])[row.document_number]
    entry = db.session.scalars(select(Entry).filter_by(event_id=event_id, person_id=person_id)).one()
    entry.unit, entry.instructor, entry.guest = row.unit, row.instructor, row.guest
    entry.organisation_id = units.get(row.unit)
    return entry


def add_entry(actor: Actor, event_id: int, row: EntryRow) -> Entry:
    """One more entry; refused where the person is entered already."""
    event = competitions.hold_event(event_id)
    permit(actor, "entry.import", *event.scopes)
    must_be_before_draw(event)
    row = tidy(row)
    plan = plan_import(event_id, [row])
    if plan.faults:
        fault = plan.faults[0]
        raise RuleBroken(FAULTS[fault.code], code=fault.code, field=fault.column)
    if not plan.new:
        raise RuleBroken(_l("This person is entered in this event already."), field="document_number")
    place = queries.next_number(event_id)
    entry = new_entry(actor, event_id, row, queries.organisation_ids([row.unit]), place)
    db.session.flush()
    audit.record(actor, "entry.added", f"entry:{entry.id}", after={"event": event_id, "number": entry.number})
    return entry


def withdraw(actor: Actor, entry_id: int, reason: str = "") -> None:
    mark_status(actor, entry_id, "withdrawn", reason)


def mark_status(actor: Actor, entry_id: int, status: str, reason: str = "") -> None:
    """Present, absent, withdrawn or disqualified; the last only with a reason. Marking learns it by the code."""
    event = competitions.hold_event(queries.entry_card(entry_id).event_id)
    permit(actor, "entry.import", *event.scopes)
    if event.state in ("closed", "published", "cancelled"):
        raise RuleBroken(_l("Marking has ended. Have the chief judge reopen it first."), code="after_marking")
    reason = reason.strip()
    if status == "disqualified" and not reason:
        raise RuleBroken(_l("Give the reason for the disqualification."), field="reason")
    entry = db.session.get(Entry, entry_id, with_for_update=True, populate_existing=True)
    if entry is None:
        raise NotFound()
    code = queries.work_code(entry_id)
    if event.state == "marking" and code is None and status == "present":
        raise RuleBroken(_l("Lots were drawn without this entry; it has no work code."), code="after_draw")
    before = entry.status
    if before.value == status:
        return
    entry.status = EntryStatus(status)
    if code is not None:
        marking.set_status(actor, event.assessment_id, code, status)
    told = {"status": status} | ({"reason": reason} if reason else {})
    audit.record(actor, "entry.status_set", f"entry:{entry_id}", before={"status": before.value}, after=told)


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


def start_marking(actor: Actor, event: EventCard) -> None:
    marking.open_assessment(actor, event.assessment_id)
    competitions.set_event_state(actor, event.id, "marking")
