"""The check of eligibility: the system's findings, what a person ticks, exceptions by two people, and the verdict."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from qzcompete.core import audit
from qzcompete.core.actor import Actor
from qzcompete.core.clock import now
from qzcompete.core.errors import NotFound, RuleBroken
from qzcompete.core.permissions import permit
from qzcompete.extensions import db
from qzcompete.selection.models import Application, EligibilityLine
from qzcompete.selection.queries.checks import check_lines, facts_of, waiting_checks
from qzcompete.selection.rules.eligibility import LINES, findings, verdict
from qzcompete.selection.services.history import (
    locked_application,
    locked_class,
    move_application,
    move_class,
)


def checked_application(actor: Actor, application_id: int) -> Application:
    """A recommended application while its class is being checked, locked."""
    permit(actor, "selection.manage")
    application = locked_application(application_id)
    if application.state != "recommended" or application.class_.state != "checking":
        raise RuleBroken(_l("This application is not being checked now."), code="not_checking")
    return application


def check_automatically(actor: Actor, application_id: int) -> None:
    """Write down what the system finds; what a person ticked or excepted stays."""
    application = checked_application(actor, application_id)
    for finding in findings(facts_of(application)):
        row = line_of(application_id, finding.line)
        row.outcome, row.automatic = "met" if finding.met else "not_met", True
        row.evidence, row.checked_by, row.checked_at = finding.evidence, actor.account_id, now()
    db.session.flush()
    audit.record(actor, "application.checked", f"application:{application_id}", chain="selection")


def line_of(application_id: int, line: str) -> EligibilityLine:
    row = db.session.get(EligibilityLine, (application_id, line), with_for_update=True)
    if row is None:
        row = EligibilityLine(application_id=application_id, line=line, outcome="waiting", automatic=False)
        db.session.add(row)
    return row


def tick(actor: Actor, application_id: int, line: str, met: bool, evidence: str) -> None:
    """A person says whether the line is met, and by what evidence."""
    application = checked_application(actor, application_id)
    if LINES[application.class_.kind].get(line) is not False:
        raise NotFound()
    if not evidence.strip():
        raise RuleBroken(_l("Write by what evidence you know it."), code="no_evidence", field="evidence")
    row = line_of(application_id, line)
    before = {"line": line, "outcome": row.outcome}
    row.outcome, row.evidence = "met" if met else "not_met", evidence.strip()
    row.checked_by, row.checked_at = actor.account_id, now()
    db.session.flush()
    audit.record(
        actor,
        "application.line_ticked",
        f"application:{application_id}",
        before,
        {"line": line, "outcome": row.outcome},
        chain="selection",
    )


def ask_exception(actor: Actor, application_id: int, line: str, reason: str) -> None:
    """Ask that a line which is not met counts as met; nothing counts until a second person agrees."""
    checked_application(actor, application_id)
    row = db.session.get(EligibilityLine, (application_id, line), with_for_update=True)
    if row is None or row.outcome != "not_met":
        raise RuleBroken(_l("An exception is only for a line that is not met."), code="not_failed")
    if not reason.strip():
        raise RuleBroken(_l("Give the reason."), code="reason", field="reason")
    row.override_reason, row.override_asked_by = reason.strip(), actor.account_id
    row.override_confirmed_by = row.override_confirmed_at = None
    db.session.flush()
    audit.record(
        actor,
        "application.exception_asked",
        f"application:{application_id}",
        after={"line": line, "reason": reason.strip()},
        chain="selection",
    )


def confirm_exception(actor: Actor, application_id: int, line: str) -> None:
    """The second person agrees; raises RuleBroken for the one who asked."""
    checked_application(actor, application_id)
    row = db.session.get(EligibilityLine, (application_id, line), with_for_update=True)
    if row is None or row.override_asked_by is None:
        raise NotFound()
    if actor.account_id is None or actor.account_id == row.override_asked_by:
        raise RuleBroken(
            _l("Who asked for the exception cannot confirm it: a second person must."), code="two_people"
        )
    row.override_confirmed_by, row.override_confirmed_at = actor.account_id, now()
    db.session.flush()
    audit.record(
        actor,
        "application.exception_confirmed",
        f"application:{application_id}",
        after={"line": line},
        chain="selection",
    )


def conclude_check(actor: Actor, application_id: int, reason: str = "") -> str:
    """Eligible where every line holds, else ineligible with the reason; refused while a line waits."""
    application = checked_application(actor, application_id)
    found = verdict(application.class_.kind, check_lines(application_id))
    if found == "waiting":
        raise RuleBroken(_l("Some lines of the checklist are still open."), code="lines_waiting")
    action = "find_eligible" if found == "eligible" else "find_ineligible"
    move_application(actor, "officer", application, action, reason)
    return found


def close_checking(actor: Actor, class_id: int) -> None:
    """All recommended applications have their verdict: the experts can be drawn."""
    permit(actor, "selection.manage")
    class_ = locked_class(class_id)
    if count := waiting_checks(class_id):
        raise RuleBroken(
            _l("%(count)s applications have no verdict yet.", count=count), code="checks_waiting"
        )
    move_class(actor, "officer", class_, "close_checking")
