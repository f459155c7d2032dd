"""What must hold of every selection at every moment; each yields a sentence for a place where it does not."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from operator import attrgetter

from sqlalchemy import func, select

from qzcompete.extensions import db
from qzcompete.marking.models import Candidate, Mark, Seat
from qzcompete.notices.models import Notice
from qzcompete.selection.models import (
    Application,
    Designation,
    DesignationPlace,
    Expert,
    ExpertConflict,
    GrantAccount,
    ReviewAssignment,
    SelectionClass,
    SelectionEvent,
)
from qzcompete.selection.queries.grants import ledger
from qzcompete.selection.rules.grants import Balance


def place_faults() -> Iterator[str]:
    """Each place of a class is a designation's, and no class has more of them than its quota."""
    query = (
        select(SelectionClass.id, SelectionClass.quota, func.count(DesignationPlace.place))
        .outerjoin(DesignationPlace, DesignationPlace.class_id == SelectionClass.id)
        .group_by(SelectionClass.id, SelectionClass.quota)
        .order_by(SelectionClass.id)
    )
    made = dict(
        db.session.execute(select(Designation.class_id, func.count()).group_by(Designation.class_id))
        .tuples()
        .all()
    )
    for class_id, quota, places in db.session.execute(query):
        if places > quota:
            yield f"class {class_id}: {places} places are taken of {quota}"
        if places != made.get(class_id, 0):
            yield f"class {class_id}: {places} places, {made.get(class_id, 0)} designations"


def notice_faults() -> Iterator[str]:
    """Each designation was made after its notice ran in full, without an open objection."""
    query = select(Designation, Notice).join(Notice, Notice.id == Designation.notice_id)
    for row, notice in db.session.execute(query.order_by(Designation.id)).tuples():
        ran = notice.ended_at is not None and notice.ends_at is not None and notice.ends_at <= notice.ended_at
        if not ran or notice.open_objections:
            yield f"designation {row.id}: its notice {notice.id} did not run in full, or has an open objection"


def recusal_faults() -> Iterator[str]:
    """An expert whom a conflict keeps away reviews nothing of that application, and has no mark of it."""
    query = (
        select(ReviewAssignment.expert_id, ReviewAssignment.application_id)
        .join(
            ExpertConflict,
            (ExpertConflict.expert_id == ReviewAssignment.expert_id)
            & (ExpertConflict.application_id == ReviewAssignment.application_id),
        )
        .order_by(ReviewAssignment.expert_id, ReviewAssignment.application_id)
    )
    for expert_id, application_id in db.session.execute(query):
        yield f"expert {expert_id} reviews application {application_id} in spite of a conflict"
    marked = (
        select(ExpertConflict.expert_id, ExpertConflict.application_id)
        .join(Expert, Expert.id == ExpertConflict.expert_id)
        .join(Application, Application.id == ExpertConflict.application_id)
        .join(SelectionClass, SelectionClass.id == Application.class_id)
        .join(
            Seat,
            (Seat.assessment_id == SelectionClass.assessment_id) & (Seat.account_id == Expert.account_id),
        )
        .join(
            Candidate,
            (Candidate.assessment_id == SelectionClass.assessment_id) & (Candidate.code == Application.code),
        )
        .join(Mark, (Mark.seat_id == Seat.id) & (Mark.candidate_id == Candidate.id))
        .distinct()
        .order_by(ExpertConflict.expert_id, ExpertConflict.application_id)
    )
    for expert_id, application_id in db.session.execute(marked):
        yield f"expert {expert_id} marked application {application_id} in spite of a conflict"


def event_faults() -> Iterator[str]:
    """Each state is what the last event says, and each event begins where the one before it ended."""
    rows = db.session.scalars(
        select(SelectionEvent).order_by(
            SelectionEvent.class_id, SelectionEvent.application_id, SelectionEvent.id
        )
    ).all()
    last: dict[tuple[int, int | None], str] = {}
    for key, events in groupby(rows, key=attrgetter("class_id", "application_id")):
        for event in events:
            if key in last and event.before != last[key]:
                yield f"{subject(*key)}: event {event.id} begins at {event.before}, not at {last[key]}"
            last[key] = event.after
    classes = select(SelectionClass.id, SelectionClass.state).order_by(SelectionClass.id)
    applications = select(Application.class_id, Application.id, Application.state).order_by(Application.id)
    states: dict[tuple[int, int | None], str] = {
        (class_id, None): state for class_id, state in db.session.execute(classes)
    }
    states |= {(class_id, key): state for class_id, key, state in db.session.execute(applications)}
    for key, state in states.items():
        if state != last.get(key, "draft"):
            yield f"{subject(*key)}: is {state}, its last event says {last.get(key, 'draft')}"


def subject(class_id: int, application_id: int | None) -> str:
    return f"class {class_id}" if application_id is None else f"application {application_id}"


def ledger_faults() -> Iterator[str]:
    """The sums of each account are those of its confirmed bookings."""
    for account in db.session.scalars(select(GrantAccount).order_by(GrantAccount.designation_id)):
        counted = ledger(account.designation_id).balance
        if counted != Balance(account.allocated, account.paid, account.spent, account.recovered):
            yield f"grant account {account.designation_id} does not add up"
