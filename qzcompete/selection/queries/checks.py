"""What the check of eligibility reads: the facts of an application, its checklist, and how many wait."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, select

from qzcompete.core.clock import in_city, now
from qzcompete.extensions import db
from qzcompete.selection.models import (
    Application,
    Attachment,
    EligibilityLine,
    SelectionBan,
    SelectionClass,
)
from qzcompete.selection.queries.applications import section_contents
from qzcompete.selection.rules.eligibility import LINES, Facts, Line
from qzcompete.selection.rules.sections import budget_total
from qzcompete.selection.rules.workflow import OUT, STANDING


@dataclass(frozen=True)
class LineCard:
    """A line of the checklist as a page shows it."""

    name: str
    automatic: bool
    outcome: str
    evidence: str
    checked_at: datetime | None
    override_reason: str | None
    override_asked_by: int | None
    override_confirmed: bool


def facts_of(application: Application) -> Facts:
    """Everything that the system can check by itself for this application."""
    class_, contents = application.class_, section_contents(application.id)
    capacity, plan = contents.get("capacity", {}), contents.get("plan", {})
    total, level = budget_total(plan), contents.get("skill", {}).get("level", "")
    person_times = capacity.get("person_times", "")
    return Facts(
        kind=class_.kind,
        designated_as=designated_number(application) or "",
        banned_until=banned_until(application),
        other_applications=others(application, Application.person_id == application.person_id),
        host_applications=others(application, Application.host_uscc == application.host_uscc),
        host_limit=class_.host_studios,
        level=int(level) if level.isdigit() else None,
        least_level=class_.least_level,
        has_certificate=has_file(application.id, "certificate"),
        capacity=int(person_times) if person_times.isdigit() else 0,
        least_capacity=class_.least_capacity,
        occupations=len({row["occupation_code"] for row in capacity.get("occupations", ())}),
        least_occupations=class_.least_occupations,
        budget=f"{total}/{class_.grant}",
        budget_fits=0 < total <= class_.grant,
    )


def designated_number(application: Application) -> str | None:
    """The number of a designation that the leader holds, or for a base the host, in this kind of class."""
    who = (
        Application.person_id == application.person_id
        if application.class_.kind == "studio"
        else Application.host_uscc == application.host_uscc
    )
    return db.session.scalar(
        select(Application.number)
        .join(SelectionClass, SelectionClass.id == Application.class_id)
        .where(
            who,
            Application.id != application.id,
            Application.state.in_(STANDING),
            SelectionClass.kind == application.class_.kind,
        )
        .limit(1)
    )


def banned_until(application: Application) -> str:
    """The last day of a ban on leader or host that is still in force; empty where there is none."""
    until = db.session.scalar(
        select(func.max(SelectionBan.until)).where(
            or_(
                SelectionBan.person_id == application.person_id,
                SelectionBan.host_uscc == application.host_uscc,
            ),
            SelectionBan.until >= in_city(now()).date(),
        )
    )
    return until.isoformat() if until else ""


def others(application: Application, condition: object) -> tuple[str, ...]:
    """Numbers of other applications of the class, still in it, that the condition holds for."""
    return tuple(
        db.session.scalars(
            select(Application.number)
            .where(
                Application.class_id == application.class_id,
                Application.id != application.id,
                Application.state.not_in({*OUT, "draft"}),
                condition,  # type: ignore[arg-type]
            )
            .order_by(Application.number)
        )
    )


def has_file(application_id: int, kind: str) -> bool:
    found = select(Attachment.id).where(
        Attachment.application_id == application_id,
        Attachment.kind == kind,
        Attachment.removed_at.is_(None),
    )
    return db.session.scalar(found.limit(1)) is not None


def check_lines(application_id: int) -> Mapping[str, Line]:
    rows = db.session.scalars(select(EligibilityLine).where(EligibilityLine.application_id == application_id))
    return {row.line: Line(row.line, row.outcome, row.override_confirmed_by is not None) for row in rows}


def checklist(application_id: int, kind: str) -> Sequence[LineCard]:
    """Every line of the class's checklist, in its order."""
    rows = {
        row.line: row
        for row in db.session.scalars(
            select(EligibilityLine).where(EligibilityLine.application_id == application_id)
        )
    }
    return [line_card(name, automatic, rows.get(name)) for name, automatic in LINES[kind].items()]


def line_card(name: str, automatic: bool, row: EligibilityLine | None) -> LineCard:
    if row is None:
        return LineCard(name, automatic, "waiting", "", None, None, None, False)
    return LineCard(
        name,
        automatic,
        row.outcome,
        row.evidence,
        row.checked_at,
        row.override_reason,
        row.override_asked_by,
        row.override_confirmed_by is not None,
    )


def waiting_checks(class_id: int) -> int:
    """Recommended applications that have no verdict yet."""
    waiting = select(func.count()).where(Application.class_id == class_id, Application.state == "recommended")
    return db.session.scalar(waiting) or 0
