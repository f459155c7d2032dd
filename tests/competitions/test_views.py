"""The office's way of an event: competition, event, scheme, panel, entries, draw."""

from __future__ import annotations

import json
from collections.abc import Callable
from io import BytesIO

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.event import listen

from qzcompete.adapters.sheets import Table, write_sheets
from qzcompete.competitions import queries
from qzcompete.core.actor import CITY, SYSTEM
from qzcompete.core.transaction import unit
from qzcompete.extensions import db
from qzcompete.marking.scheme_workbook import scheme_template
from qzcompete.people.services import create_account
from qzcompete.registration.queries import draw_card, entry_counts
from qzcompete.registration.rules.entry_sheet import TITLES

SCHEME = {
    "modules": [
        {
            "code": "A",
            "weight": "100",
            "criteria": [
                {"code": "A1", "aspects": [{"code": "A1-1", "kind": "measurement", "max": "10"}]},
            ],
        }
    ]
}
COMPETITION = {
    "name": "2026年钦州市职业技能大赛",
    "family": "vocational",
    "level": "city_1",
    "year": "2026",
    "venue": "钦州市技工学校",
    "host_id": "0",
}
EVENT = {
    "name": "焊接",
    "occupation_code": "6-18-02-04 焊工",
    "group": "workers",
    "team_size": "1",
    "starts_at": "2026-12-01T08:30",
}
PEOPLE = [
    ["韦梅静", "居民身份证", "11010519491231002X", "钦州市技工学校", "黄志强", "否"],
    ["黄㛃", "居民身份证", "360426199101010071", "灵山县公共实训基地", None, "是"],
]


@pytest.fixture
def officer(sign_in: Callable[..., FlaskClient]) -> FlaskClient:
    return sign_in("officer")


@pytest.fixture
def event_path(officer: FlaskClient) -> str:
    officer.post("/office/competitions/new", data=COMPETITION)
    answer = officer.post("/office/competitions/2026-zyjn/events/new", data=EVENT)
    return answer.headers["Location"]


def judges(app: Flask) -> tuple[list[int], int]:
    with unit():
        made = [
            create_account(SYSTEM, f"judge-{place}", "裁判", "correct-horse-9", [("judge", CITY)])
            for place in range(3)
        ]
        chief = create_account(SYSTEM, "chief", "裁判长", "correct-horse-9", [("chief_judge", CITY)])
    return [account.id for account in made], chief.id


def entry_file(rows: list[list[object]]) -> dict[str, object]:
    return {"file": (BytesIO(write_sheets([Table("报名表", tuple(TITLES.values()), rows)])), "entries.xlsx")}


def import_entries(client: FlaskClient, path: str, rows: list[list[object]]) -> None:
    answer = client.post(f"{path}/entries/import", data=entry_file(rows))
    assert answer.status_code == 302, answer.text
    assert client.post(answer.headers["Location"]).status_code == 302


def prepare(app: Flask, client: FlaskClient, path: str) -> None:
    scheme = {"file": (BytesIO(json.dumps(SCHEME).encode()), "scheme.json")}
    preview = client.post(f"{path}/scheme/import", data=scheme)
    assert client.post(preview.headers["Location"]).status_code == 302
    seats, chief = judges(app)
    assert client.post(f"{path}/panel", data={"judges": seats, "chief": chief}).status_code == 302
    import_entries(client, path, PEOPLE)


def test_empty_list_offers_a_new_competition(officer: FlaskClient) -> None:
    page = officer.get("/office/competitions")

    assert page.status_code == 200
    assert "/office/competitions/new" in page.text


def test_competition_shows_its_events_and_where_it_can_go(officer: FlaskClient, event_path: str) -> None:
    page = officer.get("/office/competitions/2026-zyjn")
    listed = officer.get("/office/competitions")
    edited = officer.get("/office/competitions/2026-zyjn/edit")

    assert (page.status_code, listed.status_code, edited.status_code) == (200, 200, 200)
    assert event_path in page.text
    assert 'id="state-cancelled"' in page.text


def test_list_asks_no_more_when_it_is_longer(officer: FlaskClient, event_path: str) -> None:
    asked: list[str] = []
    listen(db.engine, "before_cursor_execute", lambda *event: asked.append(event[2]))
    counts = []
    for rows in (PEOPLE[:1], PEOPLE):
        import_entries(officer, event_path, rows)
        asked.clear()
        officer.get(f"{event_path}/entries")
        counts.append(len(asked))

    assert counts[0] == counts[1] > 0


def test_typed_values_stay_when_a_name_is_missing(officer: FlaskClient) -> None:
    page = officer.post("/office/competitions/new", data=COMPETITION | {"name": ""})

    assert page.status_code == 422
    assert "钦州市技工学校" in page.text


def test_event_is_refused_when_its_occupation_is_unknown(officer: FlaskClient) -> None:
    officer.post("/office/competitions/new", data=COMPETITION)

    page = officer.post("/office/competitions/2026-zyjn/events/new", data=EVENT | {"occupation_code": "9-99"})

    assert page.status_code == 422
    assert 'id="occupation_code-error"' in page.text


def test_every_page_of_an_event_opens_before_and_after_the_draw(
    app: Flask, officer: FlaskClient, event_path: str
) -> None:
    pages = (
        "",
        "/edit",
        "/scheme",
        "/scheme/import",
        "/panel",
        "/entries",
        "/entries/import",
        "/entries/new",
        "/draw",
    )
    before = [officer.get(event_path + page).status_code for page in pages]
    prepare(app, officer, event_path)
    assert officer.post(f"{event_path}/draw").status_code == 302

    after = [officer.get(event_path + page).status_code for page in pages]

    assert before == after == [200] * len(pages)


def test_draw_is_refused_while_something_is_missing(officer: FlaskClient, event_path: str) -> None:
    import_entries(officer, event_path, PEOPLE)

    assert officer.post(f"{event_path}/draw").status_code == 422


def test_draw_gives_codes_and_opens_marking_once(app: Flask, officer: FlaskClient, event_path: str) -> None:
    prepare(app, officer, event_path)

    first, second = officer.post(f"{event_path}/draw"), officer.post(f"{event_path}/draw")

    event = queries.event_card("2026-zyjn-01")
    drawn = draw_card(event.id)
    assert (first.status_code, second.status_code) == (302, 422)
    assert event.state == "marking"
    assert drawn is not None and drawn.codes == 2


def test_secret_list_is_shown_only_with_a_reason(app: Flask, officer: FlaskClient, event_path: str) -> None:
    prepare(app, officer, event_path)
    officer.post(f"{event_path}/draw")

    without, with_reason = (
        officer.post(f"{event_path}/codes", data={"reason": reason}) for reason in ("", "给作品贴码用")
    )

    assert (without.status_code, with_reason.status_code) == (422, 200)
    assert "韦梅静" in with_reason.text and "韦梅静" not in without.text


def test_same_file_again_changes_nothing(officer: FlaskClient, event_path: str) -> None:
    import_entries(officer, event_path, PEOPLE)
    import_entries(officer, event_path, PEOPLE)

    event = queries.event_card("2026-zyjn-01")

    assert entry_counts(event.id)["present"] == 2


def test_no_row_is_taken_when_one_cell_is_faulty(officer: FlaskClient, event_path: str) -> None:
    wrong = [*PEOPLE[1][:2], "360426199101010072", *PEOPLE[1][3:]]

    preview = officer.post(f"{event_path}/entries/import", data=entry_file([PEOPLE[0], wrong]))
    page = officer.post(preview.headers["Location"])

    assert page.status_code == 422
    assert sum(entry_counts(queries.event_card("2026-zyjn-01").id).values()) == 0


def test_list_masks_document_numbers(officer: FlaskClient, event_path: str) -> None:
    import_entries(officer, event_path, PEOPLE)

    page = officer.get(f"{event_path}/entries?q=wmj")

    assert "110105********002X" in page.text
    assert "11010519491231002X" not in page.text
    assert "黄㛃" not in page.text


def test_disqualification_needs_a_reason(officer: FlaskClient, event_path: str) -> None:
    import_entries(officer, event_path, PEOPLE)

    page = officer.post("/office/entries/1/status", data={"status": "disqualified", "reason": ""})

    assert page.status_code == 422
    assert 'id="reason-error"' in page.text


def test_panel_with_two_judges_is_refused_and_keeps_what_was_chosen(
    app: Flask, officer: FlaskClient, event_path: str
) -> None:
    seats, chief = judges(app)

    page = officer.post(f"{event_path}/panel", data={"judges": seats[:2], "chief": chief})

    assert page.status_code == 422
    assert page.text.count("checked") == 3


def test_own_template_is_taken_after_its_sums_are_seen(officer: FlaskClient, event_path: str) -> None:
    sent = officer.post(
        f"{event_path}/scheme/import", data={"file": (BytesIO(scheme_template()), "scheme.xlsx")}
    )
    preview = officer.get(sent.headers["Location"])

    officer.post(sent.headers["Location"])

    assert "拉坯成型" in preview.text
    assert "拉坯成型" in officer.get(f"{event_path}/scheme").text


def test_broken_workbook_shows_a_fault_and_keeps_nothing(officer: FlaskClient, event_path: str) -> None:
    page = officer.post(f"{event_path}/scheme/import", data={"file": (BytesIO(b"no zip"), "scheme.xlsx")})

    assert page.status_code == 422
    assert queries.scheme_of(queries.event_card("2026-zyjn-01").assessment_id) is None


def test_occupations_are_found_by_pinyin(officer: FlaskClient) -> None:
    found = officer.get("/office/occupations?format=json&q=tczsg").get_json()

    assert found[0] == {"code": "6-15-05-04", "name": "陶瓷装饰工"}


def test_judge_sees_no_entries(
    sign_in: Callable[..., FlaskClient], officer: FlaskClient, event_path: str
) -> None:
    assert sign_in("judge").get(f"{event_path}/entries").status_code == 403
