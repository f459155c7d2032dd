"""From the decision to a list that may be designated: the public notice, what upheld objections change, and anew."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from qzcompete.core.actor import Actor
from qzcompete.core.errors import RuleBroken
from qzcompete.core.permissions import permit
from qzcompete.extensions import db
from qzcompete.notices import services as notices
from qzcompete.notices.services import NoticeDraft
from qzcompete.selection.models import Application, SelectionClass
from qzcompete.selection.queries.designations import (
    AfterDecision,
    after_decision,
    subject_key,
    subject_of,
    topic_of,
)
from qzcompete.selection.rules.letters import announced_letter, moved_up_letter, removed_letter
from qzcompete.selection.rules.publicity import (
    Change,
    changes,
    notice_body,
    notice_table,
    notice_title,
)
from qzcompete.selection.services.history import (
    locked_application,
    locked_class,
    move_application,
    move_class,
)

CONTACT = "受理部门：钦州市人力资源和社会保障局职业能力建设科\n受理电话：0777-2821234"


def publish_list(actor: Actor, class_id: int) -> int:
    """Publish who was chosen, for the full period of the class; returns the notice's id."""
    permit(actor, "selection.manage")
    class_ = locked_class(class_id)
    stands = after_decision(class_id)
    if not stands.listed:
        raise RuleBroken(_l("Nobody is on the list: there is nothing to publish."), code="empty")
    notice_id = publish(actor, class_, stands)
    for row in stands.listed:
        move_application(actor, "officer", locked_application(row.candidate.application_id), "announce")
        told = announced_letter(row.name)
        notices.post_message(
            actor,
            "selection.announced",
            f"announced:{notice_id}:{row.candidate.application_id}",
            told.subject,
            told.body,
            account_id=row.account_id,
            path=f"/notices/{notice_id}",
        )
    move_class(actor, "officer", class_, "publish_notice", details={"notice": notice_id})
    return notice_id


def publish(actor: Actor, class_: SelectionClass, stands: AfterDecision) -> int:
    again = bool(stands.notices)
    candidates = [row.candidate for row in stands.listed]
    columns, rows = notice_table(stands.kind, candidates)
    notice_id = notices.draft_notice(
        actor,
        NoticeDraft(
            kind="publicity",
            title=notice_title(stands.kind, stands.cycle, again),
            body=notice_body(stands.kind, len(candidates), again),
            working_days=class_.notice_days,
            columns=columns,
            rows=rows,
            contact=CONTACT,
            topic=topic_of(class_.id),
            subjects=[(subject_of(row.candidate.application_id), row.name) for row in stands.listed],
            concerned=[row.account_id for row in (*stands.listed, *stands.reserve)],
        ),
    )
    notices.publish_notice(actor, notice_id)
    return notice_id


def renew_list(actor: Actor, class_id: int) -> tuple[Change, int]:
    """Take whom an upheld objection names off the list, and whoever withdrew; let the next of the reserve move up; and
    publish anew for the full period. Returns what changed, and the new notice's id."""
    permit(actor, "selection.manage")
    class_ = locked_class(class_id)
    stands = after_decision(class_id)
    notice = stands.notice
    if notice is None or not stands.changed:
        raise RuleBroken(_l("No upheld objection asks for a change of the list."), code="unchanged")
    if notice.open_objections:
        raise RuleBroken(
            _l(
                "%(count)s objections are open. Decide them first, so that the list is published once.",
                count=notice.open_objections,
            ),
            code="open_objections",
        )
    change = change_of(stands, [subject_key(key) for key, _name in notice.subjects])
    reason = str(_l("An objection was upheld, or a candidate withdrew"))
    for key in change.removed:
        remove(actor, class_, key, stands.upheld)
    for key in change.moved_up:
        move_up(actor, key, reason)
    notices.withdraw_notice(actor, notice.id, "公示名单有调整，现予撤回并重新公示")
    told = {"removed": list(change.removed), "moved_up": list(change.moved_up), "vacant": change.vacant}
    move_class(actor, "officer", class_, "restart_notice", reason, told)
    return change, publish_list(actor, class_id)


def change_of(stands: AfterDecision, shown: Sequence[int]) -> Change:
    here = {row.candidate.application_id for row in stands.listed}
    gone = [key for key in shown if key not in here]
    return changes(shown, stands.upheld, gone, [row.candidate for row in stands.reserve])


def remove(actor: Actor, class_: SelectionClass, application_id: int, upheld: frozenset[int]) -> None:
    """Off the list by an upheld objection; who withdrew is off it already."""
    if application_id not in upheld:
        return
    application = locked_application(application_id)
    if application.state == "excluded":
        return
    move_application(actor, "officer", application, "exclude", str(_l("An objection against it was upheld")))
    told = removed_letter()
    tell(actor, "selection.removed", application, told.subject, told.body)


def move_up(actor: Actor, application_id: int, reason: str) -> None:
    application = locked_application(application_id)
    move_application(actor, "officer", application, "move_up", reason)
    application.reserve_rank = None
    told = moved_up_letter()
    tell(actor, "selection.moved_up", application, told.subject, told.body)


def tell(actor: Actor, kind: str, application: Application, subject: str, body: str) -> None:
    notices.post_message(
        actor, kind, f"{kind}:{application.id}", subject, body, account_id=application.account_id
    )


def announced(class_id: int) -> Sequence[Application]:
    """Those of a class that the newest notice names and that are not designated yet, held, by rank."""
    query = select(Application).where(Application.class_id == class_id, Application.state == "announced")
    return db.session.scalars(query.order_by(Application.id).with_for_update(of=Application)).all()
