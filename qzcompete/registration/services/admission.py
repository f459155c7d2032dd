"""What the office decides of an entry: accepted, returned, on the waiting list; and how one leaves or is replaced.

Places that come free before the draw go to the one who has waited longest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, func, select

from qzcompete.competitions import services as competitions
from qzcompete.competitions.queries import EventCard
from qzcompete.core import audit
from qzcompete.core.actor import Actor
from qzcompete.core.clock import now
from qzcompete.core.errors import NotAllowed, NotFound, RuleBroken
from qzcompete.core.permissions import permit
from qzcompete.extensions import db
from qzcompete.marking import services as marking
from qzcompete.people.services import tie_account
from qzcompete.registration import queries
from qzcompete.registration.models import (
    Admission,
    Entry,
    EntryMember,
    EntryStatus,
    RuleOverride,
    Substitution,
)
from qzcompete.registration.queries import EntryCard
from qzcompete.registration.rules.entry_sheet import EntryRow
from qzcompete.registration.services.entries import (
    must_be_before_draw,
    must_take_entries,
    person_of,
    sound_plan,
    told_of,
)
from qzcompete.registration.services.telling import tell


@dataclass(frozen=True)
class Accepted:
    """What became of the entries: in, on the waiting list, or held back by a rule."""

    accepted: int = 0
    waiting: int = 0
    held_back: int = 0


def accept(actor: Actor, entry_id: int) -> Accepted:
    """Accept one entry; refused with the rule that it breaks."""
    event = competitions.hold_event(queries.entry_card(entry_id).event_id)
    permit(actor, "entry.import", *event.scopes)
    must_be_before_draw(event)
    entry = held(entry_id)
    if entry.admission is Admission.ACCEPTED or entry.status is not EntryStatus.PRESENT:
        raise RuleBroken(_l("Only an entry that waits for the office can be accepted."), code="not_submitted")
    done = accept_all(actor, event, [entry])
    if done.held_back:
        raise RuleBroken(
            _l(
                "The entry does not meet a rule of the event. Return it, or make an exception with a second person."
            ),
            code="rule_not_met",
        )
    return done


def accept_submitted(actor: Actor, event_id: int) -> Accepted:
    """Accept every submitted entry that meets the rules, in the order in which they came."""
    event = competitions.hold_event(event_id)
    permit(actor, "entry.import", *event.scopes)
    must_be_before_draw(event)
    query = select(Entry).where(
        Entry.event_id == event_id,
        Entry.admission == Admission.SUBMITTED,
        Entry.status == EntryStatus.PRESENT,
    )
    return accept_all(actor, event, db.session.scalars(query.order_by(Entry.id)).all())


def accept_all(actor: Actor, event: EventCard, entries: Sequence[Entry]) -> Accepted:
    cards = [queries.entry_card(entry.id) for entry in entries]
    answers = queries.entry_answers(event, cards)
    passing = [entry for entry in entries if all(answer.passes for answer in answers[entry.id])]
    free = free_places(event)
    taken = passing if free is None else passing[: max(0, free)]
    for entry in taken:
        take_in(actor, event, entry, "accepted")
    for entry in passing[len(taken) :]:
        if entry.admission is not Admission.WAITING:
            entry.admission, entry.waits_since, entry.note = Admission.WAITING, now(), None
            audit.record(actor, "entry.put_on_waiting_list", f"entry:{entry.id}")
            tell(actor, event, entry, "waiting")
    return Accepted(len(taken), len(passing) - len(taken), len(entries) - len(passing))


def take_in(actor: Actor, event: EventCard, entry: Entry, how: str) -> None:
    """`how` it came in: accepted by the office, or moved up from the waiting list."""
    entry.number = entry.number or f"{queries.next_number(event.id):03}"
    entry.admission, entry.note, entry.waits_since = Admission.ACCEPTED, None, None
    if entry.account_id is not None and entry.person_id is not None:
        tie_account(actor, entry.account_id, entry.person_id)
    db.session.flush()
    audit.record(actor, f"entry.{how}", f"entry:{entry.id}", after={"number": entry.number})
    tell(actor, event, entry, how)


def free_places(event: EventCard) -> int | None:
    """None where the event has no limit."""
    if event.places is None:
        return None
    query = select(func.count()).where(
        Entry.event_id == event.id,
        Entry.admission == Admission.ACCEPTED,
        Entry.status == EntryStatus.PRESENT,
    )
    return event.places - (db.session.scalar(query) or 0)


def move_up(actor: Actor, event: EventCard) -> list[Entry]:
    """Free places before the draw go to those who have waited longest."""
    free = free_places(event)
    if not event.before_draw or not free or free < 0:
        return []
    query = (
        select(Entry)
        .where(
            Entry.event_id == event.id,
            Entry.admission == Admission.WAITING,
            Entry.status == EntryStatus.PRESENT,
        )
        .order_by(Entry.waits_since, Entry.id)
        .limit(free)
    )
    moved = list(db.session.scalars(query))
    for entry in moved:
        take_in(actor, event, entry, "moved_up")
    return moved


def send_back(actor: Actor, entry_id: int, note: str) -> None:
    """Return an entry to who sent it, with what to correct."""
    event = competitions.hold_event(queries.entry_card(entry_id).event_id)
    permit(actor, "entry.import", *event.scopes)
    must_be_before_draw(event)
    note = note.strip()[:200]
    if len(note) < 4:
        raise RuleBroken(_l("Say what is to be corrected."), field="note")
    entry = held(entry_id)
    if entry.admission is Admission.ACCEPTED or entry.status is not EntryStatus.PRESENT:
        raise RuleBroken(_l("Only an entry that waits for the office can be returned."), code="not_submitted")
    entry.admission, entry.note, entry.waits_since = Admission.RETURNED, note, None
    audit.record(actor, "entry.returned", f"entry:{entry_id}", after={"note": note})
    tell(actor, event, entry, "returned")


def withdraw(actor: Actor, entry_id: int, reason: str = "") -> None:
    mark_status(actor, entry_id, "withdrawn", reason)


def withdraw_own(actor: Actor, entry_id: int, reason: str = "") -> None:
    """By the organisation that nominated, or by who registered alone; until lots are drawn."""
    card = queries.entry_card(entry_id)
    event = competitions.hold_event(card.event_id)
    must_be_own(actor, card)
    must_be_before_draw(event)
    change_status(actor, event, held(entry_id), "withdrawn", reason)


def must_be_own(actor: Actor, card: EntryCard) -> None:
    """The actor nominates for the entry's organisation, or has registered it."""
    if card.organisation_id is not None and actor.may(
        "entry.nominate", ("organisation", card.organisation_id)
    ):
        return
    if card.account_id is not None and card.account_id == actor.account_id and actor.may("entry.own"):
        return
    raise NotAllowed()


def mark_status(actor: Actor, entry_id: int, status: str, reason: str = "") -> None:
    """Present, absent, withdrawn or disqualified; the last only with a reason. Marking learns it by the code."""
    event = competitions.hold_event(queries.entry_card(entry_id).event_id)
    permit(actor, "entry.import", *event.scopes)
    if event.state in ("closed", "published", "cancelled"):
        raise RuleBroken(_l("Marking has ended. Have the chief judge reopen it first."), code="after_marking")
    if status == "disqualified" and not reason.strip():
        raise RuleBroken(_l("Give the reason for the disqualification."), field="reason")
    change_status(actor, event, held(entry_id), status, reason)


def change_status(actor: Actor, event: EventCard, entry: Entry, status: str, reason: str) -> None:
    if entry.admission is not Admission.ACCEPTED and status in ("absent", "disqualified"):
        raise RuleBroken(_l("The office has not accepted this entry yet. Return or withdraw it."))
    code = queries.work_code(entry.id)
    if event.state == "marking" and code is None and status == "present":
        raise RuleBroken(_l("Lots were drawn without this entry; it has no work code."), code="after_draw")
    before = entry.status
    if before.value == status:
        return
    entry.status = EntryStatus(status)
    if before is EntryStatus.WITHDRAWN and entry.admission is not Admission.ACCEPTED:
        entry.admission, entry.waits_since = Admission.SUBMITTED, None
    if code is not None:
        marking.set_status(actor, event.assessment_id, code, status)
    told = {"status": status} | ({"reason": reason.strip()} if reason.strip() else {})
    audit.record(actor, "entry.status_set", f"entry:{entry.id}", before={"status": before.value}, after=told)
    move_up(actor, event)


def substitute(actor: Actor, entry_id: int, former_person_id: int, row: EntryRow, reason: str) -> None:
    """Another person takes the place of one who was accepted, under the same number. By the office until the draw;
    by the organisation also only until the competition's cut-off."""
    card = queries.entry_card(entry_id)
    event = competitions.hold_event(card.event_id)
    must_be_before_draw(event)
    if not actor.may("entry.import", *event.scopes):
        must_be_own(actor, card)
        must_be_before_cut_off(event)
    if len(reason.strip()) < 4:
        raise RuleBroken(_l("Give the reason."), field="reason")
    entry = held(entry_id)
    if entry.admission is not Admission.ACCEPTED or entry.status is not EntryStatus.PRESENT:
        raise RuleBroken(_l("Only who takes part can be substituted. Correct the entry instead."))
    plan = sound_plan(single(event), [row])
    if not plan.new:
        raise RuleBroken(_l("This person is entered in this event already."), field="document_number")
    exchange(actor, entry, former_person_id, plan.new[0].lead, reason.strip()[:200])
    must_meet_rules(event, entry)


def single(event: EventCard) -> EventCard:
    """The event as if it were for single competitors: the newcomer is planned alone."""
    return replace(event, team_size=1)


def exchange(actor: Actor, entry: Entry, former_person_id: int, row: EntryRow, reason: str) -> None:
    member = db.session.scalar(select(EntryMember).filter_by(entry_id=entry.id, person_id=former_person_id))
    if member is None and entry.person_id != former_person_id:
        raise NotFound()
    person = person_of(actor, row)
    former = member.name if member else entry.name
    db.session.add(
        Substitution(
            entry_id=entry.id,
            former_person_id=former_person_id,
            former_name=former,
            person_id=person.id,
            name=person.name,
            reason=reason,
            at=now(),
            account_id=actor.account_id,
        )
    )
    if member is not None:
        member.person_id, member.name = person.id, person.name
    else:
        entry.name, entry.account_id, entry.checked_in_at = person.name, None, None
        for name, value in told_of(row).items():
            if name not in ("unit", "guest"):
                setattr(entry, name, value)
    if entry.person_id == former_person_id:
        entry.person_id = person.id
    db.session.execute(delete(RuleOverride).where(RuleOverride.entry_id == entry.id))
    db.session.flush()
    audit.record(actor, "entry.substituted", f"entry:{entry.id}", after={"reason": reason})


def must_meet_rules(event: EventCard, entry: Entry) -> None:
    answers = queries.entry_answers(event, [queries.entry_card(entry.id)])[entry.id]
    if not all(answer.passes for answer in answers):
        raise RuleBroken(_l("The newcomer does not meet a rule of the event."), code="rule_not_met")


def must_be_before_cut_off(event: EventCard) -> None:
    until = queries.setting_of(event.competition.id).substitution_until
    if until is None:
        must_take_entries(event)
    elif now() >= until:
        raise RuleBroken(
            _l("Substitutions are no longer possible. Ask the competition office."), code="after_cut_off"
        )


def held(entry_id: int) -> Entry:
    entry = db.session.get(Entry, entry_id, with_for_update=True, populate_existing=True)
    if entry is None:
        raise NotFound()
    return entry
