"""The pages of the ceremony: who may open them, and what they show when."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from qzcompete.core.actor import SYSTEM
from qzcompete.core.transaction import unit
from qzcompete.registration import queries
from qzcompete.registration import services as registration
from qzcompete.results import services as results
from tests.registration.ceremony import PASSWORD, TOTALS, drawn, mark_all, prepared
from tests.results.contest import CODE, held_contest, publish

SignIn = Callable[..., FlaskClient]


def entered(app: Flask, username: str) -> FlaskClient:
    app.config["WTF_CSRF_ENABLED"] = False
    client = app.test_client()
    assert client.post("/sign-in", data={"username": username, "password": PASSWORD}).status_code == 302
    return client


def test_an_officer_prepares_the_ceremony_on_its_page(app: Flask, sign_in: SignIn) -> None:
    held = prepared()
    office = sign_in("officer")
    keepers = {f"keeper_{place}": str(one.account_id) for place, one in enumerate(held.keepers, 1)}

    for path, data in (
        ("layers", {"layers": "3", "source": "规程第6条"}),
        ("keepers", keepers),
        ("commitment", {}),
    ):
        assert office.post(f"/office/events/{CODE}/ceremony/{path}", data=data).status_code == 302

    page = office.get(f"/office/events/{CODE}/ceremony").text
    assert "规程第6条" in page
    assert queries.commitments(held.event.id)[0].commitment in page
    assert "即将开始抽签" in office.get(f"/office/events/{CODE}/ceremony/screen").text


def test_what_was_typed_stays_when_keepers_touch(app: Flask, sign_in: SignIn) -> None:
    held = prepared()
    office = sign_in("officer")
    same = str(held.keepers[0].account_id)

    answer = office.post(
        f"/office/events/{CODE}/ceremony/keepers",
        data={"keeper_1": same, "keeper_2": same, "keeper_3": str(held.keepers[2].account_id)},
    )

    assert answer.status_code == 422
    assert "同一人不得保管相邻两层密码" in answer.text


def test_the_screen_shows_the_order_and_no_name_when_lots_are_drawn(app: Flask, sign_in: SignIn) -> None:
    held = drawn()
    page = sign_in("officer").get(f"/office/events/{CODE}/ceremony/screen").text

    assert all(number in page for number in ("001", "002", "003", "004"))
    assert all(name not in page for name in TOTALS)
    assert queries.commitments(held.event.id)[0].commitment[:8] in page


def test_two_people_open_a_layer_on_their_pages(app: Flask) -> None:
    held = drawn()
    mark_all(held.event)
    with unit():
        results.close_event(SYSTEM, held.event.id)
    keeper, supervisor = entered(app, "keeper-3"), entered(app, "watcher")

    assert "申请解密" in keeper.get("/codes").text
    assert keeper.post(f"/codes/{CODE}/3/ask", data={"reason": "评分结束"}).status_code == 302
    assert "确认解密" in supervisor.get("/openings").text
    assert supervisor.post(f"/openings/{CODE}/3/confirm").status_code == 302

    shown = supervisor.post(f"/openings/{CODE}/3/list").text
    assert "G001" in shown
    assert all(name not in shown for name in TOTALS)
    assert supervisor.post(f"/openings/{CODE}/2/list").status_code == 403


def test_a_keeper_prints_slips_of_the_own_layer_only(app: Flask) -> None:
    drawn()
    keeper = entered(app, "keeper-1")

    slips = keeper.post(f"/codes/{CODE}/1/slips", data={"reason": "制作信封"})

    assert slips.data.startswith(b"%PDF")
    assert slips.headers["Content-Disposition"] == f'inline; filename="slips-{CODE}-1.pdf"'
    assert keeper.post(f"/codes/{CODE}/2/slips", data={"reason": "制作信封"}).status_code == 422
    assert keeper.post(f"/codes/{CODE}/1/list", data={"reason": ""}).status_code == 422


@pytest.mark.parametrize("role", ["judge", "chief_judge", "officer", "supervisor", "admin"])
def test_no_other_role_reads_a_layer(app: Flask, sign_in: SignIn, role: str) -> None:
    drawn()
    client = sign_in(role)

    for path in ("list", "slips", "ask"):
        assert client.post(f"/codes/{CODE}/1/{path}", data={"reason": "想看看"}).status_code == 403


def test_everybody_checks_the_draw_when_results_are_published(app: Flask, client: FlaskClient) -> None:
    event = held_contest()
    before = client.get(f"/draws/{CODE}").text
    publish(event)
    with unit():
        registration.reveal_seed(SYSTEM, event.id)

    page = client.get(f"/draws/{CODE}").text

    assert "a seed of the test" not in before
    assert "a seed of the test" in page
    assert "每一步均与承诺一致" in page
    assert all(name not in page for name in TOTALS)
    assert client.get(f"/draws/{CODE}.json").json["drawn"][0]["kind"] == "work"


def test_there_is_no_public_page_before_a_commitment(app: Flask, client: FlaskClient) -> None:
    prepared()

    assert client.get(f"/draws/{CODE}").status_code == 404
    assert client.get("/draws/NOTHING").status_code == 404
