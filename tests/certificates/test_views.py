"""Who may issue, revoke, download and verify a certificate, and what each of them sees."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import unquote

import pytest
from flask import Flask
from flask.testing import FlaskClient

from qzcompete.certificates import queries, services
from qzcompete.certificates.models import Certificate
from qzcompete.core.actor import SYSTEM
from qzcompete.core.transaction import unit
from qzcompete.worker import Worker
from tests.results.contest import CODE, held_contest, person_of, publish

SignIn = Callable[..., FlaskClient]


@pytest.fixture
def issued(app: Flask) -> Certificate:
    """The first of three certificates, with its file; it is 韦梅静's."""
    publish(held_contest())
    with unit():
        services.issue_batch(SYSTEM, CODE)
    Worker(app).run(until_idle=True)
    return queries.of_event(CODE)[0]


def test_the_office_issues_and_sees_the_job(sign_in: SignIn) -> None:
    publish(held_contest())
    officer = sign_in("officer")

    answer = officer.post(f"/office/events/{CODE}/certificates")

    assert answer.headers["Location"] == "/jobs/1"
    assert len(queries.of_event(CODE)) == 3
    assert "黄㛃" in officer.get(f"/certificates?event={CODE}").text


def test_issuing_again_goes_back_to_the_list_when_all_is_issued(sign_in: SignIn, issued: Certificate) -> None:
    answer = sign_in("officer").post(f"/office/events/{CODE}/certificates")

    assert answer.headers["Location"] == f"/certificates?event={CODE}"
    assert len(queries.of_event(CODE)) == 3


@pytest.mark.parametrize("role", ["judge", "competitor", "supervisor", "institution"])
def test_nobody_but_the_office_issues(sign_in: SignIn, role: str) -> None:
    publish(held_contest())

    answer = sign_in(role).post(f"/office/events/{CODE}/certificates")

    assert answer.status_code == 403
    assert queries.of_event(CODE) == []


def test_the_winner_downloads_the_own_certificate_and_no_other(sign_in: SignIn, issued: Certificate) -> None:
    winner = sign_in("competitor", person_id=issued.person_id)
    other = queries.of_event(CODE)[1].id

    own, foreign = (winner.get(f"/certificates/{key}.pdf") for key in (issued.id, other))

    assert (own.status_code, own.mimetype, own.data[:5]) == (200, "application/pdf", b"%PDF-")
    assert foreign.status_code == 403
    assert issued.number in winner.get("/my/certificates").text


@pytest.mark.parametrize(
    ("role", "scope", "status"),
    [
        ("officer", ("city", 0), 200),
        ("officer", ("competition", 1), 200),
        ("officer", ("competition", 999), 403),
        ("supervisor", ("city", 0), 200),
        ("judge", ("city", 0), 403),
    ],
)
def test_download_is_for_those_whose_scope_it_is(
    sign_in: SignIn, issued: Certificate, role: str, scope: tuple[str, int], status: int
) -> None:
    assert sign_in(role, scope).get(f"/certificates/{issued.id}.pdf").status_code == status


def test_a_stranger_downloads_nothing(client: FlaskClient, issued: Certificate) -> None:
    answer = client.get(f"/certificates/{issued.id}.pdf")

    assert answer.status_code in (302, 401)
    assert not answer.data.startswith(b"%PDF-")


def test_the_file_name_and_the_link_hold_no_personal_data(sign_in: SignIn, issued: Certificate) -> None:
    answer = sign_in("officer").get(f"/certificates/{issued.id}.pdf")

    told = unquote(answer.headers["Content-Disposition"])
    assert told == f'attachment; filename="{issued.number}.pdf"'
    assert f"/V/{issued.token}" in services.certificate_text(issued).verify_url


def test_a_valid_certificate_is_verified_by_link_with_its_name_masked(
    client: FlaskClient, issued: Certificate
) -> None:
    for token in (issued.token, issued.token.lower()):
        page = client.get(f"/v/{token}")

        assert page.status_code == 200
        assert "韦*" in page.text and "韦梅静" not in page.text
        assert "该证书由组委会制发，真实有效。" in page.text


def test_a_revoked_certificate_says_when_and_why_to_everybody(
    client: FlaskClient, issued: Certificate, revoke: Callable[[int], None]
) -> None:
    token = issued.token
    revoke(issued.id)

    page = client.get(f"/v/{token}")

    assert (page.status_code, queries.by_token(token).state) == (200, "revoked")
    assert "该证书已被撤销，不再有效。" in page.text
    assert "姓名有误" in page.text and "撤销时间" in page.text


def test_number_and_name_must_both_fit(client: FlaskClient, issued: Certificate) -> None:
    right, wrong = (
        client.post("/verify", data={"number": f" {issued.number} ", "name": name})
        for name in ("韦梅静", "黄㛃")
    )

    assert issued.number in right.text and "大赛" in right.text
    assert "2026年钦州市职业技能大赛" not in wrong.text


def test_the_page_asks_for_what_is_missing_and_keeps_what_was_typed(app: Flask, client: FlaskClient) -> None:
    app.config["WTF_CSRF_ENABLED"] = True

    page = client.post("/verify", data={"number": "QZJN-2026-000001", "name": ""})

    assert page.status_code == 422
    assert "请输入姓名。" in page.text
    assert "QZJN-2026-000001" in page.text


def test_an_unknown_link_is_not_found(client: FlaskClient, issued: Certificate) -> None:
    page = client.get("/v/" + "A" * 26)

    assert page.status_code == 404
    assert issued.number not in page.text


def test_one_asks_with_a_reason_and_another_confirms(sign_in: SignIn, issued: Certificate) -> None:
    key, token = issued.id, issued.token
    officer, supervisor = sign_in("officer"), sign_in("supervisor")

    without, asked = (
        officer.post(f"/certificates/{key}/revoke", data={"reason": reason}) for reason in ("", "姓名有误")
    )
    before = queries.by_token(token).state
    alone = officer.post(f"/certificates/{key}/revocation", data={"answer": "confirm"})
    still = queries.by_token(token).state
    confirmed = supervisor.post(f"/certificates/{key}/revocation", data={"answer": "confirm"})

    assert (without.status_code, asked.status_code, alone.status_code) == (422, 302, 422)
    assert confirmed.status_code == 302
    assert (before, still, queries.by_token(token).state) == ("valid", "valid", "revoked")


def test_an_officer_of_another_competition_revokes_nothing(sign_in: SignIn, issued: Certificate) -> None:
    token = issued.token
    officer = sign_in("officer", ("competition", 999))

    answer = officer.post(f"/certificates/{issued.id}/revoke", data={"reason": "姓名有误"})

    assert answer.status_code == 403
    assert queries.by_token(token).state == "valid"


def test_the_office_sees_which_certificate_lacks_which_character(sign_in: SignIn) -> None:
    publish(held_contest(names=("韦梅静", "黄\U00030000", "王芳", "陈㼆"), totals=("95", "90", "80", "60")))
    officer = sign_in("officer")

    answer = officer.post(f"/office/events/{CODE}/certificates")

    page = officer.get(answer.headers["Location"])
    assert "U+30000" in page.text and "字库缺字" in page.text
    assert 'id="issue"' not in page.text


def test_the_list_is_searched_by_name(sign_in: SignIn, issued: Certificate) -> None:
    page = sign_in("officer").get("/certificates", query_string={"q": "黄㛃"})

    assert "黄㛃" in page.text
    assert "韦梅静" not in page.text


def test_an_owner_without_certificates_sees_an_empty_page(sign_in: SignIn) -> None:
    event = held_contest()
    publish(event)

    page = sign_in("competitor", person_id=person_of(event, "陈㼆")).get("/my/certificates")

    assert page.status_code == 200
    assert "QZJN-" not in page.text
