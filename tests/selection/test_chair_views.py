"""The chair's page of the meeting: present, votes, the decision and its minutes, as a chair clicks them."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from flask import Flask
from flask.testing import FlaskClient

from qzcompete.core.clock import held_at
from qzcompete.core.transaction import unit
from qzcompete.demo.selection import play as stage
from qzcompete.selection import queries

START = datetime(2026, 3, 2, tzinfo=UTC)


def test_the_meeting_is_held_voted_and_decided(app: Flask, sign_in: Callable[..., FlaskClient]) -> None:
    with held_at(START), unit():
        play = stage.begin(3, "correct-horse-9", 2026, ("studio",))
        stage.apply(play, 6, drafts=0)
        stage.recommend(play)
    class_id = play.classes["studio"]
    with held_at(START + timedelta(days=50)), unit():
        stage.finish_check(play, "studio")
        stage.finish_review(play, "studio")
        stage.finish_visits(play, "studio")
    sign_in("clerk")
    client = app.test_client()
    chair = play.chairs["studio"]
    client.post("/sign-in", data={"username": f"expert{chair}", "password": "correct-horse-9"})
    page = client.get(f"/panel/{class_id}/meeting").text
    present = re.findall(r'name="present" type="checkbox" value="(\d+)"', page)

    no_quorum = client.post(
        f"/panel/{class_id}/meeting",
        data={"held_at": "2026-04-21T09:00", "place": "会议室", "present": present[:1]},
    )
    held = client.post(
        f"/panel/{class_id}/meeting",
        data={"held_at": "2026-04-21T09:00", "place": "会议室", "present": present},
    )
    answers = []
    while votes := re.findall(
        r'action="(/panel/\d+/vote/\d+)".*?name="yes"[^>]*value="(\d+)"',
        client.get(f"/panel/{class_id}/meeting").text,
        re.S,
    ):
        address, count = votes[0]
        answers.append(client.post(address, data={"yes": count, "no": "0", "abstained": "0"}).status_code)
    wrong = client.post(f"/panel/{class_id}/decide", data={})
    decided = client.post(f"/panel/{class_id}/decide", data={"vacant_reason": "达到标准的申报不足"})

    assert (no_quorum.status_code, held.status_code, wrong.status_code, decided.status_code) == (
        422,
        302,
        422,
        302,
    )
    assert "未达到法定人数" in no_quorum.text
    assert set(answers) == {302}
    assert len(queries.standing(class_id).lists.chosen) == len(answers) == 4
    assert client.get(f"/panel/{class_id}/minutes.pdf").data.startswith(b"%PDF")
