"""Writes the promotion table by versions; proposes, confirms and rejects promotions. Nobody is promoted by a rule alone."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_DOWN, Decimal
from fractions import Fraction
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from qzcompete.competitions import services as competition_services
from qzcompete.competitions.queries import EventCard, event_card_by_id
from qzcompete.core import audit
from qzcompete.core.actor import Actor
from qzcompete.core.clock import in_city, now
from qzcompete.core.errors import NotFound, RuleBroken
from qzcompete.core.permissions import permit
from qzcompete.extensions import db
from qzcompete.marking import queries as marking
from qzcompete.results import queries
from qzcompete.results.models import Promotion, PromotionState, PromotionTable, ResultSet
from qzcompete.results.rules.promotion import (
    LEVELS,
    TEMPLATE,
    Facts,
    Outcome,
    Rule,
    as_document,
    outcome,
    rule_faults,
)

NO_TABLE = _l("No promotion table is in force. Make one and put it in force first.")


class WrongRules(RuleBroken):
    """Rows of the table with a fault: (row, field, fault)."""

    def __init__(self, faults: Sequence[tuple[int, str, str]]) -> None:
        super().__init__(_l("Some rows of the table are wrong; see below."), code="wrong_rules")
        self.faults = faults


def start_table(actor: Actor, name: str, *, from_template: bool = False) -> PromotionTable:
    """A new draft: with the rows of the template, of the version in force, or empty."""
    permit(actor, "promotion.edit")
    if not name.strip():
        raise RuleBroken(_l("Enter a name."), field="name")
    present = queries.table_in_force()
    rules: Sequence[Rule] = TEMPLATE if from_template else present.rules if present else ()
    table = PromotionTable(
        version=queries.next_table_version(),
        name=name.strip()[:80],
        rows=[as_document(rule) for rule in rules],
        created_at=now(),
    )
    db.session.add(table)
    db.session.flush()
    audit.record(actor, "promotion_table.started", f"promotion_table:{table.id}", after={"rows": len(rules)})
    return table


def edit_table(actor: Actor, version: int, rules: Sequence[Rule]) -> None:
    """Put these rows in place of the draft's; refused with all faults where one is wrong."""
    permit(actor, "promotion.edit")
    table = draft(version)
    faults = [
        (place, field, fault)
        for place, rule in enumerate(rules)
        for field, fault in rule_faults(rule).items()
    ]
    if faults:
        raise WrongRules(faults)
    before, table.rows = table.rows, [as_document(rule) for rule in rules]
    audit.record(actor, "promotion_table.edited", f"promotion_table:{table.id}", before, table.rows)


def put_in_force(actor: Actor, version: int) -> None:
    """The draft holds from now on, and the version before it no longer."""
    permit(actor, "promotion.edit")
    table = draft(version)
    if not table.rows:
        raise RuleBroken(_l("The table has no rows yet."), code="empty_table")
    moment = now()
    for row in db.session.scalars(
        select(PromotionTable).where(
            PromotionTable.in_force_at.is_not(None), PromotionTable.ended_at.is_(None)
        )
    ):
        row.ended_at = moment
    table.in_force_at = moment
    audit.record(
        actor, "promotion_table.put_in_force", f"promotion_table:{table.id}", after={"version": version}
    )


def draft(version: int) -> PromotionTable:
    table = db.session.scalar(
        select(PromotionTable).where(PromotionTable.version == version).with_for_update()
    )
    if table is None:
        raise NotFound()
    if table.in_force_at is not None:
        raise RuleBroken(
            _l("This version is or was in force and never changes. Start a new one."), code="in_force"
        )
    return table


def propose(actor: Actor, event_id: int) -> int:
    """Propose what the published result gives by the table in force; what is decided already stays. How many there are."""
    event = competition_services.hold_event(event_id)
    permit(actor, "promotion.decide", *event.scopes)
    table = queries.table_in_force()
    if table is None:
        raise RuleBroken(NO_TABLE, code="no_table")
    published = queries.published_set(event_id)
    if published is None:
        raise RuleBroken(_l("Promotions follow from published results."), code="not_published")
    known = {(row.entry_id, row.person_id): row for row in promotion_rows(event_id)}
    proposed = 0
    for values in due(event, published, table.id, table.rules):
        row = known.get((values["entry_id"], values["person_id"]))
        if row is not None and row.state is not PromotionState.PROPOSED:
            continue
        if row is None:
            row = Promotion(event_id=event_id, outdated=False, held_proof="")
            db.session.add(row)
        elif row.held_proof:
            # What the officer has found out about the level held is kept.
            values = decided_values(event, row, values)
        for name, value in values.items():
            setattr(row, name, value)
        proposed += 1
    db.session.flush()
    audit.record(actor, "promotions.proposed", f"event:{event_id}", after={"proposals": proposed})
    return proposed


def promotion_rows(event_id: int) -> Sequence[Promotion]:
    return db.session.scalars(select(Promotion).where(Promotion.event_id == event_id)).all()


def due(event: EventCard, published: ResultSet, table_id: int, rules: Sequence[Rule]) -> list[dict[str, Any]]:
    """A proposal for each ranked person that a row of the table speaks of."""
    assert published.published_at is not None
    year = in_city(published.published_at).year
    this_year = queries.promoted_persons(year)
    lines = queries.promotable(published)
    scheme = marking.scheme_of(event.assessment_id)
    pass_percent = queries.settings_of(event.competition.id).number("part_pass_percent")
    found = []
    for line in lines:
        parts = queries.reached(scheme, line.modules)
        facts = Facts(
            event.competition.level,
            event.group,
            line.rank,
            queries.field_size(lines),
            None,
            parts,
            line.person_id in this_year,
        )
        given = outcome(rules, facts, pass_percent)
        if given.against == "no_rule":
            continue
        found.append(
            {
                "result_set_id": published.id,
                "table_id": table_id,
                "entry_id": line.entry_id,
                "person_id": line.person_id,
                "year": year,
                "rank": line.rank,
                "parts": {name: shown_percent(value) for name, value in parts.items()},
                **outcome_values(given),
            }
        )
    return found


def outcome_values(given: Outcome) -> dict[str, Any]:
    return {"grants": given.grants, "title": given.title, "basis": given.basis, "against": given.against}


def shown_percent(value: Fraction) -> str:
    """Cut, never rounded up to a pass."""
    return str((Decimal(value.numerator) / value.denominator).quantize(Decimal("0.01"), ROUND_DOWN))


def decided_values(event: EventCard, row: Promotion, values: dict[str, Any]) -> dict[str, Any]:
    """The proposal anew for the level that is known to be held."""
    table = next(card for card in queries.promotion_tables() if card.id == values["table_id"])
    published = db.session.get_one(ResultSet, values["result_set_id"])
    facts = Facts(
        event.competition.level,
        event.group,
        values["rank"],
        queries.field_size(queries.promotable(published)),
        row.held_level,
        {name: Fraction(text) for name, text in values["parts"].items()},
        row.person_id in queries.promoted_persons(values["year"]),
    )
    pass_percent = queries.settings_of(event.competition.id).number("part_pass_percent")
    return values | outcome_values(outcome(table.rules, facts, pass_percent))


def state_held_level(actor: Actor, promotion_id: int, held: int | None, proof: str) -> None:
    """Record which level the person holds and how that is known; the proposal follows."""
    event, row = proposal(actor, promotion_id)
    if held is not None and held not in LEVELS:
        raise RuleBroken(_l("There is no such level."), field="held")
    if not proof.strip():
        raise RuleBroken(
            _l("Say how this is known, for example the number of the certificate."), field="proof"
        )
    before = {"held": row.held_level, "grants": row.grants}
    row.held_level, row.held_proof = held, proof.strip()[:120]
    set_outcome(event, row)
    audit.record(
        actor, "promotion.level_stated", f"promotion:{row.id}", before, {"held": held, "grants": row.grants}
    )


def set_outcome(event: EventCard, row: Promotion) -> None:
    """The proposal as table, level held and earlier promotions make it now."""
    values = {name: getattr(row, name) for name in ("result_set_id", "table_id", "rank", "year", "parts")}
    for name, value in decided_values(event, row, values).items():
        setattr(row, name, value)
    db.session.flush()


def proposal(actor: Actor, promotion_id: int) -> tuple[EventCard, Promotion]:
    row = db.session.get(Promotion, promotion_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise NotFound()
    event = event_card_by_id(row.event_id)
    permit(actor, "promotion.decide", *event.scopes)
    if row.state is not PromotionState.PROPOSED:
        raise RuleBroken(_l("This is decided already."), code="decided")
    return event, row


AGAINST = {
    "part_failed": _l("Theory and practice must each be passed."),
    "this_year": _l("This person was promoted in this calendar year already; there is one promotion a year."),
    "holds_better": _l("The person holds a better level already."),
    "no_rule": _l("No row of the table gives anything for this rank."),
}


def confirm_promotion(actor: Actor, promotion_id: int) -> None:
    """The officer's yes; refused where a rule stands against it, or the level held is not known."""
    event, row = proposal(actor, promotion_id)
    if not row.held_proof:
        raise RuleBroken(_l("First record which level the person holds."), code="level_unknown")
    published = queries.published_set(event.id)
    if row.outdated or published is None or row.result_set_id != published.id:
        raise RuleBroken(_l("The result has changed. Propose anew first."), code="outdated")
    if row.entry_id in queries.held_entries(event.id):
        raise RuleBroken(_l("An open appeal may still change this rank."), code="held")
    set_outcome(event, row)
    if row.against is not None:
        raise RuleBroken(AGAINST[row.against], code=row.against)
    decide(actor, row, PromotionState.CONFIRMED, "")


def reject_promotion(actor: Actor, promotion_id: int, reason: str) -> None:
    _event, row = proposal(actor, promotion_id)
    if not reason.strip():
        raise RuleBroken(_l("Give the reason."), field="reason")
    decide(actor, row, PromotionState.REJECTED, reason.strip())


def take_back(actor: Actor, promotion_id: int, reason: str) -> None:
    """A decision is open again, with the reason: a mistake, or a result that changed."""
    row = db.session.get(Promotion, promotion_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise NotFound()
    permit(actor, "promotion.decide", *event_card_by_id(row.event_id).scopes)
    if not reason.strip():
        raise RuleBroken(_l("Give the reason."), field="reason")
    if row.state is PromotionState.PROPOSED:
        raise RuleBroken(_l("This is not decided yet."), code="not_decided")
    decide(actor, row, PromotionState.PROPOSED, reason.strip())


def decide(actor: Actor, row: Promotion, state: PromotionState, reason: str) -> None:
    before = row.state.value
    row.state, row.reason, row.decided_at, row.decided_by = state, reason, now(), actor.account_id
    db.session.flush()
    audit.record(
        actor,
        f"promotion.{state.value}",
        f"promotion:{row.id}",
        {"state": before},
        {"grants": row.grants, "title": row.title, "reason": reason},
    )


def flag_outdated(actor: Actor, event_id: int, published: ResultSet) -> None:
    """After a new version: what rests on a rank that has changed is flagged, whether decided or not."""
    ranks = {line.entry_id: line.rank for line in queries.promotable(published)}
    for row in promotion_rows(event_id):
        changed = ranks.get(row.entry_id) != row.rank
        if changed and not row.outdated:
            row.outdated = True
            audit.record(
                actor,
                "promotion.outdated",
                f"promotion:{row.id}",
                {"rank": row.rank},
                {"rank": ranks.get(row.entry_id), "version": published.version},
            )
        elif not changed:
            row.result_set_id = published.id
    db.session.flush()
