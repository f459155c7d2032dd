"""What an applicant does: start, save step by step, send with a promise of truth, correct what was returned, withdraw."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, func, select, update

from qzcompete.competitions.rules.occupations import occupation
from qzcompete.core import audit
from qzcompete.core.actor import Actor
from qzcompete.core.clock import in_city, now
from qzcompete.core.errors import NotAllowed, NotFound, RuleBroken
from qzcompete.core.permissions import permit
from qzcompete.extensions import db
from qzcompete.marking.services import set_status
from qzcompete.people.rules.identity import tidy_name
from qzcompete.people.services import ensure_person
from qzcompete.selection.models import (
    Application,
    ApplicationSection,
    Associate,
    Attachment,
    RecommendingUnit,
    SectionReturn,
    SelectionClass,
)
from qzcompete.selection.queries.applications import open_sections, section_contents
from qzcompete.selection.rules.sections import (
    SECTIONS,
    associates_of,
    missing_files,
    section_faults,
    section_of,
    tidy,
)
from qzcompete.selection.rules.workflow import IN_REVIEW
from qzcompete.selection.services.history import locked_application, locked_class, move_application

LETTERS = {"studio": "S", "base": "B"}


def start_application(actor: Actor, class_id: int) -> Application:
    """A new application in draft, while the class takes applications."""
    permit(actor, "application.own")
    class_ = locked_class(class_id)
    must_take(class_)
    if actor.account_id is None:
        raise NotAllowed()
    count = db.session.scalar(select(func.count()).where(Application.class_id == class_id)) or 0
    application = Application(
        class_id=class_id,
        class_=class_,
        number=f"{class_.round.code}-{LETTERS[class_.kind]}{count + 1:03}",
        account_id=actor.account_id,
        created_at=now(),
    )
    db.session.add(application)
    db.session.flush()
    audit.record(
        actor,
        "application.started",
        f"application:{application.id}",
        after={"number": application.number},
        chain="selection",
    )
    return application


def must_take(class_: SelectionClass) -> None:
    if class_.state != "calling" or now() < class_.round.applies_from:
        raise RuleBroken(_l("Applications cannot be made yet. See the call for the dates."), code="not_open")
    if now() >= class_.round.applies_until:
        raise RuleBroken(_l("The time for applications has ended."), code="window_over")


def own_application(actor: Actor, application_id: int) -> Application:
    """The actor's own application, locked; of another's not even that it exists."""
    permit(actor, "application.own")
    application = locked_application(application_id)
    if application.account_id != actor.account_id:
        raise NotFound()
    return application


def editable(actor: Actor, application_id: int, section: str) -> Application:
    """The own application, where this section may be changed now."""
    application = own_application(actor, application_id)
    if section not in open_sections(application):
        raise RuleBroken(_l("This section cannot be changed now."), code="section_closed")
    class_ = application.class_
    end = class_.round.recommends_until if application.state == "returned" else class_.round.applies_until
    if now() >= end:
        raise RuleBroken(_l("The time for applications has ended."), code="window_over")
    return application


def save_section(
    actor: Actor, application_id: int, name: str, given: dict[str, Any]
) -> list[tuple[str, str]]:
    """Keep what was typed, right or wrong, and tell what is missing or wrong: (field, fault)."""
    application = editable(actor, application_id, name)
    section = section_of(application.class_.kind, name)
    if section is None:
        raise NotFound()
    content = tidy(section, given)
    faults = section_faults(
        application.class_.kind, section, content, application.class_.grant, in_city(now()).year
    )
    if name == "host" and not any(field == "unit_id" for field, _ in faults):
        unit = db.session.get(RecommendingUnit, int(content["unit_id"]))
        if unit is None or not unit.active:
            faults.append(("unit_id", "unit"))
    row = db.session.get(ApplicationSection, (application_id, name)) or ApplicationSection(
        application_id=application_id, name=name
    )
    row.content, row.complete, row.saved_at = json.dumps(content, ensure_ascii=False), not faults, now()
    db.session.add(row)
    copy_facts(application, name, content)
    db.session.flush()
    audit.record(
        actor,
        "application.saved",
        f"application:{application_id}",
        after={"section": name, "complete": row.complete},
        chain="selection",
    )
    return faults


def copy_facts(application: Application, name: str, content: dict[str, Any]) -> None:
    """What lists, searches and conflicts read without opening the sections."""
    if name == "leader":
        application.leader_name = content["name"][:40]
    elif name == "host":
        application.host_name = content["host_name"][:80]
        application.host_uscc = content["host_uscc"][:18] or None
    found = occupation(main_occupation(name, content))
    if found is not None:
        application.occupation_code, application.occupation_name = found.code, found.bare_name


def main_occupation(name: str, content: dict[str, Any]) -> str:
    if name == "skill":
        return str(content["occupation_code"])
    if name == "capacity" and content["occupations"]:
        return str(content["occupations"][0]["occupation_code"])
    return ""


def submit(actor: Actor, application_id: int, promised_name: str) -> Application:
    """Send the application: whole, with every file that there must be, under the leader's or contact's own name."""
    application = own_application(actor, application_id)
    if application.state == "draft":
        must_take(application.class_)
    elif now() >= application.class_.round.recommends_until:
        raise RuleBroken(_l("The time for applications has ended."), code="window_over")
    contents = section_contents(application_id)
    must_be_whole(application, contents)
    name = tidy_name(promised_name)
    if name not in (contents["leader"]["name"], contents["host"]["contact"]):
        raise RuleBroken(
            _l("Sign the promise with the name of the leader, or of the host's contact."),
            code="promise",
            field="promised_name",
        )
    leader = contents["leader"]
    person = ensure_person(actor, leader["name"], leader["document_kind"], leader["document_number"])
    application.person_id = person.id
    application.unit_id = int(contents["host"]["unit_id"])
    application.promised_name, application.promised_at = name, now()
    application.submitted_at = now()
    keep_associates(application, contents)
    application.dossier_hash = dossier_hash(application_id, contents)
    db.session.execute(
        update(SectionReturn)
        .where(SectionReturn.application_id == application_id, SectionReturn.answered_at.is_(None))
        .values(answered_at=now())
    )
    move_application(actor, "applicant", application, "submit", details={"dossier": application.dossier_hash})
    return application


def must_be_whole(application: Application, contents: dict[str, Any]) -> None:
    kind, year = application.class_.kind, in_city(now()).year
    for section in SECTIONS[kind]:
        if section.name == "files":
            continue
        content = contents.get(section.name)
        if content is None or section_faults(kind, section, content, application.class_.grant, year):
            raise RuleBroken(
                _l("Some sections are not complete. Open those marked so."), code=f"incomplete_{section.name}"
            )
    present = set(db.session.scalars(select(Attachment.kind).where(*kept_of(application.id))))
    if missing := missing_files(kind, present):
        raise RuleBroken(_l("Some files are missing. Add them under Files."), code=f"no_{missing[0]}")


def kept_of(application_id: int) -> tuple[Any, Any]:
    return Attachment.application_id == application_id, Attachment.removed_at.is_(None)


def keep_associates(application: Application, contents: dict[str, Any]) -> None:
    db.session.execute(delete(Associate).where(Associate.application_id == application.id))
    db.session.add_all(
        Associate(
            application_id=application.id, relation=relation, name=name, employer=employer, last_year=year
        )
        for relation, name, employer, year in associates_of(contents)
    )


def dossier_hash(application_id: int, contents: dict[str, Any]) -> str:
    """SHA-256 over all that was sent: the sections' contents and the hashes of the files as they came."""
    files = db.session.execute(
        select(Attachment.kind, Attachment.sent_hash).where(*kept_of(application_id)).order_by(Attachment.id)
    )
    told = json.dumps([contents, [list(row) for row in files]], ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(told.encode()).hexdigest()


def withdraw(actor: Actor, application_id: int, reason: str) -> None:
    """The applicant takes the application back; experts see it no more."""
    application = own_application(actor, application_id)
    in_review = application.state in IN_REVIEW and application.class_.state == "reviewing"
    move_application(actor, "applicant", application, "withdraw", reason)
    if in_review and application.class_.assessment_id is not None and application.code:
        set_status(actor, application.class_.assessment_id, application.code, "withdrawn")
