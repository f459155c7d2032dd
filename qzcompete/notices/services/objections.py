"""Writes objections: handed in by anybody, assigned to somebody without a conflict, examined, answered.

The notice counts its open cases in the same transaction, so that nothing can rely on it meanwhile.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from flask_babel import lazy_gettext as _l

from qzcompete.adapters.files import kept_files
from qzcompete.adapters.uploads import checked_upload
from qzcompete.core import audit
from qzcompete.core.actor import CITY, Actor
from qzcompete.core.clock import now, today
from qzcompete.core.columns import blind_index, box
from qzcompete.core.errors import NotAllowed, NotFound, RuleBroken
from qzcompete.core.permissions import permit
from qzcompete.core.workdays import midnight_after
from qzcompete.extensions import db
from qzcompete.notices.models import Evidence, Notice, Objection, ObjectionEvent
from qzcompete.notices.queries import objections as queries
from qzcompete.notices.queries.calendar import last_working_day
from qzcompete.notices.queries.notices import notice_card
from qzcompete.notices.rules import letters
from qzcompete.notices.rules.addresses import is_email, is_mobile, tidy_mobile
from qzcompete.notices.rules.objections import OPEN, Handler, handler_fault, next_state
from qzcompete.notices.services.messages import cancel_reminder, plan_reminder, post_message
from qzcompete.notices.services.notices import locked_notice
from qzcompete.people.queries import accounts_with_role

# Letters and digits that are not taken for one another.
RECEIPT_SIGNS = "ABCDEFGHJKMNPQRSTVWXYZ23456789"
RECEIPT_LENGTH = 20
MOST_FILES = 5
MOST_FILE_BYTES = 10 * 2**20
HANDLER_FAULTS = {
    "concerned": _l("This is that person's own matter. Choose somebody else."),
    "published": _l("Who published the notice does not examine objections to it. Choose somebody else."),
    "same": _l("This person has the case already."),
}


@dataclass(frozen=True)
class ObjectionDraft:
    """What somebody hands in; `files` are (name, content)."""

    notice_id: int
    objector: str
    contact: str
    statement: str
    protected: bool = True
    subject: str | None = None
    files: Sequence[tuple[str, bytes]] = field(default_factory=tuple)


@dataclass(frozen=True)
class Receipt:
    """The number of the case, and the code by which the objector follows it. The code is shown once and not kept."""

    number: str
    code: str
    deadline: str


def hand_in(draft: ObjectionDraft, days: int) -> Receipt:
    """A new case, to be answered within so many working days; raises RuleBroken beside the field that is wrong."""
    notice = locked_notice(draft.notice_id)
    card = notice_card(draft.notice_id)
    if not card.running:
        raise RuleBroken(_l("The period of this notice is over; it takes no more objections."), code="ended")
    subjects = dict(card.subjects)
    if draft.subject is not None and draft.subject not in subjects:
        raise RuleBroken(_l("Choose whom or what the objection is about."), field="subject")
    check_contact(draft.contact)
    moment = now()
    code = "".join(secrets.choice(RECEIPT_SIGNS) for _ in range(RECEIPT_LENGTH))
    year = today().year
    objection = Objection(
        year=year,
        serial=queries.last_serial(year) + 1,
        notice_id=notice.id,
        subject=draft.subject,
        subject_name=subjects.get(draft.subject or "", ""),
        state="received",
        protected=draft.protected,
        objector=draft.objector.strip(),
        contact=draft.contact.strip(),
        statement=draft.statement.strip(),
        receipt_index=blind_index("objection-receipt", code),
        received_at=moment,
        deadline=last_working_day(moment, days),
    )
    db.session.add(objection)
    db.session.flush()
    keep_evidence(objection, draft.files)
    notice.open_objections += 1
    tell(None, objection, "hand_in", "", "received")
    tell_office(objection, notice)
    return Receipt(queries.number_of(objection), grouped(code), letters.chinese_day(objection.deadline))


def check_contact(contact: str) -> None:
    tidy = contact.strip()
    landline = tidy.replace("-", "").replace(" ", "")
    usable = (
        is_email(tidy) or is_mobile(tidy_mobile(tidy)) or (landline.isdigit() and 7 <= len(landline) <= 12)
    )
    if not usable:
        raise RuleBroken(
            _l("Give a telephone number or an e-mail address by which we reach you."), field="contact"
        )


def keep_evidence(objection: Objection, files: Sequence[tuple[str, bytes]]) -> None:
    """Checked by their content, then encrypted: what is stored tells nothing without the key."""
    if len(files) > MOST_FILES:
        raise RuleBroken(_l("At most %(most)s files.", most=MOST_FILES), field="files")
    for name, content in files:
        try:
            upload = checked_upload(content, most_bytes=MOST_FILE_BYTES)
        except RuleBroken as problem:
            raise RuleBroken(f"{name[:60]}: {problem.message}", code=problem.code, field="files") from problem
        db.session.add(
            Evidence(
                objection_id=objection.id,
                file_name=name[:120],
                media_type=upload.kind,
                size=len(upload.content),
                file_hash=kept_files().put(box().encrypt(upload.content)),
            )
        )


def tell_office(objection: Objection, notice: Notice) -> None:
    """Those who may assign it learn that it came, but for whom the matter is their own."""
    told = letters.objection_received(queries.number_of(objection), notice.title, objection.deadline)
    for role in queries.HANDLING_ROLES:
        for account in accounts_with_role(role):
            if account.id not in notice.concerned:
                key = f"objection-received:{objection.id}:{account.id}"
                path = f"/office/objections/{objection.id}"
                post_message(
                    account.actor,
                    "objection.received",
                    key,
                    told.subject,
                    told.body,
                    account_id=account.id,
                    path=path,
                )


def assign(actor: Actor, objection_id: int, handler: Actor, no_conflict: bool) -> None:
    """Give the case to somebody who has declared to have no interest in it."""
    permit(actor, "objection.handle")
    objection, notice = locked_case(objection_id)
    if not no_conflict:
        raise RuleBroken(_l("Confirm that this person has no interest in the matter."), field="no_conflict")
    if handler.account_id is None or not handler.may("objection.handle", CITY):
        raise RuleBroken(_l("This account may not decide objections. Choose another."), field="handler")
    asked = Handler(handler.account_id, notice.concerned, notice.account_id, objection.handler_id)
    if fault := handler_fault(asked):
        raise RuleBroken(HANDLER_FAULTS[fault], code=f"handler_{fault}", field="handler")
    objection.handler_id = handler.account_id
    move(actor, objection, "assign", handler.name)
    number = queries.number_of(objection)
    told = letters.objection_assigned(number, notice.title, objection.deadline)
    key, path = (
        f"objection-assigned:{objection_id}:{handler.account_id}",
        f"/office/objections/{objection_id}",
    )
    post_message(
        actor, "objection.assigned", key, told.subject, told.body, account_id=handler.account_id, path=path
    )
    due = letters.objection_due(number, objection.deadline)
    plan_reminder(
        actor,
        f"objection:{objection_id}",
        "objection.due",
        reminder_moment(objection),
        [handler.account_id],
        due.subject,
        due.body,
        path,
    )


def reminder_moment(objection: Objection) -> datetime:
    """On the morning two days before the deadline."""
    return max(now(), midnight_after(objection.deadline) - timedelta(days=2, hours=15))


def decide(actor: Actor, objection_id: int, upheld: bool, finding: str, reply: str) -> None:
    """The handler's finding for the file, and the reply that the objector reads."""
    permit(actor, "objection.handle")
    objection, notice = locked_case(objection_id)
    if not finding.strip():
        raise RuleBroken(_l("Write what was found."), field="finding")
    if not reply.strip():
        raise RuleBroken(_l("Write the reply to the objector."), field="reply")
    objection.finding, objection.reply = finding.strip(), reply.strip()
    move(actor, objection, "uphold" if upheld else "dismiss")
    close(actor, objection, notice)


def refuse(actor: Actor, objection_id: int, reason: str) -> None:
    """What is no objection to this notice is not examined; the objector is told why."""
    permit(actor, "objection.handle")
    objection, notice = locked_case(objection_id)
    if not reason.strip():
        raise RuleBroken(_l("Give the reason."), field="reason")
    objection.reply = reason.strip()
    move(actor, objection, "refuse", reason)
    close(actor, objection, notice)


def withdraw(receipt: str) -> str:
    """The objector takes it back by the receipt; returns the number of the case."""
    found = queries.objection_of_receipt(receipt)
    if found is None:
        raise NotFound()
    objection, notice = locked_case(found.id)
    move(None, objection, "withdraw")
    close(None, objection, notice)
    return queries.number_of(objection)


def close(actor: Actor | None, objection: Objection, notice: Notice) -> None:
    objection.closed_at = now()
    notice.open_objections -= 1
    cancel_reminder(f"objection:{objection.id}")
    contact = objection.contact
    if actor is not None and (is_email(contact) or is_mobile(tidy_mobile(contact))):
        told = letters.objection_answered(queries.number_of(objection))
        post_message(
            actor,
            "objection.answered",
            f"objection-answered:{objection.id}",
            told.subject,
            told.body,
            email=contact if is_email(contact) else None,
            mobile=None if is_email(contact) else tidy_mobile(contact),
        )


def identify(actor: Actor, objection_id: int) -> tuple[str, str]:
    """(name, contact) of the objector for the handler, with a record that they were shown."""
    objection, _notice = locked_case(objection_id)
    may = objection.handler_id == actor.account_id or not objection.protected
    permit(actor, "objection.handle")
    if not may:
        raise NotAllowed(_l("Who objected is protected: only the handler of the case may see it."))
    audit.record(actor, "objection.identified", f"objection:{objection_id}")
    return objection.objector, objection.contact


def open_evidence(actor: Actor, objection_id: int, evidence_id: int) -> tuple[Evidence, bytes]:
    """A file of the case for its handler, with a record that it was opened."""
    objection, _notice = locked_case(objection_id)
    permit(actor, "objection.handle")
    if objection.handler_id != actor.account_id:
        raise NotAllowed(_l("Only the handler of the case may open its evidence."))
    evidence = queries.evidence_of(objection_id, evidence_id)
    audit.record(
        actor, "objection.evidence_opened", f"objection:{objection_id}", after={"evidence": evidence_id}
    )
    return evidence, box().decrypt(kept_files().get(evidence.file_hash))


def move(actor: Actor | None, objection: Objection, action: str, note: str = "") -> None:
    """Let a case that the caller holds go on, and write down who did it."""
    roles = {"objector"} if actor is None else queries.roles_in(objection.handler_id, actor)
    following = next_state(objection.state, action, roles)
    if following is None and objection.state in OPEN and action in ("uphold", "dismiss"):
        raise NotAllowed(_l("Only the handler of the case decides it."))
    if following is None:
        raise RuleBroken(_l("This cannot be done in the present state. Load the page again."), code="state")
    before, objection.state = objection.state, following
    tell(actor, objection, action, before, following, note)


def tell(
    actor: Actor | None, objection: Objection, action: str, before: str, after: str, note: str = ""
) -> None:
    """The event of the case, and its line in the audit log; somebody without an account is "objector"."""
    event = ObjectionEvent(
        objection_id=objection.id,
        at=now(),
        action=action,
        before=before,
        after=after,
        account_id=actor.account_id if actor else None,
        actor_name=actor.name if actor else "objector",
        note=note.strip(),
    )
    db.session.add(event)
    who = actor or Actor(None, "objector")
    audit.record(who, f"objection.{action}", f"objection:{objection.id}", {"state": before}, {"state": after})


def locked_case(objection_id: int) -> tuple[Objection, Notice]:
    """The case and its notice, held in this order by all: the notice first."""
    notice_id = queries.case_of(objection_id).notice_id
    notice = locked_notice(notice_id)
    objection = db.session.get(Objection, objection_id, with_for_update=True, populate_existing=True)
    assert objection is not None
    return objection, notice


def grouped(code: str) -> str:
    """In fives, to be copied by hand."""
    return "-".join(code[start : start + 5] for start in range(0, len(code), 5))
