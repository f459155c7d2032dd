"""The act of designation: only by a notice that ran in full with no open objection, and only where a place is left."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from qzcompete.core import jobs
from qzcompete.core.actor import Actor
from qzcompete.core.clock import now, today
from qzcompete.core.errors import NotFound, RuleBroken, broken_law
from qzcompete.core.permissions import permit
from qzcompete.core.wording import chinese_day
from qzcompete.extensions import db
from qzcompete.notices import services as notices
from qzcompete.notices.services import NoticeDraft
from qzcompete.selection.models import Application, Designation, DesignationPlace, SelectionClass
from qzcompete.selection.queries.designations import (
    AfterDecision,
    after_decision,
    announcement_topic,
    designations_of,
    subject_key,
)
from qzcompete.selection.rules.aftercare import end_of_term
from qzcompete.selection.rules.letters import designated_letter
from qzcompete.selection.rules.publicity import (
    Candidate,
    designation_body,
    designation_fault,
    designation_title,
    notice_table,
)
from qzcompete.selection.services.designation import take_place
from qzcompete.selection.services.grants import open_account
from qzcompete.selection.services.history import (
    locked_application,
    locked_class,
    move_application,
    move_class,
)
from qzcompete.selection.services.publicity import announced

FAULTS = {
    "older": _l("There is no public notice of this list."),
    "not_listed": _l("The newest public notice does not name this application."),
    "gone": _l("This application left the list after the public notice named it. Publish the list anew."),
    "running": _l("The public notice is still running. It must run in full first."),
    "objections": _l("An objection to the public notice is open. It must be decided first."),
}
PLAQUE_PREFIXES = {"studio": "QZGZS", "base": "QZJD"}


def designate(actor: Actor, application_id: int) -> Designation:
    """Designate one of the list; the last one of the list ends this stage of the class."""
    permit(actor, "selection.manage")
    # The class first, as all do that hold both.
    class_ = locked_class(class_of(application_id))
    made = designate_one(actor, class_, locked_application(application_id))
    if not announced(class_.id):
        move_class(actor, "officer", class_, "designate", details={"designated": made.place})
    return made


def class_of(application_id: int) -> int:
    found = db.session.scalar(select(Application.class_id).where(Application.id == application_id))
    if found is None:
        raise NotFound()
    return found


def designate_all(actor: Actor, class_id: int) -> list[Designation]:
    """Designate everybody on the list, and publish the names."""
    permit(actor, "selection.manage")
    class_ = locked_class(class_id)
    made = [designate_one(actor, class_, application) for application in announced(class_id)]
    if not made:
        raise RuleBroken(_l("Nobody waits for designation."), code="empty")
    move_class(actor, "officer", class_, "designate", details={"designated": len(made)})
    return made


def designate_one(actor: Actor, class_: SelectionClass, application: Application) -> Designation:
    stands = after_decision(class_.id)
    check_notice(stands, application.id)
    if class_.state == "noticing":
        move_class(actor, "officer", class_, "end_notice")
    row = next((one for one in stands.listed if one.candidate.application_id == application.id), None)
    if row is None:
        raise RuleBroken(FAULTS["gone"], code="notice_gone")
    move_application(actor, "officer", application, "designate")
    made = designation_of(stands, take_place(application), row.candidate, row.name, class_.term_months)
    try:
        with db.session.begin_nested():
            db.session.add(made)
    except IntegrityError as error:
        raise broken_law(error) from error
    open_account(made, class_)
    settle_plaque(actor, made.id, "issue")
    told = designated_letter(made.name, made.ends_on)
    notices.post_message(
        actor,
        "selection.designated",
        f"designated:{made.id}",
        told.subject,
        told.body,
        account_id=application.account_id,
        path=f"/studios/mine/{made.id}",
    )
    return made


def settle_plaque(actor: Actor, designation_id: int, why: str) -> None:
    """The archive of certificates, which stands above, issues the plaque, or ends it with the title."""
    payload = {"designation_id": designation_id}
    jobs.enqueue("certificates.plaque", payload, actor, key=f"plaque:{designation_id}:{why}")


def check_notice(stands: AfterDecision, application_id: int) -> None:
    notice = stands.notice
    fault = designation_fault(
        ended=notice is not None and notice.state == "ended",
        open_objections=notice.open_objections if notice else 0,
        listed=notice is not None and application_id in [subject_key(key) for key, _name in notice.subjects],
        newest=notice is not None,
    )
    if fault:
        raise RuleBroken(FAULTS[fault], code=f"notice_{fault}")
    if application_id in stands.upheld:
        raise RuleBroken(_l("An objection against this application was upheld."), code="upheld")


def designation_of(
    stands: AfterDecision, place: DesignationPlace, candidate: Candidate, name: str, term_months: int
) -> Designation:
    notice = stands.notice
    assert notice is not None and notice.ended_at is not None
    day = today()
    return Designation(
        application_id=candidate.application_id,
        class_id=stands.class_id,
        place=place.place,
        kind=stands.kind,
        name=name,
        leader_name=candidate.leader,
        host_name=candidate.host,
        occupation_name=candidate.occupation,
        unit_name=candidate.unit or "—",
        notice_id=notice.id,
        notice_ended_at=notice.ended_at,
        notice_open_objections=0,
        plaque_number=f"{PLAQUE_PREFIXES[stands.kind]}-{stands.cycle[:4]}-{place.place:02}",
        starts_on=day,
        ends_on=end_of_term(day, term_months),
        designated_at=now(),
    )


def announce_designations(actor: Actor, class_id: int) -> int:
    """The public announcement of who was designated; returns the notice's id."""
    permit(actor, "selection.manage")
    stands = after_decision(class_id)
    made = designations_of(class_id)
    if stands.state not in ("designated", "ended") or not made:
        raise RuleBroken(_l("Designate everybody on the list first."), code="state")
    if stands.announced:
        raise RuleBroken(_l("The announcement is published already."), code="announced")
    columns, rows = notice_table(
        stands.kind,
        [
            Candidate(one.application_id, one.leader_name, one.host_name, one.occupation_name, one.unit_name)
            for one in made
        ],
    )
    term = f"{chinese_day(made[0].starts_on)}至{chinese_day(made[0].ends_on)}"
    notice_id = notices.draft_notice(
        actor,
        NoticeDraft(
            kind="announcement",
            title=designation_title(stands.kind, stands.cycle),
            body=designation_body(stands.kind, len(made), term),
            columns=columns,
            rows=rows,
            topic=announcement_topic(class_id),
        ),
    )
    notices.publish_notice(actor, notice_id)
    return notice_id
