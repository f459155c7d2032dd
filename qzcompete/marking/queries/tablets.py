"""What a judge's desk and tablet read: own assessments, the pack, grants, open conflicts."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Select, func, or_, select

from qzcompete.core.clock import milliseconds
from qzcompete.core.errors import NotFound
from qzcompete.extensions import db
from qzcompete.marking.models import (
    Aspect,
    Assessment,
    AssessmentState,
    Candidate,
    Device,
    FormerJudge,
    Mark,
    MarkOp,
    Recusal,
    Seat,
    ServerEpoch,
    Sheet,
    SheetState,
    TabletGrant,
)
from qzcompete.marking.queries.assessments import AssessmentCard, assessment_card, plain, scheme_of
from qzcompete.marking.queries.flags import own_flags
from qzcompete.marking.queries.rounds import cells_open_again, disputed_cells, round_pack
from qzcompete.marking.rules.ranking import is_timed
from qzcompete.marking.rules.scheme import Aspect as AspectRule
from qzcompete.marking.rules.scheme import Scheme


@dataclass(frozen=True)
class OwnAssessment:
    """An open assessment on a judge's desk."""

    id: int
    code: str
    name: str
    state: str
    seat_code: str
    candidates: int
    signed: int


@dataclass(frozen=True)
class SeatCard:
    id: int
    code: str
    name: str


@dataclass(frozen=True)
class GrantCard:
    """A grant that holds now, with the seat that it is for."""

    id: int
    device_id: str
    seat_id: int
    seat_name: str
    account_id: int | None


def own_assessments(account_id: int) -> Sequence[OwnAssessment]:
    """The open assessments in which the account has a seat that marks, with how far its sheets are."""
    signed = (
        select(func.count())
        .where(Sheet.seat_id == Seat.id, Sheet.state == SheetState.SIGNED)
        .correlate(Seat)
        .scalar_subquery()
    )
    present = (
        select(func.count())
        .where(Candidate.assessment_id == Assessment.id, Candidate.status == "present")
        .correlate(Assessment)
        .scalar_subquery()
    )
    rows = db.session.execute(
        select(Assessment.id, Assessment.code, Assessment.name, Assessment.state, Seat.code, present, signed)
        .join(Seat, Seat.assessment_id == Assessment.id)
        .where(Seat.account_id == account_id, Seat.chief.is_(False), Assessment.state == AssessmentState.OPEN)
        .order_by(Assessment.code)
    )
    return [OwnAssessment(row[0], row[1], row[2], row[3].value, *row[4:]) for row in rows]


def judged_by(account_id: int) -> Select[tuple[int]]:
    """The keys of the assessments in which the account has a seat, the chief's too."""
    return select(Seat.assessment_id).where(Seat.account_id == account_id)


def own_seat(assessment_id: int, account_id: int) -> SeatCard:
    seat = db.session.scalar(
        select(Seat).where(
            Seat.assessment_id == assessment_id, Seat.account_id == account_id, Seat.chief.is_(False)
        )
    )
    if seat is None:
        raise NotFound()
    return SeatCard(seat.id, seat.code, seat.name)


def grant_of(token_hash: str, moment: datetime) -> GrantCard | None:
    """The grant of this token, unless it has expired or was revoked."""
    row = db.session.execute(
        select(TabletGrant, Seat)
        .join(Seat, Seat.id == TabletGrant.seat_id)
        .where(
            TabletGrant.token_hash == token_hash,
            TabletGrant.holds(moment),
        )
    ).first()
    if row is None:
        return None
    grant, seat = row
    return GrantCard(grant.id, grant.device_id, seat.id, seat.name, seat.account_id)


def epoch() -> str:
    return db.session.scalar(select(ServerEpoch.value)) or ""


def ops_seen(device_id: str) -> int:
    return db.session.scalar(select(func.count()).where(MarkOp.device_id == device_id)) or 0


def seat_of_grant(seat_id: int) -> dict[str, Any]:
    """Whose seat a tablet has entered. `holder` counts the judges that held it before: another number is another judge."""
    seat = db.session.get_one(Seat, seat_id)
    assessment = assessment_card(seat.assessment_id)
    return {
        "assessment": assessment.code,
        "assessment_name": assessment.name,
        "judge": seat.code,
        "judge_name": seat.name,
        "holder": former_judges(seat_id),
    }


def former_judges(seat_id: int) -> int:
    return db.session.scalar(select(former_count(seat_id))) or 0


def pack(seat_id: int) -> dict[str, Any]:
    """All that a tablet needs for one judge; recused candidates are not in it at all."""
    seat = db.session.get_one(Seat, seat_id)
    assessment = assessment_card(seat.assessment_id)
    scheme = scheme_of(assessment.id)
    return {
        "assessment": {
            "id": assessment.id,
            "code": assessment.code,
            "name": assessment.name,
            "state": assessment.state,
        },
        "judge": {"code": seat.code, "name": seat.name, "holder": former_judges(seat_id)},
        "scheme": {"modules": scheme_pack(scheme)},
        "reason_band": reason_band(assessment),
        "timed": is_timed(scheme),
        "candidates": sheets_pack(seat),
        "cells": cells_pack(seat_id),
        "conflicts": open_conflicts(seat_id),
        **chief_pack(seat, scheme),
    }


def reason_band(assessment: AssessmentCard) -> dict[str, str] | None:
    """Below and above which percents of a greatest mark the judge writes a reason; None where never."""
    below, above = assessment.reason_below, assessment.reason_above
    return None if below is None or above is None else {"below": plain(below), "above": plain(above)}


def sheets_pack(seat: Seat) -> list[dict[str, Any]]:
    """Every candidate whom this judge marks, and for a signed sheet its receipt."""
    recused = select(Recusal.candidate_id).where(Recusal.seat_id == seat.id)
    rows = db.session.execute(
        select(Candidate.code, Candidate.status, Candidate.duration_s, Sheet)
        .outerjoin(Sheet, (Sheet.candidate_id == Candidate.id) & (Sheet.seat_id == seat.id))
        .where(Candidate.assessment_id == seat.assessment_id, Candidate.id.not_in(recused))
        .order_by(Candidate.code)
    )
    sheets = rows.tuples().all()
    again = aspects_open_again([sheet for *_, sheet in sheets if sheet and sheet.rounds_since])
    return [
        {"code": code, "status": status, "duration_s": seconds, **receipt(sheet, again)}
        for code, status, seconds, sheet in sheets
    ]


def aspects_open_again(sheets: Sequence[Sheet]) -> dict[int, list[str]]:
    """Candidate → the aspects for which rounds have opened the signed sheet."""
    if not sheets:
        return {}
    cells = cells_open_again((sheet.candidate_id, sheet.seat_id) for sheet in sheets)
    codes = dict(
        db.session.execute(select(Aspect.id, Aspect.code).where(Aspect.id.in_({cell[1] for cell in cells})))
        .tuples()
        .all()
    )
    found: dict[int, list[str]] = {}
    for candidate, aspect, _seat in sorted(cells):
        found.setdefault(candidate, []).append(codes[aspect])
    return found


def receipt(sheet: Sheet | None, again: Mapping[int, Sequence[str]]) -> dict[str, Any]:
    """What is known of the signature; `only` where no other aspect may change until the sheet is signed again."""
    if sheet is None or sheet.state is not SheetState.SIGNED:
        only = {"only": again.get(sheet.candidate_id, [])} if sheet and sheet.rounds_since else {}
        return {"signed": False, **only}
    signed_at = None if sheet.signed_at is None else milliseconds(sheet.signed_at)
    return {"signed": True, "signed_at": signed_at, "digest": sheet.digest, "op_id": sheet.op_id}


def cells_pack(seat_id: int) -> list[dict[str, Any]]:
    recused = select(Recusal.candidate_id).where(Recusal.seat_id == seat_id)
    rows = db.session.execute(
        select(Candidate.code, Aspect.code, Mark.rev, Mark.value)
        .join(Candidate, Candidate.id == Mark.candidate_id)
        .join(Aspect, Aspect.id == Mark.aspect_id)
        .where(Mark.seat_id == seat_id, Mark.candidate_id.not_in(recused))
        .order_by(Candidate.code, Aspect.position)
    )
    return [
        {
            "candidate": candidate,
            "aspect": aspect,
            "rev": rev,
            "value": None if value is None else plain(value),
        }
        for candidate, aspect, rev, value in rows
    ]


def chief_pack(seat: Seat, scheme: Scheme) -> dict[str, Any]:
    """What comes from the chief judge, and which own signed sheets are disputed: never another judge's value."""
    disputes = disputed_cells(seat.assessment_id, scheme, signed_by=seat.id)
    return {
        "flags": own_flags(seat.id),
        "remarks": round_pack(seat.id),
        "disputes": [{"candidate": candidate, "aspect": aspect} for candidate, aspect in disputes],
    }


def scheme_pack(scheme: Scheme) -> list[dict[str, Any]]:
    """The scheme as the tablet shows it, with every default filled in; no weights, no awards."""
    return [
        {
            "code": module.code,
            "name": module.name or module.code,
            "criteria": [
                {
                    "code": criterion.code,
                    "name": criterion.name or criterion.code,
                    "aspects": [aspect_pack(aspect) for aspect in criterion.aspects],
                }
                for criterion in module.criteria
            ],
        }
        for module in scheme.modules
    ]


def aspect_pack(aspect: AspectRule) -> dict[str, Any]:
    """`duration_s` and `tolerance` are of those calculations that have them."""
    calculation = dict(aspect.calculation) if aspect.calculation else None
    known = calculation or {}
    tolerance = {"tolerance": known["tolerance"]} if "tolerance" in known else {}
    return {
        "code": aspect.code,
        "name": aspect.name or aspect.code,
        "description": aspect.description,
        "kind": aspect.kind,
        "max": plain(aspect.greatest_mark),
        "step": plain(aspect.mark_step),
        "benchmarks": list(aspect.benchmarks),
        "unit": aspect.unit,
        "calculation": calculation,
        "duration_s": known.get("duration_s"),
        **tolerance,
    }


def pack_tag(seat_id: int) -> str:
    """Changes with whatever a pack tells: the judge's ops and sheets, conflicts, candidates, and the chief judge's acts."""
    seat = db.session.get_one(Seat, seat_id)
    assessment = db.session.execute(
        select(Assessment.id, Assessment.state, Assessment.scheme_hash).where(
            Assessment.id == seat.assessment_id
        )
    ).one()
    ops = select(func.count()).where(MarkOp.seat_id == seat_id).scalar_subquery()
    sheets = select(func.count(), func.max(Sheet.signed_at)).where(
        Sheet.seat_id == seat_id, Sheet.state == SheetState.SIGNED
    )
    counted = db.session.execute(
        select(ops, select(ServerEpoch.value).scalar_subquery(), former_count(seat_id))
    ).one()
    away = select(Candidate.code, Candidate.status, Candidate.duration_s).where(
        Candidate.assessment_id == assessment.id,
        or_(Candidate.status != "present", Candidate.duration_s.is_not(None)),
    )
    told = [
        assessment.state.value,
        assessment.scheme_hash,
        seat.name,
        list(counted),
        list(db.session.execute(sheets).one()),
        sorted(map(list, db.session.execute(away).all())),
        db.session.scalars(select(Recusal.candidate_id).where(Recusal.seat_id == seat_id)).all(),
        open_conflicts(seat_id),
        chief_pack(seat, scheme_of(assessment.id)) if assessment.scheme_hash is not None else None,
    ]
    text = json.dumps(told, ensure_ascii=False, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:24]


def former_count(seat_id: int) -> Any:
    return select(func.count()).where(FormerJudge.seat_id == seat_id).scalar_subquery()


def open_conflicts(seat_id: int) -> list[dict[str, Any]]:
    """The judge's own values that lost against another of his tablets, or came from paper, until he has chosen."""
    rows = db.session.execute(
        select(MarkOp, Candidate.code, Aspect.code, Device.label)
        .join(Candidate, Candidate.id == MarkOp.candidate_id)
        .join(Aspect, Aspect.id == MarkOp.aspect_id)
        .outerjoin(Device, Device.id == MarkOp.device_id)
        .where(MarkOp.seat_id == seat_id, MarkOp.status == "conflict", MarkOp.resolved_by.is_(None))
        .order_by(MarkOp.received_at, MarkOp.op_id)
    )
    return [
        {
            "op_id": op.op_id,
            "candidate": candidate,
            "aspect": aspect,
            "value": op.value,
            "client_ts": op.client_ts,
            "label": _("Paper sheet") if isinstance(op.extra, dict) and "paper" in op.extra else label,
        }
        for op, candidate, aspect, label in rows
    ]
