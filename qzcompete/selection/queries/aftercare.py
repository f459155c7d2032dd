"""Reads the log and the yearly assessments of the designated."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from qzcompete.core.clock import today
from qzcompete.extensions import db
from qzcompete.selection.models import ActivityRecord, Application, Designation, YearAssessment
from qzcompete.selection.rules.aftercare import SHEETS, Line, Record, amounts, proposed


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
    return db.session.scalars(query.order_by(YearAssessment.year.desc())).all()


def assessments_of_year(class_id: int, year: int) -> tuple[Sequence[YearAssessment], list[str]]:
    """The assessments of a class in a year, held; and the names of those that stand and have none."""
    mine = select(Designation).join(Application, Application.id == Designation.application_id)
    standing = db.session.scalars(
        mine.where(Designation.class_id == class_id, Application.state == "designated").order_by(
            Designation.place
        )
    ).all()
    ids = [designation.id for designation in standing]
    rows = db.session.scalars(
        select(YearAssessment)
        .where(YearAssessment.year == year, YearAssessment.designation_id.in_(ids))
        .order_by(YearAssessment.id)
        .with_for_update()
    ).all()
    done = {row.designation_id for row in rows}
    return rows, [designation.name for designation in standing if designation.id not in done]


def sheet_of(designation_id: int, kind: str, year: int) -> list[SheetLine]:
    """The sheet of a year, with what the log proposes."""
    found = amounts(records_of(designation_id), year)
    points = proposed(kind, found)
    known = db.session.scalar(
        select(YearAssessment).where(
            YearAssessment.designation_id == designation_id, YearAssessment.year == year
        )
    )
    marks: dict[str, Any] = known.marks if known else {}
    return [
        SheetLine(
            line,
            found[line.record] if line.record else None,
            points.get(line.code),
            Decimal(marks[line.code]) if line.code in marks else None,
        )
        for line in SHEETS[kind]
    ]
