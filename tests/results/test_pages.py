"""The pages of re-check, corrections, appeals, promotion, judges and settings: what they show and what they keep."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO

import pypdfium2 as pdfium
import pytest
from flask import Flask
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy import select

from qzcompete.competitions.queries import EventCard
from qzcompete.competitions.services.incidents import IncidentDraft, report_incident
from qzcompete.core.actor import SYSTEM
from qzcompete.core.clock import now
from qzcompete.core.errors import RuleBroken
from qzcompete.core.transaction import unit
from qzcompete.extensions import db
from qzcompete.people.services import add_organisation
from qzcompete.registration.models import Entry
from qzcompete.registration.queries import entries
from qzcompete.results import queries, services
from qzcompete.results.rules.settings import SETTINGS
from tests.results.contest import CODE, held_contest, person_of, publish

PAGE = f"/office/events/{CODE}"


@pytest.fixture
def event(app: Flask) -> EventCard:
    event = held_contest()
    publish(event)
    return event


def test_a_sheet_that_is_wrong_goes_to_the_chief_judge(
    event: EventCard, sign_in: Callable[..., FlaskClient]
) -> None:
    supervisor = sign_in("supervisor")
    supervisor.post(f"{PAGE}/recheck", data={"reason": "复核"})
    sheet = queries.next_sheet(event)

    unexplained = supervisor.post(f"{PAGE}/recheck/{sheet}", data={"found_0": "70"})
    supervisor.post(f"{PAGE}/recheck/{sheet}", data={"found_0": "70", "note": "原始记录为70"})

    assert unexplained.status_code == 422 and 'value="70"' in unexplained.text
    chief = sign_in("chief_judge", ("assessment", event.assessment_id))
    answer = chief.get(f"{PAGE}/corrections")
    assert "原始记录为70" in answer.text and "更正为70" in answer.text
    assert "韦梅静" not in answer.text


def test_who_publishes_a_correction_must_say_why(
    event: EventCard, sign_in: Callable[..., FlaskClient]
) -> None:
    officer = sign_in("officer")
    first = entries(event.id)[0].id
    officer.post(f"{PAGE}/results/disqualify/{first}", data={"reason": "冒名顶替"})
    officer.post(f"{PAGE}/results/compile")
    newest = queries.newest_set(event.id)
    assert newest is not None

    refused = officer.post(f"{PAGE}/results/{newest.id}/publish")
    officer.post(f"{PAGE}/results/{newest.id}/publish", data={"reason": "取消成绩"})

    assert (refused.status_code, newest.version) == (422, 2)
    published = queries.published_set(event.id)
    assert published is not None and published.version == 2


def test_an_appeal_is_seen_by_its_parties_alone(
    event: EventCard, sign_in: Callable[..., FlaskClient]
) -> None:
    entrant = sign_in("competitor", person_id=person_of(event, "黄㛃"))
    entry = next(one.id for one in entries(event.id) if one.name == "黄㛃")
    entrant.post(f"/appeals/new/{entry}", data={"grounds": "测量有误", "aspects": "A1-1"})
    stranger = sign_in("competitor", username="stranger", person_id=person_of(event, "韦梅静"))

    assert entrant.get("/appeals/1").status_code == 200
    assert stranger.get("/appeals/1").status_code == 403
    assert "测量有误" not in stranger.get("/appeals").text


def test_wrong_rows_of_the_promotion_table_are_named_and_nothing_typed_is_lost(
    app: Flask, sign_in: Callable[..., FlaskClient]
) -> None:
    officer = sign_in("officer")
    officer.post("/promotions", data={"name": "本市对照表", "start": "present"})
    row = {"rows": "1", "level-0": "city_1", "group-0": "workers", "first-0": "1", "last-0": "3"}

    answer = officer.post("/promotions/tables/1", data=row | {"grants-0": "2", "title-0": "钦州市技术能手"})

    assert answer.status_code == 422
    assert "请填写依据" in answer.text and "钦州市技术能手" in answer.text
    officer.post("/promotions/tables/1", data=row | {"grants-0": "2", "basis-0": "钦人社发〔2026〕1号"})
    assert [rule.basis for rule in queries.promotion_table(1).rules] == ["钦人社发〔2026〕1号"]


def test_a_setting_is_kept_with_its_source(event: EventCard, sign_in: Callable[..., FlaskClient]) -> None:
    officer = sign_in("officer")
    address = f"/office/competitions/{event.competition.code}/result-settings"
    values = {name: queries.settings_of(event.competition.id)[name] for name in SETTINGS}

    refused = officer.post(address, data=values | {"appeal_hours": "4"})
    officer.post(address, data=values | {"appeal_hours": "4", "source": "技术文件第5条"})

    assert refused.status_code == 422
    settings = queries.settings_of(event.competition.id)
    assert (settings["appeal_hours"], settings.source("appeal_hours")) == ("4", "技术文件第5条")


def test_results_in_stages_reach_entrants_before_the_public(
    app: Flask, sign_in: Callable[..., FlaskClient]
) -> None:
    event = held_contest()
    with unit():
        services.set_settings(SYSTEM, event.competition.id, {"stages": "staged"}, "技术文件")
    publish(event)
    entrant = sign_in("competitor", person_id=person_of(event, "黄㛃"))
    visitor = app.test_client()

    before = visitor.get(f"/results/{CODE}").status_code
    with unit():
        services.open_next_stage(SYSTEM, 1)

    assert "焊接" in entrant.get("/my/results").text
    assert (before, visitor.get(f"/results/{CODE}").status_code) == (404, 200)


def test_judges_and_organisations_see_results_at_the_first_stage(
    app: Flask, sign_in: Callable[..., FlaskClient]
) -> None:
    event = held_contest()
    with unit():
        services.set_settings(SYSTEM, event.competition.id, {"stages": "staged"}, "技术文件")
        school = add_organisation(SYSTEM, "钦州市技工学校", "school", None)
        entry = db.session.scalars(select(Entry).where(Entry.name == "黄㛃")).one()
        entry.organisation_id = school_id = school.id
    judge = app.test_client()
    app.config["WTF_CSRF_ENABLED"] = False
    judge.post("/sign-in", data={"username": "panel-1", "password": "correct-horse-9"})
    nominator = sign_in("institution", ("organisation", school_id))
    stranger = sign_in("judge")

    before = judge.get("/my/results/early").text
    publish(event)

    assert "焊接" not in before
    for one in (judge, nominator):
        assert "焊接" in one.get("/my/results/early").text
        sheet = one.get(f"/my/results/early/{CODE}").text
        assert "韦梅静" in sheet and "此前请勿外传" in sheet
    assert "焊接" not in stranger.get("/my/results/early").text
    assert stranger.get(f"/my/results/early/{CODE}").status_code == 404
    assert app.test_client().get(f"/results/{CODE}").status_code == 404


def test_sheet_and_book_hold_names_and_awards_and_no_work_codes(
    event: EventCard, sign_in: Callable[..., FlaskClient]
) -> None:
    officer = sign_in("officer")
    codes = {line.code for line in queries.result_page(event).lines}  # type: ignore[union-attr]

    sheet = officer.get(f"{PAGE}/results.pdf").data
    book = officer.get(f"/office/competitions/{event.competition.code}/results.pdf").data
    workbook = officer.get(f"/office/competitions/{event.competition.code}/results.xlsx").data

    for content in (sheet, book):
        pages = [page.get_textpage().get_text_range() for page in pdfium.PdfDocument(content)]
        assert "韦梅静" in "".join(pages) and "一等奖" in "".join(pages)
        assert not [code for code in codes if code in "".join(pages)]
    cells = [str(cell.value) for sheet in load_workbook(BytesIO(workbook)) for row in sheet for cell in row]
    assert "韦梅静" in cells and not codes.intersection(cells)


def test_the_report_on_judges_says_where_nothing_can_be_compared(
    event: EventCard, sign_in: Callable[..., FlaskClient]
) -> None:
    assert "暂无可比较的主观评分" in sign_in("officer").get(f"{PAGE}/results/judges").text


def test_an_open_incident_is_linked_and_stops_the_publication(
    app: Flask, sign_in: Callable[..., FlaskClient]
) -> None:
    event = held_contest()
    draft = IncidentDraft(kind="equipment", text="三号焊机跳闸", happened_at=now())
    with unit():
        services.close_event(SYSTEM, event.id)
        report_incident(SYSTEM, event.id, draft)
        compiled = services.compile_results(SYSTEM, event.id)
        result_set_id = compiled.id

    answer = sign_in("officer").get(f"{PAGE}/results")
    with pytest.raises(RuleBroken) as refused:
        services.publish_results(SYSTEM, result_set_id)

    assert "三号焊机跳闸" in answer.text
    assert refused.value.code == "incident"
