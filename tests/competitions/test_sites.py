"""Where an event is held and with what, on the office's pages: stations, equipment, regulations, incidents, copies."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from io import BytesIO

import pikepdf
import pytest
from flask import Flask
from flask.testing import FlaskClient

from qzcompete.competitions import queries, services
from qzcompete.competitions.forms import station_codes
from qzcompete.competitions.services import (
    CompetitionDraft,
    EquipmentDraft,
    EventDraft,
    IncidentDraft,
    SessionDraft,
)
from qzcompete.core.actor import SYSTEM
from qzcompete.core.clock import now
from qzcompete.core.transaction import unit
from qzcompete.results.queries.close_list import incident_items
from tests.competitions.running import let_run

STARTS = datetime(2025, 6, 15, 1, tzinfo=UTC)


@pytest.fixture
def event(app: Flask) -> queries.EventCard:
    with unit():
        draft = CompetitionDraft("2025年职业技能大赛", "vocational", "city_1", 2025, code="C2025")
        competition = services.create_competition(SYSTEM, draft)
        services.set_time_points(SYSTEM, competition.id, {"sessions_begin": STARTS})
        made = services.create_event(
            SYSTEM, competition.id, EventDraft("焊接", "6-18-02-04", starts_at=STARTS, code="HG2025")
        )
        services.add_stations(SYSTEM, made.id, ["01", "02"], "一号厅")
        stations = tuple(station.id for station in queries.stations(made.id))
        draft = SessionDraft("上午场", "", "一号厅", STARTS, STARTS + timedelta(hours=3), stations[:1])
        services.save_session(SYSTEM, made.id, draft)
        services.add_equipment(SYSTEM, made.id, EquipmentDraft("焊机", "WSM-315", 1, "台", "station"))
    return queries.event_card("HG2025")


@pytest.fixture
def officer(event: queries.EventCard, sign_in: Callable[..., FlaskClient]) -> FlaskClient:
    return sign_in("officer")


def pdf() -> bytes:
    buffer = BytesIO()
    with pikepdf.new() as document:
        document.add_blank_page()
        document.save(buffer)
    return buffer.getvalue()


def upload(client: FlaskClient, content: bytes, name: str = "规程.pdf") -> int:
    data = {"file": (BytesIO(content), name), "note": "首次公布"}
    return client.post("/office/events/HG2025/regulations", data=data).status_code


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1-3, B7", ["1", "2", "3", "B7"]),
        ("A08 – A10", ["A08", "A09", "A10"]),
        ("1，2、3", ["1", "2", "3"]),
        ("3-1", ["3-1"]),
    ],
)
def test_stations_are_read_as_people_write_them(text: str, expected: list[str]) -> None:
    assert station_codes(text) == expected


def test_stations_that_are_there_stay_when_more_are_added(
    officer: FlaskClient, event: queries.EventCard
) -> None:
    officer.post("/office/events/HG2025/stations", data={"codes": "01-04", "venue": "二号厅"})

    assert [(one.code, one.venue) for one in queries.stations(event.id)] == [
        ("01", "一号厅"),
        ("02", "一号厅"),
        ("03", "二号厅"),
        ("04", "二号厅"),
    ]


def test_equipment_of_stations_is_counted_for_all_of_them(
    officer: FlaskClient, event: queries.EventCard
) -> None:
    printed = officer.get("/office/events/HG2025/equipment/print")

    assert [(line.quantity, line.total) for line in queries.equipment(event.id)] == [(1, 2)]
    assert "WSM-315" in printed.text


def test_regulations_get_versions_and_only_a_pdf_is_taken(
    officer: FlaskClient, event: queries.EventCard
) -> None:
    first = pdf()
    answers = [upload(officer, content) for content in (b"GIF89a no pdf", first, first + b"\n%2")]

    assert answers == [422, 302, 302]
    assert [one.version for one in queries.regulations(event.id)] == [2, 1]
    assert officer.get("/office/events/HG2025/regulations/1.pdf").data == first


def test_regulations_of_a_draft_are_not_public(
    officer: FlaskClient, client: FlaskClient, event: queries.EventCard
) -> None:
    upload(officer, pdf())

    assert client.get("/competitions/C2025/regulations/HG2025.pdf").status_code == 404


def test_copy_takes_what_is_prepared_and_moves_its_dates_by_a_year(
    officer: FlaskClient, event: queries.EventCard
) -> None:
    upload(officer, pdf())

    answer = officer.post("/office/competitions/C2025/copy", data={"year": "2026"})

    copied = queries.competition_card("2026-zyjn")
    made = queries.events_of(copied.id)[0]
    session = queries.sessions_of([made.id])[0]
    assert answer.headers["Location"] == "/office/competitions/2026-zyjn/dates"
    assert (copied.name, copied.state) == ("2026年职业技能大赛", "draft")
    assert copied.points == {"sessions_begin": datetime(2026, 6, 15, 1, tzinfo=UTC)}
    assert session.starts_at == datetime(2026, 6, 15, 1, tzinfo=UTC)
    assert [station.code for station in session.stations] == ["01"]
    assert [line.name for line in queries.equipment(made.id)] == ["焊机"]
    assert queries.regulations(made.id) == []


def test_opening_is_refused_until_nothing_is_missing(officer: FlaskClient, event: queries.EventCard) -> None:
    page = officer.get("/office/competitions/C2025")
    answer = officer.post("/office/competitions/C2025/state", data={"state": "open"})

    assert "/office/events/HG2025/regulations" in page.text
    assert "/office/competitions/C2025/dates" in page.text
    assert answer.status_code == 422
    assert queries.competition_card("C2025").state == "draft"


def test_the_page_whose_button_broke_a_rule_says_so_itself(
    officer: FlaskClient, event: queries.EventCard
) -> None:
    page = "http://localhost/office/competitions/C2025"

    elsewhere = officer.post(
        f"{page}/state", data={"state": "open"}, headers={"Referer": "http://elsewhere.test/office"}
    )
    answer = officer.post(f"{page}/state", data={"state": "open"}, headers={"Referer": page})

    assert (answer.status_code, answer.location) == (303, page)
    assert 'role="alert"' in officer.get(page).text
    assert queries.competition_card("C2025").state == "draft"
    assert elsewhere.status_code == 422


def test_a_competition_is_finished_when_each_event_has_ended(
    officer: FlaskClient, event: queries.EventCard
) -> None:
    with unit():
        let_run(event.competition.id)

    early = officer.post("/office/competitions/C2025/state", data={"state": "finished"})
    with unit():
        services.cancel_event(SYSTEM, event.id)
    then = officer.post("/office/competitions/C2025/state", data={"state": "finished"})

    assert (early.status_code, then.status_code) == (422, 302)
    assert f"还有 1 个赛项既未公布成绩也未取消：{event.name}。" in early.text
    assert queries.competition_card("C2025").state == "finished"


def incident(client: FlaskClient, station: int) -> None:
    data = {
        "kind": "equipment",
        "station_id": station,
        "session_id": "0",
        "happened_at": "2025-06-15T09:10",
        "text": "焊机停机6分钟",
    }
    assert client.post("/office/events/HG2025/incidents", data=data).status_code == 302


def test_incident_is_open_until_the_chief_judge_has_decided_it(
    officer: FlaskClient, event: queries.EventCard, sign_in: Callable[..., FlaskClient]
) -> None:
    incident(officer, queries.stations(event.id)[0].id)
    chief = sign_in("chief_judge", ("assessment", event.assessment_id))
    data = {"decision": "extra_time", "extra_minutes": "6", "reason": "设备原因"}

    before = [one.station for one in queries.open_incidents(event.id)]
    blocking = incident_items(event)
    refused = officer.post("/office/incidents/1/decide", data=data)
    decided = chief.post("/office/incidents/1/decide", data=data)

    assert before == ["01"]
    assert [item.endpoint for item in blocking] == ["competitions.incidents"]
    assert (refused.status_code, decided.status_code) == (403, 302)
    assert queries.open_incidents(event.id) == []
    assert queries.incidents(event.id)[0].extra_minutes == 6


def test_extra_time_needs_its_minutes_and_another_event_its_own_chief(
    officer: FlaskClient, event: queries.EventCard, sign_in: Callable[..., FlaskClient]
) -> None:
    incident(officer, queries.stations(event.id)[0].id)
    chief = sign_in("chief_judge", ("assessment", event.assessment_id))
    other = sign_in("chief_judge", ("assessment", event.assessment_id + 1), username="other-chief")
    data = {"decision": "extra_time", "reason": "设备原因"}

    assert chief.post("/office/incidents/1/decide", data=data).status_code == 422
    assert other.post("/office/incidents/1/decide", data=data).status_code == 403


def test_incident_of_a_station_of_another_event_is_refused(event: queries.EventCard) -> None:
    draft = IncidentDraft("other", "错位", now(), station_id=999)

    with pytest.raises(Exception, match="not_found"):
        services.report_incident(SYSTEM, event.id, draft)


def test_station_with_an_incident_stays(officer: FlaskClient, event: queries.EventCard) -> None:
    station = queries.stations(event.id)[0].id
    incident(officer, station)

    assert officer.post(f"/office/events/HG2025/stations/{station}/remove").status_code == 422
