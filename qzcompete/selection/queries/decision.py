"""What the panel decides on: the ranking by marking's engine, the meeting, its votes, and what still must be voted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import select

from qzcompete.core.errors import NotFound
from qzcompete.extensions import db
from qzcompete.selection.models import (
    Application,
    ExpertConflict,
    PanelMeeting,
    PanelVote,
    SelectionClass,
    SelectionScore,
)
from qzcompete.selection.queries.applications import ApplicationCard, card
from qzcompete.selection.queries.experts import MemberCard, panel_members
from qzcompete.selection.rules.decision import (
    Lists,
    Reached,
    Vote,
    lists,
    quorum_of,
    ranking,
    ties_that_matter,
)
from qzcompete.selection.rules.workflow import TITLED

# What was before the panel stays in its ranking and its minutes, whatever became of it later.
DECIDED = TITLED | {"visited", "chosen", "announced", "reserved", "rejected", "excluded", "withdrawn"}


@dataclass(frozen=True)
class RankedRow:
    application: ApplicationCard
    review: Decimal
    visit: Decimal
    total: Decimal
    rank: int
    vote: Vote | None
    list: str


@dataclass(frozen=True)
class MeetingCard:
    held_at: datetime
    place: str
    present: Sequence[int]
    invited: Sequence[int]
    vacant_reason: str
    remarks: str
    chair_name: str
    decided_at: datetime | None


@dataclass(frozen=True)
class TieVoteCard:
    codes: Sequence[str]
    yes: int
    no: int
    abstained: int
    reason: str


@dataclass(frozen=True)
class Standing:
    """Where the decision of a class is. `ties` are groups that a vote must put in order; `quorum` in members."""

    rows: Sequence[RankedRow]
    lists: Lists
    ties: Sequence[Sequence[str]]
    meeting: MeetingCard | None
    quorum: int
    tie_votes: Sequence[TieVoteCard]

    @property
    def has_quorum(self) -> bool:
        return self.meeting is not None and len(self.meeting.present) >= self.quorum


def standing(class_id: int) -> Standing:
    """The ranking of those who were visited, with the votes so far."""
    class_ = db.session.get(SelectionClass, class_id)
    if class_ is None:
        raise NotFound()
    found = {
        application.code or "": (application, score)
        for application, score in db.session.execute(
            select(Application, SelectionScore)
            .join(SelectionScore, SelectionScore.application_id == Application.id)
            .where(
                Application.class_id == class_id,
                Application.state.in_(DECIDED),
                SelectionScore.visit.is_not(None),
            )
        )
        if score.visit is not None and (application.state not in ("excluded", "withdrawn") or score.rank)
    }
    votes, orders, tie_votes = votes_of(class_id, {one.id: code for code, (one, _) in found.items()})
    reached = [Reached(code, score.review, score.visit) for code, (_, score) in found.items()]
    result = ranking(reached, class_.review_weight, class_.visit_weight, orders)
    order = [row.entry for row in result.rows]
    totals = {row.entry: Decimal(row.total or 0) for row in result.rows}
    stands = lists(order, totals, votes, class_.quota, class_.least_total)
    named = {
        code: name for name in ("chosen", "reserve", "rejected", "unvoted") for code in getattr(stands, name)
    }
    rows = [
        RankedRow(
            card(found[row.entry][0]),
            found[row.entry][1].review,
            found[row.entry][1].visit or Decimal(0),
            totals[row.entry],
            row.rank or 0,
            votes.get(row.entry),
            named[row.entry],
        )
        for row in result.rows
    ]
    meeting = meeting_of(class_id)
    invited = len(meeting.invited) if meeting else len(voters(panel_members(class_id)))
    return Standing(
        rows,
        stands,
        ties_that_matter(result, totals, class_.least_total),
        meeting,
        quorum_of(invited, class_.quorum_percent),
        tie_votes,
    )


def voters(members: Sequence[MemberCard]) -> list[MemberCard]:
    """Who sits in the panel's meeting: the chair, the members, and the reserves that have reviewed."""
    return [member for member in members if member.part != "reserve" or member.assigned]


def votes_of(
    class_id: int, codes: Mapping[int, str]
) -> tuple[dict[str, Vote], list[list[str]], list[TieVoteCard]]:
    """The last vote on each application, and the orders that were carried, oldest first."""
    votes: dict[str, Vote] = {}
    orders: list[list[str]] = []
    ties: list[TieVoteCard] = []
    for row in db.session.scalars(
        select(PanelVote).where(PanelVote.class_id == class_id).order_by(PanelVote.id)
    ):
        named = [codes[one] for one in row.applications if one in codes]
        vote = Vote(row.yes, row.no, row.abstained)
        if row.kind == "choose" and named:
            votes[named[0]] = vote
        elif row.kind == "tie":
            ties.append(TieVoteCard(named, row.yes, row.no, row.abstained, row.reason))
            if vote.passed():
                orders.append(named)
    return votes, orders, ties


def meeting_of(class_id: int) -> MeetingCard | None:
    row = db.session.get(PanelMeeting, class_id)
    if row is None:
        return None
    return MeetingCard(
        row.held_at,
        row.place,
        row.present,
        row.invited,
        row.vacant_reason,
        row.remarks,
        row.chair_name,
        row.decided_at,
    )


def kept_from(application_id: int) -> set[int]:
    """The experts who may not vote on this application."""
    return set(
        db.session.scalars(
            select(ExpertConflict.expert_id).where(ExpertConflict.application_id == application_id)
        )
    )


def reserve_list(class_id: int) -> Sequence[ApplicationCard]:
    rows = db.session.scalars(
        select(Application)
        .where(Application.class_id == class_id, Application.state == "reserved")
        .order_by(Application.reserve_rank)
    )
    return [card(row) for row in rows]
