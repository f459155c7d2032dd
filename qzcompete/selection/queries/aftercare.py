"""Reads the log and the assessments of the designated."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from qzcompete.core.clock import today
from qzcompete.extensions import db
from qzcompete.selection.models import (
    ActivityRecord,
    Application,
    Designation,
    SelectionClass,
    YearAssessment,
)
from qzcompete.selection.rules.aftercare import (
    SHEETS,
    Line,
    Record,
    amounts,
    amounts_between,
    closing_from,
    proposed,
    sheet_name,
    term_starts,
)
from qzcompete.selection.rules.workflow import IN_TERM


@dataclass(frozen=True)
class SheetLine:
    """A line of the sheet to fill: what the log holds, what it proposes, and the mark so far."""

    line: Line
    amount: int | None
    proposed: Decimal | None
    mark: Decimal | None


def log_of(designation_id: int) -> Sequence[ActivityRecord]:
    """The entries of a log, the newest first."""
    query = select(ActivityRecord).where(
        ActivityRecord.designation_id == designation_id, ActivityRecord.removed_at.is_(None)
    )
    return db.session.scalars(query.order_by(ActivityRecord.on_day.desc(), ActivityRecord.id.desc())).all()


def records_of(designation_id: int) -> list[Record]:
    return [Record(row.kind, row.on_day, row.persons) for row in log_of(designation_id)]


def year_amounts(designation_id: int) -> dict[int, dict[str, int]]:
    """Year → what its log holds, the present year among them, the newest first."""
    records = records_of(designation_id)
    years = {record.on_day.year for record in records} | {today().year}
    return {year: amounts(records, year) for year in sorted(years, reverse=True)}


def assessments_of(designation_id: int) -> Sequence[YearAssessment]:
    query = select(YearAssessment).where(YearAssessment.designation_id == designation_id)
    return db.session.scalars(
        query.order_by(YearAssessment.year.desc(), YearAssessment.whole_term.desc())
    ).all()


def assessment_of(designation_id: int, year: int, whole_term: bool = False) -> YearAssessment | None:
    return db.session.scalar(
        select(YearAssessment).where(
            YearAssessment.designation_id == designation_id,
            YearAssessment.year == year,
            YearAssessment.whole_term == whole_term,
        )
    )


@dataclass(frozen=True)
class TermEnd:
    """How far the end of a term is: from when it may be assessed, whether it may be now, and whether it was passed."""

    opens_on: date
    open: bool
    passed: bool


def term_end(designation_id: int) -> TermEnd:
    designation = db.session.get_one(Designation, designation_id)
    opens_on = closing_from(designation.ends_on)
    known = assessment_of(designation_id, designation.ends_on.year, whole_term=True)
    passed = known is not None and (known.grade == "passed" or known.corrected_at is not None)
    return TermEnd(opens_on, today() >= opens_on and known is None, passed)


def assessments_of_year(class_id: int, year: int) -> tuple[Sequence[YearAssessment], list[str]]:
    """The assessments of a class in a year, held; and the names of those that stand and have none."""
    mine = select(Designation).join(Application, Application.id == Designation.application_id)
    standing = db.session.scalars(
        mine.where(Designation.class_id == class_id, Application.state.in_(IN_TERM)).order_by(
            Designation.place
        )
    ).all()
    ids = [designation.id for designation in standing]
    rows = db.session.scalars(
        select(YearAssessment)
        .where(
            YearAssessment.year == year,
            YearAssessment.whole_term.is_(False),
            YearAssessment.designation_id.in_(ids),
        )
        .order_by(YearAssessment.id)
        .with_for_update()
    ).all()
    done = {row.designation_id for row in rows}
    return rows, [designation.name for designation in standing if designation.id not in done]


def term_amounts(designation_id: int) -> dict[str, int]:
    """What the log holds of the present term."""
    query = (
        select(Designation.ends_on, SelectionClass.term_months)
        .join(SelectionClass, SelectionClass.id == Designation.class_id)
        .where(Designation.id == designation_id)
    )
    ends_on, months = db.session.execute(query).one()
    return amounts_between(records_of(designation_id), term_starts(ends_on, months), ends_on)


def sheet_of(designation_id: int, kind: str, year: int, whole_term: bool = False) -> list[SheetLine]:
    """The sheet of a year, or of the whole term that ends in it, with what the log proposes."""
    found = term_amounts(designation_id) if whole_term else amounts(records_of(designation_id), year)
    sheet = sheet_name(kind, whole_term)
    points = proposed(sheet, found)
    known = assessment_of(designation_id, year, whole_term)
    marks: dict[str, Any] = known.marks if known else {}
    return [
        SheetLine(
            line,
            found[line.record] if line.record else None,
            points.get(line.code),
            Decimal(marks[line.code]) if line.code in marks else None,
        )
        for line in SHEETS[sheet]
    ]
