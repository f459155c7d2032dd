"""The office's page of results: compile, blockers, publish, take away; what is published stays as it is."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from io import BytesIO

import pytest
from flask import Flask
from flask.testing import FlaskClient
from openpyxl import load_workbook

from qzcompete.core.actor import SYSTEM
from qzcompete.core.errors import RuleBroken
from qzcompete.core.transaction import unit
from qzcompete.results import queries, services
from tests.results.contest import CODE, held_contest, person_of, publish

PAGE = f"/office/events/{CODE}/results"


@pytest.fixture
def officer(sign_in: Callable[..., FlaskClient]) -> FlaskClient:
    return sign_in("officer")


def test_results_are_compiled_without_names_while_marking_is_open(officer: FlaskClient) -> None:
    held_contest()

    officer.post(f"{PAGE}/compile")
    answer = officer.get(PAGE)

    assert answer.status_code == 200
    assert "95.50" in answer.text and "一等奖" in answer.text
    assert "韦梅静" not in answer.text
    assert "/publish" not in answer.text


def test_compiling_again_makes_no_new_version_when_no_mark_changed(officer: FlaskClient) -> None:
    event = held_contest()
    officer.post(f"{PAGE}/compile")

    officer.post(f"{PAGE}/compile")

    newest = queries.newest_set(event.id)
    assert newest is not None and newest.version == 1


def test_a_tie_at_an_award_is_shown_and_stops_the_publication(officer: FlaskClient) -> None:
    event = held_contest(totals=("95.5", "95.5", "80", "61"))
    officer.post(f"{PAGE}/compile")
    answer = officer.get(PAGE)
    newest = queries.newest_set(event.id)
    assert newest is not None

    refused = officer.post(f"{PAGE}/{newest.id}/publish")

    assert "并列" in answer.text and "以下问题影响公布成绩" in answer.text
    assert refused.status_code == 422
    assert queries.published_events() == []


def test_results_are_public_when_published_by_the_office(officer: FlaskClient) -> None:
    event = held_contest()
    with unit():
        services.close_event(SYSTEM, event.id)
    officer.post(f"{PAGE}/compile")
    newest = queries.newest_set(event.id)
    assert newest is not None

    officer.post(f"{PAGE}/{newest.id}/publish")

    assert "韦梅静" in officer.get(PAGE).text
    assert officer.get(f"/results/{CODE}").status_code == 200


def test_a_published_result_is_not_published_again_or_changed(officer: FlaskClient) -> None:
    event = held_contest()
    result_set_id = publish(event)
    before = queries.compiled_document(CODE)

    again = officer.post(f"{PAGE}/{result_set_id}/publish")
    officer.post(f"{PAGE}/compile")

    newest = queries.newest_set(event.id)
    assert again.status_code == 422
    assert newest is not None and (newest.id, newest.state.value) == (result_set_id, "published")
    assert queries.compiled_document(CODE) == before


def test_publication_is_refused_when_the_second_calculator_finds_another_total(officer: FlaskClient) -> None:
    event = held_contest()
    with unit():
        services.close_event(SYSTEM, event.id)
        compiled = services.compile_results(SYSTEM, event.id)
        wrong = deepcopy(compiled.document)
        wrong["results"][0]["total"] = "95.51"
        compiled.document = wrong
        key, entry = compiled.id, wrong["results"][0]["entry"]

    refused = officer.post(f"{PAGE}/{key}/publish")

    assert refused.status_code == 422
    assert (
        f"第二计算器对 {entry} 的复算结果不同：total 应为 95.50，而不是 95.51（共 1 处差异）" in refused.text
    )
    assert queries.published_events() == []


def test_publication_is_refused_when_the_assessment_is_open(app: Flask) -> None:
    event = held_contest()
    with unit():
        compiled = services.compile_results(SYSTEM, event.id)

    with pytest.raises(RuleBroken) as refusal, unit():
        services.publish_results(SYSTEM, compiled.id)

    assert refusal.value.code == "not_closed"


def test_a_unit_that_looks_like_a_formula_is_plain_text_in_the_spreadsheet(officer: FlaskClient) -> None:
    formula = '=HYPERLINK("http://x.example","点我")'
    publish(held_contest(units=(formula, "+1", "@SUM(A1)", "-2")))

    answer = officer.get(f"/office/events/{CODE}/results.xlsx")

    (sheet,) = load_workbook(BytesIO(answer.data)).worksheets
    cells = [cell for row in sheet.iter_rows() for cell in row]
    assert [cell.value for cell in cells if cell.data_type == "f"] == []
    assert any(formula in str(cell.value) for cell in cells)


def test_results_are_closed_to_judges_and_strangers(
    client: FlaskClient, sign_in: Callable[..., FlaskClient]
) -> None:
    publish(held_contest())

    assert client.get(PAGE).status_code in (302, 401)
    assert sign_in("judge").get(PAGE).status_code == 403


def test_an_officer_of_another_competition_sees_no_results(sign_in: Callable[..., FlaskClient]) -> None:
    publish(held_contest())

    other = sign_in("officer", ("competition", 999))

    assert other.get(PAGE).status_code == 403
    assert other.get(f"/office/events/{CODE}/results.xlsx").status_code == 403


def test_the_office_reads_how_a_result_came_about(officer: FlaskClient) -> None:
    event = held_contest()
    publish(event)
    best = queries.result_page(event).lines[0]  # type: ignore[union-attr]

    page = officer.get(f"{PAGE}/explained/{best.code}")

    assert page.status_code == 200
    assert "各裁判测量一致，按该值计分" in page.text
    assert "按权重 100 折算，计入总分 95.50" in page.text
    assert "第 1 名；优于本作品的有 0 件，总分相同的有 0 件" in page.text
    assert officer.get(f"{PAGE}/explained/Z99").status_code == 404


def test_an_entrant_reads_the_own_result_only_and_only_once_published(
    sign_in: Callable[..., FlaskClient],
) -> None:
    event = held_contest()
    own = sign_in("competitor", person_id=person_of(event, "黄㛃"))
    other = sign_in("competitor", username="another")
    before = own.get(f"/my/results/{CODE}").status_code
    publish(event)

    page = own.get(f"/my/results/{CODE}")

    assert before == 404
    assert "计入总分 88.00" in page.text and "95.50" not in page.text
    assert "焊接" in own.get("/my/results").text
    assert other.get(f"/my/results/{CODE}").status_code == 404
