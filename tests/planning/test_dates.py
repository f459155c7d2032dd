"""The time points of a competition on its pages: set in a draft, moved with a reason when it is public."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient

from qzcompete.competitions import queries, services
from qzcompete.competitions.services import CompetitionDraft, EventDraft
from qzcompete.core.actor import SYSTEM
from qzcompete.core.transaction import unit
from tests.competitions.running import let_run

DATES = {
    "registration_opens": "2026-06-01T09:00",
    "registration_closes": "2026-06-10T18:00",
    "sessions_begin": "2026-06-15T08:30",
    "award": "2026-06-20T15:00",
}


@pytest.fixture
def competition(app: Flask) -> int:
    with unit():
        draft = CompetitionDraft("职业技能大赛", "vocational", "city_1", 2026, code="C1")
        made = services.create_competition(SYSTEM, draft)
        starts = datetime(2026, 6, 15, 1, tzinfo=UTC)
        services.create_event(SYSTEM, made.id, EventDraft("焊接", "6-18-02-04", starts_at=starts))
        return made.id


@pytest.fixture
def officer(competition: int, sign_in: Callable[..., FlaskClient]) -> FlaskClient:
    return sign_in("officer")


@pytest.fixture
def public(officer: FlaskClient, competition: int) -> int:
    officer.post("/office/competitions/C1/dates", data=DATES)
    with unit():
        let_run(competition)
    return competition


def test_dates_of_a_draft_are_kept_in_utc(officer: FlaskClient, competition: int) -> None:
    answer = officer.post("/office/competitions/C1/dates", data=DATES)

    assert answer.status_code == 302
    assert queries.time_point(competition, "registration_closes") == datetime(2026, 6, 10, 10, tzinfo=UTC)


def test_wrong_order_is_refused_at_the_later_field_and_typed_dates_stay(
    officer: FlaskClient, competition: int
) -> None:
    page = officer.post("/office/competitions/C1/dates", data=DATES | {"award": "2026-06-02T09:00"})

    assert page.status_code == 422
    assert 'id="award-error"' in page.text and "2026-06-02T09:00" in page.text
    assert queries.time_points(competition) == {}


def test_preview_shows_what_moves_and_changes_nothing(officer: FlaskClient, public: int) -> None:
    page = officer.post(
        "/office/competitions/C1/dates/sessions_begin", data={"to": "2026-06-16T08:30", "reason": "台风"}
    )

    assert page.status_code == 200
    assert "2026年6月21日 15:00" in page.text and "焊接" in page.text
    assert queries.time_point(public, "award") == datetime(2026, 6, 20, 7, tzinfo=UTC)


def confirm(client: FlaskClient, seen: str) -> int:
    data = {"to": "2026-06-16T08:30", "reason": "台风", "confirmed": "yes", "seen": seen}
    return client.post("/office/competitions/C1/dates/sessions_begin", data=data).status_code


def test_confirmed_move_takes_along_what_follows_and_is_published_with_its_reason(
    officer: FlaskClient, public: int
) -> None:
    assert confirm(officer, "2026-06-15T00:30:00+00:00") == 302

    assert queries.time_point(public, "award") == datetime(2026, 6, 21, 7, tzinfo=UTC)
    assert queries.event_card("C1-01").starts_at == datetime(2026, 6, 16, 1, tzinfo=UTC)
    assert "台风" in officer.get("/competitions/C1").text


def test_move_is_refused_when_another_one_came_first(officer: FlaskClient, public: int) -> None:
    confirm(officer, "2026-06-15T00:30:00+00:00")

    assert confirm(officer, "2026-06-15T00:30:00+00:00") == 422


def test_move_before_what_it_follows_is_refused_at_its_field(officer: FlaskClient, public: int) -> None:
    page = officer.post(
        "/office/competitions/C1/dates/sessions_begin", data={"to": "2026-06-09T08:30", "reason": "提前"}
    )

    assert page.status_code == 422
    assert 'id="to-error"' in page.text


def test_registration_is_open_only_between_its_points(public: int) -> None:
    assert queries.is_open("registration", public, datetime(2026, 6, 1, 1, tzinfo=UTC))
    assert not queries.is_open("registration", public, datetime(2026, 6, 10, 10, tzinfo=UTC))


def test_numbers_are_shown_with_their_source_and_kept_when_they_differ(
    officer: FlaskClient, competition: int
) -> None:
    page = officer.get("/office/competitions/C1/settings")
    numbers = {"least_judges": "3", "judges_per_unit": "1", "judge_rest_hours": "1.5"}
    officer.post("/office/competitions/C1/settings", data=numbers)

    assert "南京" in page.text
    assert [str(queries.setting(competition, name)) for name in numbers] == ["3", "1.0", "1.5"]


def test_number_out_of_bounds_is_refused_at_its_field(officer: FlaskClient, competition: int) -> None:
    page = officer.post("/office/competitions/C1/settings", data={"judges_per_unit": "0"})

    assert page.status_code == 422
    assert 'id="judges_per_unit-error"' in page.text
