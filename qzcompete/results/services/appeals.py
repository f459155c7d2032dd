"""Appeals: filed in time by the entrant or the team leader, decided by an arbiter without conflict, then carried out.

An arbiter changes no mark and no rank: the remedy is carried out by the chief judge or the office, and published as a new
version. A second instance, by another arbiter, is final.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from qzcompete.adapters.files import kept_files
from qzcompete.adapters.uploads import Upload, checked_upload
from qzcompete.competitions import services as competition_services
from qzcompete.competitions.queries import EventCard, event_card_by_id
from qzcompete.core import audit
from qzcompete.core.actor import Actor
from qzcompete.core.clock import now
from qzcompete.core.errors import NotAllowed, NotFound, RuleBroken
from qzcompete.core.permissions import permit
from qzcompete.extensions import db
from qzcompete.marking import queries as marking
from qzcompete.marking import services as marking_services
from qzcompete.registration import services as registration
from qzcompete.registration.queries import entry_card, judge_accounts
from qzcompete.results import queries
from qzcompete.results.models import Appeal, AppealEvidence, AppealState, ResultRow, ResultSet
from qzcompete.results.rules.arbiters import Cause, conflicts
from qzcompete.results.services.rechecks import add_corrections
from qzcompete.results.services.reopening import close_again, reopen

MOST_FILES = 6
MOST_BYTES = 10 * 2**20
REMEDIES = ("rerank", "remark", "reinstate", "reject")
CONFLICTS = {
    "own_cause": _l("The arbiter is a party to this appeal."),
    "same_unit": _l("The arbiter has the same employer as the entrant."),
    "judged": _l("The arbiter judged this event."),
    "decided_before": _l("The arbiter decided the first instance; the second needs another."),
}


@dataclass(frozen=True)
class Decision:
    """What the arbiter found. `wrong`: (judge, aspect) → the value found, for a re-ranking; `aspects`: to mark again."""

    remedy: str
    finding: str
    wrong: Mapping[tuple[str, str], str] = field(default_factory=dict)
    aspects: Sequence[str] = ()


def file_appeal(
    actor: Actor,
    entry_id: int,
    grounds: str,
    aspects: Sequence[str] = (),
    files: Sequence[tuple[str, bytes]] = (),
) -> Appeal:
    """Appeal in writing against the published result of an entry, or against a first decision."""
    entry = entry_card(entry_id)
    event = competition_services.hold_event(entry.event_id)
    if not actor.may("appeal.file") or not queries.may_appeal_for(actor, entry) or actor.account_id is None:
        raise NotAllowed(_l("Only the entrant or the leader of the entrant's team may appeal."))
    open_now = queries.contestable_result(entry)
    if open_now is None:
        raise RuleBroken(
            _l("No appeal is open: the time is over, or one was filed already."), code="no_window"
        )
    if not grounds.strip():
        raise RuleBroken(_l("Write what you object to, and why."), field="grounds")
    known = {aspect.code for aspect in marking.scheme_of(event.assessment_id).aspects}
    if not set(aspects) <= known:
        raise RuleBroken(_l("Choose aspects of this event."), field="aspects")
    checked = checked_files(files)
    published = queries.published_set(event.id)
    assert published is not None
    appeal = Appeal(
        event_id=event.id,
        result_set_id=published.id,
        entry_id=entry_id,
        instance=open_now.instance,
        previous_id=open_now.previous_id,
        grounds=grounds.strip()[:2000],
        aspects=sorted(set(aspects)),
        filed_at=now(),
        filed_by=actor.account_id,
    )
    db.session.add(appeal)
    db.session.flush()
    keep_files(appeal, checked)
    told = {"entry": entry_id, "instance": appeal.instance, "aspects": appeal.aspects, "files": len(checked)}
    audit.record(actor, "appeal.filed", f"appeal:{appeal.id}", after=told)
    return appeal


def checked_files(files: Sequence[tuple[str, bytes]]) -> list[tuple[str, Upload]]:
    if len(files) > MOST_FILES:
        raise RuleBroken(_l("Send at most %(most)s files.", most=MOST_FILES), field="files")
    checked = []
    for name, content in files:
        try:
            checked.append((name, checked_upload(content, most_bytes=MOST_BYTES)))
        except RuleBroken as refused:
            raise RuleBroken(refused.message, code=refused.code, field="files") from refused
    return checked


def keep_files(appeal: Appeal, files: Sequence[tuple[str, Upload]]) -> None:
    for name, upload in files:
        stem = name.replace("\\", "/").rpartition("/")[2].rpartition(".")[0] or name
        row = AppealEvidence(
            appeal_id=appeal.id,
            name=stem[:100] + upload.suffix,
            mime_type=upload.kind,
            size=len(upload.content),
            file_hash=kept_files().put(upload.content),
            added_at=now(),
        )
        db.session.add(row)
    db.session.flush()


def name_arbiter(actor: Actor, appeal_id: int, account_id: int, unit: str) -> None:
    """Hand the appeal to an arbiter, whose employer is declared; refused where a rule keeps the arbiter away."""
    appeal, event = held(appeal_id)
    permit(actor, "appeal.manage", *event.scopes)
    if appeal.state not in (AppealState.FILED, AppealState.ASSIGNED):
        raise RuleBroken(_l("This is decided already."), code="decided")
    arbiter = queries.arbiter_named(account_id, unit)
    if arbiter is None:
        raise RuleBroken(_l("Only accounts with the role of an arbiter can be chosen."), field="arbiter")
    if not unit.strip():
        raise RuleBroken(_l("Enter the arbiter's employer."), field="unit")
    for conflict in conflicts(arbiter, cause_of(appeal, event)):
        raise RuleBroken(CONFLICTS[conflict], code=conflict, field="arbiter")
    before = {"arbiter": appeal.arbiter_id}
    appeal.state, appeal.arbiter_id, appeal.arbiter_unit = AppealState.ASSIGNED, account_id, unit.strip()[:80]
    appeal.assigned_at = now()
    db.session.flush()
    audit.record(actor, "appeal.arbiter_named", f"appeal:{appeal.id}", before, {"arbiter": account_id})


def cause_of(appeal: Appeal, event: EventCard) -> Cause:
    entry = entry_card(appeal.entry_id)
    first = None if appeal.previous_id is None else db.session.get(Appeal, appeal.previous_id)
    return Cause(
        entry.person_id,
        entry.unit,
        entry.organisation_id,
        appeal.filed_by,
        judge_accounts(event.assessment_id),
        [first.arbiter_id] if first is not None and first.arbiter_id is not None else [],
    )


def decide_appeal(actor: Actor, appeal_id: int, decision: Decision) -> None:
    """The arbiter's finding and remedy. A re-ranking goes to the chief judge in writing; a re-marking opens a round."""
    appeal, event = held(appeal_id)
    if appeal.arbiter_id != actor.account_id or not actor.may("appeal.decide"):
        raise NotAllowed(_l("Only the arbiter of this appeal decides it."))
    if appeal.state is not AppealState.ASSIGNED:
        raise RuleBroken(_l("This is decided already."), code="decided")
    arbiter = queries.arbiter_named(appeal.arbiter_id or 0, appeal.arbiter_unit)
    if arbiter is None:
        raise NotAllowed()
    for conflict in conflicts(arbiter, cause_of(appeal, event)):
        raise RuleBroken(CONFLICTS[conflict], code=conflict)
    if decision.remedy not in REMEDIES:
        raise RuleBroken(_l("Choose a remedy."), field="remedy")
    if not decision.finding.strip():
        raise RuleBroken(_l("Write what you found, and why."), field="finding")
    appeal.remedy, appeal.finding = decision.remedy, decision.finding.strip()[:2000]
    appeal.decided_at = now()
    appeal.state = AppealState.REJECTED if decision.remedy == "reject" else AppealState.UPHELD
    carry_out(actor, event, appeal, decision)
    db.session.flush()
    told = {"remedy": decision.remedy, "finding": appeal.finding}
    audit.record(actor, "appeal.decided", f"appeal:{appeal.id}", after=told)


def carry_out(actor: Actor, event: EventCard, appeal: Appeal, decision: Decision) -> None:
    code = code_of(appeal)
    if decision.remedy == "rerank":
        if not decision.wrong:
            raise RuleBroken(_l("Name the mark that is wrong, and the value found."), field="wrong")
        for (judge, aspect), value in decision.wrong.items():
            add_corrections(
                actor, event, (code, judge), {aspect: value}, appeal.finding or "", appeal_id=appeal.id
            )
    elif decision.remedy == "remark":
        if not decision.aspects:
            raise RuleBroken(_l("Choose the aspects that are marked again."), field="aspects")
        reopen(actor, event, appeal.finding or "")
        marking_services.open_round(
            actor, event.assessment_id, code, decision.aspects, (appeal.finding or "")[:400]
        )
    elif decision.remedy == "reinstate" and entry_card(appeal.entry_id).status == "present":
        raise RuleBroken(_l("This entry takes part already."), field="remedy")


def code_of(appeal: Appeal) -> str:
    return db.session.scalars(
        select(ResultRow.candidate_code).where(
            ResultRow.result_set_id == appeal.result_set_id, ResultRow.entry_id == appeal.entry_id
        )
    ).one()


def reinstate(actor: Actor, appeal_id: int) -> None:
    """The office carries out an upheld reinstatement; where the entry was not marked yet, marking is open for it."""
    appeal, event = held(appeal_id)
    permit(actor, "entry.import", *event.scopes)
    if appeal.state is not AppealState.UPHELD or appeal.remedy != "reinstate":
        raise RuleBroken(_l("The arbiter did not decide this."), code="not_decided")
    change_status(actor, event, appeal.entry_id, "present", appeal.finding or "")


def disqualify(actor: Actor, event_id: int, entry_id: int, reason: str) -> None:
    """Take an entry out after the marking has ended: the next ones move up with the next version."""
    event = competition_services.hold_event(event_id)
    permit(actor, "entry.import", *event.scopes)
    if entry_card(entry_id).event_id != event_id:
        raise NotFound()
    if not reason.strip():
        raise RuleBroken(_l("Give the reason for the disqualification."), field="reason")
    if event.state not in ("closed", "published"):
        raise RuleBroken(
            _l("Marking goes on: set the status on the page of the entries."), code="still_marking"
        )
    change_status(actor, event, entry_id, "disqualified", reason.strip())


def change_status(actor: Actor, event: EventCard, entry_id: int, status: str, reason: str) -> None:
    was_closed = reopen(actor, event, reason)
    registration.mark_status(actor, entry_id, status, reason[:200])
    settled = not marking.blockers(event.assessment_id) and not marking.unsigned_sheets(event.assessment_id)
    if was_closed and settled:
        close_again(actor, event)


def settle_appeals(actor: Actor, event_id: int, published: ResultSet) -> None:
    """A new version carries out what arbiters have upheld."""
    for appeal in db.session.scalars(
        select(Appeal).where(Appeal.event_id == event_id, Appeal.state == AppealState.UPHELD)
    ):
        appeal.state, appeal.settled_by_id = AppealState.SETTLED, published.id
        audit.record(actor, "appeal.settled", f"appeal:{appeal.id}", after={"version": published.version})


def settle_unchanged(actor: Actor, appeal_id: int) -> None:
    """What an upheld appeal asked for was carried out, and the result stayed as it was."""
    appeal, event = held(appeal_id)
    permit(actor, "result.publish", *event.scopes)
    newest, published = queries.newest_set(event.id), queries.published_set(event.id)
    done = newest is not None and published is not None and newest.id == published.id
    if appeal.state is not AppealState.UPHELD or event.state != "closed" or not done:
        raise RuleBroken(
            _l("Compile first: only an unchanged result settles an appeal."), code="not_compiled"
        )
    if queries.open_corrections(event.id):
        raise RuleBroken(_l("The chief judge has not decided all corrections yet."), code="corrections")
    competition_services.set_event_state(actor, event.id, "published")
    appeal.state, appeal.settled_by_id = AppealState.SETTLED, appeal.result_set_id
    db.session.flush()
    audit.record(actor, "appeal.settled", f"appeal:{appeal.id}", after={"unchanged": True})


def held(appeal_id: int) -> tuple[Appeal, EventCard]:
    appeal = db.session.get(Appeal, appeal_id)
    if appeal is None:
        raise NotFound()
    competition_services.hold_event(appeal.event_id)
    db.session.refresh(appeal, with_for_update=True)
    return appeal, event_card_by_id(appeal.event_id)
