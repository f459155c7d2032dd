"""Says what an import of rows would do, before it does it: what is new, changed, as before, and every faulty cell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from flask_babel import lazy_gettext as _l

from qzcompete.competitions.queries import EventCard
from qzcompete.people.rules.identity import tidy_name, tidy_number
from qzcompete.people.services import DOCUMENT_FAULTS, NAME_FAULTS
from qzcompete.registration import queries
from qzcompete.registration.queries import EntryCard, KnownPerson
from qzcompete.registration.rules.entry_sheet import CellFault, EntryRow, repeated, row_faults
from qzcompete.registration.rules.nominees import Nominee, nominees

FAULTS = {
    **{f"name_{code}": message for code, message in NAME_FAULTS.items()},
    **{f"document_{code}": message for code, message in DOCUMENT_FAULTS.items()},
    "column_missing": _l("This column is missing. Use the template."),
    "no_entries": _l("The sheet has no entries."),
    "too_many": _l("A sheet may have 2000 entries at most."),
    "yes_or_no": _l("Write 是 or 否."),
    "document_kind": _l("Write 居民身份证, 港澳台居民居住证, 外国人永久居留身份证 or 护照."),
    "standing": _l("Write 职工, 学生 or 个体, or leave it empty."),
    "skill_level": _l("Write the level as 五级/初级工 to 一级/高级技师, or leave it empty."),
    "phone": _l("A telephone number has 7 to 20 digits."),
    "number_cell": _l(
        "The cell holds a number, which loses digits. Format the column as text and enter it again."
    ),
    "document_empty": _l("Enter the document number."),
    "document_repeated": _l("This document number stands in an earlier row too."),
    "document_other_name": _l("This document number belongs to a person of another name."),
    "unit_empty": _l("Enter the organisation."),
    "unit_length": _l("At most 80 characters."),
    "other_unit": _l("An organisation enters its own people only. Leave the cell empty."),
    "other_status": _l("This person is entered already and has withdrawn, or does not compete."),
    "entered_elsewhere": _l("Another organisation, or the person alone, has entered this person already."),
    # To a stranger: no word of who is on file.
    "ask_the_office": _l(
        "This document cannot be registered here. Ask the competition office with your document."
    ),
    "already_accepted": _l("The office has accepted this entry. Ask for a substitution, or ask the office."),
    "over_quota": _l("This exceeds the quota of your organisation. Leave the row out, or withdraw another."),
    "team_empty": _l("Enter the name of the team, the same in each row of its members."),
    "team_size": _l("This team has not as many members as the event asks for."),
    "two_leaders": _l("A team has one leader. Write 否 here."),
    "in_another_team": _l("This person is in another team of this event."),
}


@dataclass(frozen=True)
class EntryPlan:
    """What an import would do, and why not: an import with faults does nothing."""

    new: tuple[Nominee, ...]
    changed: tuple[Nominee, ...]
    same: tuple[Nominee, ...]
    faults: tuple[CellFault, ...]


def plan_import(
    event: EventCard,
    rows: Sequence[EntryRow],
    organisation_id: int | None = None,
    account_id: int | None = None,
) -> EntryPlan:
    """Compare rows with what is stored; changes nothing. The office plans without an organisation."""
    rows = [tidy(row) for row in rows]
    wanted, faults = nominees(rows, event.team_size)
    found = [fault for row in rows for fault in row_faults(row)] + repeated(rows) + list(faults)
    known = queries.known_persons(row.document_number for row in rows)
    entered = queries.entry_of_persons(event.id)
    members = (
        queries.members_of_all(sorted({card.id for card in entered.values()})) if event.team_size > 1 else {}
    )
    sorts: dict[str, list[Nominee]] = {"new": [], "changed": [], "same": []}
    for row in rows:
        if row.document_number in known and known[row.document_number].name != row.name:
            code = "document_other_name" if account_id is None else "ask_the_office"
            found.append(CellFault(row.row, "document_number", code))
    for one in wanted:
        entry, fault = entry_of(one, known, entered)
        sort = "new" if entry is None else "same" if is_same(one, entry, known, members) else "changed"
        sorts[sort].append(one)
        if fault is None and entry is not None and (organisation_id or account_id):
            fault = refusal(one, entry, sort, organisation_id, account_id)
        if fault:
            found.append(fault)
    if organisation_id is not None:
        found += over_quota(event, organisation_id, sorts["new"])
    return EntryPlan(tuple(sorts["new"]), tuple(sorts["changed"]), tuple(sorts["same"]), tuple(found))


def tidy(row: EntryRow) -> EntryRow:
    return replace(
        row,
        name=tidy_name(row.name),
        document_number=tidy_number(row.document_number),
        unit=row.unit.strip(),
        instructor=(row.instructor or "").strip() or None,
    )


def entry_of(
    one: Nominee, known: Mapping[str, KnownPerson], entered: Mapping[int, EntryCard]
) -> tuple[EntryCard | None, CellFault | None]:
    """The entry in which one of these persons stands, and a fault where they stand in several."""
    entry = None
    for member in one.members:
        person = known.get(member.document_number)
        found = entered.get(person.id) if person else None
        if found is not None and entry is not None and found.id != entry.id:
            return entry, CellFault(member.row, "document_number", "in_another_team")
        entry = entry or found
    return entry, None


def is_same(
    one: Nominee,
    entry: EntryCard,
    known: Mapping[str, KnownPerson],
    members: Mapping[int, Sequence[queries.Member]],
) -> bool:
    """Whether the row would change nothing. An empty cell of a fact leaves what is there."""
    lead = one.lead
    if (entry.unit, entry.instructor, entry.guest) != (lead.unit, lead.instructor, lead.guest):
        return False
    facts = (
        (lead.standing, entry.standing),
        (lead.skill_level, entry.skill_level),
        (lead.guardian, entry.guardian),
    )
    if any(told is not None and told != there for told, there in facts):
        return False
    persons = [known.get(member.document_number) for member in one.members]
    if any(
        person is None or (member.phone or person.phone) != person.phone
        for member, person in zip(one.members, persons, strict=True)
    ):
        return False
    if len(one.members) == 1:
        return True
    ids = [person.id for person in persons if person]
    there = [member.person_id for member in members[entry.id]]
    return (
        one.name == entry.name and ids[0] == there[0] and sorted(ids) == sorted(map(int, filter(None, there)))
    )


def refusal(
    one: Nominee, entry: EntryCard, sort: str, organisation_id: int | None, account_id: int | None
) -> CellFault | None:
    """Why somebody outside the office may not enter this person again."""
    mine = entry.organisation_id == organisation_id if organisation_id else entry.account_id == account_id
    if not mine:
        code = "entered_elsewhere" if organisation_id else "ask_the_office"
        return CellFault(one.row, "document_number", code)
    if entry.status != "present":
        return CellFault(one.row, "document_number", "other_status")
    if sort == "changed" and entry.admission == "accepted":
        return CellFault(one.row, "name", "already_accepted")
    return None


def over_quota(event: EventCard, organisation_id: int, new: Sequence[Nominee]) -> list[CellFault]:
    room = queries.room_for(event, organisation_id)
    left = 0 if room is None else room.left
    return [] if left is None else [CellFault(one.row, "name", "over_quota") for one in new[left:]]
