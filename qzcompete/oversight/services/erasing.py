"""Deletes personal data: an account's and its person's on request, and whatever has run out of its time, once a day.

Requests are decided by whoever manages accounts. The audit log keeps what it says of the acts; nothing there is changed.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, CursorResult, Delete, Table, Update, delete, select, update

from qzcompete.core import audit
from qzcompete.core.actor import CITY, SYSTEM, Actor
from qzcompete.core.clock import now
from qzcompete.core.errors import NotFound, RuleBroken
from qzcompete.core.permissions import permit
from qzcompete.extensions import db
from qzcompete.notices.services import post_message
from qzcompete.oversight import queries
from qzcompete.oversight.models import Erasure, ErasureState
from qzcompete.oversight.retention import ERASED_NAME, GOES, NAMED, RUN_OUT
from qzcompete.people.queries import account_by_id, accounts_with_role
from qzcompete.people.services import forget_account, forget_person, forget_phone


def ask_erasure(actor: Actor) -> Erasure:
    """The one who acts wants the own account and data deleted; those who decide are told."""
    if actor.account_id is None:
        raise NotFound()
    made = Erasure(account_id=actor.account_id, asked_at=now(), state=ErasureState.ASKED, answer="")
    db.session.add(made)
    db.session.flush()
    audit.record(actor, "erasure.asked", f"account:{actor.account_id}")
    for account in accounts_with_role("admin"):
        post_message(
            actor,
            "erasure.asked",
            f"erasure:{made.id}:{account.id}",
            str(_l("An account asks to be deleted")),
            str(_l("Decide within 15 working days.")),
            account_id=account.id,
            path="/office/erasures",
        )
    return made


def take_back_erasure(actor: Actor) -> None:
    asked = queries.open_erasure(actor.account_id or 0)
    if asked is None:
        raise NotFound()
    db.session.delete(asked)
    db.session.flush()
    audit.record(actor, "erasure.taken_back", f"account:{actor.account_id}")


def refuse_erasure(actor: Actor, erasure_id: int, reason: str) -> None:
    erasure = open_request(actor, erasure_id)
    if len(reason.strip()) < 4:
        raise RuleBroken(_l("Give the reason."), code="reason", field="reason")
    settle(actor, erasure, ErasureState.REFUSED, reason.strip()[:400])
    post_message(
        actor,
        "erasure.refused",
        f"erasure:{erasure.id}:refused",
        str(_l("Your account is not deleted")),
        erasure.answer,
        account_id=erasure.account_id,
        path="/account/data",
    )


def erase(actor: Actor, erasure_id: int) -> None:
    """Delete what may go. The account opens nothing afterwards; its person is forgotten where no kind keeps it."""
    erasure = open_request(actor, erasure_id)
    account = account_by_id(erasure.account_id)
    person_id = account.person_id
    kept = queries.kept_kinds({account.id: person_id})[account.id]
    for part in GOES:
        if part.unless is None or part.unless not in kept:
            table = db.metadata.tables[part.table]
            own = owned(table, part.through, part.parent, lambda owner: owner.c.account_id == account.id)
            db.session.execute(delete(table).where(own))
    forget_account(account, ERASED_NAME, keep_person=bool(kept))
    if person_id is not None:
        forget_phone(person_id)
        if not kept:
            forget_person(person_id, ERASED_NAME)
            forget_entries(person_id)
    settle(actor, erasure, ErasureState.DONE, "")
    audit.record(
        actor,
        "account.erased",
        f"account:{account.id}",
        after={"kept": [kind.tables[0] for kind in kept]},
    )


def forget_entries(person_id: int) -> None:
    tables = db.metadata.tables
    db.session.execute(delete(tables["person_photo"]).where(tables["person_photo"].c.person_id == person_id))
    for part in NAMED:
        table = tables[part.table]
        values = {part.column: ERASED_NAME} | dict.fromkeys(part.emptied)
        db.session.execute(update(table).where(table.c[part.by] == person_id).values(values))


def owned(
    table: Table, through: str, parent: str, condition: Callable[[Table], ColumnElement[bool]]
) -> ColumnElement[bool]:
    """The rows for which the condition holds, or holds for the row of `parent` that `through` names."""
    if not parent:
        return condition(table)
    above = db.metadata.tables[parent]
    return table.c[through].in_(select(above.c.id).where(condition(above)))


def open_request(actor: Actor, erasure_id: int) -> Erasure:
    permit(actor, "account.manage", CITY)
    erasure = db.session.get(Erasure, erasure_id, with_for_update=True)
    if erasure is None:
        raise NotFound()
    if erasure.state is not ErasureState.ASKED:
        raise RuleBroken(_l("This request is decided already."), code="decided")
    if erasure.account_id == actor.account_id:
        raise RuleBroken(_l("Another person decides on your own request."), code="own")
    return erasure


def settle(actor: Actor, erasure: Erasure, state: ErasureState, answer: str) -> None:
    erasure.state, erasure.answer = state, answer
    erasure.decided_by, erasure.decided_at = actor.account_id, now()
    db.session.flush()
    audit.record(actor, f"erasure.{state.value}", f"account:{erasure.account_id}")


def delete_run_out(moment: datetime) -> dict[str, int]:
    """Delete, or empty, all whose years have passed at `moment`; returns how many rows of each table."""
    counts = {}
    for part in RUN_OUT:
        table = db.metadata.tables[part.table]
        before = moment - timedelta(days=round(part.years * 365.2425))
        over = owned(table, part.through, part.parent, older(part.since, before))
        if part.emptied:
            counts[part.table] = empty(table, over, part.emptied)
        else:
            counts[part.table] = removed(delete(table).where(over))
    counts = {name: count for name, count in counts.items() if count}
    if counts:
        audit.record(SYSTEM, "erasure.run_out", "erasure:run_out", after=counts)
    return counts


def older(since: str, before: datetime) -> Callable[[Table], ColumnElement[bool]]:
    return lambda table: table.c[since] < before


def empty(table: Table, over: ColumnElement[bool], names: tuple[str, ...]) -> int:
    """Rows that hold something yet: what is encrypted is read, for nothing looks like nothing there."""
    columns = [table.c[name] for name in names]
    count = 0
    for row in db.session.execute(select(*table.primary_key, *columns).where(over)):
        key, values = row[: -len(columns)], row[-len(columns) :]
        if any(values):
            here = [column == value for column, value in zip(table.primary_key, key, strict=True)]
            nothing = {column.name: None if column.nullable else "" for column in columns}
            count += removed(update(table).where(*here).values(nothing))
    return count


def removed(statement: Delete | Update) -> int:
    done = db.session.execute(statement)
    assert isinstance(done, CursorResult)
    return done.rowcount
