"""What anybody sees without an account: competitions, published results, health; never a draft or a code."""

from __future__ import annotations

from flask import Flask
from flask.testing import FlaskClient

from qzcompete.competitions import services as competitions
from qzcompete.competitions.services import EventDraft
from qzcompete.core.actor import SYSTEM
from qzcompete.core.transaction import unit
from tests.results.contest import CODE, held_contest, publish, the_competition


def test_home_says_that_there_is_nothing_when_the_city_is_empty(client: FlaskClient) -> None:
    page = client.get("/")

    assert page.status_code == 200
    assert "暂无已发布的竞赛。" in page.text
    assert "暂无已公布的成绩。" in page.text


def test_home_leads_to_competitions_and_published_results(client: FlaskClient) -> None:
    publish(held_contest())

    page = client.get("/")

    assert "/competitions/ZYJN2026" in page.text
    assert f"/results/{CODE}" in page.text


def test_results_show_names_and_totals_but_no_work_code_or_document(client: FlaskClient) -> None:
    publish(held_contest())

    page = client.get(f"/results/{CODE}")

    assert page.status_code == 200
    for words in ("韦梅静", "95.50", "一等奖", "阿依古丽·买买提"):
        assert words in page.text
    for secret in ("11010519491231002X", "作品编号", "平板对接"):
        assert secret not in page.text


def test_results_are_not_found_before_their_publication(client: FlaskClient) -> None:
    held_contest()

    assert client.get(f"/results/{CODE}").status_code == 404
    assert client.get("/results/NOSUCH").status_code == 404


def test_a_draft_competition_is_not_shown(client: FlaskClient) -> None:
    with unit():
        competitions.create_competition(SYSTEM, the_competition("还在准备的大赛"))

    assert client.get("/competitions/ZYJN2026").status_code == 404
    assert "还在准备的大赛" not in client.get("/").text


def test_a_draft_event_is_not_shown_with_its_competition(client: FlaskClient) -> None:
    event = held_contest()
    with unit():
        draft = EventDraft(name="还没有定的赛项", occupation_code="6-18-02-04", code="DRAFT1")
        competitions.create_event(SYSTEM, event.competition.id, draft)

    page = client.get("/competitions/ZYJN2026")

    assert "焊接" in page.text
    assert "还没有定的赛项" not in page.text


def test_healthz_says_only_that_the_process_lives(client: FlaskClient) -> None:
    answer = client.get("/healthz")

    assert (answer.status_code, answer.json) == (200, {"status": "ok"})


def test_readyz_is_ready_when_database_and_folder_answer(client: FlaskClient) -> None:
    answer = client.get("/readyz")

    assert (answer.status_code, answer.json) == (200, {"status": "ready", "faults": []})


def test_readyz_names_the_fault_when_the_data_folder_is_gone(app: Flask, client: FlaskClient) -> None:
    from dataclasses import replace
    from pathlib import Path

    settings = app.config["QZ"]
    app.config["QZ"] = replace(settings, data_dir=Path("/nowhere"))
    answer = client.get("/readyz")
    app.config["QZ"] = settings

    assert answer.status_code == 503
    assert answer.json["faults"] == ["data folder cannot be written"]


def test_a_static_file_is_not_sent_again_when_its_tag_is_known(client: FlaskClient) -> None:
    first = client.get("/static/css/tokens.css")

    again = client.get("/static/css/tokens.css", headers={"If-None-Match": first.headers["ETag"]})

    assert (first.status_code, again.status_code, again.data) == (200, 304, b"")
