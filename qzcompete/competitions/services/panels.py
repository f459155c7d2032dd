"""Names the judges of an event's panel, and gives and ends their roles for its assessment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l

from qzcompete.competitions import queries
from qzcompete.competitions.models import (
    Event,
)
from qzcompete.competitions.rules.conflicts import crowded_units
from qzcompete.competitions.rules.workflow import panel_faults
from qzcompete.competitions.services.rows import event_scopes, locked, must_be_before_draw
from qzcompete.core import audit
from qzcompete.core.actor import Actor, Scope
from qzcompete.core.errors import RuleBroken
from qzcompete.core.permissions import permit
from qzcompete.marking import services as marking
from qzcompete.people import queries as people
from qzcompete.people import services as accounts


@dataclass(frozen=True)
class JudgeSpec:
    account_id: int
    chief: bool = False


def name_panel(actor: Actor, event_id: int, judges: Sequence[JudgeSpec]) -> None:
    """Seat the judges as J1, J2, … and the chief judge after them; give and end their roles for this assessment."""
    event = locked(Event, event_id)
    permit(actor, "panel.edit", *event_scopes(event))
    must_be_before_draw(event)
    check_panel(event.competition_id, judges)
    known = {
        account.id: account
        for role in ("judge", "chief_judge")
        for account in people.accounts_with_role(role)
    }
    if any(judge.account_id not in known for judge in judges):
        raise RuleBroken(_l("Only accounts with the role of a judge can be chosen."), field="judges")
    scope = ("assessment", event.assessment_id)
    before = queries.panel_of(event.assessment_id)
    ordered = sorted(judges, key=lambda judge: judge.chief)
    seats = [
        marking.SeatSpec(f"J{place}", known[judge.account_id].name, judge.account_id, judge.chief)
        for place, judge in enumerate(ordered, start=1)
    ]
    marking.seat_judges(actor, event.assessment_id, seats)
    wanted = {(judge.account_id, panel_role(judge.chief)) for judge in judges}
    for seat in before:
        role = panel_role(seat.chief)
        if seat.account_id in known and (seat.account_id, role) not in wanted:
            end_role(actor, known[seat.account_id], role, scope)
    for account_id, role in sorted(wanted):
        accounts.grant_role(actor, known[account_id], role, scope)
    audit.record(
        actor,
        "event.panel_named",
        f"event:{event.id}",
        before=[[seat.account_id, panel_role(seat.chief)] for seat in before],
        after=[[judge.account_id, panel_role(judge.chief)] for judge in ordered],
    )


def panel_role(chief: bool) -> str:
    return "chief_judge" if chief else "judge"


def end_role(actor: Actor, account: Any, role: str, scope: Scope) -> None:
    """The account no longer has this role in this scope."""
    for grant in [
        grant for grant in account.grants if (grant.role, grant.scope_kind, grant.scope_id) == (role, *scope)
    ]:
        account.grants.remove(grant)
        audit.record(
            actor, "account.role_ended", f"account:{account.id}", before={"role": role, "scope": list(scope)}
        )


def check_panel(competition_id: int, judges: Sequence[JudgeSpec]) -> None:
    """Refuse a panel that the rules of the competition do not allow."""
    least = int(queries.setting(competition_id, "least_judges"))
    ids = [judge.account_id for judge in judges]
    if len(set(ids)) < len(ids):
        raise RuleBroken(
            _l("The chief judge does not mark and cannot be among the judges too."), field="chief"
        )
    chiefs = sum(judge.chief for judge in judges)
    for fault in panel_faults(len(judges) - chiefs, chiefs, least):
        field = "judges" if fault == "judges" else "chief"
        message = (
            _l("Choose at least %(least)s judges.", least=least)
            if fault == "judges"
            else _l("Choose one chief judge.")
        )
        raise RuleBroken(message, code=fault, field=field)
    check_units(judges, int(queries.setting(competition_id, "judges_per_unit")))


def check_units(judges: Sequence[JudgeSpec], most: int) -> None:
    """Refuse a panel with more judges of one unit than the regulations allow."""
    cards = queries.judge_cards(judge.account_id for judge in judges)
    for unit, count in crowded_units([card.employer for card in cards.values()], most):
        raise RuleBroken(
            _l(
                "%(count)s judges are of %(unit)s; this competition allows %(most)s of one unit.",
                count=count,
                unit=unit,
                most=most,
            ),
            code="judges_per_unit",
            field="judges",
        )
