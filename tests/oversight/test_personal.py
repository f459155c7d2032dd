"""Personal data: the register knows every table that holds some; everybody gets their own, and nobody another's."""

from __future__ import annotations

import json
from collections.abc import Callable

from flask import Flask
from flask.testing import FlaskClient

from qzcompete.core.columns import EncryptedText
from qzcompete.extensions import db
from qzcompete.oversight.personal import OWN, REGISTER
from tests.conftest import PASSWORD
from tests.results.contest import DOCUMENTS, held_contest, person_of, publish

SignIn = Callable[..., FlaskClient]
# What a file of one's own data never holds, in whatever table.
SECRET = ("hash", "secret", "token", "seed", "codes", "index")


def test_every_table_with_personal_data_is_in_the_register(app: Flask) -> None:
    personal = {
        table.name
        for table in db.metadata.sorted_tables
        if any(isinstance(column.type, EncryptedText) for column in table.columns)
        or any(key.column.table.name == "person" for key in table.foreign_keys)
    }
    known = [name for kind in REGISTER for name in kind.tables]

    assert sorted(personal - set(known)) == []
    assert sorted(set(known) - set(db.metadata.tables)) == []
    assert len(known) == len(set(known))


def test_what_people_are_given_holds_no_secret(app: Flask) -> None:
    given = [column for part in OWN for column in part.columns]

    assert [column for column in given if any(word in column for word in SECRET)] == []
    assert {part.table for part in OWN} <= {name for kind in REGISTER for name in kind.tables}


def test_everybody_reads_the_register(client: FlaskClient) -> None:
    page = client.get("/privacy").text

    assert all(str(kind.years) in page for kind in REGISTER if kind.years)
    assert "《个人信息保护法》第四十五条" in page


def test_a_competitor_downloads_the_own_data_and_nobody_else_s(sign_in: SignIn) -> None:
    event = held_contest()
    publish(event)
    client = sign_in("competitor", person_id=person_of(event, "韦梅静"))

    answer = client.post("/account/data", data={"password": PASSWORD})

    told = json.loads(answer.data)
    assert [row["document_number"] for row in told["person"]] == [DOCUMENTS[0]]
    assert [row["name"] for row in told["entry"]] == ["韦梅静"]
    assert [(row["rank"], row["award"]) for row in told["published_results"]] == [(1, "一等奖")]
    assert "attachment" in answer.headers["Content-Disposition"]
    assert not any(other in answer.text for other in (*DOCUMENTS[1:], "黄㛃"))


def test_results_that_are_not_published_are_not_in_the_own_data(sign_in: SignIn) -> None:
    event = held_contest()
    client = sign_in("competitor", person_id=person_of(event, "韦梅静"))

    told = json.loads(client.post("/account/data", data={"password": PASSWORD}).data)

    assert told["published_results"] == []
    assert "95.5" not in json.dumps(told)


def test_the_own_data_asks_for_the_password(sign_in: SignIn) -> None:
    client = sign_in("competitor")

    answer = client.post("/account/data", data={"password": "not-the-password-1"})

    assert answer.status_code == 422
    assert "attachment" not in answer.headers.get("Content-Disposition", "")


def test_guesses_at_the_password_are_counted(sign_in: SignIn) -> None:
    client = sign_in("competitor")

    answers = [
        client.post("/account/data", data={"password": f"not-the-password-{place}"}).status_code
        for place in range(11)
    ]

    assert answers == [422] * 10 + [429]
    assert client.post("/account/erasure", data={"erasure-password": PASSWORD}).status_code == 429
