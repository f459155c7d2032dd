"""The panel's meeting: who is present, what is voted, and the decision: exactly the quota, or a reason for less."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from qzcompete.core import audit
from qzcompete.core.actor import Actor
from qzcompete.core.clock import now
from qzcompete.core.errors import RuleBroken
from qzcompete.extensions import db
from qzcompete.selection.models import Application, PanelMeeting, PanelVote, SelectionClass, SelectionScore
from qzcompete.selection.queries.decision import Standing, kept_from, standing, voters
from qzcompete.selection.queries.experts import panel_members
from qzcompete.selection.rules.decision import Vote
from qzcompete.selection.services.experts import must_be_chair
from qzcompete.selection.services.history import locked_class, move_application, move_class


@dataclass(frozen=True)
class MeetingDraft:
    held_at: datetime
    place: str
    present: tuple[int, ...]
    remarks: str = ""


def deciding_class(actor: Actor, class_id: int) -> SelectionClass:
    must_be_chair(actor, class_id)
    class_ = locked_class(class_id)
    if class_.state != "deciding":
        raise RuleBroken(_l("The panel decides after the visits and once only."), code="state")
    return class_


def hold_meeting(actor: Actor, class_id: int, draft: MeetingDraft) -> PanelMeeting:
    """Write down when and where the panel meets and who is there; refused without a quorum."""
    deciding_class(actor, class_id)
    invited = {member.expert.id for member in voters(panel_members(class_id))}
    if not draft.place.strip():
        raise RuleBroken(_l("This cannot be empty."), code="missing", field="place")
    if set(draft.present) - invited:
        raise RuleBroken(_l("Only members of the panel can be present."), field="present")
    meeting = db.session.get(PanelMeeting, class_id, with_for_update=True) or PanelMeeting(class_id=class_id)
    meeting.held_at, meeting.place = draft.held_at, draft.place.strip()
    meeting.present, meeting.invited = sorted(set(draft.present)), sorted(invited)
    meeting.remarks, meeting.chair_name = draft.remarks.strip(), actor.name
    db.session.add(meeting)
    db.session.flush()
    now_stands = standing(class_id)
    if not now_stands.has_quorum:
        raise RuleBroken(
            _l("There is no quorum: at least %(quorum)s must be present.", quorum=now_stands.quorum),
            code="quorum",
            field="present",
        )
    told = {"present": len(meeting.present), "invited": len(meeting.invited)}
    audit.record(actor, "panel.met", f"selection_class:{class_id}", after=told, chain="selection")
    return meeting


def vote(actor: Actor, class_id: int, application_id: int, counted: Vote, reason: str = "") -> PanelVote:
    """Record a counted vote on choosing one application; a later one replaces it. Who is kept away has no vote."""
    class_ = deciding_class(actor, class_id)
    application = db.session.get(Application, application_id)
    if application is None or application.class_id != class_.id or application.state != "visited":
        raise RuleBroken(_l("This application is not up for decision."), code="not_visited")
    return keep_vote(actor, class_id, "choose", [application_id], counted, reason)


def vote_on_tie(actor: Actor, class_id: int, codes: Sequence[str], counted: Vote, reason: str) -> PanelVote:
    """Record the vote by which those who are equal stand in this order; refused unless it is exactly such a group."""
    deciding_class(actor, class_id)
    now_stands = standing(class_id)
    if sorted(codes) not in [sorted(group) for group in now_stands.ties]:
        raise RuleBroken(
            _l("Name exactly the applications that the totals leave equal, best first."),
            code="no_tie",
            field="codes",
        )
    if not counted.passed():
        raise RuleBroken(
            _l("This order has no majority. Vote on another one."), code="no_majority", field="yes"
        )
    if not reason.strip():
        raise RuleBroken(_l("Give the reason."), code="reason", field="reason")
    ids = {row.application.code: row.application.id for row in now_stands.rows}
    return keep_vote(actor, class_id, "tie", [ids[code] for code in codes], counted, reason)


def keep_vote(
    actor: Actor, class_id: int, kind: str, applications: Sequence[int], counted: Vote, reason: str
) -> PanelVote:
    meeting = db.session.get(PanelMeeting, class_id)
    if meeting is None:
        raise RuleBroken(_l("Open the meeting first: who is present?"), code="no_meeting")
    away = set().union(*(kept_from(application_id) for application_id in applications))
    may_vote = len(set(meeting.present) - away)
    if min(counted.yes, counted.no, counted.abstained) < 0 or counted.cast != may_vote:
        raise RuleBroken(
            _l("%(count)s members vote here: the counts must add up to that.", count=may_vote),
            code="votes_count",
            field="yes",
        )
    made = PanelVote(
        class_id=class_id,
        kind=kind,
        applications=list(applications),
        yes=counted.yes,
        no=counted.no,
        abstained=counted.abstained,
        reason=reason.strip(),
        voted_at=now(),
    )
    db.session.add(made)
    db.session.flush()
    told = {"kind": kind, "yes": counted.yes, "no": counted.no, "abstained": counted.abstained}
    audit.record(actor, "panel.voted", f"selection_class:{class_id}", after=told, chain="selection")
    return made


def decide(actor: Actor, class_id: int, vacant_reason: str = "") -> Standing:
    """Choose exactly the quota in the order of the ranks; fewer only with the reason why places stay vacant. The next
    stand on the reserve list, in order."""
    class_ = deciding_class(actor, class_id)
    now_stands = standing(class_id)
    must_be_decided(class_, now_stands, vacant_reason)
    applications = {
        application.code: application
        for application in db.session.scalars(
            select(Application)
            .where(Application.class_id == class_id, Application.state == "visited")
            .with_for_update(of=Application)
        )
    }
    for row in now_stands.rows:
        score = db.session.get_one(SelectionScore, row.application.id)
        score.total, score.rank = row.total, row.rank
    for code in now_stands.lists.chosen:
        place_reason = str(_l("Chosen by the panel's vote"))
        move_application(actor, "chair", applications[code], "choose", place_reason)
    for rank, code in enumerate(now_stands.lists.reserve, 1):
        applications[code].reserve_rank = rank
        move_application(actor, "chair", applications[code], "reserve", details={"rank": rank})
    for code in now_stands.lists.rejected:
        why = str(_l("Below the least total, or refused by the panel's vote"))
        move_application(actor, "chair", applications[code], "reject", why)
    meeting = db.session.get_one(PanelMeeting, class_id)
    meeting.decided_at, meeting.vacant_reason = now(), vacant_reason.strip()
    move_class(
        actor,
        "chair",
        class_,
        "decide",
        vacant_reason,
        {"chosen": len(now_stands.lists.chosen), "quota": class_.quota},
    )
    return now_stands


def must_be_decided(class_: SelectionClass, now_stands: Standing, vacant_reason: str) -> None:
    if not now_stands.has_quorum:
        raise RuleBroken(_l("Open the meeting first: who is present?"), code="no_meeting")
    if now_stands.ties:
        raise RuleBroken(
            _l("Some applications are equal. Vote on their order first."), code="tie", field="codes"
        )
    if now_stands.lists.unvoted:
        raise RuleBroken(
            _l("These must be voted on first: %(codes)s", codes="、".join(now_stands.lists.unvoted)),
            code="unvoted",
        )
    if len(now_stands.lists.chosen) < class_.quota and not vacant_reason.strip():
        raise RuleBroken(
            _l("Fewer than the quota are chosen. Write why places stay vacant."),
            code="vacant",
            field="vacant_reason",
        )
