"""Reads re-checks, their sheets by codes, and the corrections that they or appeals ask for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from sqlalchemy import func, select

from qzcompete.competitions.queries import EventCard
from qzcompete.core.errors import NotFound
from qzcompete.extensions import db
from qzcompete.marking import queries as marking
from qzcompete.results.models import (
    Correction,
    CorrectionState,
    Recheck,
    RecheckSheet,
    RecheckState,
)
from qzcompete.results.rules.recheck import error_rate


@dataclass(frozen=True)
class CheckedSheet:
    id: int
    candidate: str
    judge: str
    why: str
    correct: bool | None
    checked_at: datetime | None


@dataclass(frozen=True)
class RecheckCard:
    """A re-check with all its sheets; `wrong` and `looked_at` count sheets or aspects, as the competition settles."""

    id: int
    event_id: int
    number: int
    whole: bool
    seed: str
    leading_by: str
    leading: int
    sample_percent: int
    error_by: str
    error_percent: int
    state: str
    reason: str
    ordered_at: datetime
    finished_at: datetime | None
    sheets: Sequence[CheckedSheet]
    wrong: int
    looked_at: int

    @property
    def checked(self) -> int:
        return sum(sheet.correct is not None for sheet in self.sheets)

    @property
    def rate(self) -> Fraction:
        return error_rate(self.wrong, self.looked_at)

    @property
    def percent(self) -> str:
        return f"{int(self.rate * 10000) / 100:.2f}"


@dataclass(frozen=True)
class CorrectionCard:
    """A mark found wrong. `source`: recheck or appeal."""

    id: int
    event_id: int
    candidate: str
    aspect: str
    judge: str
    recorded: str | None
    found: str
    note: str
    source: str
    state: str
    reason: str
    found_at: datetime
    decided_at: datetime | None


def rechecks(event_id: int, aspects: int) -> Sequence[RecheckCard]:
    """The re-checks of an event, newest first; `aspects`: how many a sheet has."""
    rows = db.session.scalars(
        select(Recheck).where(Recheck.event_id == event_id).order_by(Recheck.number.desc())
    )
    return [recheck_card(row, aspects) for row in rows]


def recheck_card(row: Recheck, aspects: int) -> RecheckCard:
    sheets = [
        CheckedSheet(sheet.id, sheet.candidate_code, sheet.judge, sheet.why, sheet.correct, sheet.checked_at)
        for sheet in db.session.scalars(
            select(RecheckSheet)
            .where(RecheckSheet.recheck_id == row.id)
            .order_by(RecheckSheet.candidate_code, RecheckSheet.judge)
        )
    ]
    checked = [sheet for sheet in sheets if sheet.correct is not None]
    if row.error_by == "aspect":
        wrong = found_wrong(row.id)
        looked_at = len(checked) * aspects
    else:
        wrong = sum(not sheet.correct for sheet in checked)
        looked_at = len(checked)
    return RecheckCard(
        row.id,
        row.event_id,
        row.number,
        row.whole,
        row.seed,
        row.leading_by,
        row.leading,
        row.sample_percent,
        row.error_by,
        row.error_percent,
        row.state.value,
        row.reason,
        row.ordered_at,
        row.finished_at,
        sheets,
        wrong,
        looked_at,
    )


def found_wrong(recheck_id: int) -> int:
    """How many aspects a re-check found wrong."""
    query = (
        select(func.count())
        .select_from(Correction)
        .join(RecheckSheet, RecheckSheet.id == Correction.recheck_sheet_id)
        .where(RecheckSheet.recheck_id == recheck_id)
    )
    return db.session.scalar(query) or 0


def open_recheck(event_id: int) -> Recheck | None:
    return db.session.scalar(
        select(Recheck).where(Recheck.event_id == event_id, Recheck.state == RecheckState.ORDERED)
    )


def has_been_rechecked(event_id: int) -> bool:
    query = select(Recheck.id).where(Recheck.event_id == event_id, Recheck.state == RecheckState.FINISHED)
    return db.session.scalar(query.limit(1)) is not None


def recheck_sheet(event_id: int, sheet_id: int) -> tuple[CheckedSheet, int]:
    """A sheet of one of the event's re-checks, and the number of that re-check."""
    row = db.session.execute(
        select(RecheckSheet, Recheck.number)
        .join(Recheck, Recheck.id == RecheckSheet.recheck_id)
        .where(RecheckSheet.id == sheet_id, Recheck.event_id == event_id)
    ).first()
    if row is None:
        raise NotFound()
    sheet, number = row
    return CheckedSheet(
        sheet.id, sheet.candidate_code, sheet.judge, sheet.why, sheet.correct, sheet.checked_at
    ), number


def corrections(event_id: int) -> Sequence[CorrectionCard]:
    """What was found wrong, the open ones first."""
    rows = db.session.scalars(
        select(Correction).where(Correction.event_id == event_id).order_by(Correction.id)
    )
    cards = [
        CorrectionCard(
            row.id,
            row.event_id,
            row.candidate_code,
            row.aspect_code,
            row.judge,
            row.recorded,
            row.found,
            row.note,
            "recheck" if row.appeal_id is None else "appeal",
            row.state.value,
            row.reason,
            row.found_at,
            row.decided_at,
        )
        for row in rows
    ]
    return sorted(cards, key=lambda card: card.state != "open")


def open_corrections(event_id: int) -> int:
    query = select(func.count()).where(
        Correction.event_id == event_id, Correction.state == CorrectionState.OPEN
    )
    return db.session.scalar(query) or 0


def rechecks_of(event: EventCard) -> Sequence[RecheckCard]:
    """The re-checks of an event, newest first; none before it has a scheme."""
    if marking.assessment_card(event.assessment_id).scheme_hash is None:
        return []
    return rechecks(event.id, len(list(marking.scheme_of(event.assessment_id).aspects)))


def next_sheet(event: EventCard) -> int | None:
    """The next sheet that waits to be looked at."""
    return db.session.scalar(
        select(RecheckSheet.id)
        .join(Recheck, Recheck.id == RecheckSheet.recheck_id)
        .where(
            Recheck.event_id == event.id,
            Recheck.state == RecheckState.ORDERED,
            RecheckSheet.correct.is_(None),
        )
        .order_by(RecheckSheet.candidate_code, RecheckSheet.judge)
        .limit(1)
    )
