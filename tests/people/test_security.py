"""The second factor, recovery codes, sessions that are ended from elsewhere, invitations, disabled accounts."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from http.cookies import SimpleCookie

import pyotp
import pytest
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient

from qzcompete.core.actor import SYSTEM
from qzcompete.core.clock import held_at, now
from qzcompete.core.transaction import unit
from qzcompete.people import queries, services
from qzcompete.people.services import accounts
from tests.conftest import PASSWORD

SignIn = Callable[..., FlaskClient]


@pytest.fixture
def officer(sign_in: SignIn) -> FlaskClient:
    return sign_in("officer", username="wei")


def secret_of(client: FlaskClient) -> str:
    client.post("/account/second-factor/begin")
    code = BeautifulSoup(client.get("/account/second-factor").text, "html.parser").select_one("main code")
    assert code is not None
    return code.text.replace(" ", "")


def enrolled(client: FlaskClient) -> tuple[pyotp.TOTP, list[str]]:
    """(the app, the recovery codes) after the owner has switched the second factor on."""
    app = pyotp.TOTP(secret_of(client))
    page = client.post("/account/second-factor", data={"code": app.at(now())})
    codes = [one.text for one in BeautifulSoup(page.text, "html.parser").select(".code-list code")]
    assert len(codes) == 10
    return app, codes


def half_in(app: Flask) -> FlaskClient:
    """Somebody who has given the right password, and not the code."""
    client = app.test_client()
    answer = client.post("/sign-in", data={"username": "wei", "password": PASSWORD})
    assert answer.headers["Location"].startswith("/sign-in/code")
    return client


def test_the_password_alone_opens_nothing_once_a_second_factor_is_set(
    app: Flask, officer: FlaskClient
) -> None:
    enrolled(officer)

    client = half_in(app)

    assert client.get("/desk").headers["Location"].startswith("/sign-in")


def test_a_code_of_the_app_signs_in_once(app: Flask, officer: FlaskClient) -> None:
    totp, _codes = enrolled(officer)
    later = now() + timedelta(seconds=90)

    with held_at(later):
        first = half_in(app).post("/sign-in/code", data={"code": totp.at(later)})
        again = half_in(app).post("/sign-in/code", data={"code": totp.at(later)})

    assert (first.status_code, first.headers["Location"]) == (302, "/desk")
    assert again.status_code == 422
    assert "验证码不正确" in again.text


def test_a_recovery_code_signs_in_once(app: Flask, officer: FlaskClient) -> None:
    _totp, codes = enrolled(officer)

    first = half_in(app).post("/sign-in/code", data={"code": codes[3].upper()})
    again = half_in(app).post("/sign-in/code", data={"code": codes[3]})

    assert (first.status_code, again.status_code) == (302, 422)
    assert "剩余9个" in officer.get("/account/security").text


def test_wrong_codes_lock_the_account_as_wrong_passwords_do(app: Flask, officer: FlaskClient) -> None:
    totp, _codes = enrolled(officer)
    client = half_in(app)
    for _ in range(5):
        assert client.post("/sign-in/code", data={"code": "000000"}).status_code == 422

    locked = client.post("/sign-in/code", data={"code": totp.at(now() + timedelta(seconds=30))})

    assert locked.status_code == 422
    assert "分钟后再试" in locked.text or "请等待" in locked.text


def test_a_role_that_must_have_one_does_nothing_before_it_is_set(
    app: Flask, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "QZ", replace(app.config["QZ"], second_factor_roles=("officer",)))
    officer, judge = sign_in("officer", username="wei"), sign_in("judge")

    assert officer.get("/office/competitions").headers["Location"] == "/account/second-factor"
    assert judge.get("/marking").status_code == 200

    enrolled(officer)
    assert officer.get("/office/competitions").status_code == 200


def test_removing_the_second_factor_asks_for_the_password(app: Flask, officer: FlaskClient) -> None:
    enrolled(officer)

    officer.post("/account/second-factor/remove", data={"remove-password": "wrong-horse-99"})
    assert "已启用：" in officer.get("/account/security").text

    officer.post("/account/second-factor/remove", data={"remove-password": PASSWORD})
    assert "设置二次验证" in officer.get("/account/security").text


def test_an_administrator_helps_after_a_lost_phone(officer: FlaskClient, sign_in: SignIn, app: Flask) -> None:
    enrolled(officer)
    account = queries.account_named("wei")
    assert account is not None

    sign_in("admin").post(f"/accounts/{account.id}/second-factor/remove")

    assert officer.get("/desk").status_code == 302
    entered = app.test_client().post("/sign-in", data={"username": "wei", "password": PASSWORD})
    assert entered.headers["Location"] == "/desk"


def test_a_session_is_ended_from_another_device(app: Flask, officer: FlaskClient) -> None:
    other = app.test_client()
    other.post("/sign-in", data={"username": "wei", "password": PASSWORD})
    assert other.get("/desk").status_code == 200

    page = officer.get("/account/security").text
    (address,) = re.findall(r"/account/sessions/\d+/end", page)
    officer.post(address)

    assert other.get("/desk").status_code == 302
    assert officer.get("/desk").status_code == 200


def test_nobody_ends_another_ones_session(officer: FlaskClient, sign_in: SignIn, app: Flask) -> None:
    second = app.test_client()
    second.post("/sign-in", data={"username": "wei", "password": PASSWORD})
    (address,) = re.findall(r"/account/sessions/\d+/end", officer.get("/account/security").text)

    refused = sign_in("judge").post(address)

    assert refused.status_code == 404
    assert second.get("/desk").status_code == 200


def test_a_copied_cookie_is_worth_nothing_after_signing_out(app: Flask, officer: FlaskClient) -> None:
    cookie = officer.get_cookie("qz_session")
    assert cookie is not None
    thief = app.test_client()
    thief.set_cookie("qz_session", cookie.value)
    assert thief.get("/desk").status_code == 200

    officer.post("/sign-out")

    assert thief.get("/desk").status_code == 302


def test_signing_in_gives_another_session_than_the_one_before(app: Flask, officer: FlaskClient) -> None:
    client = app.test_client()
    client.post("/language", data={"language": "en"})
    before = client.get_cookie("qz_session")

    answer = client.post("/sign-in", data={"username": "wei", "password": PASSWORD})

    after = SimpleCookie(answer.headers["Set-Cookie"])["qz_session"]
    assert before is not None and before.value != after.value
    assert after["httponly"] and after["samesite"] == "Lax"


def invitation(admin: FlaskClient, username: str) -> str:
    account = queries.account_named(username)
    assert account is not None
    page = admin.post(f"/accounts/{account.id}/invite").text
    (address,) = re.findall(r"http://[^/]+(/invitation/[\w-]+)", page)
    return address


def test_an_invited_person_sets_the_password_once(app: Flask, sign_in: SignIn) -> None:
    admin, guest = sign_in("admin"), app.test_client()
    made = admin.post("/accounts/new", data={"username": "chen", "name": "陈伟", "role": "judge"})
    (address,) = re.findall(r"http://[^/]+(/invitation/[\w-]+)", made.text)
    new = {"password": "a-new-sentence-7", "again": "a-new-sentence-7"}

    weak = guest.post(address, data={"password": "short", "again": "short"})
    first = guest.post(address, data=new)
    again = guest.post(address, data=new)

    assert (weak.status_code, first.status_code, again.status_code) == (422, 302, 404)
    entered = guest.post("/sign-in", data={"username": "chen", "password": "a-new-sentence-7"})
    assert entered.headers["Location"] == "/desk"


def test_an_invitation_ends_after_a_week_and_with_the_next_one(
    app: Flask, officer: FlaskClient, sign_in: SignIn
) -> None:
    admin, guest = sign_in("admin"), app.test_client()
    first = invitation(admin, "wei")
    second = invitation(admin, "wei")

    assert (guest.get(first).status_code, guest.get(second).status_code) == (404, 200)
    with held_at(now() + timedelta(days=7, minutes=1)):
        assert guest.get(second).status_code == 404


def test_a_disabled_account_is_out_at_once(app: Flask, officer: FlaskClient, sign_in: SignIn) -> None:
    account = queries.account_named("wei")
    assert account is not None

    sign_in("admin").post(f"/accounts/{account.id}/state", data={"state": "disabled"})

    assert officer.get("/desk").status_code == 302
    assert (
        app.test_client().post("/sign-in", data={"username": "wei", "password": PASSWORD}).status_code == 422
    )


def test_nobody_disables_the_own_account(sign_in: SignIn) -> None:
    admin = sign_in("admin", username="root1")
    account = queries.account_named("root1")
    assert account is not None

    admin.post(f"/accounts/{account.id}/state", data={"state": "disabled"})

    assert admin.get("/desk").status_code == 200


def test_one_address_cannot_try_without_end(
    app: Flask, officer: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    from qzcompete.people.views import sign_in as view

    monkeypatch.setattr(view, "MOST_SIGN_INS", 3)
    client = app.test_client()
    with unit():
        services.create_account(SYSTEM, "lu", "陆军", PASSWORD, [("judge", ("city", 0))])

    answers = [client.post("/sign-in", data={"username": name, "password": "x" * 12}) for name in "abc"]
    blocked = client.post("/sign-in", data={"username": "lu", "password": PASSWORD})

    assert [answer.status_code for answer in answers] == [422] * 3
    assert "尝试次数过多" in blocked.text
    assert client.get("/desk").status_code == 302


@pytest.mark.parametrize("username", ["wei", "nobody-of-this-name"])
def test_a_wrong_password_costs_one_hash_whether_the_name_is_known_or_not(
    app: Flask, officer: FlaskClient, monkeypatch: pytest.MonkeyPatch, username: str
) -> None:
    """Counted, for a clock on a shared machine tells nothing."""
    verified: list[str] = []
    hashing = accounts.hasher

    class Counting:
        def verify(self, *given: str) -> bool:
            verified.append(given[0])
            return hashing.verify(*given)

    monkeypatch.setattr(accounts, "hasher", Counting())

    answer = app.test_client().post("/sign-in", data={"username": username, "password": "wrong-horse-9"})

    assert answer.status_code == 422
    assert len(verified) == 1
    assert verified[0].startswith("$argon2id$")


@pytest.mark.parametrize("address", ["/", "/audit/anchors", "/verify", "/sign-in?next=/desk", "/accounts"])
def test_a_foreign_host_header_stands_nowhere_in_an_answer(client: FlaskClient, address: str) -> None:
    answer = client.get(address, headers={"Host": "evil.example", "X-Forwarded-Host": "evil.example"})

    assert "evil.example" not in answer.text
    assert "evil.example" not in answer.headers.get("Location", "")


def test_fields_that_no_form_has_change_nothing(app: Flask, sign_in: SignIn, officer: FlaskClient) -> None:
    """Mass assignment: the officer sends what only an administrator may set along with an own password."""
    given = {"old_password": PASSWORD, "password": "another-horse-10", "again": "another-horse-10"}
    more = {"username": "root", "role": "admin", "state": "disabled", "person_id": "1", "session_epoch": "99"}

    answer = officer.post("/account/password", data=given | more)

    account = queries.account_named("wei")
    assert answer.status_code == 302
    assert account is not None and account.is_active
    assert [grant.role for grant in account.grants] == ["officer"]
    assert (account.person_id, account.session_epoch) == (None, 2)
