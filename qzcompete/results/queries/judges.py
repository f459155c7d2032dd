"""Reads how the judges of an event marked: what their chief, the office and the supervision may look at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from sqlalchemy import select

from qzcompete.competitions.queries import EventCard, panel_of
from qzcompete.extensions import db
from qzcompete.marking import queries as marking
from qzcompete.people.models import Organisation, RoleGrant
from qzcompete.registration.models import Entry
from qzcompete.results.models import ResultRow
from qzcompete.results.queries.sets import newest_set
from qzcompete.results.queries.settings import settings_of
from qzcompete.results.rules.judges import Given, JudgeLine, judge_lines


@dataclass(frozen=True)
class JudgeReport:
    names: dict[str, str]
    lines: Sequence[JudgeLine]
    limit: int
    units_known: bool


def judge_report(event: EventCard) -> JudgeReport:
    """Where codes are not opened yet, nothing is said of units."""
    scheme = marking.scheme_of(event.assessment_id)
    opinions = {aspect.code: aspect for aspect in scheme.aspects if aspect.kind in ("panel", "judgement")}
    marks = [
        Given(mark.judge, mark.candidate, mark.aspect, share)
        for mark in marking.timed_marks(event.assessment_id)
        if mark.aspect in opinions
        for share in [Fraction(mark.value) / Fraction(opinions[mark.aspect].greatest_mark)]
    ]
    panel = panel_of(event.assessment_id)
    limit = settings_of(event.competition.id).number("judge_severity_percent")
    units = units_of_candidates(event.id)
    own = units_of_accounts([seat.account_id for seat in panel if seat.account_id is not None])
    judge_units = {seat.code: own[seat.account_id] for seat in panel if seat.account_id in own}
    lines = judge_lines(marks, judge_units, units, Fraction(limit, 100))
    return JudgeReport({seat.code: seat.name for seat in panel}, lines, limit, bool(units))


def units_of_candidates(event_id: int) -> dict[str, str]:
    """Work code → unit, of the newest result set; only entries that are decrypted stand in it."""
    newest = newest_set(event_id)
    if newest is None:
        return {}
    rows = db.session.execute(
        select(ResultRow.candidate_code, Entry.unit)
        .join(Entry, Entry.id == ResultRow.entry_id)
        .where(ResultRow.result_set_id == newest.id)
    )
    return {code: unit for code, unit in rows}


def units_of_accounts(account_ids: Sequence[int]) -> dict[int, str]:
    """The organisation that an account works for here, where that is known."""
    rows = db.session.execute(
        select(RoleGrant.account_id, Organisation.name)
        .join(Organisation, Organisation.id == RoleGrant.scope_id)
        .where(RoleGrant.account_id.in_(account_ids), RoleGrant.scope_kind == "organisation")
    )
    return {account_id: name for account_id, name in rows}
