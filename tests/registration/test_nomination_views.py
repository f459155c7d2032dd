"""An organisation nominates on its own pages: by form and by sheet, within its quota, and sees nobody else's entries."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from urllib.parse import urlsplit

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient
from openpyxl import load_workbook

from qzcompete.competitions import queries as competition_queries
from qzcompete.competitions import services as competitions
from qzcompete.core.actor import SYSTEM
from qzcompete.core.transaction import unit
from qzcompete.people.services import ensure_organisation
from qzcompete.registration import queries
from qzcompete.registration import services as registration
from qzcompete.registration.rules.entry_sheet import EntryRow
from tests.registration.nominations import PEOPLE, Nomination, open_for_nomination, sheet_file
from tests.registration.test_ceremony_views import entered

SignIn = Callable[..., FlaskClient]


@pytest.fixture
def held(app: Flask) -> Nomination:
    return open_for_nomination(quota=4)


@pytest.fixture
def school(app: Flask, held: Nomination) -> FlaskClient:
    return entered(app, "school")


def base(held: Nomination) -> str:
    return f"/nominations/{held.school_id}/{held.event.code}"


def good(place: int) -> tuple[str, ...]:
    name, number = PEOPLE[place]
    return name, "居民身份证", number, "黄志强"


def sent(client: FlaskClient, held: Nomination, *rows: tuple[object, ...]) -> str:
    """Upload a sheet; the address of its preview."""
    answer = client.post(f"{base(held)}/import", data=sheet_file(*rows))
    assert answer.status_code == 302, answer.text
    return urlsplit(answer.headers["Location"]).path


def stages(held: Nomination) -> dict[str, str]:
    return {entry.name: entry.stage for entry in queries.all_entries(held.event.id)}


def test_every_faulty_cell_is_marked_with_what_is_wrong(school: FlaskClient, held: Nomination) -> None:
    preview = sent(
        school,
        held,
        ("韦3", "居民身份证", PEOPLE[0][1], ""),
        ("黄㛃", "学生证", PEOPLE[1][1], ""),
        good(2),
        ("陈㼆", "居民身份证", "110101199003070071", ""),
    )

    soup = BeautifulSoup(school.get(preview).text, "html.parser")

    wrong = {tag["id"]: tag["value"] for tag in soup.find_all("input", attrs={"aria-invalid": "true"})}
    assert wrong == {
        "cell-2-name": "韦3",
        "cell-3-document_kind": "学生证",
        "cell-5-document_number": "110101199003070071",
    }
    assert "校验位不符" in soup.find(id="cell-5-document_number-error").text
    assert "110101********0038" in soup.text
    assert PEOPLE[2][1] not in soup.text


def test_what_breaks_a_rule_is_told_before_it_is_submitted(school: FlaskClient, held: Nomination) -> None:
    with unit():
        rules = [{"kind": "age", "least": 16, "most": 40, "on": "2026-09-01"}]
        registration.set_rules(SYSTEM, held.event.id, rules, "规程第3条")

    page = school.get(sent(school, held, good(0), good(2))).text

    assert page.count("2026-09-01 时 76 周岁，不得超过 40 周岁") == 1
    assert "时 36 周岁" not in page


def test_nothing_is_saved_while_a_cell_is_faulty(school: FlaskClient, held: Nomination) -> None:
    preview = sent(school, held, good(0), ("黄㛃", "居民身份证", "", ""))

    answer = school.post(preview)

    assert answer.status_code == 422
    assert stages(held) == {}


def test_cells_are_mended_in_the_page_and_rows_left_out(school: FlaskClient, held: Nomination) -> None:
    preview = sent(school, held, ("韦3", "", PEOPLE[0][1], ""), ("黄㛃", "", "坏", ""), good(2))
    mended = {"check": "1", "cell-2-name": "韦梅静", "drop-3": "1"}

    checked = school.post(preview, data=mended)
    saved = school.post(checked.headers["Location"])

    assert saved.headers["Location"] == base(held)
    assert stages(held) == {"韦梅静": "submitted", "阿依古丽·买买提": "submitted"}


def test_the_same_sheet_again_changes_nothing(school: FlaskClient, held: Nomination) -> None:
    for _again in range(2):
        preview = sent(school, held, good(0), good(1))
        school.post(preview)

    entry = queries.all_entries(held.event.id)[0]
    assert [line.action for line in queries.entry_history(entry.id)] == ["entry.added"]
    assert len(queries.all_entries(held.event.id)) == 2


def test_rows_beyond_the_quota_are_refused(school: FlaskClient, held: Nomination) -> None:
    preview = sent(school, held, *(good(place) for place in range(5)))

    page = school.get(preview).text

    assert page.count("超出贵单位名额") == 1
    assert school.post(preview).status_code == 422
    assert stages(held) == {}


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ([("=1+1", "", PEOPLE[0][1], "")], "公式"),
        ([], "没有"),
    ],
)
def test_a_sheet_that_cannot_be_read_is_refused(
    school: FlaskClient, held: Nomination, rows: list[tuple[str, ...]], told: str
) -> None:
    answer = school.post(f"{base(held)}/import", data=sheet_file(*rows))

    assert answer.status_code == 422
    assert told in answer.text


def test_a_person_of_another_organisation_is_refused(school: FlaskClient, held: Nomination) -> None:
    with unit():
        ensure_organisation(SYSTEM, "灵山县总工会", "association")
        row = EntryRow(PEOPLE[0][0], "resident_id", PEOPLE[0][1], "灵山县总工会")
        registration.import_entries(SYSTEM, held.event.id, [row])

    page = school.get(sent(school, held, good(0))).text

    assert "该人员已由其他单位或本人报名" in page
    assert "灵山县总工会" not in page


def test_faults_stand_at_the_fields_of_the_form(school: FlaskClient, held: Nomination) -> None:
    typed = {
        "name_1": "阿依古丽•买买提",
        "document_kind_1": "resident_id",
        "document_number_1": "110101199003070039",
        "guardian": "x" * 41,
    }

    answer = school.post(f"{base(held)}/new", data=typed)

    soup = BeautifulSoup(answer.text, "html.parser")
    assert answer.status_code == 422
    assert soup.find(id="guardian")["aria-invalid"] == "true"
    assert soup.find(id="name_1")["value"] == "阿依古丽•买买提"

    answer = school.post(f"{base(held)}/new", data=typed | {"guardian": ""})

    soup = BeautifulSoup(answer.text, "html.parser")
    assert soup.find(id="document_number_1")["aria-invalid"] == "true"

    answer = school.post(
        f"{base(held)}/new", data=typed | {"guardian": "", "document_number_1": PEOPLE[2][1]}
    )

    assert answer.status_code == 302
    assert stages(held) == {"阿依古丽·买买提": "submitted"}


def test_the_template_has_the_columns_that_are_read(school: FlaskClient, held: Nomination) -> None:
    book = load_workbook(BytesIO(school.get(f"{base(held)}/template.xlsx").data))

    header = [cell.value for cell in book["报名表"][1]]

    assert header[:3] == ["姓名", "证件类型", "证件号码"]
    assert "单位" not in header
    assert book["报名表"].column_dimensions["C"].number_format == "@"


def test_another_organisation_may_open_none_of_these_pages(
    sign_in: SignIn, school: FlaskClient, held: Nomination
) -> None:
    with unit():
        other = ensure_organisation(SYSTEM, "灵山县职业学校", "school").id
    school.post(sent(school, held, good(0)))
    entry = queries.all_entries(held.event.id)[0]
    stranger = sign_in("institution", ("organisation", other))

    answers = [
        stranger.get(base(held)).status_code,
        stranger.get(f"/nominations/{other}/{held.event.code}").status_code,
        stranger.post(f"/nominations/entries/{entry.id}/withdraw").status_code,
        stranger.get(f"/office/entries/{entry.id}").status_code,
    ]

    assert answers == [403, 403, 403, 403]
    assert stages(held) == {"韦梅静": "submitted"}


def test_a_withdrawn_entry_frees_its_place_in_the_quota(school: FlaskClient, held: Nomination) -> None:
    school.post(sent(school, held, *(good(place) for place in range(3))))
    entry = queries.all_entries(held.event.id)[0]

    school.post(f"/nominations/entries/{entry.id}/withdraw")

    assert stages(held)["韦梅静"] == "withdrawn"
    room = queries.room_for(held.event, held.school_id)
    assert room is not None
    assert room.left == 2


def test_after_the_close_nothing_is_taken(school: FlaskClient, held: Nomination) -> None:
    preview = sent(school, held, good(0))
    with unit():
        for event in competition_queries.events_of(held.event.competition.id):
            competitions.cancel_event(SYSTEM, event.id)
        competitions.set_competition_state(SYSTEM, held.event.competition.id, "running")
        competitions.set_competition_state(SYSTEM, held.event.competition.id, "finished")

    assert school.post(preview).status_code == 422
    assert stages(held) == {}
