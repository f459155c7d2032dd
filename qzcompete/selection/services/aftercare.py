"""Writes what follows a designation: the log, the assessments and their grades, correction, removal, renewal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from qzcompete.core import audit
from qzcompete.core.actor import Actor
from qzcompete.core.clock import now, today
from qzcompete.core.errors import NotFound, RuleBroken
from qzcompete.core.permissions import permit
from qzcompete.core.workdays import midnight_after
from qzcompete.extensions import db
from qzcompete.notices import services as notices
from qzcompete.selection.models import ActivityRecord, Designation, SelectionBan, YearAssessment
from qzcompete.selection.queries.aftercare import assessments_of_year, records_of, term_amounts, term_end
from qzcompete.selection.rules import aftercare as rules
from qzcompete.selection.rules.letters import graded_letter, removal_letter
from qzcompete.selection.rules.workflow import IN_TERM
from qzcompete.selection.services.designating import settle_plaque
from qzcompete.selection.services.history import locked_application, locked_class, move_application


@dataclass(frozen=True)
class RecordDraft:
    kind: str
    on_day: date
    title: str
    persons: int = 1
    description: str = ""


def add_record(actor: Actor, designation_id: int, draft: RecordDraft) -> ActivityRecord:
    """An entry of the own log, of a day within the term that has come."""
    designation = own_designation(actor, designation_id)
    if draft.kind not in rules.ACTIVITIES:
        raise RuleBroken(_l("Choose one."), field="kind")
    if not designation.starts_on <= draft.on_day <= min(today(), designation.ends_on):
        raise RuleBroken(_l("Enter a day within the term that has come already."), field="on_day")
    must_be_open(designation_id, draft.on_day.year)
    record = ActivityRecord(
        designation_id=designation_id,
        kind=draft.kind,
        on_day=draft.on_day,
        title=draft.title.strip(),
        persons=draft.persons,
        description=draft.description.strip(),
        account_id=actor.account_id,
        entered_at=now(),
    )
    db.session.add(record)
    db.session.flush()
    told = {"kind": record.kind, "day": str(record.on_day), "persons": record.persons}
    audit.record(actor, "activity.added", f"designation:{designation_id}", after=told, chain="selection")
    return record


def remove_record(actor: Actor, designation_id: int, record_id: int) -> None:
    own_designation(actor, designation_id)
    record = db.session.get(ActivityRecord, record_id, with_for_update=True)
    if record is None or record.designation_id != designation_id or record.removed_at is not None:
        raise NotFound()
    must_be_open(designation_id, record.on_day.year)
    record.removed_at = now()
    audit.record(
        actor, "activity.removed", f"designation:{designation_id}", {"record": record_id}, chain="selection"
    )


def must_be_open(designation_id: int, year: int) -> None:
    done = select(YearAssessment.id).where(
        YearAssessment.designation_id == designation_id,
        YearAssessment.year == year,
        YearAssessment.whole_term.is_(False),
        YearAssessment.grade.is_not(None),
    )
    if db.session.scalar(done):
        raise RuleBroken(_l("The year %(year)s is assessed: its log is closed.", year=year), field="on_day")


def own_designation(actor: Actor, designation_id: int) -> Designation:
    designation = db.session.get(Designation, designation_id)
    if designation is None or designation.application.account_id != actor.account_id:
        raise NotFound()
    return designation


def assess(
    actor: Actor, designation_id: int, year: int, marks: Mapping[str, Decimal], remarks: str
) -> YearAssessment:
    """The marks of a year, as the office has settled them; they may be changed until the year is graded."""
    designation = to_assess(actor, designation_id)
    records = rules.amounts(records_of(designation_id), year)
    return write_marks(actor, designation, year, records, marks, remarks)


def assess_term(
    actor: Actor, designation_id: int, marks: Mapping[str, Decimal], remarks: str
) -> YearAssessment:
    """The marks of the whole term, in its last months. They are graded at once: who passed may be renewed, who failed
    gets time to correct."""
    designation = to_assess(actor, designation_id)
    if today() < (opens_on := rules.closing_from(designation.ends_on)):
        raise RuleBroken(
            _l("The end of the term is assessed from %(day)s on.", day=str(opens_on)), code="early"
        )
    year, records = designation.ends_on.year, term_amounts(designation_id)
    made = write_marks(actor, designation, year, records, marks, remarks, whole_term=True)
    give_grade(actor, made, rules.term_grade(made.total), designation.application.class_.correction_months)
    return made


def to_assess(actor: Actor, designation_id: int) -> Designation:
    permit(actor, "selection.manage")
    designation = db.session.get(Designation, designation_id)
    if designation is None:
        raise NotFound()
    if designation.application.state not in IN_TERM:
        raise RuleBroken(_l("Only what stands in the register is assessed."), code="state")
    return designation


def write_marks(
    actor: Actor,
    designation: Designation,
    year: int,
    records: dict[str, int],
    marks: Mapping[str, Decimal],
    remarks: str,
    whole_term: bool = False,
) -> YearAssessment:
    sheet = rules.sheet_name(designation.kind, whole_term)
    if faults := rules.mark_faults(sheet, marks):
        raise RuleBroken(
            _l("Enter marks within the points of the line, with one decimal at most."),
            code="marks",
            field=f"line_{faults[0]}",
        )
    wanted = (
        YearAssessment.designation_id == designation.id,
        YearAssessment.year == year,
        YearAssessment.whole_term == whole_term,
    )
    found = db.session.scalar(select(YearAssessment).where(*wanted).with_for_update())
    if found is not None and found.grade is not None:
        raise RuleBroken(_l("It is graded already."), code="graded")
    made = found or YearAssessment(designation_id=designation.id, year=year, whole_term=whole_term)
    made.records = records
    made.marks = {code: str(mark) for code, mark in marks.items()}
    made.total = rules.total(sheet, marks)
    made.remarks, made.assessed_by, made.assessed_at = remarks.strip(), actor.account_id, now()
    db.session.add(made)
    db.session.flush()
    told = {"year": year, "whole_term": whole_term, "total": str(made.total)}
    audit.record(actor, "assessment.made", f"designation:{designation.id}", after=told, chain="selection")
    return made


def grade_year(actor: Actor, class_id: int, year: int) -> dict[int, str]:
    """Grade all of a class at once, for the share of "excellent" is of them all; refused while one is not assessed."""
    permit(actor, "selection.manage")
    class_ = locked_class(class_id)
    rows, missing = assessments_of_year(class_id, year)
    if missing:
        raise RuleBroken(
            _l("These are not assessed yet: %(names)s", names="、".join(missing)), code="not_assessed"
        )
    if not rows or any(row.grade is not None for row in rows):
        raise RuleBroken(_l("The year is graded already."), code="graded")
    found = rules.grades({row.id: row.total for row in rows}, class_.excellent_percent)
    for row in rows:
        give_grade(actor, row, found[row.id], class_.correction_months)
    audit.record(
        actor,
        "year.graded",
        f"selection_class:{class_id}",
        after={"year": year, "grades": found},
        chain="selection",
    )
    return found


def give_grade(actor: Actor, row: YearAssessment, grade: str, correction_months: int) -> None:
    """Set the grade, move the application by it, and tell its holder."""
    row.grade, row.graded_at = grade, now()
    if grade == "failed":
        row.correct_until = rules.add_months(today(), correction_months)
    designation = db.session.get_one(Designation, row.designation_id)
    application = locked_application(designation.application_id)
    failed = grade == "failed"
    action = "fail_assessment" if failed else "pass_assessment"
    failure = (
        _l("The end-of-term assessment was failed")
        if row.whole_term
        else _l("The yearly assessment was failed")
    )
    reason = str(failure) if failed else ""
    move_application(
        actor, "officer", application, action, reason, {"year": row.year, "total": str(row.total)}
    )
    what = "期满评估" if row.whole_term else f"{row.year}年度考核"
    told = graded_letter(designation.name, what, grade, row.correct_until)
    path = f"/studios/mine/{designation.id}"
    notices.post_message(
        actor,
        "selection.graded",
        f"graded:{row.id}",
        told.subject,
        told.body,
        account_id=application.account_id,
        path=path,
    )
    if row.correct_until is not None:
        notices.plan_reminder(
            actor,
            f"correction:{row.id}",
            "selection.correction_due",
            midnight_after(row.correct_until) - timedelta(days=14),
            [application.account_id],
            told.subject,
            told.body,
            path,
        )


def accept_correction(actor: Actor, assessment_id: int, correction: str) -> None:
    """What had failed is corrected in time, and stands in the register as before."""
    permit(actor, "selection.manage")
    row = failed_assessment(assessment_id)
    if not correction.strip():
        raise RuleBroken(_l("Write what was corrected."), field="correction")
    if row.correct_until is not None and today() > row.correct_until:
        raise RuleBroken(_l("The period to correct is over; the title can only be removed."), code="late")
    row.correction, row.corrected_at = correction.strip(), now()
    designation = db.session.get_one(Designation, row.designation_id)
    move_application(
        actor,
        "officer",
        locked_application(designation.application_id),
        "pass_assessment",
        details={"year": row.year},
    )
    notices.cancel_reminder(f"correction:{row.id}")


def failed_assessment(assessment_id: int) -> YearAssessment:
    row = db.session.get(YearAssessment, assessment_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise NotFound()
    if row.grade != "failed" or row.corrected_at is not None:
        raise RuleBroken(_l("There is nothing to correct."), code="state")
    return row


def remove(actor: Actor, designation_id: int, reason: str) -> None:
    """Take the title away, and ban its leader and its host from applying for the class's years: who has not corrected
    in time, cheated or misused the grant."""
    permit(actor, "selection.manage")
    designation = db.session.get(Designation, designation_id)
    if designation is None:
        raise NotFound()
    application = locked_application(designation.application_id)
    row = db.session.scalar(
        select(YearAssessment).where(
            YearAssessment.designation_id == designation_id,
            YearAssessment.grade == "failed",
            YearAssessment.corrected_at.is_(None),
        )
    )
    if row is not None and row.correct_until is not None and today() <= row.correct_until:
        raise RuleBroken(
            _l("The period to correct lasts until %(day)s.", day=str(row.correct_until)), code="correcting"
        )
    class_ = application.class_
    move_application(actor, "officer", application, "remove", reason)
    db.session.add(
        SelectionBan(
            person_id=application.person_id,
            host_uscc=application.host_uscc,
            application_id=application.id,
            until=rules.add_months(today(), 12 * class_.ban_years),
            reason=reason.strip(),
            account_id=actor.account_id,
            banned_at=now(),
        )
    )
    settle_plaque(actor, designation_id, "remove")
    told = removal_letter(designation.name)
    notices.post_message(
        actor,
        "selection.title_removed",
        f"title-removed:{designation_id}",
        told.subject,
        told.body,
        account_id=application.account_id,
    )


def renew(actor: Actor, designation_id: int, reason: str) -> None:
    """At the end of its term it goes on for another one; only what passed its end-of-term assessment."""
    permit(actor, "selection.manage")
    designation = db.session.get(Designation, designation_id)
    if designation is None:
        raise NotFound()
    if today() < rules.closing_from(designation.ends_on):
        raise RuleBroken(_l("It can be renewed in the last three months of its term."), code="early")
    if not term_end(designation_id).passed:
        raise RuleBroken(
            _l("It can be renewed once the end-of-term assessment is passed."), code="not_assessed"
        )
    application = locked_application(designation.application_id)
    move_application(actor, "officer", application, "renew", reason, {"until": str(designation.ends_on)})
    designation.ends_on = rules.add_months(designation.ends_on, application.class_.term_months)


def end(actor: Actor, designation_id: int) -> None:
    """Its term is over and it is not renewed."""
    permit(actor, "selection.manage")
    designation = db.session.get(Designation, designation_id)
    if designation is None:
        raise NotFound()
    if today() <= designation.ends_on:
        raise RuleBroken(_l("Its term lasts until %(day)s.", day=str(designation.ends_on)), code="early")
    move_application(actor, "officer", locked_application(designation.application_id), "end")
