"""Site visits: planned for a team, reported line by line with findings and photos, countersigned by the host."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from flask_babel import lazy_gettext as _l

from qzcompete.adapters.files import kept_files
from qzcompete.adapters.uploads import PICTURES, checked_upload
from qzcompete.core import audit
from qzcompete.core.actor import Actor
from qzcompete.core.clock import now
from qzcompete.core.errors import NotFound, RuleBroken
from qzcompete.core.permissions import permit
from qzcompete.extensions import db
from qzcompete.people.rules.identity import tidy_name
from qzcompete.selection.models import Application, SelectionScore, SiteVisit, VisitPhoto
from qzcompete.selection.queries.visits import waiting_visits
from qzcompete.selection.rules.score_sheets import CHECKLISTS
from qzcompete.selection.rules.sections import money
from qzcompete.selection.services.history import (
    locked_application,
    locked_class,
    move_application,
    move_class,
)

LEAST_TEAM = 2


@dataclass(frozen=True)
class PhotoSpec:
    """A photo's id is made once on the device, so that sending it again keeps it once."""

    id: str
    content: bytes
    taken_at: datetime | None = None
    latitude: Decimal | None = None
    longitude: Decimal | None = None


def visited_application(actor: Actor, application_id: int) -> tuple[Application, SiteVisit | None]:
    permit(actor, "selection.manage")
    application = locked_application(application_id)
    if application.state != "reviewed" or application.class_.state != "visiting":
        raise RuleBroken(_l("This application is not being visited now."), code="not_visiting")
    return application, db.session.get(SiteVisit, application_id, with_for_update=True)


def plan_visit(actor: Actor, application_id: int, planned_on: date, team: Sequence[str]) -> SiteVisit:
    """Name the team, two or more, and the day."""
    application, visit = visited_application(actor, application_id)
    names = list(dict.fromkeys(name for one in team if (name := tidy_name(one))))
    if len(names) < LEAST_TEAM:
        raise RuleBroken(_l("A visit needs a team of two or more."), code="team", field="team")
    if visit is None:
        visit = SiteVisit(application_id=application.id, checklist={})
        db.session.add(visit)
    visit.planned_on, visit.team = planned_on, names
    db.session.flush()
    told = {"on": planned_on.isoformat(), "team": len(names)}
    audit.record(actor, "visit.planned", f"application:{application_id}", after=told, chain="selection")
    return visit


def report_visit(
    actor: Actor, application_id: int, points: Mapping[str, str], remarks: Mapping[str, str], findings: str
) -> Decimal:
    """Keep what the team found: points for every line of the checklist, and the findings in words."""
    application, visit = visited_application(actor, application_id)
    if visit is None:
        raise RuleBroken(_l("Plan the visit first."), code="not_planned")
    if visit.countersigned_at is not None:
        raise RuleBroken(_l("The host has countersigned: the report stays as it is."), code="signed")
    lines = CHECKLISTS[application.class_.kind]
    given = {}
    for line, _name, most in lines:
        value = points.get(line, "").strip()
        amount = Decimal(0) if value in ("0", "0.0") else money(value)
        if amount is None or amount > most:
            raise RuleBroken(
                _l("Give between 0 and %(most)s points.", most=most), code="points", field=f"points-{line}"
            )
        given[line] = {"points": str(amount), "remark": remarks.get(line, "").strip()[:400]}
    if not findings.strip():
        raise RuleBroken(_l("Write what the team found."), code="findings", field="findings")
    visit.checklist, visit.findings = given, findings.strip()
    whole = Decimal(sum(most for _line, _name, most in lines))
    reached = sum((Decimal(one["points"]) for one in given.values()), Decimal(0))
    visit.score = (reached * 100 / whole).quantize(Decimal("0.01"))
    visit.reported_at, visit.reported_by = now(), actor.account_id
    db.session.flush()
    told = {"score": str(visit.score)}
    audit.record(actor, "visit.reported", f"application:{application_id}", after=told, chain="selection")
    return visit.score


def add_photo(actor: Actor, application_id: int, spec: PhotoSpec) -> VisitPhoto:
    """Keep a photo once, drawn anew; where and when it was taken as the device told."""
    _application, visit = visited_application(actor, application_id)
    if visit is None:
        raise RuleBroken(_l("Plan the visit first."), code="not_planned")
    known = db.session.get(VisitPhoto, spec.id)
    if known is not None:
        if known.application_id != application_id:
            raise NotFound()
        return known
    try:
        checked = checked_upload(spec.content, PICTURES)
    except RuleBroken as broken:
        raise RuleBroken(broken.message, code=broken.code, field="photos") from broken
    photo = VisitPhoto(
        id=spec.id,
        application_id=application_id,
        file_hash=kept_files().put(checked.content),
        taken_at=spec.taken_at,
        latitude=spec.latitude,
        longitude=spec.longitude,
        account_id=actor.account_id,
        received_at=now(),
    )
    db.session.add(photo)
    db.session.flush()
    told = {"photo": spec.id}
    audit.record(actor, "visit.photo_added", f"application:{application_id}", after=told, chain="selection")
    return photo


def countersign(actor: Actor, application_id: int, name: str) -> None:
    """The host has read the report and signs it, on the team's tablet or from the own account."""
    application = locked_application(application_id)
    own = application.account_id == actor.account_id and actor.may("application.own")
    if not own:
        permit(actor, "selection.manage")
    visit = db.session.get(SiteVisit, application_id, with_for_update=True)
    if visit is None or visit.reported_at is None or visit.score is None:
        raise RuleBroken(_l("There is no report of the visit yet."), code="not_reported")
    if visit.countersigned_at is not None:
        raise RuleBroken(_l("The report is countersigned already."), code="signed")
    if not tidy_name(name):
        raise RuleBroken(_l("Sign with your name."), code="name", field="name")
    visit.countersigned_by, visit.countersigned_at = tidy_name(name)[:40], now()
    score = db.session.get_one(SelectionScore, application_id)
    score.visit = visit.score
    db.session.flush()
    audit.record(actor, "visit.countersigned", f"application:{application_id}", chain="selection")


def complete_visit(actor: Actor, application_id: int) -> None:
    """Reported and countersigned: the visit counts."""
    application, visit = visited_application(actor, application_id)
    if visit is None or visit.countersigned_at is None:
        raise RuleBroken(_l("The host has not countersigned the report yet."), code="not_signed")
    move_application(actor, "officer", application, "visit")


def close_visiting(actor: Actor, class_id: int) -> None:
    """All have been visited: the panel can decide."""
    permit(actor, "selection.manage")
    class_ = locked_class(class_id)
    if count := waiting_visits(class_id):
        raise RuleBroken(_l("%(count)s visits are not complete yet.", count=count), code="visits_waiting")
    move_class(actor, "officer", class_, "close_visiting")
