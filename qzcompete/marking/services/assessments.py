"""An assessment's life: prepared with scheme, candidates and seats; opened; closed by the chief judge."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, select

from qzcompete.core import audit
from qzcompete.core.actor import Actor
from qzcompete.core.clock import now
from qzcompete.core.errors import NotFound, RuleBroken
from qzcompete.extensions import db
from qzcompete.marking.models import (
    MARK_DIGITS,
    Aspect,
    Assessment,
    AssessmentState,
    Candidate,
    Recusal,
    Seat,
    TieResolution,
)
from qzcompete.marking.queries import blockers, standing, unsigned_sheets
from qzcompete.marking.rules.ranking import STATUSES
from qzcompete.marking.rules.scheme_reading import parse_scheme


@dataclass(frozen=True)
class CandidateSpec:
    code: str
    status: str = "present"
    guest: bool = False
    duration_s: int | None = None


@dataclass(frozen=True)
class SeatSpec:
    code: str
    name: str
    account_id: int | None = None
    chief: bool = False


def create_assessment(actor: Actor, code: str, name: str) -> Assessment:
    assessment = Assessment(code=code, name=name)
    db.session.add(assessment)
    db.session.flush()
    audit.record(actor, "assessment.created", f"assessment:{assessment.id}", after={"code": code})
    return assessment


def set_scheme(actor: Actor, assessment_id: int, document: Any) -> None:
    """Give the assessment its scheme, a document of marking.md; raises Refused with the faults of a wrong one."""
    assessment = preparing(assessment_id)
    scheme = parse_scheme(document)
    if scheme.digits > MARK_DIGITS:
        raise RuleBroken(_l("A scheme's numbers have at most six decimals."), field="scheme")
    text = json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    assessment.scheme, assessment.scheme_hash = document, hashlib.sha256(text.encode()).hexdigest()
    db.session.execute(delete(Aspect).where(Aspect.assessment_id == assessment_id))
    aspects = [
        Aspect(assessment_id=assessment_id, code=aspect.code, position=position)
        for position, aspect in enumerate(scheme.aspects)
    ]
    db.session.add_all(aspects)
    audit.record(
        actor, "assessment.scheme_set", f"assessment:{assessment_id}", after={"hash": assessment.scheme_hash}
    )


def add_candidates(actor: Actor, assessment_id: int, candidates: Iterable[CandidateSpec]) -> None:
    preparing(assessment_id)
    rows = [
        Candidate(
            assessment_id=assessment_id,
            code=spec.code,
            status=spec.status,
            guest=spec.guest,
            duration_s=spec.duration_s,
        )
        for spec in candidates
    ]
    db.session.add_all(rows)
    audit.record(
        actor, "assessment.candidates_added", f"assessment:{assessment_id}", after={"count": len(rows)}
    )


def seat_judges(actor: Actor, assessment_id: int, seats: Sequence[SeatSpec]) -> None:
    """The panel, in place of the one named before; only while the assessment is prepared."""
    preparing(assessment_id)
    db.session.execute(delete(Seat).where(Seat.assessment_id == assessment_id))
    for spec in seats:
        db.session.add(
            Seat(
                assessment_id=assessment_id,
                code=spec.code,
                name=spec.name,
                account_id=spec.account_id,
                chief=spec.chief,
            )
        )
    audit.record(actor, "assessment.panel_named", f"assessment:{assessment_id}", after={"seats": len(seats)})


def recuse(actor: Actor, assessment_id: int, pairs: Iterable[tuple[str, str]]) -> None:
    """(seat code, candidate code) of those who have no sheet of a candidate; only while the assessment is prepared."""
    preparing(assessment_id)
    seats = codes_of(Seat, assessment_id)
    candidates = codes_of(Candidate, assessment_id)
    rows = [
        Recusal(seat_id=seats[seat], candidate_id=candidates[candidate])
        for seat, candidate in sorted(set(pairs))
    ]
    db.session.add_all(rows)
    db.session.flush()
    # How many, never who of what: the log is read by more people than may know it.
    audit.record(actor, "assessment.recused", f"assessment:{assessment_id}", after={"count": len(rows)})


def codes_of(table: type[Seat] | type[Candidate], assessment_id: int) -> dict[str, int]:
    rows = db.session.execute(select(table.code, table.id).where(table.assessment_id == assessment_id))
    return dict(rows.tuples().all())


def ask_reasons(actor: Actor, assessment_id: int, below: Decimal, above: Decimal) -> None:
    """Marks below and above these percents of an aspect's greatest mark need a reason."""
    assessment = preparing(assessment_id)
    assessment.reason_below, assessment.reason_above = below, above
    told = {"below": str(below), "above": str(above)}
    audit.record(actor, "assessment.reasons_asked", f"assessment:{assessment_id}", after=told)


def open_assessment(actor: Actor, assessment_id: int) -> None:
    assessment = preparing(assessment_id)
    if assessment.scheme is None:
        raise RuleBroken(_l("There is no marking scheme."), code="no_scheme")
    assessment.state, assessment.opened_at = AssessmentState.OPEN, now()
    audit.record(actor, "assessment.opened", f"assessment:{assessment_id}")


def close_assessment(actor: Actor, assessment_id: int) -> None:
    """The chief judge's signature under the whole: refused while anything is disputed, incomplete or tied."""
    assessment = must_be_open(assessment_id)
    if blockers(assessment_id):
        raise RuleBroken(_l("Some aspects are still incomplete or disputed."), code="blocked")
    if missing := unsigned_sheets(assessment_id):
        raise RuleBroken(_l("%(count)s mark sheets are not signed yet.", count=missing), code="unsigned")
    assessment.state, assessment.closed_at, assessment.closed_by = (
        AssessmentState.CLOSED,
        now(),
        actor.account_id,
    )
    audit.record(actor, "assessment.closed", f"assessment:{assessment_id}")


def reopen_assessment(actor: Actor, assessment_id: int, reason: str) -> None:
    assessment = locked(assessment_id)
    if assessment.state is not AssessmentState.CLOSED:
        raise RuleBroken(_l("This assessment is not closed."), code="not_closed")
    if not reason.strip():
        raise RuleBroken(_l("Give the reason."), field="reason")
    assessment.state, assessment.closed_at, assessment.closed_by = AssessmentState.OPEN, None, None
    audit.record(
        actor, "assessment.reopened", f"assessment:{assessment_id}", after={"reason": reason.strip()}
    )


def set_status(actor: Actor, assessment_id: int, code: str, status: str) -> None:
    """Present, absent, withdrawn or disqualified."""
    if status not in STATUSES:
        raise RuleBroken(_l("There is no such status."), field="status")
    candidate = db.session.scalar(
        select(Candidate)
        .where(Candidate.assessment_id == assessment_id, Candidate.code == code)
        .with_for_update()
    )
    if candidate is None:
        raise NotFound()
    before, candidate.status = candidate.status, status
    audit.record(
        actor,
        "candidate.status_set",
        f"assessment:{assessment_id}",
        {"code": code, "status": before},
        {"status": status},
    )


def resolve_tie(actor: Actor, assessment_id: int, codes: Sequence[str], reason: str) -> None:
    """Record the chief judge's order of candidates that the rules left equal, best first."""
    if not reason.strip():
        raise RuleBroken(_l("Give the reason."), field="reason")
    known = set(db.session.scalars(select(Candidate.code).where(Candidate.assessment_id == assessment_id)))
    if len(set(codes)) != len(codes) or len(codes) < 2 or not set(codes) <= known:
        raise RuleBroken(_l("Name two candidates or more, each once."), field="codes")
    db.session.add(
        TieResolution(
            assessment_id=assessment_id, codes=list(codes), reason=reason.strip(), resolved_at=now()
        )
    )
    audit.record(
        actor, "assessment.tie_resolved", f"assessment:{assessment_id}", after={"codes": list(codes)}
    )


def decide_tie(actor: Actor, assessment_id: int, codes: Sequence[str], reason: str) -> None:
    """Resolve a tie that there is: the codes are all those that the rules left equal, and no others."""
    must_be_open(assessment_id)
    if frozenset(codes) not in map(frozenset, standing(assessment_id).tied):
        raise RuleBroken(
            _l("Name exactly the works that the rules left equal, best first."), code="no_tie", field="codes"
        )
    resolve_tie(actor, assessment_id, codes, reason)


def locked(assessment_id: int, shared: bool = False) -> Assessment:
    """The assessment, held until the transaction ends: alone, or `shared` by all who only keep it as it is."""
    assessment = db.session.get(Assessment, assessment_id, with_for_update={"read": True} if shared else True)
    if assessment is None:
        raise NotFound()
    return assessment


def must_be_open(assessment_id: int, shared: bool = False) -> Assessment:
    assessment = locked(assessment_id, shared)
    if assessment.state is not AssessmentState.OPEN:
        raise RuleBroken(_l("This assessment is not open."), code="not_open")
    return assessment


def preparing(assessment_id: int) -> Assessment:
    assessment = locked(assessment_id)
    if assessment.state is not AssessmentState.PREPARING:
        raise RuleBroken(_l("Marking has begun: this can no longer be changed."), code="begun")
    return assessment
