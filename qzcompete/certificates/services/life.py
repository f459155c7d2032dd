"""What becomes of a certificate after its issue: revoked by two people, replaced by another, corrected with a result."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l

from qzcompete.certificates import queries
from qzcompete.certificates.models import Certificate, CertificateState
from qzcompete.certificates.rules.grade import NUMBER, prefix_of
from qzcompete.certificates.services.grades import take_number
from qzcompete.certificates.services.issuing import kept, new_token, next_number, told
from qzcompete.competitions.queries import event_card
from qzcompete.core import audit
from qzcompete.core.actor import Actor
from qzcompete.core.clock import in_city, now
from qzcompete.core.errors import RuleBroken
from qzcompete.core.permissions import permit
from qzcompete.extensions import db
from qzcompete.people.rules.identity import tidy_name

REISSUE_REASONS = ("name_mistake", "lost", "other_mistake")


def ask_revocation(actor: Actor, certificate_id: int, reason: str) -> Certificate:
    """The first of two people. Nothing changes for those who verify until the second confirms."""
    certificate = held(actor, certificate_id, "certificate.issue")
    reason = reason_given(reason)
    if certificate.revoke_asked_at is not None:
        raise RuleBroken(_l("Its revocation waits for a second person already."), code="asked_already")
    if actor.account_id is None:
        raise RuleBroken(_l("Only a person can ask for a revocation."), code="no_person")
    certificate.revoke_reason = reason
    certificate.revoke_asked_by, certificate.revoke_asked_at = actor.account_id, now()
    audit.record(actor, "certificate.revocation_asked", subject(certificate), after={"reason": reason})
    return certificate


def confirm_revocation(actor: Actor, certificate_id: int) -> Certificate:
    """The second person. From now on everybody who verifies sees it."""
    certificate = held(actor, certificate_id, "certificate.confirm")
    if certificate.revoke_asked_at is None:
        raise RuleBroken(_l("Nobody asked for the revocation of this certificate."), code="not_asked")
    if actor.account_id is None or certificate.revoke_asked_by == actor.account_id:
        raise RuleBroken(_l("The one who asked for the revocation cannot confirm it."), code="same_person")
    certificate.state, certificate.revoked_at = CertificateState.REVOKED, now()
    certificate.revoked_by = actor.account_id
    audit.record(actor, "certificate.revoked", subject(certificate))
    return certificate


def keep_certificate(actor: Actor, certificate_id: int) -> Certificate:
    """The second person, or the first on second thoughts, does not revoke it."""
    certificate = held(actor, certificate_id, "certificate.confirm")
    if certificate.revoke_asked_at is None:
        raise RuleBroken(_l("Nobody asked for the revocation of this certificate."), code="not_asked")
    audit.record(
        actor, "certificate.kept", subject(certificate), before={"reason": certificate.revoke_reason}
    )
    certificate.revoke_reason = certificate.revoke_asked_by = certificate.revoke_asked_at = None
    return certificate


def reissue(actor: Actor, certificate_id: int, reason: str, note: str = "", name: str = "") -> Certificate:
    """A new certificate with a new number in the place of this one, with the name corrected where one is given."""
    old = held(actor, certificate_id, "certificate.issue")
    if old.revoke_asked_at is not None:
        raise RuleBroken(_l("Its revocation waits for a second person already."), code="asked_already")
    name = tidy_name(name) or old.name
    if reason not in REISSUE_REASONS:
        raise RuleBroken(_l("Choose the reason."), field="reason")
    if reason == "name_mistake" and name == old.name:
        raise RuleBroken(_l("Type the name as it should read."), field="name")
    if missing := queries.unprintable(name):
        raise RuleBroken(
            _l("The fonts lack these characters: %(signs)s", signs=" ".join(missing)), field="name"
        )
    members = [name if member == old.name else member for member in old.text.get("members", ())]
    return replaced(
        actor, old, {**old.text, "name": name, "members": members}, f"{reason}: {note}".strip(": ")
    )


def replaced(actor: Actor, old: Certificate, text: dict[str, Any], reason: str) -> Certificate:
    """A new certificate in the place of the old one, which ends first, lest two are valid."""
    today = in_city(now()).date()
    number = successor_number(old, today.year)
    old.state, old.replace_reason = CertificateState.REPLACED, reason[:400]
    db.session.flush()
    new = Certificate(
        number=number,
        token=new_token(),
        kind=old.kind,
        entry_id=old.entry_id,
        slot=old.slot,
        person_id=old.person_id,
        designation_id=old.designation_id,
        event_id=old.event_id,
        result_set_id=old.result_set_id,
        name=text["name"],
        unit=text["unit"],
        award=text["award"],
        text={**text, "number": number},
        sample=old.sample,
        template_version_id=old.template_version_id,
        private=old.private,
        grade_index=old.grade_index,
        photo_hash=old.photo_hash,
        issued_on=today,
        issued_at=now(),
    )
    old.replaced_by_id = kept(actor, new).id
    audit.record(
        actor, "certificate.replaced", subject(old), after={"by": new.number, "reason": old.replace_reason}
    )
    return new


def successor_number(old: Certificate, year: int) -> str:
    """A grade certificate's next number is of the same body, in this year, at its level."""
    if old.kind != "grade":
        return next_number(year, old.kind)
    read = NUMBER.fullmatch(old.number)
    body = next((one for one in queries.bodies() if read and old.number.startswith(prefix_of(one))), None)
    if read is None or body is None:
        raise RuleBroken(_l("The body that issued it is no longer in the register."), code="no_body")
    return take_number(body, year, int(read["level"]))


def correct_after_result(actor: Actor, event_code: str, note: str) -> tuple[int, int]:
    """After a corrected result: certificates with other words are replaced; those without award wait for revocation.

    Returns how many were replaced and how many wait."""
    event = event_card(event_code)
    permit(actor, "certificate.issue", *event.scopes)
    note = reason_given(note)
    replaced_now = waiting = 0
    for outdated in queries.outdated(event):
        if outdated.due is None:
            ask_revocation(actor, outdated.certificate.id, note)
            waiting += 1
        else:
            text = {**told(event, outdated.due, ""), "name": outdated.certificate.name}
            new = replaced(actor, outdated.certificate, text, note)
            new.result_set_id = outdated.due.winner.result_set_id
            replaced_now += 1
    return replaced_now, waiting


def held(actor: Actor, certificate_id: int, permission: str) -> Certificate:
    """The valid certificate, for us alone."""
    certificate = queries.locked_certificate(certificate_id)
    permit(actor, permission, *queries.scopes_of(certificate))
    if certificate.state is not CertificateState.VALID:
        raise RuleBroken(_l("Only a valid certificate can be revoked or replaced."), code="not_valid")
    return certificate


def reason_given(reason: str) -> str:
    if not reason.strip():
        raise RuleBroken(_l("Give the reason."), field="reason")
    return reason.strip()[:400]


def subject(certificate: Certificate) -> str:
    return f"certificate:{certificate.id}"
