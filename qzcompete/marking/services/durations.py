"""How long an entry worked: timed by one judge's tablet, or set by the chief judge with a reason; ties may ask for it."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from qzcompete.core import audit
from qzcompete.core.actor import Actor
from qzcompete.core.driver import Driver
from qzcompete.core.errors import RuleBroken
from qzcompete.extensions import db
from qzcompete.marking.models import Candidate
from qzcompete.marking.queries.assessments import candidate_of
from qzcompete.marking.services import statements as say
from qzcompete.marking.services.assessments import must_be_open


def record_time(
    driver: Driver, seat_code: str, candidate_id: int, seconds: int | None
) -> tuple[str, str | None]:
    """What becomes of a judge's time: another judge's, or the chief judge's, is never replaced by it."""
    ((standing, timed_by),) = driver.rows(say.TIME, candidate_id)
    if standing == seconds:
        return "same", None
    if standing is not None and timed_by != seat_code:
        return "held", "timed"
    timed_by = None if seconds is None else seat_code
    driver.store(say.TIMED, [{"id": candidate_id, "duration_s": seconds, "timed_by": timed_by}])
    return "applied", None


def set_duration(actor: Actor, assessment_id: int, code: str, seconds: int | None, reason: str) -> None:
    """The chief judge's word on how long the entry worked, with the reason; no tablet changes it any more."""
    must_be_open(assessment_id, shared=True)
    if not reason.strip():
        raise RuleBroken(_l("Give the reason."), field="reason")
    candidate = db.session.get_one(Candidate, candidate_of(assessment_id, code).id, with_for_update=True)
    before = {"code": code, "duration_s": candidate.duration_s, "timed_by": candidate.timed_by}
    candidate.duration_s, candidate.timed_by = seconds, None
    told = {"code": code, "duration_s": seconds, "reason": reason.strip()}
    audit.record(actor, "duration.set", f"assessment:{assessment_id}", before, told)
