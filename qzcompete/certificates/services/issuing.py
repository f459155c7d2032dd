"""Issues certificates: rows and the job that renders them in one transaction."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l

from qzcompete.certificates import queries
from qzcompete.certificates.models import Certificate, CertificateCounter
from qzcompete.certificates.queries import DueAward, TemplateCard
from qzcompete.certificates.rules import fitting
from qzcompete.certificates.rules.text import CertificateText
from qzcompete.certificates.rules.wording import award_sentence, certificate_number
from qzcompete.certificates.services import templates
from qzcompete.competitions import services as competitions
from qzcompete.competitions.queries import EventCard, event_card
from qzcompete.core import audit, jobs
from qzcompete.core.actor import Actor
from qzcompete.core.clock import in_city, now
from qzcompete.core.errors import RuleBroken
from qzcompete.core.jobs import Job
from qzcompete.core.permissions import permit
from qzcompete.extensions import db
from qzcompete.results.queries import newest_set

KIND = "award"
PREFIXES = {"award": "QZJN", "instructor": "QZZD", "institution": "QZZZ", "plaque": "QZTP", "letter": "QZGX"}
COMMITTEE = "钦州市职业技能竞赛组织委员会"
HONORIFIC = "同志"


def issue_batch(
    actor: Actor, event_code: str, *, sample: bool = False, template_version_id: int | None = None
) -> Job | None:
    """Issue what the event's published results give; None where nothing new can be. The job renders the files.

    Certificates with a character that the fonts lack stay due, the others are issued.
    `sample` prints 样本 SAMPLE across them, as a demo city must.
    """
    event = competitions.hold_event(event_card(event_code).id)
    permit(actor, "certificate.issue", *event.scopes)
    newest = newest_set(event.id)
    if newest is None or newest.state.value != "published":
        raise RuleBroken(_l("Certificates are issued after the results are published."), code="not_published")
    due = queries.due_awards(event)
    possible = printable(event, due)
    if possible:
        card = chosen_template(KIND, template_version_id)
        for one in possible:
            issue(actor, event, one, card.id, sample=sample)
    return render_waiting(actor, event.id)


def render_waiting(actor: Actor, event_id: int | None = None) -> Job | None:
    """The job that makes the files which are not made yet, of an event or of all; None where there is none."""
    waiting = queries.waiting(event_id)
    if not waiting:
        return None
    payload = {} if event_id is None else {"event_id": event_id}
    key = f"certificates:{waiting[-1].number}"
    job = jobs.enqueue("certificates.render", payload, actor, key=key, total=len(waiting))
    if job.finished:
        # It was cancelled, or given up: what it has not made is made now.
        jobs.revive(job)
    return job


@dataclass(frozen=True)
class Unprintable:
    """A certificate that is due, and the characters of it that no font can draw."""

    name: str
    unit: str
    award: str
    characters: Sequence[str]


def printable(event: EventCard, due: Sequence[DueAward]) -> Sequence[DueAward]:
    """Those of the due that can be printed; refused where it is none, before anything has a number."""
    sentence = award_sentence(event.competition.name, event.name)
    if len(sentence) > fitting.LONGEST_SENTENCE:
        raise RuleBroken(
            _l("The names of competition and event are too long for a certificate. Nothing was issued."),
            code="too_long",
        )
    possible = [one for one in due if not missing_in(event, one)]
    if due and not possible:
        signs = dict.fromkeys(sign for one in due for sign in missing_in(event, one))
        raise RuleBroken(
            _l("The fonts lack these characters: %(signs)s. Nothing was issued.", signs=" ".join(signs)),
            code="missing_glyph",
        )
    return possible


def unprintable(event: EventCard, due: Sequence[DueAward]) -> list[Unprintable]:
    """Which of the due certificates the fonts cannot print, and for which characters."""
    return [
        Unprintable(one.name, one.winner.unit, one.award, characters)
        for one in due
        if (characters := missing_in(event, one))
    ]


def missing_in(event: EventCard, due: DueAward) -> list[str]:
    text = printed_text(told(event, due, ""), in_city(now()).date(), "")
    return queries.unprintable(text.printed())


def chosen_template(kind: str, version_id: int | None) -> TemplateCard:
    """The version to print with, frozen from now on."""
    card = templates.use_version(version_id or templates.standard_version(kind).id)
    if card.kind != kind:
        raise RuleBroken(_l("This template is for another kind."), field="template")
    return card


def issue_instructors(actor: Actor, event_code: str, *, sample: bool = False) -> Job | None:
    """One certificate for each instructor of a winner that has none yet."""
    event = competitions.hold_event(event_card(event_code).id)
    permit(actor, "certificate.issue", *event.scopes)
    due = printable(event, queries.due_instructors(event))
    if due:
        card = chosen_template("instructor", None)
        for one in due:
            issue(actor, event, one, card.id, sample=sample, kind="instructor")
    return render_waiting(actor, event.id)


def issue(
    actor: Actor,
    event: EventCard,
    due: DueAward,
    template_version_id: int,
    *,
    sample: bool = False,
    kind: str = KIND,
) -> Certificate:
    winner, today = due.winner, in_city(now()).date()
    number = next_number(today.year, kind)
    certificate = Certificate(
        number=number,
        token=new_token(),
        kind=kind,
        template_version_id=template_version_id,
        entry_id=winner.entry_id,
        slot=due.slot,
        person_id=due.person_id,
        event_id=event.id,
        result_set_id=winner.result_set_id,
        name=due.name,
        unit=winner.unit,
        award=due.award,
        text=told(event, due, number),
        sample=sample,
        issued_on=today,
        issued_at=now(),
    )
    return kept(actor, certificate)


def kept(actor: Actor, certificate: Certificate) -> Certificate:
    db.session.add(certificate)
    db.session.flush()
    subject = f"certificate:{certificate.id}"
    audit.record(actor, "certificate.issued", subject, after={"number": certificate.number})
    return certificate


def new_token() -> str:
    return base64.b32encode(secrets.token_bytes(16)).decode().rstrip("=")


def told(event: EventCard, due: DueAward, number: str) -> dict[str, Any]:
    """What the certificate says, frozen at its issue."""
    return {
        "number": number,
        "name": due.name,
        "competition": event.competition.name,
        "event": event.name,
        "award": due.award,
        "committee": event.competition.committee or COMMITTEE,
        "unit": due.winner.unit,
        "instructor": due.winner.instructor or "",
        "members": list(due.members),
        "total": due.winner.total,
        "place": due.winner.rank,
        "text": due.text,
    }


def next_number(year: int, kind: str = KIND) -> str:
    """Each kind counts for itself, in each year; the counter is locked until all is committed."""
    counter = db.session.get(CertificateCounter, (kind, year), with_for_update=True, populate_existing=True)
    if counter is None:
        counter = CertificateCounter(kind=kind, year=year, last=0)
        db.session.add(counter)
    counter.last += 1
    db.session.flush()
    return certificate_number(year, counter.last, PREFIXES[kind])


def printed_text(told: dict[str, Any], issued_on: date, verify_url: str) -> CertificateText:
    known = {field.name for field in fields(CertificateText)}
    values = {name: value for name, value in told.items() if name in known}
    values |= {"members": tuple(told.get("members", ())), "issued_on": issued_on, "verify_url": verify_url}
    return CertificateText(**{"honorific": HONORIFIC, **values})
