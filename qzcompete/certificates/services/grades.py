"""The register of evaluation bodies, and the grade certificates that they issue for confirmed promotions."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from qzcompete.adapters import images
from qzcompete.adapters.uploads import checked_upload
from qzcompete.certificates import queries
from qzcompete.certificates.models import (
    BodyScope,
    Certificate,
    EvaluationBody,
    GradeCounter,
    PersonPhoto,
    VoidNumber,
)
from qzcompete.certificates.queries import Candidate
from qzcompete.certificates.rules.grade import LEVELS, NO_TRADE, Body, grade_number, prefix_of
from qzcompete.certificates.services.issuing import kept, new_token, render_waiting
from qzcompete.certificates.services.templates import standard_version, use_version
from qzcompete.competitions.rules.occupations import occupation, tidy_code
from qzcompete.core import audit
from qzcompete.core.actor import CITY, Actor
from qzcompete.core.clock import in_city, now
from qzcompete.core.errors import RuleBroken
from qzcompete.core.permissions import permit
from qzcompete.extensions import db

REFUSALS = {
    "no_level": _l("The promotion grants no level for which certificates exist."),
    "not_filed": _l("No evaluation body in the register has filed this occupation at this level."),
    "ended": _l("The body that filed this occupation and level is no longer on file."),
}
DOCUMENT_KINDS = {"resident_id": "居民身份证"}
GREATEST_PHOTO = 5 * 1024 * 1024


@dataclass(frozen=True)
class BodyDraft:
    name: str
    kind: str
    code: str
    serial: str
    valid_from: date
    valid_to: date | None = None
    province: str = "45"


def register_body(actor: Actor, draft: BodyDraft, body_id: int | None = None) -> int:
    """Put a body into the register, or change it. The parts of its numbers stay once a number was taken."""
    permit(actor, "body.edit", CITY)
    row = db.session.get(EvaluationBody, body_id) if body_id is not None else EvaluationBody()
    if row is None:
        raise RuleBroken(_l("There is no such body."))
    parts = (draft.kind, draft.code, draft.province, draft.serial)
    taken = body_id is not None and db.session.scalar(
        select(GradeCounter.last).where(GradeCounter.body_id == body_id).limit(1)
    )
    if taken and parts != (row.kind, row.code, row.province, row.serial):
        raise RuleBroken(
            _l("Numbers of this body were taken already, so their parts cannot change."), field="serial"
        )
    row.name, row.valid_from, row.valid_to = draft.name.strip(), draft.valid_from, draft.valid_to
    row.kind, row.code, row.province, row.serial = parts
    db.session.add(row)
    db.session.flush()
    audit.record(actor, "body.registered", f"body:{row.id}", after={"name": row.name, "parts": parts})
    return row.id


def file_scope(actor: Actor, body_id: int, occupation_code: str, level: int) -> None:
    """The body has filed this occupation at this level."""
    permit(actor, "body.edit", CITY)
    found = occupation(tidy_code(occupation_code))
    if found is None:
        raise RuleBroken(_l("There is no occupation with this code."), field="occupation_code")
    scope = BodyScope(body_id=body_id, occupation_code=found.code, occupation_name=found.name, level=level)
    db.session.add(scope)
    db.session.flush()
    audit.record(
        actor,
        "body.scope_filed",
        f"body:{body_id}",
        after={"occupation": scope.occupation_code, "level": level},
    )


def remove_scope(actor: Actor, body_id: int, scope_id: int) -> None:
    permit(actor, "body.edit", CITY)
    scope = db.session.get(BodyScope, scope_id)
    if scope is not None and scope.body_id == body_id:
        db.session.delete(scope)
        before = {"occupation": scope.occupation_code, "level": scope.level}
        audit.record(actor, "body.scope_removed", f"body:{body_id}", before=before)


def keep_photo(actor: Actor, person_id: int, content: bytes) -> str:
    """The photo for this person's grade certificates: drawn anew, cut to one inch."""
    permit(actor, "certificate.issue", CITY)
    try:
        upload = checked_upload(content, ("image/jpeg", "image/png"), GREATEST_PHOTO)
    except RuleBroken as broken:
        broken.field = "file"
        raise
    digest = queries.files().put(images.portrait(upload.content))
    row = db.session.get(PersonPhoto, person_id) or PersonPhoto(person_id=person_id)
    row.file_hash, row.uploaded_at = digest, now()
    db.session.add(row)
    audit.record(actor, "photo.kept", f"person:{person_id}", after={"hash": digest})
    return digest


def issue_grade(actor: Actor, promotion_id: int, *, sample: bool = False) -> Certificate:
    """The certificate of a confirmed promotion, by the body that may issue it."""
    permit(actor, "certificate.issue", CITY)
    today = in_city(now()).date()
    for candidate in queries.candidates(today):
        if candidate.promotion.id == promotion_id:
            break
    else:
        raise RuleBroken(_l("This promotion is not confirmed."), code="not_confirmed")
    body = check_candidate(candidate)
    card = use_version(standard_version("grade").id)
    promotion, level = candidate.promotion, candidate.promotion.grants or 0
    kind, document = queries.person_document(promotion.person_id)
    number = take_number(body, today.year, level)
    certificate = Certificate(
        number=number,
        token=new_token(),
        kind="grade",
        slot=queries.slot_of(promotion),
        entry_id=promotion.entry_id,
        person_id=promotion.person_id,
        event_id=promotion.event_id,
        result_set_id=promotion.result_set_id,
        name=promotion.name,
        unit=promotion.unit,
        award=LEVELS[level],
        text=grade_text(candidate, body, number),
        private=json.dumps({"kind": DOCUMENT_KINDS.get(kind, kind), "number": document}),
        grade_index=queries.grade_index(document, promotion.occupation_code, level),
        photo_hash=candidate.photo,
        template_version_id=card.id,
        sample=sample,
        issued_on=today,
        issued_at=now(),
    )
    kept(actor, certificate)
    render_waiting(actor, promotion.event_id)
    return certificate


def check_candidate(candidate: Candidate) -> Body:
    """The body that issues; refused with the reason."""
    if candidate.certificate is not None:
        raise RuleBroken(_l("This promotion has its certificate already."), code="issued")
    if candidate.chosen.body is None:
        raise RuleBroken(REFUSALS[candidate.chosen.reason], code=candidate.chosen.reason)
    if candidate.duplicate:
        raise RuleBroken(
            _l(
                "This person has a certificate of this occupation and level already: %(number)s.",
                number=candidate.duplicate,
            ),
            code="duplicate",
        )
    if candidate.photo is None:
        raise RuleBroken(_l("Upload the photo first."), code="no_photo")
    if missing := queries.unprintable(candidate.promotion.name):
        raise RuleBroken(
            _l("The fonts lack these characters: %(signs)s", signs=" ".join(missing)), code="missing_glyph"
        )
    return candidate.chosen.body


def grade_text(candidate: Candidate, body: Body, number: str) -> dict[str, object]:
    promotion = candidate.promotion
    known = occupation(promotion.occupation_code)
    return {
        "number": number,
        "name": promotion.name,
        "competition": promotion.competition,
        "event": "",
        "award": LEVELS[promotion.grants or 0],
        "committee": body.name,
        "unit": promotion.unit,
        "honorific": "",
        "occupation": known.bare_name if known else promotion.occupation_name,
        "occupation_code": promotion.occupation_code,
        "trade": promotion.trade or NO_TRADE,
        "level": LEVELS[promotion.grants or 0],
        "parts": promotion.parts,
        "body_code": prefix_of(body),
    }


def take_number(body: Body, year: int, level: int) -> str:
    """The next number of the body in this year at this level; the counter is locked until all is committed."""
    key = (body.id, year, level)
    counter = db.session.get(GradeCounter, key, with_for_update=True, populate_existing=True)
    if counter is None:
        counter = GradeCounter(body_id=body.id, year=year, level=level, last=0)
        db.session.add(counter)
    counter.last += 1
    db.session.flush()
    return grade_number(body, year, level, counter.last)


def void_number(actor: Actor, body_id: int, level: int, reason: str) -> str:
    """Take the next number and use it for nothing, with the reason: a spoilt form, a number given by hand."""
    permit(actor, "body.edit", CITY)
    if not reason.strip():
        raise RuleBroken(_l("Give the reason."), field="reason")
    body = queries.body_page(body_id).body
    number = take_number(body, in_city(now()).year, level)
    db.session.add(
        VoidNumber(
            number=number,
            body_id=body_id,
            reason=reason.strip()[:200],
            voided_at=now(),
            account_id=actor.account_id,
        )
    )
    audit.record(
        actor, "number.voided", f"body:{body_id}", after={"number": number, "reason": reason.strip()}
    )
    return number
