"""Issues and revokes certificates: rows and the job that renders them in one transaction."""

from __future__ import annotations

import base64
import secrets
from typing import Any

from flask import current_app
from flask_babel import lazy_gettext as _l

from qzcompete.adapters import fonts
from qzcompete.certificates import queries
from qzcompete.certificates.models import Certificate, CertificateCounter, CertificateState
from qzcompete.certificates.rules.text import CertificateText
from qzcompete.certificates.rules.wording import certificate_number
from qzcompete.competitions import services as competitions
from qzcompete.competitions.queries import EventCard, event_card
from qzcompete.core import audit, jobs
from qzcompete.core.actor import Actor
from qzcompete.core.clock import in_city, now
from qzcompete.core.errors import RuleBroken
from qzcompete.core.jobs import Job
from qzcompete.core.permissions import permit
from qzcompete.extensions import db
from qzcompete.results.queries import Winner, newest_set, ranked

KIND = "award"
COMMITTEE = "钦州市职业技能竞赛组织委员会"
# Where the scheme names no awards, this many ranks get a certificate of their rank.
RANKED = 3
RANK_WORDS = {1: "第一名", 2: "第二名", 3: "第三名"}


def issue_batch(actor: Actor, event_code: str) -> Job | None:
    """Issue what the event's published results give; None where all is issued. The job renders the files."""
    event = event_card(event_code)
    competitions.hold_event(event.id)
    permit(actor, "certificate.issue", *event.scopes)
    newest = newest_set(event.id)
    if newest is None or newest.state.value != "published":
        raise RuleBroken(_l("Certificates are issued after the results are published."), code="not_published")
    issued = {row.entry_id for row in queries.of_event(event_code) if row.state is CertificateState.VALID}
    due = [
        (winner, award)
        for winner in ranked(event)
        if (award := award_of(winner)) and winner.entry_id not in issued
    ]
    told_of = [event.name, event.competition.name, event.competition.committee or COMMITTEE]
    told_of += [
        text for winner, award in due for text in (winner.name, winner.unit, winner.instructor or "", award)
    ]
    missing = fonts.missing_characters("".join(told_of))
    if missing:
        raise RuleBroken(
            _l("The fonts lack these characters: %(signs)s. Nothing was issued.", signs=" ".join(missing)),
            code="missing_glyph",
        )
    for winner, award in due:
        issue(actor, event, winner, award)
    if not queries.waiting(event.id):
        return None
    return jobs.enqueue(
        "certificates.render",
        {"event_id": event.id},
        actor,
        key=f"certificates:{queries.waiting(event.id)[-1].number}",
        total=len(due),
    )


def award_of(winner: Winner) -> str | None:
    if winner.award is not None:
        return winner.award
    return RANK_WORDS.get(winner.rank) if winner.rank <= RANKED and not has_awards(winner) else None


def has_awards(winner: Winner) -> bool:
    """Whether anybody of the same result set has an award: then a rank without one gets none."""
    document: Any = queries.result_document_of(winner.result_set_id)
    return any(row["award"] for row in document["results"])


def issue(actor: Actor, event: EventCard, winner: Winner, award: str) -> Certificate:
    today = in_city(now()).date()
    number = next_number(today.year)
    token = base64.b32encode(secrets.token_bytes(16)).decode().rstrip("=")
    certificate = Certificate(
        number=number,
        token=token,
        kind=KIND,
        entry_id=winner.entry_id,
        person_id=winner.person_id,
        event_id=event.id,
        result_set_id=winner.result_set_id,
        name=winner.name,
        unit=winner.unit,
        award=award,
        text=told(event, winner, award, number),
        issued_on=today,
    )
    db.session.add(certificate)
    db.session.flush()
    audit.record(actor, "certificate.issued", f"certificate:{certificate.id}", after={"number": number})
    return certificate


def told(event: EventCard, winner: Winner, award: str, number: str) -> dict[str, Any]:
    """What the certificate says, frozen at its issue."""
    return {
        "number": number,
        "name": winner.name,
        "competition": event.competition.name,
        "event": event.name,
        "award": award,
        "committee": event.competition.committee or COMMITTEE,
        "unit": winner.unit,
        "instructor": winner.instructor or "",
        "total": str(winner.total),
        "place": winner.rank,
    }


def next_number(year: int) -> str:
    counter = db.session.get(CertificateCounter, (KIND, year), with_for_update=True, populate_existing=True)
    if counter is None:
        counter = CertificateCounter(kind=KIND, year=year, last=0)
        db.session.add(counter)
    counter.last += 1
    db.session.flush()
    return certificate_number(year, counter.last)


def certificate_text(certificate: Certificate) -> CertificateText:
    public_url = current_app.config["QZ"].public_url
    return CertificateText(
        issued_on=certificate.issued_on,
        verify_url=f"{public_url}/V/{certificate.token}",
        honorific="同志",
        **certificate.text,
    )


def keep_file(certificate_id: int, content: bytes) -> None:
    """The rendered file of a certificate; rendered again, it is the same."""
    certificate = queries.certificate(certificate_id)
    certificate.file_hash, certificate.rendered_at = queries.files().put(content), now()


def revoke(actor: Actor, certificate_id: int, reason: str) -> Certificate:
    certificate = queries.certificate(certificate_id)
    permit(actor, "certificate.issue", *queries.scopes_of(certificate))
    if not reason.strip():
        raise RuleBroken(_l("Give the reason."), field="reason")
    if certificate.state is not CertificateState.VALID:
        raise RuleBroken(_l("Only a valid certificate can be revoked."), code="not_valid")
    certificate.state, certificate.revoked_at = CertificateState.REVOKED, now()
    certificate.revoke_reason = reason.strip()
    audit.record(
        actor, "certificate.revoked", f"certificate:{certificate.id}", after={"reason": reason.strip()}
    )
    return certificate
