"""The re-check finds errors by codes, the chief judge corrects them with a reason; too many order the full one."""

from __future__ import annotations

import pytest
from flask import Flask

from qzcompete.competitions.queries import EventCard, event_card_by_id
from qzcompete.core.actor import SYSTEM
from qzcompete.core.errors import RuleBroken
from qzcompete.core.transaction import unit
from qzcompete.marking import queries as marking
from qzcompete.results import queries, services
from tests.results.contest import held_contest, publish


@pytest.fixture
def closed(app: Flask) -> queries.RecheckCard:
    """The re-check of a closed event of four: two leading entries and one of the other two."""
    event = held_contest()
    with unit():
        services.close_event(SYSTEM, event.id)
        services.order_recheck(SYSTEM, event.id, "监督组复核", seed="一个种子")
    return queries.rechecks(event.id, 1)[0]


def look_at_all(card: queries.RecheckCard, wrong: dict[str, str] | None = None) -> None:
    with unit():
        for place, sheet in enumerate(card.sheets):
            found = wrong if wrong and place == 0 else {}
            services.record_check(
                SYSTEM, card.event_id, sheet.id, found, "原始记录为另一数值" if found else ""
            )


def test_the_leading_group_and_a_sample_are_looked_at_with_all_their_judges(
    closed: queries.RecheckCard,
) -> None:
    why = [sheet.why for sheet in closed.sheets]

    assert (why.count("leading"), why.count("sample")) == (6, 3)
    assert closed.seed == "一个种子"


def test_nothing_is_published_while_a_re_check_is_open(closed: queries.RecheckCard) -> None:
    with unit():
        compiled = services.compile_results(SYSTEM, closed.event_id)

    with pytest.raises(RuleBroken) as refused:
        services.publish_results(SYSTEM, compiled.id)

    assert refused.value.code == "recheck_open"


def test_a_re_check_without_errors_lets_the_results_be_published(closed: queries.RecheckCard) -> None:
    look_at_all(closed)

    with unit():
        published = services.publish_results(SYSTEM, services.compile_results(SYSTEM, closed.event_id).id)

    assert published.version == 1
    assert [card.state for card in queries.rechecks(closed.event_id, 1)] == ["finished"]


def test_more_than_the_limit_wrong_orders_the_full_re_check_by_itself(closed: queries.RecheckCard) -> None:
    look_at_all(closed, {"A1-1": "70"})

    full, first = queries.rechecks(closed.event_id, 1)
    assert (first.state, first.wrong, first.looked_at) == ("finished", 1, 9)
    assert (full.state, full.whole, len(full.sheets)) == ("ordered", True, 3)


def test_a_finding_is_corrected_by_the_chief_judge_as_a_new_revision(closed: queries.RecheckCard) -> None:
    look_at_all(closed, {"A1-1": "70"})
    (found,) = queries.corrections(closed.event_id)

    with unit():
        services.correct(SYSTEM, found.id, "复核发现录入错误")

    event = queries.rechecks(closed.event_id, 1)
    assessment = marking.assessment_card(event_assessment(closed.event_id))
    rows = {row.entry: row.total for row in marking.result(assessment.id).rows}
    assert rows[found.candidate] == "70.00"
    assert assessment.state == "closed" and event
    revisions = [
        mark["rev"]
        for mark in marking.bundle_marks(assessment.id)
        if mark["entry"] == found.candidate and mark["judge"] == "J1"
    ]
    assert revisions == [1, 2]
    assert queries.open_corrections(closed.event_id) == 0


def test_a_correction_without_reason_or_outside_the_scheme_is_refused(closed: queries.RecheckCard) -> None:
    with pytest.raises(RuleBroken) as refused:
        services.record_check(SYSTEM, closed.event_id, closed.sheets[0].id, {"A1-1": "101"}, "有误")
    assert refused.value.field == "value"
    look_at_all(closed, {"A1-1": "70"})
    (found,) = queries.corrections(closed.event_id)

    with pytest.raises(RuleBroken) as nameless:
        services.correct(SYSTEM, found.id, " ")

    assert nameless.value.field == "reason"


def test_a_kept_mark_stays_and_no_longer_stops_the_results(closed: queries.RecheckCard) -> None:
    look_at_all(closed, {"A1-1": "70"})
    (found,) = queries.corrections(closed.event_id)

    with unit():
        services.keep_mark(SYSTEM, found.id, "原始记录无误")

    assert queries.corrections(closed.event_id)[0].state == "kept"
    assert "correction" not in {item.kind for item in queries.close_list(event_card(closed.event_id))}


def event_card(event_id: int) -> EventCard:

    return event_card_by_id(event_id)


def event_assessment(event_id: int) -> int:
    return event_card(event_id).assessment_id


def test_a_correction_after_publication_is_a_new_version_with_its_reason(app: Flask) -> None:
    event = held_contest()
    publish(event)
    with unit():
        services.order_recheck(SYSTEM, event.id, "接到反映", seed="s")
    card = queries.rechecks(event.id, 1)[0]
    first = next(sheet for sheet in card.sheets if sheet.why == "leading")
    with unit():
        services.record_check(SYSTEM, event.id, first.id, {"A1-1": "10"}, "原始记录为10分")
        for sheet in card.sheets:
            if sheet.id != first.id:
                services.record_check(SYSTEM, event.id, sheet.id, {})
        for sheet in queries.rechecks(event.id, 1)[0].sheets:
            if sheet.correct is None:
                services.record_check(SYSTEM, event.id, sheet.id, {})
        services.correct(SYSTEM, queries.corrections(event.id)[0].id, "录入错误")
        compiled = services.compile_results(SYSTEM, event.id)

    with pytest.raises(RuleBroken) as silent:
        services.publish_results(SYSTEM, compiled.id)
    with unit():
        services.publish_results(SYSTEM, compiled.id, "复核更正录入错误")

    assert silent.value.field == "reason"
    newest, oldest = queries.versions(event.id)
    assert (newest.replaces, newest.reason) == (1, "复核更正录入错误")
    assert ("total", "10.00") in {(change.what, change.after) for change in newest.changes}
    assert oldest.changes == ()
