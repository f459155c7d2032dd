"""The register of experts, the draw of a panel by lot, and the conflicts that keep an expert away."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, select

from qzcompete.core import audit
from qzcompete.core.actor import Actor
from qzcompete.core.clock import in_city, now
from qzcompete.core.errors import NotAllowed, NotFound, RuleBroken
from qzcompete.core.permissions import permit
from qzcompete.extensions import db
from qzcompete.people import queries as people
from qzcompete.people.services import grant_role
from qzcompete.selection.models import (
    Application,
    Expert,
    ExpertConflict,
    ExpertTie,
    PanelDraw,
    PanelMember,
    SelectionClass,
)
from qzcompete.selection.queries.experts import (
    application_facts,
    expert_facts,
    expert_of_account,
    panel_members,
)
from qzcompete.selection.rules.conflicts import KINDS, conflict_of
from qzcompete.selection.rules.panel_draw import TooFewExperts, drawn
from qzcompete.selection.services.history import locked_class


@dataclass(frozen=True)
class ExpertDraft:
    account_id: int
    name: str
    employer: str
    title: str = ""
    fields: tuple[str, ...] = ()
    active: bool = True
    # (relation, name, last year)
    ties: tuple[tuple[str, str, int | None], ...] = ()


def add_expert(actor: Actor, draft: ExpertDraft) -> Expert:
    """Enter somebody with an account into the register; the account gets the role."""
    permit(actor, "selection.manage")
    accounts = {account.id: account for account in people.accounts_with_role("expert")}
    account = accounts.get(draft.account_id)
    if account is None:
        raise RuleBroken(_l("Choose an account with the role of an expert."), field="account_id")
    expert = Expert(account_id=draft.account_id)
    write(expert, draft)
    db.session.add(expert)
    db.session.flush()
    audit.record(actor, "expert.added", f"expert:{expert.id}", chain="selection")
    return expert


def edit_expert(actor: Actor, expert_id: int, draft: ExpertDraft) -> Expert:
    permit(actor, "selection.manage")
    expert = db.session.get(Expert, expert_id, with_for_update=True)
    if expert is None:
        raise NotFound()
    before = {"employer": expert.employer, "active": expert.active, "ties": len(expert.ties)}
    write(expert, draft)
    db.session.flush()
    after = {"employer": expert.employer, "active": expert.active, "ties": len(expert.ties)}
    audit.record(actor, "expert.edited", f"expert:{expert_id}", before, after, chain="selection")
    return expert


def write(expert: Expert, draft: ExpertDraft) -> None:
    if not draft.name.strip() or not draft.employer.strip():
        field = "name" if not draft.name.strip() else "employer"
        raise RuleBroken(_l("This cannot be empty."), code="missing", field=field)
    expert.name, expert.employer, expert.title = (
        draft.name.strip(),
        draft.employer.strip(),
        draft.title.strip(),
    )
    expert.fields, expert.active = list(draft.fields), draft.active
    expert.ties = [
        ExpertTie(relation=relation, name=name, last_year=year) for relation, name, year in draft.ties
    ]


def draw_panel(
    actor: Actor, class_id: int, chair_id: int, fields: Sequence[str] = (), seed: str | None = None
) -> PanelDraw:
    """Draw members and reserves by lot from the active experts of these fields (none given: all), find every conflict
    that the system knows of, and put the chair at the head. The recorded seed makes the same list again."""
    permit(actor, "selection.manage")
    class_ = locked_class(class_id)
    if class_.state != "drawing":
        raise RuleBroken(_l("Experts are drawn after the check and before the review."), code="state")
    active = db.session.scalars(select(Expert).where(Expert.active).order_by(Expert.id)).all()
    if chair_id not in {expert.id for expert in active}:
        raise RuleBroken(_l("Choose the chair from the register."), field="chair")
    wanted_fields = set(fields)
    pool = [
        expert.id
        for expert in active
        if expert.id != chair_id and (not wanted_fields or wanted_fields & set(expert.fields))
    ]
    seed = seed or secrets.token_hex(16)
    try:
        chosen = drawn(pool, seed, class_.experts + class_.reserves)
    except TooFewExperts as few:
        raise RuleBroken(
            _l(
                "The register has too few experts of these fields: %(missing)s more are needed.",
                missing=few.missing,
            ),
            code="too_few",
        ) from few
    forget_panel(class_id)
    seat_panel(actor, class_, chosen, chair_id)
    draw = PanelDraw(
        class_id=class_id, seed=seed, pool=pool, drawn=chosen, account_id=actor.account_id, drawn_at=now()
    )
    db.session.add(draw)
    db.session.flush()
    find_conflicts(class_)
    told = {"seed": seed, "pool": pool, "drawn": chosen, "chair": chair_id}
    audit.record(actor, "panel.drawn", f"selection_class:{class_id}", after=told, chain="selection")
    return draw


def forget_panel(class_id: int) -> None:
    for table in (ExpertConflict, PanelMember, PanelDraw):
        db.session.execute(delete(table).where(table.class_id == class_id))


def seat_panel(actor: Actor, class_: SelectionClass, chosen: Sequence[int], chair_id: int) -> None:
    for place, expert_id in enumerate(chosen, 1):
        part = "member" if place <= class_.experts else "reserve"
        db.session.add(PanelMember(class_id=class_.id, expert_id=expert_id, place=place, part=part))
    db.session.add(PanelMember(class_id=class_.id, expert_id=chair_id, place=len(chosen) + 1, part="chair"))
    chair = db.session.get_one(Expert, chair_id)
    accounts = {account.id: account for account in people.accounts_with_role("expert")}
    grant_role(actor, accounts[chair.account_id], "panel_chair", ("selection_class", class_.id))


def find_conflicts(class_: SelectionClass) -> None:
    """Write down every conflict that the system finds between the panel and the eligible applications."""
    year, within = in_city(now()).year, class_.conflict_years
    members = [member.expert.id for member in panel_members(class_.id)]
    applications = application_facts(class_.id)
    for expert_id, expert in expert_facts(members).items():
        for application_id, application in applications.items():
            kind = conflict_of(expert, application, year, within)
            if kind is not None:
                keep_conflict(class_.id, expert_id, application_id, "system", kind, "")
    db.session.flush()


def keep_conflict(
    class_id: int, expert_id: int, application_id: int, source: str, kind: str, reason: str
) -> None:
    if db.session.get(ExpertConflict, (expert_id, application_id)) is None:
        db.session.add(
            ExpertConflict(
                class_id=class_id,
                expert_id=expert_id,
                application_id=application_id,
                source=source,
                kind=kind,
                reason=reason.strip(),
                found_at=now(),
            )
        )


def declare(actor: Actor, class_id: int, conflicts: Mapping[int, tuple[str, str]]) -> None:
    """The expert's declaration before any file opens: (kind, reason) of every application that he must not know of."""
    permit(actor, "review.own")
    expert = expert_of_account(actor.account_id)
    member = db.session.get(PanelMember, (class_id, expert.id), with_for_update=True) if expert else None
    if expert is None or member is None:
        raise NotFound()
    class_ = locked_class(class_id)
    if class_.state != "drawing":
        raise RuleBroken(_l("Declarations are made before the review opens."), code="state")
    for application_id, (kind, _reason) in conflicts.items():
        if kind not in KINDS:
            raise RuleBroken(
                _l("Say what ties you to this application."), code="kind", field=f"kind-{application_id}"
            )
    known = set(
        db.session.scalars(
            select(Application.id).where(Application.class_id == class_id, Application.state == "eligible")
        )
    )
    if set(conflicts) - known:
        raise NotFound()
    for application_id, (kind, reason) in conflicts.items():
        keep_conflict(class_id, expert.id, application_id, "declared", kind, reason)
    member.declared_at = now()
    db.session.flush()
    # The audit log names no application: it would tell who reads it what the expert must not be tied to.
    told = {"conflicts": len(conflicts)}
    audit.record(actor, "expert.declared", f"selection_class:{class_id}", after=told, chain="selection")


def note_conflict(
    actor: Actor, class_id: int, expert_id: int, application_id: int, kind: str, reason: str
) -> None:
    """The bureau knows of a conflict that nobody declared."""
    permit(actor, "selection.manage")
    class_ = locked_class(class_id)
    if class_.state != "drawing":
        raise RuleBroken(_l("Declarations are made before the review opens."), code="state")
    if kind not in KINDS:
        raise RuleBroken(_l("Say what ties the expert to this application."), code="kind", field="kind")
    if not reason.strip():
        raise RuleBroken(_l("Give the reason."), code="reason", field="reason")
    application = db.session.get(Application, application_id)
    member = db.session.get(PanelMember, (class_id, expert_id))
    if application is None or application.class_id != class_id or member is None:
        raise NotFound()
    keep_conflict(class_id, expert_id, application_id, "officer", kind, reason)
    db.session.flush()
    audit.record(actor, "expert.conflict_noted", f"selection_class:{class_id}", chain="selection")


def must_be_chair(actor: Actor, class_id: int) -> None:
    """Raise unless the actor leads this class's panel."""
    permit(actor, "review.chair", ("selection_class", class_id))
    expert = expert_of_account(actor.account_id)
    member = db.session.get(PanelMember, (class_id, expert.id)) if expert else None
    if member is None or member.part != "chair":
        raise NotAllowed()
