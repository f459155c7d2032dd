"""Sessions and panels with what speaks against them, and the calendar with its feeds."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from icalendar import Calendar

from qzcompete.competitions import queries, services
from qzcompete.competitions.forms import typed
from qzcompete.competitions.services import (
    CompetitionDraft,
    EventDraft,
    JudgeSpec,
    ProfileDraft,
    SessionDraft,
)
from qzcompete.core.actor import CITY, SYSTEM
from qzcompete.core.clock import in_city, now
from qzcompete.core.transaction import unit
from qzcompete.notices.queries.messages import inbox_page
from qzcompete.people.queries import account_named
from qzcompete.people.services import create_account, ensure_organisation
from qzcompete.planning.services import postpone
from qzcompete.registration.rules.entry_sheet import EntryRow
from qzcompete.registration.services import import_entries
from tests.competitions.running import let_run

START = (now() + timedelta(days=30)).replace(minute=0, second=0, microsecond=0)
ENTRANT = EntryRow("韦梅静", "resident_id", "11010519491231002X", "钦州市技工学校", "黄永福")


@pytest.fixture
def contest(app: Flask) -> int:
    """Two events of one competition, a session of the first, a judge's panel, one entrant in both."""
    with unit():
        year = in_city(START).year
        draft = CompetitionDraft(
            f"{year}年职业技能大赛", "vocational", "city_1", year, code="C1", starts_on=in_city(START).date()
        )
        made = services.create_competition(SYSTEM, draft)
        for code, name, occupation in (("E1", "焊接", "6-18-02-04"), ("E2", "电工", "6-31-01-03")):
            event = services.create_event(
                SYSTEM, made.id, EventDraft(name, occupation, code=code, starts_at=START)
            )
            import_entries(SYSTEM, event.id, [ENTRANT])
        judges(queries.event_card("E1").id)
        first = SessionDraft("上午场", "", "一号厅", START, START + timedelta(hours=3))
        services.save_session(SYSTEM, queries.event_card("E1").id, first)
        return made.id


def judges(event_id: int) -> None:
    accounts = [
        create_account(SYSTEM, f"judge{place}", name, "correct-horse-9", [("judge", CITY)])
        for place, name in enumerate(("黄永福", "李德明", "陈丽华"))
    ]
    chief = create_account(SYSTEM, "chief", "施国栋", "correct-horse-9", [("chief_judge", CITY)])
    specs = [JudgeSpec(account.id) for account in accounts]
    services.name_panel(SYSTEM, event_id, [*specs, JudgeSpec(chief.id, chief=True)])


@pytest.fixture
def officer(contest: int, sign_in: Callable[..., FlaskClient]) -> FlaskClient:
    return sign_in("officer")


def session(venue: str, **changes: str) -> dict[str, str]:
    begins = typed(START)
    assert begins is not None
    times = {"starts_at": begins, "ends_at": begins + timedelta(hours=2)}
    shown = {name: time.strftime("%Y-%m-%dT%H:%M") for name, time in times.items()}
    return {"name": "首场", "module": "", "venue": venue} | shown | changes


def test_clash_of_venue_and_competitor_is_shown_before_anything_is_saved(officer: FlaskClient) -> None:
    page = officer.post("/office/events/E2/schedule/new", data=session("一号厅"))

    assert page.status_code == 200
    assert "场地冲突：一号厅" in page.text and "选手时间冲突：韦梅静" in page.text
    assert queries.sessions_of([queries.event_card("E2").id]) == []


def test_session_is_saved_all_the_same_when_the_clashes_shown_are_confirmed(officer: FlaskClient) -> None:
    page = officer.post("/office/events/E2/schedule/new", data=session("一号厅"))
    seen = page.text.split('name="confirmed" value="')[1].split('"')[0]

    answer = officer.post("/office/events/E2/schedule/new", data=session("一号厅", confirmed=seen))

    assert answer.status_code == 302
    assert "选手时间冲突" in officer.get("/office/clashes").text


def test_confirmation_of_other_clashes_does_not_count(officer: FlaskClient) -> None:
    page = officer.post("/office/events/E2/schedule/new", data=session("一号厅", confirmed="another"))

    assert page.status_code == 200
    assert queries.sessions_of([queries.event_card("E2").id]) == []


def test_session_that_ends_before_it_begins_is_refused_at_its_field(officer: FlaskClient) -> None:
    data = session("二号厅", ends_at="2020-01-01T08:00")

    page = officer.post("/office/events/E2/schedule/new", data=data)

    assert page.status_code == 422
    assert 'id="ends_at-error"' in page.text


def panel_data() -> dict[str, object]:
    ids = [account_named(f"judge{place}").id for place in range(3)]  # type: ignore[union-attr]
    return {"judges": ids, "chief": account_named("chief").id}  # type: ignore[union-attr]


def test_panel_shows_who_is_near_to_whom_and_who_is_needed_elsewhere(officer: FlaskClient) -> None:
    with unit():
        second = SessionDraft("下午场", "", "二号厅", START, START + timedelta(hours=2))
        services.save_session(SYSTEM, queries.event_card("E2").id, second)

    page = officer.post("/office/events/E2/panel", data=panel_data())

    assert page.status_code == 200
    assert "黄永福与选手韦梅静（钦州市技工学校）：选手的指导教师。" in page.text
    assert "裁判员时间冲突：李德明" in page.text
    assert queries.panel_of(queries.event_card("E2").assessment_id) == []


def test_panel_with_too_many_judges_of_one_unit_is_refused_unless_the_number_is_raised(
    officer: FlaskClient, contest: int
) -> None:
    with unit():
        unit_id = ensure_organisation(SYSTEM, "北部湾职业技术学校", "school").id
        for place in range(3):
            account = account_named(f"judge{place}")
            assert account is not None
            services.save_profile(SYSTEM, account.id, ProfileDraft("technician", unit_id, 1, ("6-31-01-03",)))

    refused = officer.post("/office/events/E2/panel", data=panel_data())
    numbers = {"least_judges": "3", "judges_per_unit": "3", "judge_rest_hours": "1"}
    officer.post("/office/competitions/C1/settings", data=numbers)

    page = officer.post("/office/events/E2/panel", data=panel_data())
    seen = page.text.split('name="confirmed" value="')[1].split('"')[0]
    saved = officer.post("/office/events/E2/panel", data=panel_data() | {"confirmed": seen})
    assert (refused.status_code, page.status_code, saved.status_code) == (422, 200, 302)
    assert "3名裁判员来自北部湾职业技术学校" in refused.text


def test_judge_declares_only_for_oneself(contest: int, sign_in: Callable[..., FlaskClient]) -> None:
    judge = sign_in("judge", username="judge-x")
    data = {"kind": "relative", "name": "韦梅静", "unit": "", "note": ""}

    assert judge.post("/office/my-relations", data=data).status_code == 302
    assert judge.post("/office/judges/1/relations/new", data=data).status_code == 403
    own = account_named("judge-x")
    assert own is not None
    assert [one.name for one in queries.relations_of(own.id)] == ["韦梅静"]


def test_draft_is_on_the_offices_calendar_only(
    officer: FlaskClient, client: FlaskClient, contest: int
) -> None:
    asked = f"calendar?year={in_city(START).year}&view=list"

    assert "/office/competitions/C1" in officer.get(f"/office/competition-{asked}").text
    assert "/competitions/C1" not in client.get(f"/{asked}").text


@pytest.mark.parametrize("view", ["year", "month", "list"])
def test_public_competition_is_in_every_view_and_narrowed_by_what_is_asked(
    client: FlaskClient, contest: int, view: str
) -> None:
    with unit():
        let_run(contest)
    day = in_city(START)
    address = f"/calendar?year={day.year}&month={day.month}&view={view}"

    shown = [
        "/competitions/C1" in client.get(address + more).text
        for more in ("", "&family=employees", "&q=没有的", "&level=city_1&q=职业技能")
    ]

    assert shown == [True, False, False, True]


def test_family_feed_holds_the_contest_days(client: FlaskClient, contest: int) -> None:
    with unit():
        let_run(contest)

    answer = client.get("/calendar/vocational.ics")

    events = Calendar.from_ical(answer.data).walk("VEVENT")
    assert answer.mimetype == "text/calendar"
    assert [event["dtstart"].dt for event in events] == [in_city(START).date()]
    assert Calendar.from_ical(client.get("/calendar/employees.ics").data).walk("VEVENT") == []


def test_own_feed_opens_by_its_secret_until_it_is_revoked(
    contest: int, client: FlaskClient, sign_in: Callable[..., FlaskClient]
) -> None:
    judge = sign_in("judge", username="judge-y")
    account = account_named("judge-y")
    assert account is not None
    with unit():
        others = [spec for spec in panel_specs() if not spec.chief][:2]
        chief = next(spec for spec in panel_specs() if spec.chief)
        services.name_panel(SYSTEM, queries.event_card("E1").id, [*others, JudgeSpec(account.id), chief])
    address = judge.post("/calendar/mine/feed").text.split('feed-address">')[1].split("<")[0]
    path = address.split("8000", 1)[-1]

    events = Calendar.from_ical(client.get(path).data).walk("VEVENT")
    judge.post("/calendar/mine/revoke")

    assert [str(event["location"]) for event in events] == ["一号厅"]
    assert client.get(path).status_code == 404


def panel_specs() -> list[JudgeSpec]:
    seats = queries.panel_of(queries.event_card("E1").assessment_id)
    return [JudgeSpec(seat.account_id, seat.chief) for seat in seats if seat.account_id]


def test_judges_find_a_message_when_their_competition_is_put_off(contest: int) -> None:
    with unit():
        services.set_time_points(SYSTEM, contest, {"sessions_begin": START})
        let_run(contest)
        postpone(SYSTEM, contest, "sessions_begin", START + timedelta(days=1), "台风", START)

    judge = account_named("judge0")
    assert judge is not None
    page = inbox_page(judge.id, "1")
    session = queries.sessions_of([queries.event_card("E1").id])[0]
    assert "台风" in page.items[0].body
    assert session.starts_at == START + timedelta(days=1)


def test_judge_named_for_another_module_is_not_needed(contest: int) -> None:
    judge = account_named("judge0")
    assert judge is not None
    with unit():
        event = queries.event_card("E1")
        services.set_scheme(SYSTEM, event.id, SCHEME)
        services.name_modules(SYSTEM, event.id, {judge.id: ["B"]})
        session = queries.sessions_of([event.id])[0]
        draft = SessionDraft("上午场", "A", "一号厅", session.starts_at, session.ends_at)
        services.save_session(SYSTEM, event.id, draft, session.id)

    assert queries.sessions_of_judge(judge.id) == []
    assert sorted(queries.bookings(now())[0].judges.values()) == ["施国栋", "李德明", "陈丽华"]


SCHEME = {
    "modules": [
        {
            "code": code,
            "weight": "50",
            "criteria": [
                {
                    "code": f"{code}1",
                    "aspects": [{"code": f"{code}1-1", "kind": "measurement", "max": "10"}],
                }
            ],
        }
        for code in "AB"
    ]
}
