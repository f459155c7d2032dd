"""Organisations: their credit code is checked, names and codes are unique, an account acts for one."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from qzcompete.people.queries import account_named, organisation_named

SignIn = Callable[..., FlaskClient]
CODE = "91350100M000100Y43"


def sent(client: FlaskClient, **values: str) -> tuple[int, str]:
    answer = client.post("/organisations/new", data={"name": "浦北县职业学校", "kind": "school"} | values)
    return answer.status_code, answer.text


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("91350100M000100Y4", "应为 18 位"),
        ("91350100M000100Y44", "校验位不符"),
        ("91350100M000100O43", "不应出现的字符"),
    ],
)
def test_a_wrong_code_is_told_at_its_field(sign_in: SignIn, code: str, told: str) -> None:
    status, page = sent(sign_in("officer"), uscc=code)

    assert status == 422
    assert told in page
    assert f'value="{code}"' in page


def test_name_and_code_belong_to_one_organisation(sign_in: SignIn) -> None:
    office = sign_in("officer")
    assert sent(office, uscc="9135 0100 M000 100Y 43")[0] == 302
    found = organisation_named("浦北县职业学校")
    assert found is not None
    assert found.uscc == CODE

    assert sent(office)[0] == 422
    assert sent(office, name="另一所学校", uscc=CODE)[0] == 422
    assert (
        office.post(
            f"/organisations/{found.id}", data={"name": "浦北县第一职业学校", "kind": "school"}
        ).status_code
        == 302
    )
    assert organisation_named("浦北县第一职业学校") is not None


def test_an_organisations_account_acts_for_it_alone(sign_in: SignIn) -> None:
    admin = sign_in("admin")
    sent(admin)
    found = organisation_named("浦北县职业学校")
    assert found is not None
    values = {"username": "pbzx", "name": "报名员", "role": "institution", "password": "correct-horse-9"}

    without = admin.post("/accounts/new", data=values | {"organisation_id": "0"})
    made = admin.post("/accounts/new", data=values | {"organisation_id": str(found.id)})

    assert (without.status_code, made.status_code) == (422, 302)
    account = account_named("pbzx")
    assert account is not None
    assert [(grant.scope_kind, grant.scope_id) for grant in account.grants] == [("organisation", found.id)]
