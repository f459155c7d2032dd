"""Passkeys: they sign in by themselves, once for each challenge, and nothing else does in their name."""

from __future__ import annotations

import json
import resource
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup
from fido2 import cbor
from fido2.utils import websafe_encode
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from qzcompete.core.actor import SYSTEM
from qzcompete.core.clock import held_at, now
from qzcompete.core.errors import RuleBroken
from qzcompete.core.transaction import unit
from qzcompete.people import queries, services
from qzcompete.people.models import Account
from tests.conftest import PASSWORD
from tests.people.authenticator import Authenticator

SignIn = Callable[..., FlaskClient]


@pytest.fixture(autouse=True)
def named_site(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.config, "QZ", replace(app.config["QZ"], public_url="https://jn.example.cn"))


@pytest.fixture
def officer(sign_in: SignIn) -> FlaskClient:
    return sign_in("officer", username="wei")


def asked(page: str) -> dict[str, Any]:
    form = BeautifulSoup(page, "html.parser").select_one("form[data-passkey]")
    assert form is not None
    return json.loads(str(form["data-options"]))


def set_up(client: FlaskClient, device: Authenticator, name: str = "手机") -> Any:
    page = client.post("/account/passkeys/new", data={"name": name, "password": PASSWORD}).text
    return client.post("/account/passkeys", data={"credential": device.make(asked(page))})


def signed_in_with(app: Flask, device: Authenticator, **changed: Any) -> tuple[FlaskClient, Any]:
    client = app.test_client()
    options = asked(client.get("/sign-in").text)
    return client, client.post("/sign-in/passkey", data={"credential": device.sign(options, **changed)})


def test_a_passkey_signs_in_by_itself(app: Flask, officer: FlaskClient) -> None:
    device = Authenticator()
    set_up(officer, device)

    client, answer = signed_in_with(app, device)

    assert (answer.status_code, answer.headers["Location"]) == (302, "/desk")
    assert client.get("/desk").status_code == 200


def test_the_first_passkey_comes_with_recovery_codes_and_the_next_without(officer: FlaskClient) -> None:
    first, second = set_up(officer, Authenticator()), set_up(officer, Authenticator(), "办公电脑")

    assert len(BeautifulSoup(first.text, "html.parser").select(".code-list code")) == 10
    assert (second.status_code, second.headers["Location"]) == (302, "/account/security")
    page = officer.get("/account/security").text
    assert "手机" in page and "办公电脑" in page


def test_the_password_alone_opens_nothing_once_there_is_a_passkey(app: Flask, officer: FlaskClient) -> None:
    device = Authenticator()
    codes = BeautifulSoup(set_up(officer, device).text, "html.parser").select(".code-list code")
    client = app.test_client()

    half = client.post("/sign-in", data={"username": "wei", "password": PASSWORD})
    page = client.get("/sign-in/code")
    by_key = client.post("/sign-in/passkey", data={"credential": device.sign(asked(page.text))})
    other = app.test_client()
    other.post("/sign-in", data={"username": "wei", "password": PASSWORD})
    by_code = other.post("/sign-in/code", data={"code": codes[0].text})

    assert half.headers["Location"].startswith("/sign-in/code")
    assert (by_key.status_code, by_code.status_code) == (302, 302)


def test_who_must_have_a_second_factor_may_take_a_passkey(
    app: Flask, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "QZ", replace(app.config["QZ"], second_factor_roles=("officer",)))
    officer, device = sign_in("officer", username="wei"), Authenticator()
    assert officer.get("/office/competitions").headers["Location"] == "/account/second-factor"

    set_up(officer, device)

    assert officer.get("/office/competitions").status_code == 200
    client, _ = signed_in_with(app, device)
    assert client.get("/office/competitions").status_code == 200


def faulty(fault: str, device: Authenticator) -> dict[str, Any]:
    """Make the device answer with this fault; what of its response is changed besides."""
    if fault == "another page asks":
        device.origin = "https://jn.example.cn.evil.example"
    elif fault == "the owner was not asked":
        device.asks_owner = False
    elif fault == "a key that nobody knows":
        device.id = b"unknown key of nobody"
    elif fault == "another key signs":
        device.key = Authenticator().key
    elif fault == "the count does not grow":
        device.signatures = -1
    elif fault == "another holder":
        return {"userHandle": "AAAA"}
    else:
        return {"userHandle": None}
    return {}


@pytest.mark.parametrize(
    "fault",
    [
        "another page asks",
        "the owner was not asked",
        "a key that nobody knows",
        "another key signs",
        "the count does not grow",
        "another holder",
        "no holder",
    ],
)
def test_an_answer_with_a_fault_signs_nobody_in(app: Flask, officer: FlaskClient, fault: str) -> None:
    device = Authenticator()
    device.signatures = 5
    set_up(officer, device)

    client, answer = signed_in_with(app, device, **faulty(fault, device))

    assert answer.status_code == 422 and "无法识别该通行密钥" in answer.text
    assert client.get("/desk").status_code == 302


def test_a_challenge_counts_once(app: Flask, officer: FlaskClient) -> None:
    device, client = Authenticator(), app.test_client()
    set_up(officer, device)
    options = asked(client.get("/sign-in").text)
    cookie = client.get_cookie("qz_session")
    assert cookie is not None
    first = client.post("/sign-in/passkey", data={"credential": device.sign(options)})
    thief = app.test_client()
    thief.set_cookie("qz_session", cookie.value)

    again = thief.post("/sign-in/passkey", data={"credential": device.sign(options)})

    assert (first.status_code, again.status_code) == (302, 422)
    assert "操作超时" in again.text


def test_a_challenge_of_another_session_or_an_old_one_counts_nothing(
    app: Flask, officer: FlaskClient
) -> None:
    device, client = Authenticator(), app.test_client()
    set_up(officer, device)
    options = asked(client.get("/sign-in").text)

    elsewhere = app.test_client().post("/sign-in/passkey", data={"credential": device.sign(options)})
    with held_at(now() + timedelta(minutes=11)):
        late = client.post("/sign-in/passkey", data={"credential": device.sign(options)})

    assert (elsewhere.status_code, late.status_code) == (422, 422)


def test_a_disabled_account_does_not_come_in(app: Flask, officer: FlaskClient) -> None:
    device = Authenticator()
    set_up(officer, device)
    with unit():
        account = queries.account_named("wei")
        assert account is not None
        services.set_account_state(SYSTEM, account, "disabled")

    _, answer = signed_in_with(app, device)

    assert answer.status_code == 422


def test_a_new_passkey_asks_for_the_password_and_for_this_very_page(app: Flask, officer: FlaskClient) -> None:
    device = Authenticator("https://elsewhere.example")

    wrong = officer.post("/account/passkeys/new", data={"name": "手机", "password": "wrong-horse-99"})
    foreign = set_up(officer, device)
    unasked = officer.post("/account/passkeys", data={"credential": "{}"})

    assert wrong.status_code == 422 and "当前密码不正确" in wrong.text
    assert {foreign.headers["Location"], unasked.headers["Location"]} == {"/account/passkeys/new"}
    assert "尚未设置通行密钥" in officer.get("/account/security").text


def test_the_same_passkey_is_set_up_once(officer: FlaskClient) -> None:
    device = Authenticator()
    set_up(officer, device)

    again = set_up(officer, device)

    assert again.status_code == 422 and "该通行密钥已设置过" in again.text
    assert officer.get("/account/security").text.count('data-open-dialog="remove-passkey-') == 1


def test_a_removed_passkey_opens_nothing_and_its_sessions_end(app: Flask, officer: FlaskClient) -> None:
    device = Authenticator()
    set_up(officer, device)
    client, _ = signed_in_with(app, device)
    account = queries.account_named("wei")
    assert account is not None
    key = services.keys_of(account)[0].id

    officer.post(f"/account/passkeys/{key}/remove", data={f"passkey-{key}-password": "wrong-horse-99"})
    assert client.get("/desk").status_code == 200
    officer.post(f"/account/passkeys/{key}/remove", data={f"passkey-{key}-password": PASSWORD})

    assert client.get("/desk").status_code == 302
    assert officer.get("/desk").status_code == 200
    assert signed_in_with(app, device)[1].status_code == 422
    again = app.test_client().post("/sign-in", data={"username": "wei", "password": PASSWORD})
    assert again.headers["Location"] == "/desk"


def test_nobody_removes_another_ones_passkey(officer: FlaskClient, sign_in: SignIn) -> None:
    set_up(officer, Authenticator())
    account = queries.account_named("wei")
    assert account is not None
    key = services.keys_of(account)[0].id

    answer = sign_in("judge").post(
        f"/account/passkeys/{key}/remove", data={f"passkey-{key}-password": PASSWORD}
    )

    assert answer.status_code == 404
    assert "手机" in officer.get("/account/security").text


def test_an_administrator_removes_all_after_a_lost_device(
    app: Flask, officer: FlaskClient, sign_in: SignIn
) -> None:
    device = Authenticator()
    set_up(officer, device)
    account = queries.account_named("wei")
    assert account is not None

    sign_in("admin").post(f"/accounts/{account.id}/second-factor/remove")

    assert signed_in_with(app, device)[1].status_code == 422
    assert officer.get("/desk").status_code == 302


def test_a_site_without_a_name_offers_none(
    app: Flask, officer: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "QZ", replace(app.config["QZ"], public_url="http://10.0.0.7:8000"))

    assert "data-passkey" not in app.test_client().get("/sign-in").text
    assert "通行密钥要求网站使用域名" in officer.get("/account/security").text


@pytest.fixture
def holder(officer: FlaskClient) -> Account:
    account = queries.account_named("wei")
    assert account is not None
    return account


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(0, 2**60) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
CBOR = VALUES.filter(lambda value: "None" not in str(value))
CLIENT = st.fixed_dictionaries({name: VALUES for name in ("type", "challenge", "origin")})
ATTESTATION = st.fixed_dictionaries({name: CBOR for name in ("fmt", "authData", "attStmt")})
MEMBER = (
    VALUES
    | CLIENT.map(lambda told: websafe_encode(json.dumps(told).encode()))
    | ATTESTATION.map(lambda told: websafe_encode(cbor.encode(told)))
)
NAMES = ("clientDataJSON", "authenticatorData", "signature", "userHandle", "attestationObject")
RESPONSE = st.fixed_dictionaries({name: MEMBER for name in NAMES})
ANSWER = st.fixed_dictionaries({"rawId": VALUES | st.just("AAAA"), "response": RESPONSE | VALUES})


@pytest.fixture
def little_memory() -> Iterator[None]:
    """A number that is taken for a size must fail here, and not bring the machine down."""
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    before = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (pages * resource.getpagesize() + 2**30, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_AS, before)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=(ANSWER | VALUES).map(json.dumps) | st.sampled_from(["[" * 9000, "{", "x" * 20_000]))
@example(text='{"rawId": "AAAA", "response": {"attestationObject": 56867107419}}')
@example(text='{"rawId": 56867107419, "response": {}}')
@pytest.mark.usefixtures("little_memory")
def test_nonsense_is_refused_and_costs_nothing(app: Flask, holder: Account, text: str) -> None:
    with app.test_request_context():
        asked_now = services.ask_for_passkey()
        assert asked_now is not None

        with pytest.raises(RuleBroken):
            services.holder_of_passkey(asked_now.state, text)
        with pytest.raises(RuleBroken):
            services.add_passkey(SYSTEM, holder, "手机", asked_now.state, text)


def test_a_size_in_place_of_bytes_is_refused(app: Flask, holder: Account, little_memory: None) -> None:
    attestation = websafe_encode(cbor.encode({"fmt": "none", "authData": 2**36, "attStmt": {}}))
    told = {"rawId": "AAAA", "response": {"clientDataJSON": "e30", "attestationObject": attestation}}
    with app.test_request_context():
        asked_now = services.ask_for_new_passkey(holder)

        with pytest.raises(RuleBroken):
            services.add_passkey(SYSTEM, holder, "手机", asked_now.state, json.dumps(told))


def test_who_guesses_the_password_of_an_open_session_is_stopped(officer: FlaskClient) -> None:
    guessed = {"name": "手机", "password": "wrong-horse-99"}
    answers = [officer.post("/account/passkeys/new", data=guessed).status_code for _ in range(11)]

    assert answers == [422] * 10 + [429]
    own = {"old_password": PASSWORD, "password": "quite-another-7", "again": "quite-another-7"}
    assert officer.post("/account/password", data=own).status_code == 429
