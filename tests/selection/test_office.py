"""Rounds of the bureau: cycles that never overlap, settings before the call, windows kept."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from icalendar import Calendar
from sqlalchemy import select

from qzcompete.core.clock import now
from qzcompete.core.errors import RuleBroken
from qzcompete.core.transaction import unit as write
from qzcompete.extensions import db
from qzcompete.marking.rules.scheme_reading import parse_scheme
from qzcompete.selection import services
from qzcompete.selection.models import SelectionClass, SelectionEvent
from qzcompete.selection.queries import called_rounds
from qzcompete.selection.rules.classes import DEFAULTS
from qzcompete.selection.rules.score_sheets import for_panel, template
from tests.selection.city import OFFICE, draft, made_round, studio_class, unit


def test_a_second_round_is_refused_when_it_shares_a_year(both_engines: Flask) -> None:
    made_round(2026, "PX2026")

    with pytest.raises(RuleBroken) as caught:
        made_round(2027, "PX2027")

    assert (caught.value.code, caught.value.field) == ("pk_selection_class_year", "first_year")
    assert made_round(2028, "PX2028").classes[0].kind == "studio"


def test_another_class_may_have_the_same_years(app: Flask) -> None:
    made_round(2026, "PX2026", DEFAULTS["studio"])

    assert made_round(2026, "JD2026", DEFAULTS["base"]).classes[0].quota == 2


def test_the_years_are_free_again_when_a_class_is_cancelled(app: Flask) -> None:
    class_ = made_round(2026, "PX2026").classes[0]

    services.cancel_class(OFFICE, class_.id, "计划调整")

    assert made_round(2027, "PX2027").classes[0].state == "draft"
    event = db.session.scalars(select(SelectionEvent)).one()
    assert (event.action, event.actor_name, event.role, event.reason) == (
        "cancel",
        "office",
        "officer",
        "计划调整",
    )


def test_windows_are_refused_when_they_are_out_of_order(app: Flask) -> None:
    with pytest.raises(RuleBroken) as caught:
        services.create_round(
            OFFICE, draft(recommends_until=now() - timedelta(days=30)), [DEFAULTS["studio"]]
        )

    assert caught.value.field == "recommends_until"


def test_the_call_waits_for_sheet_and_quotas(app: Flask) -> None:
    class_ = studio_class()

    with pytest.raises(RuleBroken, match="template"):
        services.publish_call(OFFICE, class_.round_id)
    services.adopt_template(OFFICE, class_.id)
    with pytest.raises(RuleBroken, match="no_quotas"):
        services.publish_call(OFFICE, class_.round_id)
    services.set_quotas(OFFICE, class_.id, {unit(): 3})
    services.publish_call(OFFICE, class_.round_id)

    assert class_.state == "calling"
    with pytest.raises(RuleBroken, match="called"):
        services.adopt_template(OFFICE, class_.id)


def test_applying_is_not_closed_before_its_end(app: Flask) -> None:
    class_ = studio_class()
    services.adopt_template(OFFICE, class_.id)
    services.set_quotas(OFFICE, class_.id, {unit(): 3})
    services.publish_call(OFFICE, class_.round_id)

    with pytest.raises(RuleBroken, match="too_early"):
        services.close_calling(OFFICE, class_.id)


@pytest.mark.parametrize("kind", ["studio", "base"])
def test_a_template_is_a_whole_scheme_of_a_hundred_points(kind: str) -> None:
    scheme = parse_scheme(for_panel(template(kind), 7, 1))

    assert sum(aspect.max for aspect in scheme.aspects) == 100
    assert {(aspect.panel, aspect.aggregate, aspect.trim) for aspect in scheme.aspects} == {(7, "trimmed", 1)}


def test_unequal_weights_are_refused_by_the_database(app: Flask) -> None:
    class_ = db.session.get_one(SelectionClass, studio_class().id)
    class_.experts = 6

    with pytest.raises(Exception, match="experts_odd_and_five"):
        db.session.flush()


def test_calendar_programs_are_given_the_windows_of_a_called_round(app: Flask, client: FlaskClient) -> None:
    with write():
        class_ = studio_class()
        services.adopt_template(OFFICE, class_.id)
        services.set_quotas(OFFICE, class_.id, {unit(): 3})
        round_id = class_.round_id
    before = client.get("/calendar/selections.ics").data
    with write():
        services.publish_call(OFFICE, round_id)
    windows = called_rounds()[0].draft

    events = Calendar.from_ical(client.get("/calendar/selections.ics").data).walk("VEVENT")

    assert b"VEVENT" not in before
    assert len(events) == 3
    assert (events[0].decoded("dtstart"), events[0].decoded("dtend")) == (
        windows.applies_from.replace(microsecond=0),
        windows.applies_until.replace(microsecond=0),
    )
    assert "申报" in str(events[0]["summary"])
