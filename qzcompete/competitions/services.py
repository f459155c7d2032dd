"""Writes competitions, events, panels and uploads. An event's assessment is made with it, under the same code."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete

from qzcompete.competitions import queries
from qzcompete.competitions.models import (
    Competition,
    CompetitionFamily,
    CompetitionLevel,
    CompetitionState,
    Event,
    EventGroup,
    EventState,
    ImportDraft,
)
from qzcompete.competitions.queries import EventCard
from qzcompete.competitions.rules.occupations import occupation
from qzcompete.competitions.rules.workflow import (
    BEFORE_DRAW,
    may_competition_go,
    may_event_go,
    panel_faults,
)
from qzcompete.core import audit
from qzcompete.core.actor import Actor, Scope
from qzcompete.core.clock import now
from qzcompete.core.errors import NotFound, RuleBroken
from qzcompete.core.permissions import permit
from qzcompete.extensions import db
from qzcompete.marking import services as marking
from qzcompete.people import queries as people
from qzcompete.people import services as accounts

CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{1,31}")
UPLOAD_LIFE = timedelta(hours=24)

BAD_CODE = _l("A code has 2 to 32 letters, digits or dashes.")
MISSING = {
    "venue": _l("The venue is not set."),
    "starts_at": _l("The time of the contest is not set."),
    "scheme": _l("There is no marking scheme."),
    "judges": _l("The panel has fewer than three judges."),
    "chief_judge": _l("The panel has no chief judge."),
}


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
    registration_opens_at: datetime | None = None
    registration_closes_at: datetime | None = None
    starts_on: date | None = None
    ends_on: date | None = None
    description: str = ""


@dataclass(frozen=True)
class EventDraft:
    name: str
    occupation_code: str
    group: str = "workers"
    code: str = ""
    trade: str | None = None
    team_size: int = 1
    venue: str = ""
    starts_at: datetime | None = None
    places: int | None = None


@dataclass(frozen=True)
class JudgeSpec:
    account_id: int
    chief: bool = False


def create_competition(actor: Actor, draft: CompetitionDraft) -> Competition:
    """A new competition in draft; without a code it gets one from its year and family."""
    permit(actor, "competition.create")
    check_competition(draft)
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
    change(actor, competition, "competition", competition_values(draft))
    return competition


def check_competition(draft: CompetitionDraft) -> None:
    if not draft.name.strip():
        raise RuleBroken(_l("Enter a name."), field="name")
    if draft.starts_on and draft.ends_on and draft.ends_on < draft.starts_on:
        raise RuleBroken(_l("The last day is before the first day."), field="ends_on")
    opens, closes = draft.registration_opens_at, draft.registration_closes_at
    if opens and closes and closes <= opens:
        raise RuleBroken(_l("Registration ends before it begins."), field="registration_closes_at")


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
    change(actor, competition, "competition", {"state": CompetitionState(state)}, "competition.state_set")


def create_event(actor: Actor, competition_id: int, draft: EventDraft) -> Event:
    """A new event in draft, with its assessment."""
    permit(actor, "competition.edit", ("competition", competition_id))
    competition = queries.competition_card_by_id(competition_id)
    if competition.state in ("finished", "cancelled"):
        raise RuleBroken(_l("The competition has ended; it takes no more events."))
    values = event_values(draft)
    code = checked_code(draft.code) or queries.next_event_code(competition)
    assessment = marking.create_assessment(actor, code, values["name"])
    event = Event(
        competition_id=competition_id,
        code=code,
        state=EventState.DRAFT,
        assessment_id=assessment.id,
        **values,
    )
    db.session.add(event)
    db.session.flush()
    audit.record(actor, "event.created", f"event:{event.id}", after={"code": code} | told(values))
    return event


def edit_event(actor: Actor, event_id: int, draft: EventDraft) -> Event:
    """Change the details of an event; after the draw only its venue, time and places."""
    event = locked(Event, event_id)
    permit(actor, "competition.edit", *event_scopes(event))
    values = event_values(draft)
    if event.state.value not in BEFORE_DRAW:
        values = {name: values[name] for name in ("venue", "starts_at", "places")}
    change(actor, event, "event", values)
    return event


def event_values(draft: EventDraft) -> dict[str, Any]:
    found = occupation(draft.occupation_code)
    if found is None:
        raise RuleBroken(
            _l("There is no such occupation in the dictionary of 2022. Search for it by name."),
            field="occupation_code",
        )
    if not draft.name.strip():
        raise RuleBroken(_l("Enter a name."), field="name")
    return {
        "name": draft.name.strip(),
        "occupation_code": found.code,
        "occupation_name": found.bare_name,
        "trade": (draft.trade or "").strip() or None,
        "group": EventGroup(draft.group),
        "team_size": draft.team_size,
        "venue": draft.venue.strip(),
        "starts_at": draft.starts_at,
        "places": draft.places,
    }


def set_scheme(actor: Actor, event_id: int, document: dict[str, Any]) -> None:
    """Give the event its marking scheme; refused after the draw."""
    event = locked(Event, event_id)
    permit(actor, "competition.edit", *event_scopes(event))
    must_be_before_draw(event)
    marking.set_scheme(actor, event.assessment_id, document)
    audit.record(
        actor, "event.scheme_set", f"event:{event.id}", after={"modules": len(document.get("modules", ()))}
    )


def name_panel(actor: Actor, event_id: int, judges: Sequence[JudgeSpec]) -> None:
    """Seat the judges as J1, J2, … and the chief judge after them; give and end their roles for this assessment."""
    event = locked(Event, event_id)
    permit(actor, "panel.edit", *event_scopes(event))
    must_be_before_draw(event)
    check_panel(judges)
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


def check_panel(judges: Sequence[JudgeSpec]) -> None:
    ids = [judge.account_id for judge in judges]
    if len(set(ids)) < len(ids):
        raise RuleBroken(
            _l("The chief judge does not mark and cannot be among the judges too."), field="chief"
        )
    chiefs = sum(judge.chief for judge in judges)
    for fault in panel_faults(len(judges) - chiefs, chiefs):
        field = "judges" if fault == "judges" else "chief"
        raise RuleBroken(CHOOSE[fault], code=fault, field=field)


CHOOSE = {
    "judges": _l("Choose at least three judges."),
    "chief_judge": _l("Choose one chief judge."),
}


def open_event(actor: Actor, event_id: int) -> None:
    """The preparations are done: nothing is missing any more. Refused with the first thing that is."""
    event = locked(Event, event_id)
    permit(actor, "competition.edit", *event_scopes(event))
    missing = queries.readiness(queries.event_card_by_id(event_id))
    if missing:
        raise RuleBroken(MISSING[missing[0]], code=f"missing_{missing[0]}")
    move_event(actor, event, "open")


def set_event_state(actor: Actor, event_id: int, state: str) -> None:
    """Called by the slice whose work moved the event (draw, closing, publication); the caller permits."""
    event = locked(Event, event_id)
    if event.state.value != state:
        move_event(actor, event, state)


def cancel_event(actor: Actor, event_id: int) -> None:
    event = locked(Event, event_id)
    permit(actor, "competition.edit", *event_scopes(event))
    move_event(actor, event, "cancelled")


def move_event(actor: Actor, event: Event, state: str) -> None:
    if not may_event_go(event.state.value, state):
        raise RuleBroken(_l("The event cannot go to this state from its present one."), code="event_state")
    change(actor, event, "event", {"state": EventState(state)}, "event.state_set")


def keep_upload(actor: Actor, event_id: int, kind: str, file_name: str, content: Any) -> ImportDraft:
    """Keep what was read from a file until the officer confirms it; older ones of the same officer go."""
    moment = now()
    mine = (
        (ImportDraft.account_id == actor.account_id)
        & (ImportDraft.event_id == event_id)
        & (ImportDraft.kind == kind)
    )
    db.session.execute(delete(ImportDraft).where(mine | (ImportDraft.created_at < moment - UPLOAD_LIFE)))
    draft = ImportDraft(
        account_id=actor.account_id,
        event_id=event_id,
        kind=kind,
        file_name=file_name[-120:],
        rows=json.dumps(content, ensure_ascii=False),
        created_at=moment,
    )
    db.session.add(draft)
    db.session.flush()
    return draft


def drop_upload(upload_id: int) -> None:
    db.session.execute(delete(ImportDraft).where(ImportDraft.id == upload_id))


def hold_event(event_id: int) -> EventCard:
    """The event, locked until the end of the transaction: entries and draw of one event queue behind each other."""
    locked(Event, event_id)
    return queries.event_card_by_id(event_id)


def event_scopes(event: Event) -> tuple[Scope, ...]:
    return (("event", event.id), ("competition", event.competition_id))


def must_be_before_draw(event: Event) -> None:
    if event.state.value not in BEFORE_DRAW:
        raise RuleBroken(_l("Lots were drawn; this can no longer be changed."), code="after_draw")


def locked(model: Any, key: int) -> Any:
    found = db.session.get(model, key, with_for_update={"of": model}, populate_existing=True)
    if found is None:
        raise NotFound()
    return found


def change(actor: Actor, row: Any, kind: str, values: dict[str, Any], action: str | None = None) -> None:
    """Set what differs, and record exactly that; nothing where nothing differs."""
    before = {name: getattr(row, name) for name, value in values.items() if getattr(row, name) != value}
    if not before:
        return
    for name in before:
        setattr(row, name, values[name])
    db.session.flush()
    after = {name: values[name] for name in before}
    audit.record(
        actor, action or f"{kind}.edited", f"{kind}:{row.id}", before=told(before), after=told(after)
    )


def told(values: dict[str, Any]) -> dict[str, Any]:
    """Values as the audit log can write them."""
    return {name: plain(value) for name, value in values.items()}


def plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return getattr(value, "value", value)
