"""Certificates that no result gives: organisation prizes, letters of thanks, plaques."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l

from qzcompete.certificates import queries
from qzcompete.certificates.models import Certificate
from qzcompete.certificates.services.issuing import COMMITTEE, kept, new_token, next_number, render_waiting
from qzcompete.certificates.services.templates import standard_version, use_version
from qzcompete.core.actor import CITY, Actor
from qzcompete.core.clock import in_city, now
from qzcompete.core.errors import RuleBroken
from qzcompete.core.permissions import permit

SINGLE_KINDS = ("institution", "letter", "plaque", "instructor")
BUREAU = "钦州市人力资源和社会保障局"


@dataclass(frozen=True)
class Single:
    """What one such certificate says. `text` is a sentence of one's own; `committee` who signs."""

    kind: str
    name: str
    award: str
    unit: str = ""
    competition: str = ""
    event: str = ""
    text: str = ""
    committee: str = ""
    person_id: int | None = None
    template_version_id: int | None = None
    # Of the plaque of a studio or base, which has the number of its designation.
    number: str = ""
    designation_id: int | None = None


def issue_single(actor: Actor, single: Single, *, sample: bool = False) -> Certificate:
    """Issue one; the job that makes its file is enqueued in the same transaction."""
    permit(actor, "certificate.issue", CITY)
    if single.kind not in SINGLE_KINDS:
        raise RuleBroken(_l("Choose the kind."), field="kind")
    if not single.name.strip():
        raise RuleBroken(_l("Type the name."), field="name")
    card = use_version(single.template_version_id or standard_version(single.kind).id)
    if card.kind != single.kind:
        raise RuleBroken(_l("This template is for another kind."), field="template")
    today = in_city(now()).date()
    text: dict[str, Any] = {
        "name": single.name.strip(),
        "competition": single.competition.strip(),
        "event": single.event.strip(),
        "award": single.award.strip(),
        "committee": single.committee.strip() or (BUREAU if single.kind == "plaque" else COMMITTEE),
        "unit": single.unit.strip(),
        "text": single.text.strip(),
        "honorific": "同志" if single.kind == "instructor" else "",
    }
    missing = queries.unprintable("".join(text.values()).replace("\n", ""))
    if missing:
        raise RuleBroken(
            _l("The fonts lack these characters: %(signs)s", signs=" ".join(missing)), field="name"
        )
    number = single.number or next_number(today.year, single.kind)
    certificate = Certificate(
        number=number,
        token=new_token(),
        kind=single.kind,
        person_id=single.person_id,
        designation_id=single.designation_id,
        name=text["name"],
        unit=text["unit"],
        award=text["award"],
        text={**text, "number": number},
        sample=sample,
        template_version_id=card.id,
        issued_on=today,
        issued_at=now(),
    )
    kept(actor, certificate)
    render_waiting(actor)
    return certificate
