"""Writes competitions and their states."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l

from qzcompete.competitions import queries
from qzcompete.competitions.models import (
    Competition,
    CompetitionFamily,
    CompetitionLevel,
    CompetitionState,
)
from qzcompete.competitions.rules.workflow import EVENT_ENDS, may_competition_go
from qzcompete.competitions.services.rows import change, locked, told
from qzcompete.core import audit
from qzcompete.core.actor import Actor
from qzcompete.core.errors import RuleBroken
from qzcompete.core.permissions import permit
from qzcompete.extensions import db

CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{1,31}")
BAD_CODE = _l("A code has 2 to 32 letters, digits or dashes.")


@dataclass(frozen=True)
class CompetitionDraft:
    name: str
    family: str
    level: str
    year: int
    code: str = ""
    host_id: int | None = None
    organisers: str = ""
    committee: str = ""
    venue: str = ""
    starts_on: date | None = None
    ends_on: date | None = None
    description: str = ""
    outer_id: int | None = None
    parent_id: int | None = None
    advancing: int | None = None


def create_competition(actor: Actor, draft: CompetitionDraft) -> Competition:
    """A new competition in draft; without a code it gets one from its year and family."""
    permit(actor, "competition.create")
    check_competition(draft)
    check_links(draft)
    code = checked_code(draft.code) or queries.next_competition_code(draft.year, draft.family)
    competition = Competition(code=code, state=CompetitionState.DRAFT, **competition_values(draft))
    db.session.add(competition)
    db.session.flush()
    audit.record(
        actor, "competition.created", f"competition:{competition.id}", after=told(competition_values(draft))
    )
    return competition


def edit_competition(actor: Actor, competition_id: int, draft: CompetitionDraft) -> Competition:
    competition = locked(Competition, competition_id)
    permit(actor, "competition.edit", ("competition", competition_id))
    check_competition(draft)
    check_links(draft, competition_id)
    change(actor, competition, "competition", competition_values(draft))
    return competition


def check_competition(draft: CompetitionDraft) -> None:
    if not draft.name.strip():
        raise RuleBroken(_l("Enter a name."), field="name")
    if draft.starts_on and draft.ends_on and draft.ends_on < draft.starts_on:
        raise RuleBroken(_l("The last day is before the first day."), field="ends_on")


def check_links(draft: CompetitionDraft, competition_id: int | None = None) -> None:
    """A competition selects for one above it, and only a county's heat for one of the city."""
    if draft.outer_id and draft.parent_id:
        raise RuleBroken(_l("Choose one competition above this one, not two."), field="outer_id")
    if draft.parent_id is None:
        return
    if draft.parent_id == competition_id:
        raise RuleBroken(_l("A competition cannot select for itself."), field="parent_id")
    if queries.competition_card_by_id(draft.parent_id).level == "county" or draft.level != "county":
        raise RuleBroken(_l("A county's heat selects for a competition of the city."), field="parent_id")


def checked_code(code: str) -> str:
    code = code.strip()
    if code and not CODE.fullmatch(code):
        raise RuleBroken(BAD_CODE, field="code")
    return code


def competition_values(draft: CompetitionDraft) -> dict[str, Any]:
    values = asdict(draft)
    del values["code"]
    values["family"] = CompetitionFamily(draft.family)
    values["level"] = CompetitionLevel(draft.level)
    return values


def set_competition_state(actor: Actor, competition_id: int, state: str) -> None:
    """Let the competition go on to another state, where its present one allows it."""
    competition = locked(Competition, competition_id)
    permit(actor, "competition.edit", ("competition", competition_id))
    if not may_competition_go(competition.state.value, state):
        raise RuleBroken(_l("The competition cannot go to this state from its present one."))
    if competition.state is CompetitionState.DRAFT and state in ("open", "running"):
        must_lack_nothing(competition_id)
    if state == "finished":
        must_have_ended(competition_id)
    change(actor, competition, "competition", {"state": CompetitionState(state)}, "competition.state_set")


def must_have_ended(competition_id: int) -> None:
    going = [one.name for one in queries.events_of(competition_id) if one.state not in EVENT_ENDS]
    if going:
        raise RuleBroken(
            _l(
                "%(count)s events are neither published nor cancelled: %(names)s.",
                count=len(going),
                names="、".join(going),
            ),
            code="going",
        )


def must_lack_nothing(competition_id: int) -> None:
    lacking = queries.lacks_of(queries.competition_card_by_id(competition_id))
    if lacking:
        raise RuleBroken(
            _l("The competition still lacks %(count)s things; its page lists them.", count=len(lacking)),
            code="lacking",
        )
