"""Writes the register of judges, what they declare, and the modules that they are named for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete

from qzcompete.competitions import queries
from qzcompete.competitions.models import (
    Event,
    JudgeModule,
    JudgeOccupation,
    JudgeProfile,
    JudgeRelation,
    Qualification,
    RelationKind,
)
from qzcompete.competitions.rules.occupations import occupation
from qzcompete.competitions.services.rows import event_scopes, locked
from qzcompete.core import audit
from qzcompete.core.actor import Actor
from qzcompete.core.clock import now
from qzcompete.core.errors import NotFound, RuleBroken
from qzcompete.core.permissions import permit
from qzcompete.extensions import db


@dataclass(frozen=True)
class ProfileDraft:
    qualification: str
    employer_id: int | None
    level: int | None
    occupation_codes: tuple[str, ...]
    certificate: str = ""
    note: str = ""


def save_profile(actor: Actor, account_id: int, draft: ProfileDraft) -> JudgeProfile:
    """What the register knows of a judge; the judge's account is there already."""
    permit(actor, "judge.register")
    if account_id not in {choice.account_id for choice in queries.judge_accounts()}:
        raise NotFound()
    found = [(code, occupation(code)) for code in dict.fromkeys(draft.occupation_codes)]
    for code, known in found:
        if known is None:
            raise RuleBroken(
                _l("“%(code)s” is no occupation of the dictionary of 2022.", code=code), field="occupations"
            )
    profile = db.session.get(JudgeProfile, account_id) or JudgeProfile(account_id=account_id)
    profile.qualification = Qualification(draft.qualification)
    profile.employer_id = draft.employer_id
    profile.level = draft.level
    profile.certificate, profile.note = draft.certificate.strip(), draft.note.strip()
    profile.updated_at = now()
    known_codes = {item.code: item for item in profile.occupations}
    profile.occupations = [
        known_codes.get(item.code) or JudgeOccupation(code=item.code, name=item.bare_name)
        for _, item in found
        if item is not None
    ]
    db.session.add(profile)
    audit.record(
        actor,
        "judge.registered",
        f"account:{account_id}",
        after={"qualification": draft.qualification, "employer": draft.employer_id, "level": draft.level},
    )
    return profile


def declare_relation(
    actor: Actor, account_id: int, kind: str, name: str, unit: str, note: str = ""
) -> JudgeRelation:
    """A judge's own declaration, or one that the office writes down."""
    must_be_own_or_office(actor, account_id)
    name, unit = name.strip(), unit.strip()
    if not name and not unit:
        raise RuleBroken(_l("Name the person, the unit, or both."), field="name")
    relation = JudgeRelation(
        account_id=account_id,
        kind=RelationKind(kind),
        name=name,
        unit=unit,
        note=note.strip(),
        declared_by=actor.account_id,
        declared_at=now(),
    )
    db.session.add(relation)
    db.session.flush()
    # Who is related to whom is not for the log.
    audit.record(actor, "judge.relation_declared", f"account:{account_id}", after={"kind": kind})
    return relation


def withdraw_relation(actor: Actor, relation_id: int) -> None:
    relation = db.session.get(JudgeRelation, relation_id)
    if relation is None:
        raise NotFound()
    must_be_own_or_office(actor, relation.account_id)
    audit.record(
        actor,
        "judge.relation_withdrawn",
        f"account:{relation.account_id}",
        before={"kind": relation.kind.value},
    )
    db.session.delete(relation)


def must_be_own_or_office(actor: Actor, account_id: int) -> None:
    permit(actor, "relation.declare" if actor.account_id == account_id else "judge.register")


def name_modules(actor: Actor, event_id: int, modules: Mapping[int, Sequence[str]]) -> None:
    """Which modules each judge of the panel is named for; a judge without any is named for all."""
    event = locked(Event, event_id)
    permit(actor, "panel.edit", *event_scopes(event))
    panel = {seat.account_id for seat in queries.panel_of(event.assessment_id)}
    known = {code for code, _ in queries.modules_of(event.assessment_id)}
    db.session.execute(delete(JudgeModule).where(JudgeModule.event_id == event_id))
    chosen = [
        (account_id, code)
        for account_id, codes in modules.items()
        for code in sorted(known & set(codes))
        if account_id in panel
    ]
    db.session.add_all([JudgeModule(event_id=event_id, account_id=one, module=code) for one, code in chosen])
    audit.record(actor, "event.modules_named", f"event:{event_id}", after=[list(pair) for pair in chosen])
