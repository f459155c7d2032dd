"""Orders a re-check, records what is found, sheet by sheet, and orders the full one by itself where too much is wrong.

The supervisor changes no mark: what is found goes in writing to the chief judge, who corrects it or keeps it, with reason.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from fractions import Fraction

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select

from qzcompete.competitions import services as competition_services
from qzcompete.competitions.queries import EventCard, event_card_by_id
from qzcompete.core import audit
from qzcompete.core.actor import Actor
from qzcompete.core.clock import now
from qzcompete.core.errors import NotFound, RuleBroken
from qzcompete.core.permissions import permit
from qzcompete.extensions import db
from qzcompete.marking import queries as marking
from qzcompete.marking import services as marking_services
from qzcompete.marking.rules.mark_limits import mark_fault
from qzcompete.results import queries
from qzcompete.results.models import (
    REASON,
    Correction,
    CorrectionState,
    Recheck,
    RecheckSheet,
    RecheckState,
)
from qzcompete.results.rules.recheck import drawn, leading, must_check_all
from qzcompete.results.rules.settings import Values
from qzcompete.results.services.reopening import held_open


def order_recheck(
    actor: Actor, event_id: int, reason: str, *, whole: bool = False, seed: str = ""
) -> Recheck:
    """Choose the sheets that are looked at again: all of the leading group and a share of the rest, or all of them."""
    event = competition_services.hold_event(event_id)
    permit(actor, "result.recheck", *event.scopes)
    if marking.assessment_card(event.assessment_id).state != "closed":
        raise RuleBroken(_l("The chief judge must close the assessment first."), code="not_closed")
    if queries.open_recheck(event_id) is not None:
        raise RuleBroken(_l("A re-check is under way already."), code="under_way")
    if not reason.strip():
        raise RuleBroken(_l("Give the reason."), field="reason")
    settings = queries.settings_of(event.competition.id)
    seed = seed or secrets.token_hex(16)
    works = chosen_works(event, settings, seed, whole)
    checked = () if not whole else checked_before(event_id)
    return add_recheck(actor, event, settings, seed, whole, works, checked, reason.strip())


def chosen_works(event: EventCard, settings: Values, seed: str, whole: bool) -> dict[str, str]:
    """Work code → why its sheets are looked at."""
    ranks = {
        row.entry: row.rank
        for row in marking.result(event.assessment_id).rows
        if row.rank is not None and row.status == "present"
    }
    if whole:
        return dict.fromkeys(ranks, "whole")
    first = leading(ranks, settings["leading_by"], settings.number("leading"))
    sample = drawn(sorted(ranks.keys() - first), settings.share("sample_percent"), seed)
    return dict.fromkeys(first, "leading") | dict.fromkeys(sample, "sample")


def checked_before(event_id: int) -> set[tuple[str, str]]:
    """Sheets that an earlier re-check has looked at: the full one adds the rest to them."""
    rows = db.session.execute(
        select(RecheckSheet.candidate_code, RecheckSheet.judge)
        .join(Recheck, Recheck.id == RecheckSheet.recheck_id)
        .where(Recheck.event_id == event_id, RecheckSheet.correct.is_not(None))
    )
    return {(row[0], row[1]) for row in rows}


def add_recheck(
    actor: Actor,
    event: EventCard,
    settings: Values,
    seed: str,
    whole: bool,
    works: Mapping[str, str],
    checked: Iterable[tuple[str, str]],
    reason: str,
) -> Recheck:
    number = db.session.scalar(select(func.max(Recheck.number)).where(Recheck.event_id == event.id)) or 0
    recheck = Recheck(
        event_id=event.id,
        number=number + 1,
        whole=whole,
        seed=seed,
        leading_by=settings["leading_by"],
        leading=settings.number("leading"),
        sample_percent=settings.number("sample_percent"),
        error_by=settings["error_by"],
        error_percent=settings.number("error_percent"),
        reason=reason[:REASON],
        ordered_at=now(),
        ordered_by=actor.account_id,
    )
    db.session.add(recheck)
    db.session.flush()
    done = set(checked)
    sheets = [
        RecheckSheet(recheck_id=recheck.id, candidate_code=code, judge=judge, why=works[code])
        for code, judge in marking.signed_sheets(event.assessment_id)
        if code in works and (code, judge) not in done
    ]
    if not sheets:
        raise RuleBroken(_l("There are no sheets to look at again."), code="no_sheets")
    db.session.add_all(sheets)
    db.session.flush()
    audit.record(
        actor,
        "recheck.ordered",
        f"event:{event.id}",
        after={
            "number": recheck.number,
            "whole": whole,
            "seed": seed,
            "sheets": len(sheets),
            "reason": reason,
        },
    )
    return recheck


def record_check(
    actor: Actor, event_id: int, sheet_id: int, wrong: Mapping[str, str], note: str = ""
) -> Recheck:
    """One sheet was looked at: `wrong` names the aspects that are not right, each with the value found."""
    event = competition_services.hold_event(event_id)
    permit(actor, "result.recheck", *event.scopes)
    sheet = db.session.get(RecheckSheet, sheet_id, with_for_update=True, populate_existing=True)
    recheck = None if sheet is None else db.session.get_one(Recheck, sheet.recheck_id)
    if sheet is None or recheck is None or recheck.event_id != event_id:
        raise NotFound()
    if recheck.state is not RecheckState.ORDERED or sheet.correct is not None:
        raise RuleBroken(_l("This sheet was looked at already."), code="checked")
    if wrong and not note.strip():
        raise RuleBroken(_l("Say in writing what is wrong."), field="note")
    add_corrections(actor, event, (sheet.candidate_code, sheet.judge), wrong, note, sheet_id=sheet.id)
    sheet.correct, sheet.checked_at, sheet.checked_by = not wrong, now(), actor.account_id
    db.session.flush()
    told = {"sheet": [sheet.candidate_code, sheet.judge], "wrong": dict(wrong)}
    audit.record(actor, "recheck.sheet_checked", f"event:{event_id}", after=told)
    finish_if_done(actor, event, recheck)
    return recheck


def add_corrections(
    actor: Actor,
    event: EventCard,
    about: tuple[str, str],
    wrong: Mapping[str, str],
    note: str,
    *,
    sheet_id: int | None = None,
    appeal_id: int | None = None,
) -> None:
    """Note each mark found wrong, with the value found; refused where the scheme does not allow that value."""
    code, judge = about
    marks = {mark.aspect: mark for mark in marking.marks_of_sheet(event.assessment_id, code, judge)}
    rules = {aspect.code: aspect for aspect in marking.scheme_of(event.assessment_id).aspects}
    for aspect, value in wrong.items():
        if aspect not in marks or mark_fault(rules[aspect], value):
            raise RuleBroken(
                _l("%(value)s is no mark that the scheme allows for %(aspect)s.", value=value, aspect=aspect),
                field="value",
            )
        if marks[aspect].value == value:
            raise RuleBroken(
                _l("%(aspect)s has this value already.", aspect=aspect), field="value", code="same_value"
            )
        db.session.add(
            Correction(
                event_id=event.id,
                candidate_code=code,
                aspect_code=aspect,
                judge=judge,
                recorded=marks[aspect].value,
                found=value,
                note=note.strip()[:REASON],
                recheck_sheet_id=sheet_id,
                appeal_id=appeal_id,
                found_at=now(),
                found_by=actor.account_id,
            )
        )


def finish_if_done(actor: Actor, event: EventCard, recheck: Recheck) -> None:
    """After its last sheet a re-check is finished; where more than the limit was wrong, all others are looked at too."""
    card = queries.recheck_card(recheck, len(list(marking.scheme_of(event.assessment_id).aspects)))
    if card.checked < len(card.sheets):
        return
    recheck.state, recheck.finished_at = RecheckState.FINISHED, now()
    db.session.flush()
    audit.record(
        actor,
        "recheck.finished",
        f"event:{event.id}",
        after={"number": recheck.number, "wrong": card.wrong, "of": card.looked_at},
    )
    if recheck.whole or not must_check_all(card.wrong, card.looked_at, Fraction(card.error_percent, 100)):
        return
    works = chosen_works(event, queries.settings_of(event.competition.id), recheck.seed, whole=True)
    checked = checked_before(event.id)
    if all(pair in checked for pair in marking.signed_sheets(event.assessment_id)):
        return
    reason = _(
        "More than %(limit)s %% of what was looked at was wrong (%(percent)s %%): all is re-checked.",
        limit=card.error_percent,
        percent=card.percent,
    )
    add_recheck(
        actor,
        event,
        queries.settings_of(event.competition.id),
        recheck.seed,
        True,
        works,
        checked,
        reason,
    )


def correct(actor: Actor, correction_id: int, reason: str) -> None:
    """The chief judge puts the value found in place of the mark, and signs for it."""
    event, row = open_correction(actor, correction_id, reason)
    with held_open(actor, event, reason):
        marking_services.correct_mark(
            actor,
            event.assessment_id,
            row.candidate_code,
            row.aspect_code,
            row.judge,
            row.found,
            reason,
        )
    decide_correction(actor, row, CorrectionState.CORRECTED, reason)


def keep_mark(actor: Actor, correction_id: int, reason: str) -> None:
    """The chief judge keeps the mark as it is, and says why."""
    _event, row = open_correction(actor, correction_id, reason)
    decide_correction(actor, row, CorrectionState.KEPT, reason)


def open_correction(actor: Actor, correction_id: int, reason: str) -> tuple[EventCard, Correction]:
    row = db.session.get(Correction, correction_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise NotFound()
    competition_services.hold_event(row.event_id)
    event = event_card_by_id(row.event_id)
    permit(actor, "assessment.close", ("assessment", event.assessment_id))
    if row.state is not CorrectionState.OPEN:
        raise RuleBroken(_l("This is decided already."), code="decided")
    if not reason.strip():
        raise RuleBroken(_l("Give the reason."), field="reason")
    return event, row


def decide_correction(actor: Actor, row: Correction, state: CorrectionState, reason: str) -> None:
    row.state, row.reason = state, reason.strip()[:REASON]
    row.decided_at, row.decided_by = now(), actor.account_id
    db.session.flush()
    told = {"correction": row.id, "state": state.value, "reason": row.reason}
    audit.record(actor, "correction.decided", f"event:{row.event_id}", after=told)
