"""Reads appeals, what they contest, and which entries' ranks they may still change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from sqlalchemy import Select, or_, select

from qzcompete.competitions.models import Event
from qzcompete.competitions.queries import EventCard, event_card_by_id, time_point
from qzcompete.core.actor import Actor
from qzcompete.core.clock import now
from qzcompete.core.errors import NotFound
from qzcompete.core.paging import ListPage, list_page
from qzcompete.extensions import db
from qzcompete.marking import queries as marking
from qzcompete.marking.rules.scheme import Scheme
from qzcompete.people.models import Account
from qzcompete.people.queries import accounts_with_role
from qzcompete.registration.models import Entry
from qzcompete.registration.queries import EntryCard
from qzcompete.results.models import Appeal, AppealEvidence, AppealState, ResultRow, ResultSet
from qzcompete.results.queries.sets import explanation
from qzcompete.results.queries.settings import settings_of
from qzcompete.results.queries.versions import published_set
from qzcompete.results.rules.arbiters import Arbiter
from qzcompete.results.rules.explanation import AspectStep, ModuleStep
from qzcompete.results.rules.held import Claim, span, touched

OPEN = (AppealState.FILED, AppealState.ASSIGNED, AppealState.UPHELD)
# Each published figure is rounded by itself: a contested mark may move a total by this much more.
ROUNDING = Decimal("0.05")


@dataclass(frozen=True)
class Evidence:
    id: int
    name: str
    mime_type: str
    size: int
    file_hash: str


@dataclass(frozen=True)
class AppealCard:
    id: int
    event: EventCard
    result_set_id: int
    version: int
    entry_id: int
    entry_number: str
    name: str
    unit: str
    candidate: str
    instance: int
    previous_id: int | None
    grounds: str
    aspects: Sequence[str]
    state: str
    filed_at: datetime
    filed_by: int
    filed_by_name: str
    arbiter_id: int | None
    arbiter: str | None
    arbiter_unit: str
    remedy: str | None
    finding: str | None
    decided_at: datetime | None
    settled_by_id: int | None
    evidence: Sequence[Evidence]

    @property
    def open(self) -> bool:
        return self.state in ("filed", "assigned", "upheld")


@dataclass(frozen=True)
class Contestable:
    """A published result that this account may appeal against now, until a moment."""

    event: EventCard
    entry_id: int
    name: str
    unit: str
    rank: int | None
    total: str | None
    until: datetime
    instance: int
    previous_id: int | None = None


def appeal(appeal_id: int) -> AppealCard:
    for row in db.session.execute(_appeals().where(Appeal.id == appeal_id)):
        return _card(*row)
    raise NotFound()


def appeals_of(event_id: int) -> Sequence[AppealCard]:
    """All appeals of an event, newest first."""
    query = _appeals().where(Appeal.event_id == event_id).order_by(Appeal.id.desc())
    return [_card(*row) for row in db.session.execute(query).all()]


def appeal_page(actor: Actor, number: str) -> ListPage:
    """Appeals that the actor manages, decides or filed, newest first."""
    query = _appeals().order_by(Appeal.id.desc())
    mine = or_(Appeal.filed_by == actor.account_id, Appeal.arbiter_id == actor.account_id)
    if actor.may("appeal.manage"):
        competitions = actor.scope_ids("appeal.manage", "competition")
        if competitions is not None:
            query = query.where(or_(mine, Event.competition_id.in_(competitions)))
    else:
        query = query.where(mine)
    page = list_page(query, number)
    return ListPage([_card(*row) for row in page.items], page.number, page.size, page.total)


def _appeals() -> Select[Any]:
    return (
        select(Appeal, ResultSet.version, Entry, ResultRow.candidate_code, Account.name)
        .join(Event, Event.id == Appeal.event_id)
        .join(ResultSet, ResultSet.id == Appeal.result_set_id)
        .join(Entry, Entry.id == Appeal.entry_id)
        .join(
            ResultRow,
            (ResultRow.result_set_id == Appeal.result_set_id) & (ResultRow.entry_id == Appeal.entry_id),
        )
        .join(Account, Account.id == Appeal.filed_by)
    )


def _card(row: Appeal, version: int, entry: Entry, candidate: str, filer: str) -> AppealCard:
    arbiter = None if row.arbiter_id is None else db.session.get(Account, row.arbiter_id)
    evidence = db.session.scalars(
        select(AppealEvidence).where(AppealEvidence.appeal_id == row.id).order_by(AppealEvidence.id)
    )
    return AppealCard(
        id=row.id,
        event=event_card_by_id(row.event_id),
        result_set_id=row.result_set_id,
        version=version,
        entry_id=entry.id,
        entry_number=entry.number or "",
        name=entry.name,
        unit=entry.unit,
        candidate=candidate,
        instance=row.instance,
        previous_id=row.previous_id,
        grounds=row.grounds,
        aspects=tuple(row.aspects),
        state=row.state.value,
        filed_at=row.filed_at,
        filed_by=row.filed_by,
        filed_by_name=filer,
        arbiter_id=row.arbiter_id,
        arbiter=arbiter.name if arbiter else None,
        arbiter_unit=row.arbiter_unit,
        remedy=row.remedy,
        finding=row.finding,
        decided_at=row.decided_at,
        settled_by_id=row.settled_by_id,
        evidence=[
            Evidence(file.id, file.name, file.mime_type, file.size, file.file_hash) for file in evidence
        ],
    )


def may_appeal_for(actor: Actor, entry: Entry | EntryCard) -> bool:
    """The entrant, or who leads the entry's organisation here."""
    if actor.person_id is not None and entry.person_id == actor.person_id:
        return True
    own = organisations_of(actor)
    return entry.organisation_id is not None and entry.organisation_id in own


def organisations_of(actor: Actor) -> frozenset[int]:
    return frozenset(
        grant.scope[1]
        for grant in actor.grants
        if grant.role == "institution" and grant.scope[0] == "organisation"
    )


def window_end(event: EventCard, moment: datetime) -> datetime:
    """Until when an appeal may be filed against what was told at this moment: the competition's time point where it
    comes later, else some hours."""
    closes = time_point(event.competition.id, "appeals_close")
    if closes is not None and closes > moment:
        return closes
    return moment + timedelta(hours=settings_of(event.competition.id).number("appeal_hours"))


def contestable(actor: Actor) -> Sequence[Contestable]:
    """What this account may appeal against now: first instance against results, second against decisions."""
    own = organisations_of(actor)
    query = (
        select(Entry)
        .join(Event, Event.id == Entry.event_id)
        .where(
            or_(Entry.person_id == actor.person_id, Entry.organisation_id.in_(own))
            if actor.person_id is not None
            else Entry.organisation_id.in_(own)
        )
        .where(Entry.event_id.in_(select(ResultSet.event_id).where(ResultSet.entrants_at <= now())))
        .order_by(Entry.event_id.desc(), Entry.number)
    )
    found = [contestable_result(entry) for entry in db.session.scalars(query).all()]
    return [one for one in found if one is not None]


def contestable_result(entry: Entry | EntryCard) -> Contestable | None:
    """The instance that is open for this entry now, if one is."""
    event = event_card_by_id(entry.event_id)
    published = published_set(event.id)
    if published is None or published.entrants_at is None or published.entrants_at > now():
        return None
    row = db.session.scalar(
        select(ResultRow).where(ResultRow.result_set_id == published.id, ResultRow.entry_id == entry.id)
    )
    if row is None:
        return None
    earlier = db.session.scalars(
        select(Appeal).where(Appeal.result_set_id == published.id, Appeal.entry_id == entry.id)
    ).all()
    told = next(one for one in published.document["results"] if one["entry"] == row.candidate_code)
    line = (event, entry.id, entry.name, entry.unit, row.rank, told["total"])
    if not earlier:
        until = window_end(event, published.entrants_at)
        return Contestable(*line, until, 1) if until > now() else None
    first = earlier[0]
    if (
        len(earlier) == 1
        and first.decided_at is not None
        and first.state in (AppealState.REJECTED, AppealState.SETTLED)
        and settings_of(event.competition.id)["second_instance"] == "yes"
        and (until := window_end(event, first.decided_at)) > now()
    ):
        return Contestable(*line, until, 2, first.id)
    return None


def held_entries(event_id: int) -> frozenset[int]:
    """Entries whose rank or award an open appeal may still change: nothing final may be made of them."""
    claims = db.session.execute(
        select(Appeal.aspects, ResultRow.candidate_code)
        .join(
            ResultRow,
            (ResultRow.result_set_id == Appeal.result_set_id) & (ResultRow.entry_id == Appeal.entry_id),
        )
        .where(Appeal.event_id == event_id, Appeal.state.in_(OPEN))
    ).all()
    published = published_set(event_id)
    if not claims or published is None:
        return frozenset()
    event = event_card_by_id(event_id)
    scheme = marking.scheme_of(event.assessment_id)
    rows = {row["entry"]: row for row in published.document["results"]}
    totals = {code: Decimal(row["total"]) for code, row in rows.items() if row["rank"] is not None}
    greatest = greatest_total(scheme)
    made = [
        Claim(code, *span(totals.get(code), contested_parts(event, code, aspects), greatest))
        for aspects, code in claims
    ]
    everything = scheme.scale is not None or any(code not in totals for _aspects, code in claims)
    codes = touched(totals, made, everything)
    entries = db.session.scalars(
        select(ResultRow.entry_id).where(
            ResultRow.result_set_id == published.id, ResultRow.candidate_code.in_(codes)
        )
    )
    return frozenset(entry_id for entry_id in entries if entry_id is not None)


def greatest_total(scheme: Scheme) -> Decimal:
    """What full marks in every module make."""
    parts = [
        Fraction(module.weight) if module.weight is not None else module.max for module in scheme.modules
    ]
    whole = sum(parts, Fraction(0))
    return Decimal(whole.numerator) / whole.denominator


def contested_parts(event: EventCard, code: str, aspects: Sequence[str]) -> list[tuple[Decimal, Decimal]]:
    """(loss, gain) in points of the total for each contested aspect."""
    if not aspects:
        return []
    told = explanation(event, code)
    parts = []
    for module in told.modules:
        for step in module.aspects:
            if step.code in aspects:
                parts.append(part_of(module, step))
    return parts


def part_of(module: ModuleStep, step: AspectStep) -> tuple[Decimal, Decimal]:
    score = Decimal(step.score or 0)
    most = Decimal(step.most) * Decimal(step.factor)
    loss, gain = (most - score, score) if step.way == "deduction" else (score, most - score)
    weight = Decimal(1) if module.weight is None else Decimal(module.weight) / Decimal(module.most)
    return loss * weight + ROUNDING, gain * weight + ROUNDING


def arbiter_named(account_id: int, unit: str) -> Arbiter | None:
    """What is known of an arbiter, with the employer as declared; None for who may decide no appeal."""
    account = db.session.get(Account, account_id)
    if account is None or not account.actor.may("appeal.decide"):
        return None
    own = frozenset(grant.scope_id for grant in account.grants if grant.scope_kind == "organisation")
    return Arbiter(account.id, account.person_id, unit, own)


def arbiters() -> Sequence[tuple[int, str]]:
    """(account, name) of who may be named arbiter."""
    return [(account.id, account.name) for account in accounts_with_role("arbiter")]


def judged_sheets(appeal: AppealCard) -> list[tuple[str, str]]:
    """(work code, judge) of the signed sheets of the appellant's work."""
    sheets = marking.signed_sheets(appeal.event.assessment_id)
    return [(code, judge) for code, judge in sheets if code == appeal.candidate]
