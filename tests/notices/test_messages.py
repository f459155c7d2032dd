"""Messages: told once, in the transaction of what they tell; delivered outside, tried again, shown when dead."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from qzcompete.adapters.messages import Letter, Refused
from qzcompete.core import clock
from qzcompete.core.actor import CITY, SYSTEM, Actor
from qzcompete.core.errors import RuleBroken
from qzcompete.core.jobs import MOST_ATTEMPTS
from qzcompete.core.transaction import unit
from qzcompete.notices import jobs as message_jobs
from qzcompete.notices import services
from qzcompete.notices.queries import messages as queries
from qzcompete.notices.services import messages
from qzcompete.people.services import create_account
from qzcompete.worker import Worker
from tests.conftest import PASSWORD, Outbox

SignIn = Callable[..., FlaskClient]


def account(name: str = "wei") -> Actor:
    with unit():
        return create_account(SYSTEM, name, "韦梅静", PASSWORD, [("competitor", CITY)]).actor


def post(actor: Actor, key: str = "entry:1:taken", **kwargs: str) -> int:
    return services.post_message(
        SYSTEM, "entry.taken", key, "报名已受理", "您的报名已受理。", account_id=actor.account_id, **kwargs
    )


def test_a_message_is_told_once_when_it_is_posted_twice(app: Flask, outbox: Outbox) -> None:
    wei = account()

    with unit():
        first, second = post(wei), post(wei)

    assert first == second
    assert [message.subject for message in outbox.of_kind("entry.taken")] == ["报名已受理"]


def test_nothing_is_told_when_the_transaction_is_undone(app: Flask, outbox: Outbox) -> None:
    wei = account()

    with pytest.raises(ValueError), unit():
        post(wei)
        raise ValueError

    assert list(outbox.of_kind("entry.taken")) == []


def test_no_copy_leaves_when_the_account_named_no_address(app: Flask, outbox: Outbox) -> None:
    wei = account()
    with unit():
        post(wei)

    taken = Worker(app).run(until_idle=True)

    assert (taken, outbox.mail.letters) == (0, [])


def test_copies_go_to_the_addresses_of_the_account(app: Flask, outbox: Outbox) -> None:
    wei = account()
    with unit():
        messages.set_addresses(wei, "wei@example.cn", "138 0777 1234")
        message_id = post(wei)

    Worker(app).run(until_idle=True)

    sent = Letter(f"message-{message_id}", "wei@example.cn", "报名已受理", "您的报名已受理。")
    assert outbox.mail.letters == [sent]
    assert [letter.to for letter in outbox.texts.letters] == ["13807771234"]
    assert queries.outbox_counts() == {"sent": 2}


def test_a_copy_that_is_refused_is_dead_at_once_and_the_other_goes(
    app: Flask, outbox: Outbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    wei = account()
    with unit():
        messages.set_addresses(wei, "wei@example.cn", "13807771234")
        post(wei)
    monkeypatch.setattr(outbox.mail, "send", refuse)

    Worker(app).run(until_idle=True)

    assert queries.outbox_counts() == {"dead": 1, "sent": 1}
    row = queries.outbox_page("dead", "1").items[0]
    assert (row.recipient, row.error) == ("韦梅静", "the address was refused (550)")


def refuse(letter: Letter) -> None:
    raise Refused("the address was refused (550)")


def test_a_copy_is_tried_again_and_dead_after_the_last_attempt(
    app: Flask, outbox: Outbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    wei = account()
    with unit():
        messages.set_addresses(wei, "wei@example.cn", "")
        post(wei)
    tries: list[str] = []

    def away(letter: Letter) -> None:
        tries.append(letter.id)
        raise ConnectionError("no answer")

    monkeypatch.setattr(outbox.mail, "send", away)
    start = clock.now()
    for hour in range(7):
        with clock.held_at(start + timedelta(hours=hour)):
            Worker(app).run(until_idle=True)

    assert len(tries) == MOST_ATTEMPTS
    assert queries.outbox_counts() == {"dead": 1}


def test_a_dead_copy_is_sent_again_when_the_office_asks_for_it(
    app: Flask, outbox: Outbox, monkeypatch: pytest.MonkeyPatch, sign_in: SignIn
) -> None:
    wei = account()
    with unit():
        messages.set_addresses(wei, "wei@example.cn", "")
        post(wei)
    with monkeypatch.context() as broken:
        broken.setattr(outbox.mail, "send", refuse)
        Worker(app).run(until_idle=True)
    office = sign_in("officer")
    delivery_id = queries.outbox_page("dead", "1").items[0].id

    assert office.post(f"/office/messages/{delivery_id}/again").status_code == 302
    Worker(app).run(until_idle=True)

    assert [letter.to for letter in outbox.mail.letters] == ["wei@example.cn"]


def test_messages_stay_in_the_system_when_no_mail_server_is_set(app: Flask) -> None:
    wei = account()
    with unit():
        messages.set_addresses(wei, "wei@example.cn", "")
        post(wei)

    assert Worker(app).run(until_idle=True) == 0
    assert message_jobs.carrier_of("email") is None
    assert queries.unread_count(wei.account_id or 0) == 1


@pytest.mark.parametrize(
    ("email", "mobile", "field"),
    [
        ("wei", "", "email"),
        ("wei@", "", "email"),
        ("a b@example.cn", "", "email"),
        ("", "0777-2821234", "mobile"),
    ],
)
def test_a_wrong_address_is_refused(app: Flask, email: str, mobile: str, field: str) -> None:
    wei = account()

    with pytest.raises(RuleBroken) as refused, unit():
        messages.set_addresses(wei, email, mobile)

    assert refused.value.field == field


def test_a_reminder_comes_at_its_moment_and_once(app: Flask, outbox: Outbox) -> None:
    wei, start = account(), clock.now()
    with unit():
        remind(wei, start + timedelta(days=3))
        remind(wei, start + timedelta(days=2))

    for day in range(5):
        with clock.held_at(start + timedelta(days=day, minutes=1)):
            Worker(app).run(until_idle=True)

    assert [message.created_at.date() for message in outbox.of_kind("call.closes")] == [
        (start + timedelta(days=2)).date()
    ]


def test_a_cancelled_reminder_does_not_come(app: Flask, outbox: Outbox) -> None:
    wei, start = account(), clock.now()
    with unit():
        remind(wei, start + timedelta(days=2))
        services.cancel_reminder("call:1")

    with clock.held_at(start + timedelta(days=3)):
        Worker(app).run(until_idle=True)

    assert list(outbox.of_kind("call.closes")) == []


def remind(actor: Actor, at: object) -> None:
    services.plan_reminder(
        SYSTEM, "call:1", "call.closes", at, [actor.account_id], "申报即将截止", "请按时提交。", "/desk"
    )


def test_the_inbox_shows_the_unread_count_until_the_message_is_opened(app: Flask, sign_in: SignIn) -> None:
    client = sign_in("competitor")
    with unit():
        message_id = services.post_message(
            SYSTEM, "entry.taken", "k", "报名已受理", "您的报名已受理。", account_id=1, path="/my/results"
        )

    before = client.get("/messages").text
    client.post(f"/messages/{message_id}/open")
    opened = client.get(f"/messages/{message_id}").text
    after = client.get("/messages?show=unread").text

    assert "我的消息：1条未读" in before
    assert 'href="/my/results"' in opened
    assert "没有未读消息" in after
    client.post(f"/messages/{message_id}/unread")
    assert "我的消息：1条未读" in client.get("/desk").text


def test_a_message_of_somebody_else_is_not_found(app: Flask, sign_in: SignIn) -> None:
    with unit():
        message_id = post(create_account(SYSTEM, "wei", "韦梅静", PASSWORD, []).actor)
    other = sign_in("competitor")

    assert other.get(f"/messages/{message_id}").status_code == 404
    assert other.post(f"/messages/{message_id}/open").status_code == 404


def test_a_wrong_address_is_kept_in_the_form_with_its_message(sign_in: SignIn) -> None:
    answer = sign_in("competitor").post(
        "/messages/addresses", data={"email": "wei@", "mobile": "13807771234"}
    )

    assert answer.status_code == 422
    assert "电子邮箱格式不正确" in answer.text
    assert 'value="wei@"' in answer.text
    assert 'value="13807771234"' in answer.text
