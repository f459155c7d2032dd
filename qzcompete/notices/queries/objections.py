"""Reads objections: the office's list without names, a case for its reader, and what the receipt opens."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Select, func, select

from qzcompete.core.actor import Actor
from qzcompete.core.clock import today
from qzcompete.core.columns import blind_index
from qzcompete.core.errors import NotFound
from qzcompete.core.paging import ListPage, list_page
from qzcompete.extensions import db
from qzcompete.notices.models import Evidence, Notice, Objection, ObjectionEvent
from qzcompete.notices.rules.objections import OPEN, STATES, Handler, actions, handler_fault
from qzcompete.people.models import Account
from qzcompete.people.queries import accounts_with_role

HANDLING_ROLES = ("officer", "bureau_officer", "supervisor")


@dataclass(frozen=True)
class Case:
    """An objection without who made it."""

    id: int
    number: str
    notice_id: int
    notice: str
    subject: str | None
    subject_name: str
    state: str
    protected: bool
    received_at: datetime
    deadline: date
    handler_id: int | None
    handler: str | None
    closed_at: datetime | None

    @property
    def overdue(self) -> bool:
        return self.state in OPEN and today() > self.deadline


@dataclass(frozen=True)
class CaseFile:
    """A case with what its reader may see: who objected only where it is not protected, or to its handler."""

    case: Case
    statement: str
    finding: str | None
    reply: str | None
    evidence: Sequence[Evidence]
    events: Sequence[ObjectionEvent]
    actions: Sequence[str]
    may_identify: bool


@dataclass(frozen=True)
class Followed:
    """What the receipt opens: the own case and its answer."""

    id: int
    number: str
    notice: str
    subject_name: str
    state: str
    received_at: datetime
    deadline: date
    reply: str | None
    may_withdraw: bool


def case_of(objection_id: int) -> Case:
    row = db.session.execute(cases().where(Objection.id == objection_id)).first()
    if row is None:
        raise NotFound()
    return plain(row[0], row[1], row[2])


def case_file(objection_id: int, actor: Actor) -> CaseFile:
    case = case_of(objection_id)
    row = db.session.get_one(Objection, objection_id)
    own = select(Evidence).where(Evidence.objection_id == objection_id).order_by(Evidence.id)
    told = select(ObjectionEvent).where(ObjectionEvent.objection_id == objection_id)
    return CaseFile(
        case,
        row.statement,
        row.finding,
        row.reply,
        db.session.scalars(own).all(),
        db.session.scalars(told.order_by(ObjectionEvent.id)).all(),
        actions(case.state, roles_in(case.handler_id, actor)),
        case.handler_id == actor.account_id or (not case.protected and actor.may("objection.handle")),
    )


def roles_in(handler_id: int | None, actor: Actor) -> frozenset[str]:
    """The roles that this account has in a case."""
    roles = {"office"} if actor.may("objection.handle") else set()
    if actor.account_id is not None and actor.account_id == handler_id and roles:
        roles.add("handler")
    return frozenset(roles)


def case_page(state: str, notice_id: int | None, number: str) -> ListPage:
    """Cases in one state, in all open ones or in all, those due first at the top."""
    query = cases().order_by(Objection.closed_at.is_not(None), Objection.deadline, Objection.id)
    if state == "open":
        query = query.where(Objection.state.in_(OPEN))
    elif state in STATES:
        query = query.where(Objection.state == state)
    if notice_id is not None:
        query = query.where(Objection.notice_id == notice_id)
    page = list_page(query, number)
    return ListPage([plain(*row) for row in page.items], page.number, page.size, page.total)


def cases_of_handler(account_id: int) -> Sequence[Case]:
    query = cases().where(Objection.handler_id == account_id, Objection.state.in_(OPEN))
    return [plain(*row) for row in db.session.execute(query.order_by(Objection.deadline))]


def cases_of_notice(notice_id: int) -> Sequence[Case]:
    query = cases().where(Objection.notice_id == notice_id).order_by(Objection.id)
    return [plain(*row) for row in db.session.execute(query)]


def cases() -> Select[tuple[Objection, str, str]]:
    return (
        select(Objection, Notice.title, Account.name)
        .join(Notice, Notice.id == Objection.notice_id)
        .outerjoin(Account, Account.id == Objection.handler_id)
    )


def followed(receipt: str) -> Followed | None:
    """The case that this receipt opens; None for a wrong one."""
    row = objection_of_receipt(receipt)
    if row is None:
        return None
    notice = db.session.get_one(Notice, row.notice_id)
    return Followed(
        row.id,
        number_of(row),
        notice.title,
        row.subject_name,
        row.state,
        row.received_at,
        row.deadline,
        row.reply,
        row.state in OPEN,
    )


def objection_of_receipt(receipt: str) -> Objection | None:
    index = blind_index("objection-receipt", tidy_receipt(receipt))
    return db.session.scalar(select(Objection).where(Objection.receipt_index == index))


def tidy_receipt(text: str) -> str:
    return "".join(sign for sign in text.upper() if sign.isalnum())


def last_serial(year: int) -> int:
    return db.session.scalar(select(func.max(Objection.serial)).where(Objection.year == year)) or 0


def upheld_subjects(notice_id: int) -> Sequence[tuple[str, int]]:
    """(subject, objection) of those upheld against a notice, in the order in which they were decided."""
    query = (
        select(Objection.subject, Objection.id)
        .where(Objection.notice_id == notice_id, Objection.state == "upheld", Objection.subject.is_not(None))
        .order_by(Objection.closed_at, Objection.id)
    )
    return [(subject, key) for subject, key in db.session.execute(query)]


def evidence_of(objection_id: int, evidence_id: int) -> Evidence:
    found = db.session.get(Evidence, evidence_id)
    if found is None or found.objection_id != objection_id:
        raise NotFound()
    return found


def number_of(row: Objection) -> str:
    return f"异〔{row.year}〕{row.serial:04}号"


def plain(row: Objection, notice: str, handler: str | None) -> Case:
    return Case(
        row.id,
        number_of(row),
        row.notice_id,
        notice,
        row.subject,
        row.subject_name,
        row.state,
        row.protected,
        row.received_at,
        row.deadline,
        row.handler_id,
        handler,
        row.closed_at,
    )


def possible_handlers(objection_id: int) -> Sequence[Account]:
    """Accounts that may examine this case: not those concerned, not who published the notice, not who has it."""
    row = db.session.get(Objection, objection_id)
    if row is None:
        raise NotFound()
    notice = db.session.get_one(Notice, row.notice_id)
    found = {account.id: account for role in HANDLING_ROLES for account in accounts_with_role(role)}
    return [
        account
        for account in found.values()
        if account.is_active
        and handler_fault(Handler(account.id, notice.concerned, notice.account_id, row.handler_id)) is None
    ]
