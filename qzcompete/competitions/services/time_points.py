"""Sets the time points of a draft, and moves those of a public competition, with a reason, all that follows along."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from flask_babel import lazy_gettext as _l

from qzcompete.competitions import queries
from qzcompete.competitions.models import (
    Competition,
    CompetitionState,
    ContestSession,
    Event,
    Postponement,
    TimePoint,
    TimePointName,
)
from qzcompete.competitions.queries import MovePlan
from qzcompete.competitions.services.rows import change, locked
from qzcompete.core import audit
from qzcompete.core.actor import Actor
from qzcompete.core.clock import now
from qzcompete.core.errors import RuleBroken, Stale
from qzcompete.core.permissions import permit
from qzcompete.extensions import db

LONGEST_REASON = 200
NO_POSTPONING = (CompetitionState.FINISHED, CompetitionState.CANCELLED)


def set_time_points(actor: Actor, competition_id: int, points: Mapping[str, datetime | None]) -> None:
    """All the time points of a draft at once; those that are None are not set any more."""
    competition = locked(Competition, competition_id)
    permit(actor, "competition.edit", ("competition", competition_id))
    if competition.state is not CompetitionState.DRAFT:
        raise RuleBroken(_l("The competition is public: move its time points one by one, with a reason."))
    wanted = {name: at for name, at in points.items() if at is not None}
    for name, sentence in queries.order_sentences(wanted).items():
        raise RuleBroken(sentence, code="order", field=name)
    before = queries.time_points(competition_id)
    if before == wanted:
        return
    competition.time_points = [TimePoint(name=TimePointName(name), at=at) for name, at in wanted.items()]
    db.session.flush()
    audit.record(
        actor,
        "competition.time_points_set",
        f"competition:{competition_id}",
        before=written(before),
        after=written(wanted),
    )


def postpone(
    actor: Actor, competition_id: int, name: str, to: datetime, reason: str, seen: datetime | None
) -> Postponement:
    """Move one time point of a public competition and what follows it; `seen` is the moment that the actor saw."""
    competition = locked(Competition, competition_id)
    permit(actor, "competition.edit", ("competition", competition_id))
    plan = checked_plan(competition, name, to, reason, seen)
    before = queries.time_points(competition_id)
    for point, at in plan.points.items():
        db.session.merge(TimePoint(competition_id=competition_id, name=TimePointName(point), at=at))
    postponement = Postponement(
        competition_id=competition_id,
        name=TimePointName(name),
        from_at=plan.from_at,
        to_at=to,
        reason=reason.strip(),
        account_id=actor.account_id,
        moved_at=now(),
    )
    db.session.add(postponement)
    move_contest(actor, competition, plan)
    audit.record(
        actor,
        "competition.postponed",
        f"competition:{competition_id}",
        before=written({point: before[point] for point in plan.points if point in before}),
        after=written(plan.points) | {"reason": reason.strip()},
    )
    return postponement


def checked_plan(
    competition: Competition, name: str, to: datetime, reason: str, seen: datetime | None
) -> MovePlan:
    if competition.state in NO_POSTPONING:
        raise RuleBroken(_l("The competition has ended; its time points stay."))
    if not reason.strip():
        raise RuleBroken(_l("Say why; the reason is published."), field="reason")
    if len(reason.strip()) > LONGEST_REASON:
        raise RuleBroken(_l("A reason has at most 200 characters."), field="reason")
    plan = queries.move_plan(queries.competition_card_by_id(competition.id), name, to)
    if plan.from_at != seen:
        raise Stale(_l("Somebody moved this time point meanwhile. Look at the timeline and try again."))
    for sentence in plan.faults:
        raise RuleBroken(sentence, code="order", field="to")
    return plan


def move_contest(actor: Actor, competition: Competition, plan: MovePlan) -> None:
    """The contest days and the times of the events, as the plan has them."""
    days = {"starts_on": plan.starts_on, "ends_on": plan.ends_on}
    change(actor, competition, "competition", {name: day for name, day in days.items() if day is not None})
    for move in plan.events:
        event = locked(Event, queries.event_card(move.code).id)
        change(actor, event, "event", {"starts_at": move.to_at})
    for session_move in plan.sessions:
        session = locked(ContestSession, session_move.session_id)
        moved = {"starts_at": session_move.to_at, "ends_at": session.ends_at + session_move.shift}
        change(actor, session, "session", moved)


def written(points: Mapping[str, datetime]) -> dict[str, str]:
    return {name: at.isoformat() for name, at in points.items()}
